"""Asking to read a record, answering that, and reading one in an emergency.

Hold the call's row before any of these. Nobody answers for themselves, and no clock opens or
upholds anything: only a person does, with words.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement
from sqlmodel import col, select

from hotline.calls.readings import OPENS, ReadingState
from hotline.errors import Forbidden, IllegalMove, Invalid
from hotline.records.queries import keep_trace
from hotline.records.reading_model import (
    EMERGENCY_LASTS,
    REVIEW_WITHIN,
    ReadingEvent,
    after,
    opened_for,
)
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, Record, RecordReading
from hotline.storage.vault import Vault

log = structlog.get_logger()

NO_WORDS = "Say why, in words."
ASKED_ALREADY = "You have asked already: a supervisor has not answered yet."
NOT_WRITTEN = "Nobody has written a record of this call, so there is nothing to read."
NOT_FOR_ONESELF = "Somebody else has to answer this: it is about yourself."


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingAnswer:
    """What somebody says to it, and who. `hours`: how long it is opened, where it is granted."""

    event: ReadingEvent
    words: str
    by: str
    hours: int = 0


async def ask_to_read(
    work: Work, vault: Vault, call: Call, why: str, *, by: str, at: datetime
) -> RecordReading:
    """A supervisor decides. Raises `IllegalMove`, `Invalid`."""
    await _must_be_written(work, call)
    query = select(RecordReading.id).where(_of(call, by), RecordReading.state == "asked")
    if (await work.exec(query)).first() is not None:
        raise IllegalMove(ASKED_ALREADY)
    asked = RecordReading(call_id=call.id, staff_id=by, kind="asked", state=ReadingState.ASKED,
                          asked_at=at, reason_sealed="")  # fmt: skip
    return await _add(work, vault, asked, why, at=at)


async def read_in_emergency(
    work: Work, vault: Vault, call: Call, why: str, *, by: str, at: datetime
) -> RecordReading:
    """It is open at once, and a second person looks at it within a day.

    Raises `IllegalMove`, `Invalid`.
    """
    await _must_be_written(work, call)
    taken = RecordReading(call_id=call.id, staff_id=by, kind="emergency", asked_at=at,
                          state=ReadingState.TAKEN, until=at + EMERGENCY_LASTS,
                          review_due_at=at + REVIEW_WITHIN, reason_sealed="")  # fmt: skip
    return await _add(work, vault, taken, why, at=at)


async def answer_reading(
    work: Work,
    vault: Vault,
    call: Call,
    reading: RecordReading,
    said: ReadingAnswer,
    *,
    at: datetime,
) -> RecordReading:
    """A supervisor answers, reviews, or ends it. Raises `Forbidden`, `IllegalMove`, `Invalid`."""
    if reading.staff_id == said.by:
        raise Forbidden(NOT_FOR_ONESELF)
    state = after(ReadingState(reading.state), said.event)
    if said.event is ReadingEvent.GRANT:
        reading.until = at + opened_for(said.hours, age_group=call.age_group)
    elif state not in OPENS and reading.until is not None:
        reading.until = min(reading.until, at)
    reading.answered_by, reading.answered_at = said.by, at
    reading.answer_sealed = seal_cell(vault, reading, "answer_sealed", _words(said.words))
    _move(work, reading, state, by=said.by, at=at)
    return reading


def withdraw_reading(work: Work, reading: RecordReading, *, by: str, at: datetime) -> None:
    """Who asked does not need it any more. Raises `IllegalMove`."""
    state = after(ReadingState(reading.state), ReadingEvent.WITHDRAW)
    _move(work, reading, state, by=by, at=at)


def _of(call: Call, by: str) -> ColumnElement[bool]:
    return (col(RecordReading.call_id) == call.id) & (col(RecordReading.staff_id) == by)


async def _must_be_written(work: Work, call: Call) -> None:
    if await work.get(Record, call.id) is None:
        raise IllegalMove(NOT_WRITTEN)


async def _add(
    work: Work, vault: Vault, reading: RecordReading, why: str, *, at: datetime
) -> RecordReading:
    reading.reason_sealed = seal_cell(vault, reading, "reason_sealed", _words(why))
    work.add(reading)
    await work.flush()
    _move(work, reading, ReadingState(reading.state), by=reading.staff_id, at=at)
    return reading


def _words(said: str) -> str:
    if not said.strip():
        raise Invalid(NO_WORDS)
    return said.strip()


def _move(
    work: Work, reading: RecordReading, state: ReadingState, *, by: str, at: datetime
) -> None:
    reading.state = state
    keep_trace(work, reading.call_id, f"reading.{state}", by, at=at)
    work.announce("reading", reading.id)
    log.info("reading.moved", reading_id=reading.id, state=state, by_id=by)
