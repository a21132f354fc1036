"""Who asked to read records, what was answered, and who really read one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, func, or_, select

from hotline.calls.readings import OPENS, ReadingState
from hotline.records.reading_model import is_minors
from hotline.staff.sign_in import SignedIn
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallEntry, RecordReading, Staff
from hotline.storage.vault import Vault

WAITING = (ReadingState.ASKED, ReadingState.TAKEN)
TOLD_FOR = timedelta(days=7)  # so long one's own requests are shown after they were answered
READS = ("record.read", "recording.played", "number.opened")
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingShown:
    """A request to read a record, opened for its reader. `minors`: of a minor, or nobody knows.

    `until`: how long it is open; `review_due_at`: until when an emergency has to be looked at.
    """

    id: str
    call_id: str
    line_id: str
    masked: str
    called_at: datetime
    minors: bool
    kind: str
    state: str
    reason: str
    asked_by: str
    asked_by_id: str
    asked_at: datetime
    until: datetime | None
    review_due_at: datetime | None
    answered_by: str
    answered_at: datetime | None
    answer: str

    def is_open(self, at: datetime) -> bool:
        """Whether it lets somebody read at this moment."""
        return self.state in OPENS and self.until is not None and self.until > at


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingWaits:
    """One that a supervisor has to answer or to look at; the reason is read at the call alone."""

    call_id: str
    masked: str
    asked_by: str
    asked_at: datetime
    review_due_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """Somebody read the record, played a recording or opened the number: how often, when last."""

    by: str
    kind: str
    times: int
    last_at: datetime


async def waiting_readings(work: Work, of: Collection[str]) -> Sequence[ReadingWaits]:
    """On these lines: emergencies first, then the oldest."""
    query = (
        select(RecordReading, Call.from_masked, Staff.name)
        .join(Call, col(Call.id) == col(RecordReading.call_id))
        .join(Staff, col(Staff.id) == col(RecordReading.staff_id))
        .where(col(RecordReading.state).in_(WAITING), col(Call.line_id).in_(of))
        .order_by(col(RecordReading.state).desc(), col(RecordReading.asked_at))
    )
    return [
        ReadingWaits(call_id=row.call_id, masked=masked, asked_by=name, asked_at=row.asked_at,
                     review_due_at=row.review_due_at)
        for row, masked, name in (await work.exec(query)).all()
    ]  # fmt: skip


async def readings_to_answer(
    work: Work, vault: Vault, of: Collection[str]
) -> Sequence[ReadingShown]:
    """The same with reasons, for the supervisors of these lines."""
    waits = col(RecordReading.state).in_(WAITING) & col(Call.line_id).in_(of)
    return await _shown(work, vault, waits)


async def own_readings(
    work: Work, vault: Vault, who: SignedIn, *, at: datetime
) -> Sequence[ReadingShown]:
    """What somebody asked for: what waits, what is open, and what was lately said to it."""
    lately = or_(
        col(RecordReading.asked_at) > at - TOLD_FOR, col(RecordReading.answered_at) > at - TOLD_FOR
    )
    theirs = col(RecordReading.staff_id) == who.staff_id
    told = lately | (col(RecordReading.state) == ReadingState.ASKED)
    here = col(Call.line_id).in_(who.lines)
    return await _shown(work, vault, theirs & told & here)


async def readings_of(work: Work, vault: Vault, call_id: str) -> Sequence[ReadingShown]:
    """All of one call, the newest first."""
    return await _shown(work, vault, col(RecordReading.call_id) == call_id)


async def newest_of(
    work: Work, calls: Collection[str], staff_id: str
) -> Mapping[str, tuple[str, datetime | None]]:
    """By call: state and end of what somebody asked for last."""
    query = (
        select(RecordReading.call_id, RecordReading.state, RecordReading.until)
        .where(col(RecordReading.call_id).in_(calls), RecordReading.staff_id == staff_id)
        .order_by(col(RecordReading.asked_at))
    )
    return {call_id: (state, until) for call_id, state, until in (await work.exec(query)).all()}


async def looked_at(work: Work, call_id: str) -> Sequence[Looked]:
    """Who read of this call, who played or opened what; the latest first."""
    last = func.max(CallEntry.at)
    query = (
        select(Staff.name, CallEntry.kind, func.count(), last)
        .join(Staff, col(Staff.id) == col(CallEntry.staff_id))
        .where(CallEntry.call_id == call_id, col(CallEntry.kind).in_(READS))
        .group_by(col(Staff.id), Staff.name, CallEntry.kind)
        .order_by(last.desc())
    )
    found = (await work.exec(query)).all()
    return [Looked(by=by, kind=kind, times=n, last_at=at) for by, kind, n, at in found]


async def _shown(work: Work, vault: Vault, which: ColumnElement[bool]) -> Sequence[ReadingShown]:
    answerer = aliased(Staff)
    query = (
        select(RecordReading, Call, Staff.name, answerer.name)
        .join(Call, col(Call.id) == col(RecordReading.call_id))
        .join(Staff, col(Staff.id) == col(RecordReading.staff_id))
        .join(answerer, col(answerer.id) == col(RecordReading.answered_by), isouter=True)
        .where(which)
        .order_by(col(RecordReading.asked_at).desc(), col(RecordReading.id).desc())
        .limit(MOST)
    )
    found = (await work.exec(query)).all()
    return [_opened(vault, row, call, by, answered or "") for row, call, by, answered in found]


def _opened(
    vault: Vault, row: RecordReading, call: Call, asked_by: str, answered_by: str
) -> ReadingShown:
    return ReadingShown(
        id=row.id,
        call_id=row.call_id,
        line_id=call.line_id,
        masked=call.from_masked,
        called_at=call.arrived_at,
        minors=is_minors(call.age_group),
        kind=row.kind,
        state=row.state,
        reason=open_cell(vault, row, "reason_sealed"),
        asked_by=asked_by,
        asked_by_id=row.staff_id,
        asked_at=row.asked_at,
        until=row.until,
        review_due_at=row.review_due_at,
        answered_by=answered_by,
        answered_at=row.answered_at,
        answer=open_cell(vault, row, "answer_sealed"),
    )
