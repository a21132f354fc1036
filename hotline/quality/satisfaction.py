"""What callers say of a call, and the call that is owed to everybody who is not satisfied.

They are asked by a neutral text (`texting.templates`, `how_was_it`), by consent and by day as all
texts are; or say it by a key or to somebody. Lock order: the number, then the callback.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select

from hotline.callbacks.model import STILL_OWED, CallbackState, Why
from hotline.callbacks.service import owe_callback, owed_to_caller
from hotline.calls.model import Outcome, Urgency
from hotline.calls.returning import hold_number
from hotline.calls.service import add_call_entry, keep_call
from hotline.errors import IllegalMove
from hotline.escalations.put_through import is_blocked
from hotline.quality.model import SaidBy, Satisfied, Uncallable
from hotline.storage.erased import require_kept
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, Callback, CallSatisfaction, TextMessage
from hotline.storage.vault import Vault
from hotline.texting.templates import Template
from hotline.texting.words import Meaning, rating_of

log = structlog.get_logger()

BY_DIGIT = {"1": Satisfied.YES, "2": Satisfied.PARTLY, "3": Satisfied.NO}
NOT_TALKED = "Nobody talked with this caller, so there is nothing to be satisfied with."
NOTHING_TO_ASK = (
    "Nobody talked with this caller in this call, so there is no answer to how it was. Choose other"
    " words, or ask about a call in which somebody talked with them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidOfCall:
    """`noted_by_id`: who wrote it down; None: nobody had to."""

    said: Satisfied
    by: SaidBy
    at: datetime
    noted_by_id: str | None = None
    text_id: str | None = None


async def require_talk(work: Work, call_id: str | None) -> None:
    """Before somebody is asked how a call was. Raises `IllegalMove` where there was no talk."""
    call = await keep_call(work, call_id) if call_id else None
    if call is None or not _was_talk(call):
        raise IllegalMove(NOTHING_TO_ASK)


def _was_talk(call: Call) -> bool:
    return call.outcome == Outcome.TALKED or call.joined_at is not None


async def hear_answer(work: Work, vault: Vault, text: TextMessage, *, at: datetime) -> None:
    """A text came in. Nothing happens where it is no answer to a question of ours about a call.

    It is kept whatever it says: what cannot be noted of the call is left to a person.
    """
    if text.why != Meaning.RATED:
        return
    call = await keep_call(work, text.call_id) if text.call_id else None
    if call is None or not _was_talk(call) or call.erased_at is not None:
        text.for_person = True
        log.warning("call.satisfaction_of_no_talk", text_id=text.id, call_id=text.call_id)
        return
    said = BY_DIGIT[rating_of(open_cell(vault, text, "body_sealed"))]
    await note_satisfaction(
        work, call, SaidOfCall(said=said, by=SaidBy.TEXT, at=at, text_id=text.id)
    )


async def note_satisfaction(work: Work, call: Call, said: SaidOfCall) -> CallSatisfaction:
    """What they say last counts; what is owed since they were not satisfied once stays owed.

    The caller keeps the call. Raises `IllegalMove` where nobody talked in it, or it was erased.
    """
    require_kept(call)
    if not _was_talk(call):
        raise IllegalMove(NOT_TALKED)
    if call.from_index:  # before the row, as texts do: they hold the number from the first
        await hold_number(work, call.from_index)
    row = await _row_of(work, call, said)
    row.said, row.said_by, row.said_at = said.said, said.by, said.at
    row.noted_by_id, row.text_id = said.noted_by_id, said.text_id
    if said.said is Satisfied.NO and row.callback_id is None:
        row.uncallable = await _uncallable(work, call, at=said.at)
        row.callback_id = None if row.uncallable else await _owe(work, call, at=said.at)
    await work.flush()
    facts = {"said": said.said.value, "by": said.by.value}
    add_call_entry(
        work, call, "call.satisfaction", at=said.at, staff_id=said.noted_by_id, facts=facts
    )
    work.announce("call", call.id)
    log.info("call.satisfaction", call_id=call.id, said=said.said)
    return row


async def _row_of(work: Work, call: Call, said: SaidOfCall) -> CallSatisfaction:
    """Held; made by the first of two at once, where there was none."""
    values = {"call_id": call.id, "line_id": call.line_id, "said": said.said, "said_by": said.by,
              "said_at": said.at}  # fmt: skip
    adding = insert(CallSatisfaction).values(values)
    await work.exec(adding.on_conflict_do_nothing(index_elements=["call_id"]))
    query = select(CallSatisfaction).where(CallSatisfaction.call_id == call.id).with_for_update()
    return (await work.exec(query.execution_options(populate_existing=True))).one()


async def _uncallable(work: Work, call: Call, *, at: datetime) -> str:
    """Why nobody can or may ring them, though they are not satisfied; empty: somebody does."""
    if not call.from_index:
        return Uncallable.WITHHELD
    return Uncallable.BLOCKED if await is_blocked(work, call, at=at) else ""


async def _owe(work: Work, call: Call, *, at: datetime) -> str:
    """By a person of the line, and as nobody in danger: that is over, whatever it was."""
    owed = replace(owed_to_caller(call), urgency=Urgency.ROUTINE, place_at=at)
    return (await owe_callback(work, owed, why=Why.DISSATISFIED, at=at)).id


@dataclass(frozen=True, slots=True, kw_only=True)
class SatisfactionCount:
    """What callers of a line said in a time. `owed`: of the dissatisfied, not called back yet.

    `reached`: of them, talked with. `uncallable`: of the dissatisfied, whose number was withheld or
    blocked: nobody is owed a call. `asked`: by text.
    """

    line_id: str
    asked: int
    yes: int
    partly: int
    no: int
    owed: int
    reached: int
    uncallable: int


async def count_satisfaction(
    work: Work, lines: Collection[str], *, since: datetime
) -> list[SatisfactionCount]:
    """By line; a line of which nobody said anything is there with nothing."""
    asked, said = await _asked(work, lines, since), await _said(work, lines, since)
    return [
        SatisfactionCount(line_id=line, asked=asked.get(line, 0), **said.get(line, _NOTHING))
        for line in sorted(lines)
    ]


_NOTHING = {"yes": 0, "partly": 0, "no": 0, "owed": 0, "reached": 0, "uncallable": 0}


async def _asked(work: Work, lines: Collection[str], since: datetime) -> dict[str, int]:
    query = (
        select(TextMessage.line_id, func.count())
        .where(col(TextMessage.line_id).in_(lines), TextMessage.why == Template.HOW_WAS_IT)
        .where(TextMessage.direction == "out", col(TextMessage.created_at) >= since)
        .group_by(col(TextMessage.line_id))
    )
    return dict((await work.exec(query)).all())


async def _said(work: Work, lines: Collection[str], since: datetime) -> dict[str, dict[str, int]]:
    """In one look at all answers of the time: there are few."""
    query = (
        select(CallSatisfaction, Callback.state)
        .join(Callback, col(Callback.id) == col(CallSatisfaction.callback_id), isouter=True)
        .where(col(CallSatisfaction.line_id).in_(lines), col(CallSatisfaction.said_at) >= since)
    )
    found: dict[str, dict[str, int]] = {}
    for row, state in (await work.exec(query)).all():
        counts = found.setdefault(row.line_id, dict(_NOTHING))
        counts[row.said] += 1
        counts["uncallable"] += row.said == Satisfied.NO and row.uncallable != ""
        counts["owed"] += state in STILL_OWED
        counts["reached"] += state in (CallbackState.DONE, CallbackState.WITHDRAWN)
    return found
