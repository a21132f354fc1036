"""Who answers now, by what a chain calls them; and the walk of an escalation with these people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from hotline.escalations.chain import read_chain, with_those_first
from hotline.escalations.chains.model import EMERGENCY, Receiver, read_chain_file
from hotline.escalations.policy import (
    Chain,
    Walk,
    chain_of,
    walk_along,
    walk_behind,
    walk_with,
    with_kept_times,
)
from hotline.stations.divisions import covering, is_city, is_province
from hotline.storage.session import Work
from hotline.storage.tables import Escalation, EscalationChain, Station

UNREADABLE = (AttributeError, LookupError, TypeError, ValueError, OverflowError)
"""What reading a chain or policy may come to that somebody wrote into a row by hand."""


async def policy_for(work: Work, level: str, kind: str = "") -> dict[str, Any]:
    """The chain in force for a flag, as an escalation keeps it; empty where there are no files."""
    query = select(EscalationChain).where(
        EscalationChain.level == level,
        col(EscalationChain.kind).in_({kind, ""}),
        col(EscalationChain.active),
    )
    found = (await work.exec(query.order_by(col(EscalationChain.kind).desc()).limit(1))).first()
    if found is None:
        return {}
    return read_chain_file(found.document).snapshot(found.id)


def kept_walk(escalation: Escalation) -> Walk:
    """As it was when its place was taken."""
    return walk_behind(escalation.policy, escalation.chain)


def keep_people(escalation: Escalation, walk: Walk) -> None:
    """These are who answers for it."""
    escalation.chain = walk.plain()


async def walk_now(
    work: Work, escalation: Escalation, at: datetime, *, first: Collection[str] = ()
) -> Walk:
    """With those who answer for its station by now. The times are those of the start.

    `first`: whom the present round has rung, who keep their places in it.
    """
    roster = with_those_first(first, await read_chain(work, escalation.station_id, at))
    if not escalation.policy:
        return walk_along(with_kept_times(roster, chain_of(escalation.chain)))
    return await walk_of_policy(work, escalation.policy, escalation.station_id, roster, at)


async def walk_of_policy(
    work: Work, policy: Mapping[str, Any], station_id: str, roster: Chain, at: datetime
) -> Walk:
    """`roster`: the contacts of the station and of those above it, the nearest first."""
    if not policy:
        return walk_along(roster)
    asked = {name for step in policy["steps"] for name in step["ring"]}
    stations = await _stations(work, {station_id, *(one.station_id for one in roster)})
    found = {**_by_place(station_id, roster), **_by_division(roster, stations)}
    own = stations.get(station_id)
    for receiver in sorted(EMERGENCY & asked):
        found[receiver] = await _emergency(work, receiver, own.division if own else "", at)
    return walk_with(policy, found)


@dataclass(frozen=True, slots=True)
class StationPlace:
    """Where a station stands."""

    id: str
    division: str


async def _stations(work: Work, ids: Iterable[str]) -> dict[str, StationPlace]:
    query = select(Station.id, Station.division).where(col(Station.id).in_(set(ids)))
    return {key: StationPlace(key, division) for key, division in (await work.exec(query)).all()}


def _by_place(station_id: str, roster: Chain) -> dict[str, Chain]:
    """Of the responsible station the first, the next and the last; of the one above the first."""
    own = tuple(one for one in roster if one.station_id == station_id)
    above = tuple(one for one in roster if one.station_id != station_id)
    return {
        Receiver.STATION: own[:1],
        Receiver.DEPUTY: own[1:2],
        Receiver.HEAD: own[1:][-1:],
        Receiver.PARENT: above[:1],
    }


def _by_division(roster: Chain, stations: Mapping[str, StationPlace]) -> dict[str, Chain]:
    cities = [one for one in roster if is_city(_division(stations, one.station_id))]
    provinces = [one for one in roster if is_province(_division(stations, one.station_id))]
    return {Receiver.CITY: tuple(cities[:1]), Receiver.PROVINCE: tuple(provinces[:1])}


def _division(stations: Mapping[str, StationPlace], station_id: str) -> str:
    found = stations.get(station_id)
    return found.division if found is not None else ""


async def _emergency(work: Work, receiver: Receiver, division: str, at: datetime) -> Chain:
    """The contacts of the nearest station of this kind that has any; nobody of another place."""
    query = select(Station.id, Station.division).where(
        Station.kind == receiver, col(Station.division).in_(covering(division))
    )
    there = (await work.exec(query.order_by(col(Station.id)))).all()
    for station_id in _nearest(there, covering(division)):
        contacts = await read_chain(work, station_id, at)
        own = tuple(one for one in contacts if one.station_id == station_id)
        if own:
            return own
    return ()


def _nearest(found: Iterable[Any], around: Sequence[str]) -> list[str]:
    return [key for key, _ in sorted(found, key=lambda one: around.index(one[1]))]
