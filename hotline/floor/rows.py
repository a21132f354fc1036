"""What every look at the floor begins with: everybody on duty, and all lines. Read once for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from hotline.staff.on_duty import PersonNow, people_now
from hotline.storage.session import Work
from hotline.storage.tables import Line


@dataclass(frozen=True, slots=True)
class FloorRows:
    """`people`: who has done the same for longest first. `lines`: by id, in the order of ids."""

    people: Sequence[PersonNow]
    lines: Mapping[str, Line]


async def read_floor_rows(work: Work) -> FloorRows:
    """At this moment."""
    return FloorRows(await people_now(work), await all_lines(work))


async def all_lines(work: Work) -> Mapping[str, Line]:
    """By id, in the order of ids."""
    lines = (await work.exec(select(Line).order_by(col(Line.id)))).all()
    return {line.id: line for line in lines}
