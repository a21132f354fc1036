"""A caller's contacts before this one, for whoever talks with them. No word of what was said.

That somebody was shown them stands in the timeline of the present call, once for each reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select as core_select
from sqlmodel import col, select

from hotline.records.risk_queries import level_found
from hotline.risk.levels import ALARMING
from hotline.staff.permissions import lines_around
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallEntry, Line, Record, Staff

REMEMBERED = 50
SHOWN = "history.shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A contact of the same caller before this one."""

    at: datetime
    line: str
    line_en: str
    outcome: str | None
    risk: str
    topics: Sequence[str]
    counselor: str


WEEK = timedelta(days=7)


def place_in_week(call: Call, earlier: Sequence[Earlier]) -> int:
    """The how many-th call of this caller within seven days this one is; 1: the first."""
    return 1 + sum(one.at >= call.arrived_at - WEEK for one in earlier)


def was_in_danger(earlier: Sequence[Earlier]) -> bool:
    """Whether a high risk was found in one of the contacts before."""
    return any(one.risk in ALARMING for one in earlier)


async def earlier_contacts(work: Work, call: Call, who: SignedIn) -> Sequence[Earlier]:
    """Newest first, of the reader's lines and the call's. A withheld number has no history."""
    if not call.from_index:
        return ()
    query = (
        core_select(
            col(Call.arrived_at),
            col(Line.name),
            col(Line.name_en),
            col(Call.outcome),
            level_found(),
            col(Record.topics),
            col(Staff.name),
        )
        .select_from(Call)
        .join(Line, col(Line.id) == col(Call.line_id))
        .join(Record, col(Record.call_id) == col(Call.id), isouter=True)
        .join(Staff, col(Staff.id) == col(Call.counselor_id), isouter=True)
        .where(col(Call.from_index) == call.from_index, col(Call.arrived_at) < call.arrived_at)
        .where(col(Call.line_id).in_(lines_around(who.lines, call.line_id)))
        .order_by(col(Call.arrived_at).desc())
        .limit(REMEMBERED)
    )
    rows = (await (await work.connection()).execute(query)).all()
    return [
        Earlier(
            at=at,
            line=line,
            line_en=line_en,
            outcome=outcome,
            risk=risk or "",
            topics=list(dict.fromkeys(one.partition(".")[0] for one in topics or ())),
            counselor=name or "",
        )
        for at, line, line_en, outcome, risk, topics, name in rows
    ]


async def keep_shown(work: Work, call: Call, who: SignedIn, *, at: datetime) -> None:
    """Silently: a page that looks again at every change would be told of its own look."""
    query = select(CallEntry.id).where(
        CallEntry.call_id == call.id, CallEntry.kind == SHOWN, CallEntry.staff_id == who.staff_id
    )
    if (await work.exec(query.limit(1))).first() is None:
        work.add(CallEntry(call_id=call.id, at=at, kind=SHOWN, staff_id=who.staff_id))
