"""Calls that were none to talk in, counted apart from those that were: reads only."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from hotline.calls.model import CallState, Direction, Outcome
from hotline.records.model import ContactType
from hotline.storage.session import Work
from hotline.storage.tables import Call, Record

SHORT_ABANDON = timedelta(seconds=10)  # who leaves so soon has not begun to wait


@dataclass(frozen=True, slots=True, kw_only=True)
class OddCalls:
    """How many there were. The first five by what the counselor wrote; `hung_up`: before a talk.

    `short`: of those who hung up, who did so at once; a service level leaves them out.
    """

    silent: int = 0
    test: int = 0
    wrong_number: int = 0
    abusive: int = 0
    hang_up: int = 0
    hung_up: int = 0
    short: int = 0


WRITTEN = (
    ContactType.SILENT,
    ContactType.TEST,
    ContactType.WRONG_NUMBER,
    ContactType.ABUSIVE,
    ContactType.HANG_UP,
)


async def odd_calls(work: Work, lines: Collection[str], *, since: datetime) -> OddCalls:
    """Of the calls that came in on these lines since then."""
    came = (col(Call.line_id).in_(lines), Call.direction == Direction.IN,
            col(Call.arrived_at) >= since)  # fmt: skip
    by_type = (
        select(Record.contact_type, func.count())
        .join(Call, col(Call.id) == col(Record.call_id))
        .where(*came, col(Record.contact_type).in_(WRITTEN))
        .group_by(col(Record.contact_type))
    )
    at_once = col(Call.ended_at) - col(Call.arrived_at) <= SHORT_ABANDON
    left = select(func.count(), func.count().filter(at_once)).where(
        *came, Call.state == CallState.ENDED, Call.outcome == Outcome.HUNG_UP
    )
    written = dict((await work.exec(by_type)).all())
    hung_up, short = (await work.exec(left)).one()
    return OddCalls(**written, hung_up=hung_up, short=short)
