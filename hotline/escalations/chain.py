"""The chain of contacts behind a line: its station's, then the parent station's, and so on up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.escalations.policy import Chain, ChainStep
from hotline.storage.session import Work
from hotline.storage.tables import Line, Station

UNASSIGNED = "unassigned"

# Every station on the way up, also one without contacts; no station twice, since two of them may
# name each other as parent.
UPWARDS = text("""
with recursive upwards as (
    select id, parent_id, array[id] as path from station
    where id = coalesce(
        cast(:station_id as text), (select station_id from line where id = :line_id))
    union all
    select above.id, above.parent_id, upwards.path || above.id
    from upwards join station above on above.id = upwards.parent_id
    where above.id <> all (upwards.path)
)
select upwards.id as station_id, contact.id as contact_id
from upwards
left join station_contact contact on contact.station_id = upwards.id and contact.active
order by cardinality(upwards.path), contact.rank, contact.id
""")


@dataclass(frozen=True, slots=True)
class Roster:
    """Who answers for a line's escalations. `named`: whether that is what the line itself says."""

    station_id: str
    chain: Chain
    named: bool


@dataclass(frozen=True, slots=True)
class CallerPlace:
    """The division where the caller is; empty: unknown. `is_said`: by somebody, not by a number."""

    division: str = ""
    is_said: bool = False


NOWHERE_KNOWN = CallerPlace()


async def roster_of_line(work: Work, line_id: str, place: CallerPlace = NOWHERE_KNOWN) -> Roster:
    """As it is now. One statement, where the line names its station.

    `place`: the station that answers for it comes before the line's own, where somebody there or
    above can be reached (`comes_before`).

    A line without a station falls to the top of the tree; where there is no station at all, to a
    placeholder: an escalation without a station is better than a flag that was refused.
    """
    near = await _station_near(work, line_id, place) if place.division else None
    rows = await _upwards(work, station_id=near) if near else []
    if not _chain(rows):
        rows = await _upwards(work, line_id=line_id)
    if rows:
        return Roster(rows[0].station_id, _chain(rows), named=True)
    top = await _top_of_tree(work)
    return Roster(top, await read_chain(work, top), named=False)


def comes_before(own: str, place: CallerPlace) -> bool:
    """Whether the caller's place says more than where the line's own station is (`own`).

    What only a number says counts within the own station's area: a card is often sold elsewhere.
    An own station within the place is nearer than any that answers for all of it.
    """
    if own and _is_within(own, place.division):
        return False
    return place.is_said or _is_within(place.division, own)


def _is_within(inner: str, outer: str) -> bool:
    """Of divisions' codes: two digits each for province, city and district."""
    while outer.endswith("00"):
        outer = outer[:-2]
    return inner.startswith(outer)


async def _station_near(work: Work, line_id: str, place: CallerPlace) -> str | None:
    """Of the district, else of its city. Two for one place: nobody can say which."""
    own = select(Station.division).join(Line, col(Line.station_id) == col(Station.id))
    found_own = (await work.exec(own.where(Line.id == line_id))).first() or ""
    if not comes_before(found_own, place):
        return None
    for division in dict.fromkeys((place.division, f"{place.division[:4]}00")):
        query = _protection().where(Station.division == division)
        found = (await work.exec(query.limit(2))).all()
        if len(found) == 1:
            return found[0]
    return None


async def _top_of_tree(work: Work) -> str:
    query = _protection().where(col(Station.parent_id).is_(None))
    top = (await work.exec(query.order_by(Station.id).limit(1))).first()
    return await _placeholder(work) if top is None else top


def _protection() -> SelectOfScalar[str]:
    """The police are never responsible for an escalation: they are rung by its chain."""
    return select(Station.id).where(Station.kind == "protection", Station.id != UNASSIGNED)


async def _placeholder(work: Work) -> str:
    row = {"id": UNASSIGNED, "name": "未指定", "name_en": "Unassigned", "division": "", "phone": ""}
    await work.exec(insert(Station).values(row).on_conflict_do_nothing())
    return UNASSIGNED


async def read_chain(work: Work, station_id: str) -> Chain:
    """The contacts as the roster has them now."""
    return _chain(await _upwards(work, station_id=station_id))


async def _upwards(
    work: Work, *, station_id: str | None = None, line_id: str | None = None
) -> Sequence[Row[Any]]:
    return (await work.sql(UPWARDS, {"station_id": station_id, "line_id": line_id})).all()


def _chain(rows: Sequence[Row[Any]]) -> Chain:
    return tuple(ChainStep(row.contact_id, row.station_id) for row in rows if row.contact_id)
