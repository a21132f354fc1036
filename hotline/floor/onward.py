"""Whom a counselor could ask into a talk, or send the caller on to. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from hotline.callcontrol.consults import Colleague, colleagues_for
from hotline.lines.numbers import NO_LINE, own_numbers
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class OnwardChoices:
    """The choices. `ours`: numbers at which we ourselves are rung, so nobody is asked in there."""

    colleagues: Sequence[Colleague]
    lines: Sequence[Line]
    station: Station | None
    ours: frozenset[str]


async def onward(work: Work, call: Call, who: SignedIn) -> OnwardChoices:
    """For this call and reader."""
    line = await work.get_one(Line, call.line_id)
    others = select(Line).where(Line.id != call.line_id, Line.id != NO_LINE)
    return OnwardChoices(
        colleagues=await colleagues_for(work, call, but=who.staff_id),
        lines=(await work.exec(others.order_by(col(Line.id)))).all(),
        station=await work.get(Station, line.station_id) if line.station_id else None,
        ours=await own_numbers(work),
    )
