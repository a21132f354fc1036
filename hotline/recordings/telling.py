"""Who was recorded in an emergency without having been told is told afterwards, by a person.

The law lets an emergency come first, and asks to tell as soon as it is over. So it is a duty with
an owner, from the moment in which the recording is wanted until somebody says what came of it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from hotline.calls.service import add_call_entry
from hotline.errors import IllegalMove
from hotline.storage.session import Work
from hotline.storage.tables import Call, NoticeOwed, Staff

NOTHING_OWED = "Nobody has to be told afterwards about this call, or it is done already."


class TellingEnd(StrEnum):
    """What came of it. `could_not`: there was no safe way to reach them."""

    TOLD = "told"
    COULD_NOT = "could_not"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedShown:
    """A caller who is still to be told. `owner`: who does it; empty: a duty phone had the talk."""

    call_id: str
    line_id: str
    masked: str
    owner: str
    since: datetime


async def owe_notice(work: Work, call: Call, *, at: datetime) -> None:
    """They are recorded and were not told. Whoever takes the caller over answers for it."""
    owed = await work.get(NoticeOwed, call.id)
    if owed is None:
        work.add(NoticeOwed(call_id=call.id, line_id=call.line_id, owner_id=call.counselor_id,
                            since=at))  # fmt: skip
        add_call_entry(work, call, "notice.owed", at=at)
    elif owed.closed_at is None:
        owed.owner_id = call.counselor_id


async def close_notice(
    work: Work, call: Call, how: TellingEnd, *, at: datetime, by: str | None
) -> None:
    """A person told them, or could not. Raises `IllegalMove` where nothing is owed."""
    if not await settle_notice(work, call, how, at=at, by=by):
        raise IllegalMove(NOTHING_OWED)


async def settle_notice(
    work: Work, call: Call, how: TellingEnd, *, at: datetime, by: str | None
) -> bool:
    """The same where it may be that nothing is owed: False then."""
    owed = await work.get(NoticeOwed, call.id, with_for_update=True)
    if owed is None or owed.closed_at is not None:
        return False
    owed.closed_at, owed.closed_by, owed.closed_as = at, by, how
    add_call_entry(work, call, f"notice.{how}", at=at, staff_id=by)
    return True


async def is_notice_owed(work: Work, call_id: str) -> bool:
    """Whether the caller of a call is still to be told."""
    owed = await work.get(NoticeOwed, call_id)
    return owed is not None and owed.closed_at is None


async def notices_owed(work: Work, lines: Collection[str]) -> list[OwedShown]:
    """All that are open on these lines, the oldest first."""
    return await _owed(work, col(NoticeOwed.line_id).in_(lines))


async def notices_owed_by(work: Work, staff_id: str) -> list[OwedShown]:
    """Those that somebody answers for."""
    return await _owed(work, col(NoticeOwed.owner_id) == staff_id)


async def _owed(work: Work, of: ColumnElement[bool]) -> list[OwedShown]:
    query = (
        select(NoticeOwed, Call.from_masked, Staff.name)
        .join(Call, col(Call.id) == col(NoticeOwed.call_id))
        .join(Staff, col(Staff.id) == col(NoticeOwed.owner_id), isouter=True)
        .where(of, col(NoticeOwed.closed_at).is_(None))
        .order_by(col(NoticeOwed.since))
    )
    return [
        OwedShown(call_id=one.call_id, line_id=one.line_id, masked=masked, owner=owner or "",
                  since=one.since)
        for one, masked, owner in (await work.exec(query)).all()
    ]  # fmt: skip
