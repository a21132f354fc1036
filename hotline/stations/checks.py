"""What is missing in the tree of stations, told as sentences that say what to do. Pure.

Reads what is in force, not the files: PINs and who was heard of stand in the database alone.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.lines.hours import SHANGHAI
from hotline.stations.divisions import DIGITS, HERE, division_name
from hotline.stations.duty import DutyRules, has_duty, is_there
from hotline.stations.rosters import WEEKLY, rules_of
from hotline.storage.tables import Station, StationContact
from routing.policy.roster import ALWAYS, QUARTERS_A_WEEK, in_words

HEARD_WITHIN = timedelta(days=35)  # a drill a month, and some days for who was away
QUARTER = timedelta(minutes=15)
SOME_MONDAY = datetime(2026, 1, 5, tzinfo=SHANGHAI)  # an ordinary week: dates are left out
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Tree:
    """What is looked at. `places`: the divisions that should have a station. `officers`: the
    names of accounts that work."""

    stations: Sequence[Station]
    contacts: Sequence[StationContact]
    places: Sequence[str]
    officers: frozenset[str]


@dataclass(frozen=True, slots=True)
class StationGap:
    """Something to put right. `station_id` is empty where none is meant."""

    station_id: str
    said: str


def gaps(tree: Tree, at: datetime) -> list[StationGap]:
    """Everything, the worst first: what leads nowhere, whom nobody can reach, what nobody tried."""
    by_station: dict[str, list[StationContact]] = defaultdict(list)
    for contact in sorted(tree.contacts, key=lambda one: one.rank):
        by_station[contact.station_id].append(contact)
    return [
        *_gaps_of_the_tree(tree, by_station),
        *_places_without(tree),
        *_gaps_of_phones(tree),
        *_hours_without(tree, by_station),
        *_gaps_of_contacts(tree, at),
    ]


# ── the tree ────────────────────────────────────────────────────────────────────────────────────


def _gaps_of_the_tree(
    tree: Tree, by_station: Mapping[str, Sequence[StationContact]]
) -> Iterator[StationGap]:
    parents = {one.id: one.parent_id for one in tree.stations}
    for station in tree.stations:
        if station.parent_id is None and not _is_top(station):
            yield StationGap(
                station.id,
                f"{station.id} has no parent: when nobody there answers, nobody else is asked. Give"
                " it a `parent`.",
            )
        if _leads_round(station.id, parents):
            yield StationGap(
                station.id,
                f"The parents of {station.id} lead back to it: correct one of them.",
            )
        if not station.phone:
            yield StationGap(station.id, f"{station.id} has no number: give it a `phone`.")
        if not by_station[station.id]:
            yield StationGap(
                station.id,
                f"{station.id} has no contact: nobody is rung there. Give it one under `contacts`.",
            )


def _is_top(station: Station) -> bool:
    return station.division.endswith("0000") and len(station.division) == DIGITS


def _leads_round(start: str, parents: Mapping[str, str | None]) -> bool:
    seen, here = {start}, parents.get(start)
    while here is not None and here not in seen:
        seen.add(here)
        here = parents.get(here)
    return here == start


def _places_without(tree: Tree) -> Iterator[StationGap]:
    """A city that has towns needs a center beside their stations."""
    served = {one.division for one in tree.stations}
    for code in tree.places:
        if code not in served:
            yield StationGap(
                "",
                f"{division_name(code)} ({code}) has no station: write one with this `division`.",
            )
    for station in tree.stations:
        if station.division.startswith(HERE) and not division_name(station.division):
            yield StationGap(
                station.id,
                f"{station.id} stands for {station.division}, which is no division: correct its"
                " `division`.",
            )


# ── phones and people ───────────────────────────────────────────────────────────────────────────


def _gaps_of_phones(tree: Tree) -> Iterator[StationGap]:
    by_phone: dict[str, list[StationContact]] = defaultdict(list)
    for contact in tree.contacts:
        by_phone[contact.phone].append(contact)
    for shared in by_phone.values():
        names, stations = {one.name for one in shared}, sorted({one.station_id for one in shared})
        if len(names) > 1:
            yield StationGap(
                stations[0],
                f"{_list(sorted(names))} have one phone ({_list(stations)}): when it is silent, all"
                " of them are. Give each a phone of their own.",
            )
        elif len(stations) > 1:
            yield StationGap(
                stations[0],
                f"{shared[0].name} is rung on one phone for {_list(stations)}: while one rings, the"
                " other waits. Name somebody else at one of them.",
            )


def _list(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" … (+{more})" if more > 0 else "")


def _gaps_of_contacts(tree: Tree, at: datetime) -> Iterator[StationGap]:
    for number, one in _numbered(tree.contacts):
        if not one.pin_hash:
            yield StationGap(
                one.station_id,
                f"Contact {number} of {one.station_id} has no PIN and cannot acknowledge: set one"
                f" with `hotline stations pin {one.station_id} {number}`.",
            )
        elif one.last_heard_at is None:
            yield StationGap(
                one.station_id,
                f"Contact {number} of {one.station_id} was never heard of: ring them, and let them"
                " press their PIN.",
            )
        elif at - one.last_heard_at > HEARD_WITHIN:
            yield StationGap(
                one.station_id,
                f"Contact {number} of {one.station_id} was last heard of on"
                f" {one.last_heard_at:%Y-%m-%d}: ring them, and let them press their PIN.",
            )
        if one.account and one.account not in tree.officers:
            yield StationGap(
                one.station_id,
                f"Contact {number} of {one.station_id} signs in as {one.account}, an account that"
                " does not work: correct it.",
            )


def _numbered(contacts: Iterable[StationContact]) -> Iterator[tuple[int, StationContact]]:
    for one in sorted(contacts, key=lambda one: (one.station_id, one.rank)):
        yield one.rank + 1, one


# ── hours ───────────────────────────────────────────────────────────────────────────────────────


def _hours_without(
    tree: Tree, by_station: Mapping[str, Sequence[StationContact]]
) -> Iterator[StationGap]:
    """Hours of an ordinary week in which a roster names nobody, or nobody is there to be rung."""
    parents = {one.id: one.parent_id for one in tree.stations}
    there = {one.id: _quarters_there(one, by_station[one.id]) for one in tree.stations}
    for station in tree.stations:
        if empty := _without_duty(station, by_station[station.id]):
            yield StationGap(
                station.id,
                f"{station.id} has nobody on duty {in_words(empty)}: write a shift under `duty`, or"
                " `hours` that leave them out.",
            )
        empty = ALWAYS & ~there[station.id] & ~_above(station.id, parents, there)
        if empty:
            yield StationGap(
                station.id,
                f"{station.id} is closed {in_words(empty)}, and so is every station above it: write"
                " a shift under `duty`.",
            )


def _weekly(station: Station, contacts: Sequence[StationContact]) -> DutyRules:
    return rules_of({WEEKLY: station.duty.get(WEEKLY, ())}, station.hours, contacts)


def _without_duty(station: Station, contacts: Sequence[StationContact]) -> int:
    """Of a roster that is meant to be round the clock."""
    if station.hours or not station.duty.get(WEEKLY):
        return 0
    rules = _weekly(station, contacts)
    return _quarters(lambda moment: not has_duty(rules, moment))


def _quarters_there(station: Station, contacts: Sequence[StationContact]) -> int:
    if not station.hours:
        return ALWAYS
    rules = _weekly(station, contacts)
    return _quarters(lambda moment: is_there(rules, moment))


def _quarters(asked: Callable[[datetime], bool]) -> int:
    """The quarter hours of a week of which it is true."""
    return sum(1 << n for n in range(QUARTERS_A_WEEK) if asked(SOME_MONDAY + QUARTER * n))


def _above(station: str, parents: Mapping[str, str | None], there: Mapping[str, int]) -> int:
    found, seen, here = 0, {station}, parents.get(station)
    while here is not None and here not in seen:
        found |= there.get(here, 0)
        seen.add(here)
        here = parents.get(here)
    return found
