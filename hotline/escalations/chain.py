"""The chain of contacts behind a line: its station's, then the parent station's, and so on up."""

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.escalations.policy import Chain, ChainStep
from hotline.storage.session import Work
from hotline.storage.tables import Line, Station, StationContact

UNASSIGNED = "unassigned"


async def station_of_line(work: Work, line_id: str) -> tuple[str, bool]:
    """Who answers for a line's escalations, and whether that is what the line itself says.

    A line without a station falls to the top of the tree; where there is no station at all, to a
    placeholder: an escalation without a station is better than a flag that was refused.
    """
    line = await work.get_one(Line, line_id)
    if line.station_id is not None:
        return line.station_id, True
    query = select(Station.id).where(col(Station.parent_id).is_(None)).order_by(Station.id)
    tops = [top for top in (await work.exec(query)).all() if top != UNASSIGNED]
    return (tops[0] if tops else await _placeholder(work)), False


async def _placeholder(work: Work) -> str:
    row = {"id": UNASSIGNED, "name": "未指定", "name_en": "Unassigned", "division": "", "phone": ""}
    await work.exec(insert(Station).values(row).on_conflict_do_nothing())
    return UNASSIGNED


async def read_chain(work: Work, station_id: str) -> Chain:
    """The contacts as the roster has them now."""
    steps: list[ChainStep] = []
    seen: set[str] = set()
    above: str | None = station_id
    while above is not None and above not in seen:  # two stations may name each other as parent
        seen.add(above)
        steps += await _contacts(work, above)
        above = (await work.get_one(Station, above)).parent_id
    return tuple(steps)


async def _contacts(work: Work, station_id: str) -> list[ChainStep]:
    query = (
        select(StationContact.id)
        .where(StationContact.station_id == station_id, col(StationContact.active))
        .order_by(col(StationContact.rank), col(StationContact.id))
    )
    return [ChainStep(contact_id, station_id) for contact_id in (await work.exec(query)).all()]
