"""Requests that were answered: the same request again gets the same answer and no second effect.

The key is claimed, the effect written and the answer kept in one transaction. A repeat that comes
meanwhile waits for the claim. By hand: this pair runs with every webhook, and the ORM would double
its cost.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text

from hotline.storage.session import Work

CLAIM = text("""
    insert into answered_request (key, asked_hash, status, answer, received_at)
    values (:key, :asked_hash, 0, '', :at) on conflict do nothing returning key
""")
READ = text("select asked_hash, status, answer from answered_request where key = :key")
KEEP = text("update answered_request set status = :status, answer = :answer where key = :key")


class KeptAnswer(NamedTuple):
    """What was answered. `asked_hash`: of what had been asked under this key."""

    asked_hash: str
    status: int
    answer: str


async def claim_request(
    work: Work, key: str, *, at: datetime, asked_hash: str = ""
) -> KeptAnswer | None:
    """None where it comes for the first time and is this unit of work's to answer."""
    claim = {"key": key, "asked_hash": asked_hash, "at": at}
    if (await work.sql(CLAIM, claim)).first() is not None:
        return None
    row = (await work.sql(READ, {"key": key})).one()
    return KeptAnswer(row.asked_hash, row.status, row.answer)


async def keep_answer(work: Work, key: str, answer: str, *, status: int = 200) -> None:
    """For whoever asks the same again."""
    await work.sql(KEEP, {"key": key, "answer": answer, "status": status})
