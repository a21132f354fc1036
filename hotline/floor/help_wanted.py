"""Counselors who want a supervisor now, as the floor shows them. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.calls.model import CallState
from hotline.storage.session import Work
from hotline.storage.tables import Call, HelpCall, Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpWanted:
    """Nobody has come yet. `talks`: the talk still goes on; otherwise it is only to be seen."""

    id: str
    call_id: str
    masked: str
    urgency: str
    counselor: str
    asked_at: datetime
    talks: bool


async def help_wanted(work: Work, of: Collection[str]) -> Sequence[HelpWanted]:
    """On these lines, who waits longest first."""
    query = (
        select(HelpCall, Call, Staff.name)
        .join(Call, col(Call.id) == col(HelpCall.call_id))
        .join(Staff, col(Staff.id) == col(HelpCall.staff_id))
        .where(col(HelpCall.line_id).in_(of), col(HelpCall.taken_at).is_(None))
        .order_by(col(HelpCall.asked_at))
    )
    return [
        HelpWanted(
            id=row.id,
            call_id=call.id,
            masked=call.from_masked,
            urgency=call.urgency,
            counselor=name,
            asked_at=row.asked_at,
            talks=call.state == CallState.TALKING,
        )
        for row, call, name in (await work.exec(query)).all()
    ]
