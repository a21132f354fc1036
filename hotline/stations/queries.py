"""Stations by name, and whom of one to ring now."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlmodel import col, or_, select

from hotline.stations.checks import StationGap, Tree, gaps
from hotline.stations.divisions import places_here
from hotline.stations.duty import DutyRules, on_duty
from hotline.stations.rosters import rules_of
from hotline.storage.session import Work
from hotline.storage.tables import Staff, Station, StationContact
from hotline.storage.tables.places import DRILL_STATION

UNASSIGNED = "unassigned"
"""A placeholder: the station of an escalation where there is no station at all."""

MOST_FOUND = 12

# No station twice, since two of them may name each other as parent.
ABOVE = text("""
with recursive upwards as (
    select id, parent_id, array[id] as path from station where id = :station_id
    union all
    select above.id, above.parent_id, upwards.path || above.id
    from upwards join station above on above.id = upwards.parent_id
    where above.id <> all (upwards.path)
)
select id from upwards where id <> :station_id order by cardinality(path)
""")
BELOW = text("""
with recursive downwards as (
    select id, array[id] as path from station where id = :station_id
    union all
    select below.id, downwards.path || below.id
    from downwards join station below on below.parent_id = downwards.id
    where below.id <> all (downwards.path)
)
select id from downwards order by cardinality(path), id
""")

# The police and the ambulance are rung by chains, the drill by itself: nobody's flag is theirs.
ANSWERS = (Station.kind == "protection", Station.id != UNASSIGNED)


async def contacts_now(work: Work, station_id: str, at: datetime) -> tuple[str, ...]:
    """The contacts of a station by id, in the order in which they are to be rung at a moment."""
    return on_duty(await rules_of_station(work, station_id), at)


async def rules_of_station(work: Work, station_id: str) -> DutyRules:
    """Its roster as it is now; nobody's, where there is no such station."""
    station = await work.get(Station, station_id)
    if station is None:
        return DutyRules(contacts=())
    return rules_of(station.duty, station.hours, await contacts_of(work, station_id))


async def contacts_of(work: Work, station_id: str) -> Sequence[StationContact]:
    """Those who may be rung, by rank."""
    query = select(StationContact).where(StationContact.station_id == station_id)
    query = query.where(col(StationContact.active))
    return (await work.exec(query.order_by(col(StationContact.rank), StationContact.id))).all()


async def leads_station(work: Work, station_id: str | None, username: str) -> bool:
    """Whether this account is that of the last contact of a station: its head."""
    contacts = await contacts_of(work, station_id) if station_id is not None else ()
    return bool(contacts) and contacts[-1].account == username


async def station_gaps(work: Work, at: datetime) -> list[StationGap]:
    """What is missing in the tree as it is in force (`checks`)."""
    stations = select(Station).where(*ANSWERS).order_by(Station.division)
    theirs = col(StationContact.station_id) != DRILL_STATION  # it is heard every five minutes
    contacts = select(StationContact).where(col(StationContact.active), theirs)
    people = (await work.exec(select(Staff).where(col(Staff.active)))).all()
    tree = Tree(
        stations=(await work.exec(stations)).all(),
        contacts=(await work.exec(contacts)).all(),
        places=list(places_here()),
        officers=frozenset(one.username for one in people if "officer" in one.roles),
    )
    return await asyncio.to_thread(gaps, tree, at)  # a fifth of a second, which calls do not wait


async def stations_above(work: Work, station_id: str) -> list[str]:
    """The parent, its parent, and so on to the top."""
    return list((await work.sql(ABOVE, {"station_id": station_id})).scalars())


async def stations_below(work: Work, station_id: str) -> list[str]:
    """The station itself, and all that it stands above."""
    return list((await work.sql(BELOW, {"station_id": station_id})).scalars())


async def note_heard(work: Work, contact_id: str, at: datetime) -> None:
    """A contact has proved, in a call of ours, that they are there: a PIN that fits, a drill."""
    contact = await work.get(StationContact, contact_id)
    if contact is not None and (contact.last_heard_at is None or contact.last_heard_at < at):
        contact.last_heard_at = at


async def search_stations(work: Work, text: str) -> Sequence[Station]:
    """By a part of the name in either language, by id or by division; the nearest to the top first.

    Nothing for no text: a tree has hundreds.
    """
    wanted = text.strip()
    if not wanted:
        return ()
    part = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    named = or_(*(col(one).ilike(f"%{part}%") for one in (Station.name, Station.name_en)))
    known = or_(named, Station.id == wanted, col(Station.division).startswith(wanted))
    query = select(Station).where(known, *ANSWERS)
    return (await work.exec(query.order_by(Station.division, Station.id).limit(MOST_FOUND))).all()


async def find_station(work: Work, text: str) -> Station | None:
    """The one station that somebody means: by its id, its name, or a part that no other has."""
    found = await search_stations(work, text)
    wanted = text.strip()
    exact = [one for one in found if wanted in (one.id, one.name, one.name_en)]
    likely = exact or list(found)
    return likely[0] if len(likely) == 1 else None
