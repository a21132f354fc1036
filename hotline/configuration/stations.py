"""Stations: one file, and a folder of files beside it; what is wrong of one beside the others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

from hotline.configuration.faults import read_shape
from hotline.configuration.files import Document, read_document
from hotline.configuration.schema import (
    ContactFile,
    DateShiftFile,
    DayOffFile,
    ShiftFile,
    StaffFile,
    StationFile,
    StationsFile,
)
from hotline.errors import ConfigError
from hotline.lines.hours import DAYS, span_of
from hotline.stations.duty import MINUTES_A_DAY
from hotline.stations.rosters import DATES, HANDOVER, OFF, WEEKLY

STATIONS = "stations.yaml"
FOLDER = "stations"


@dataclass(frozen=True, slots=True)
class PlacedStation:
    """A station, and where it stands."""

    station: StationFile
    document: Document
    place: int

    def where(self, *path: str | int) -> str:
        """`file:line` of something the station's entry says."""
        return self.document.where(("stations", self.place, *path))


def read_stations(folder: Path) -> list[PlacedStation]:
    """Those of stations.yaml, then those of stations/. Raises `ConfigError`."""
    found: list[PlacedStation] = []
    told: list[str] = []
    for name in [STATIONS, *_others(folder)]:
        try:
            found += _file(folder, name)
        except ConfigError as fault:
            told.append(fault.public)
    if told:
        raise ConfigError("\n".join(told))
    return found


def _others(folder: Path) -> list[str]:
    return sorted(file.relative_to(folder).as_posix() for file in folder.glob(f"{FOLDER}/*.yaml"))


def _file(folder: Path, name: str) -> list[PlacedStation]:
    document = read_document(folder, name)
    read = read_shape(document, StationsFile, StationsFile.model_validate)
    return [PlacedStation(one, document, place) for place, one in enumerate(read.stations)]


def duty_of(station: StationFile) -> dict[str, Any]:
    """What the row of a station says of its roster: contacts by their key. Empty without one."""
    parts: dict[str, Any] = {
        WEEKLY: [_with_keys(station, one) for one in station.duty],
        DATES: [_with_keys(station, one) for one in station.duty_dates],
        OFF: [_with_keys(station, one) for one in station.days_off],
        HANDOVER: station.handover_min,
    }
    return {name: value for name, value in parts.items() if value}


def _with_keys(
    station: StationFile, entry: ShiftFile | DateShiftFile | DayOffFile
) -> dict[str, Any]:
    values = entry.model_dump(by_alias=True)
    deputies = [station.key_of(name) for name in values.pop("deputies", ())]
    values["contact"] = station.key_of(entry.contact)
    return {**values, "deputies": deputies} if deputies else values


# ── faults ──────────────────────────────────────────────────────────────────────────────────────


def station_faults(placed: Sequence[PlacedStation], staff: Sequence[StaffFile]) -> Iterator[str]:
    """Of the tree, of each station's contacts and of its roster."""
    parents = {one.station.id: one.station.parent for one in placed}
    officers = {one.username for one in staff if "officer" in one.roles}
    yield from _ids_twice(placed)
    yield from _second_intakes(placed)
    for one in placed:
        yield from _parent_faults(one, parents)
        yield from _contact_faults(one, officers)
        yield from _duty_faults(one)


def _ids_twice(placed: Sequence[PlacedStation]) -> Iterator[str]:
    seen: set[str] = set()
    for one in placed:
        if one.station.id in seen:
            yield f"{one.where('id')}: {one.station.id} stands here a second time: remove one."
        seen.add(one.station.id)


def _second_intakes(placed: Sequence[PlacedStation]) -> Iterator[str]:
    first: dict[str, str] = {}
    for one in placed:
        station = one.station
        if station.intake and first.setdefault(station.division, station.id) != station.id:
            yield (
                f"{one.where('intake')}: {first[station.division]} takes what comes in for"
                f" {station.division} already: only one station can."
            )


def _parent_faults(one: PlacedStation, parents: dict[str, str | None]) -> Iterator[str]:
    station, where = one.station, one.where("parent")
    if station.parent is not None and station.parent not in parents:
        yield f"{where}: parent {station.parent} is not among the stations: add it or correct it."
    elif _in_circle(station.id, parents):
        yield f"{where}: the parents of {station.id} lead back to it: correct one of them."
    if not station.contacts and station.parent is None:
        where = one.where()
        yield f"{where}: {station.id} has neither contacts nor a parent: nobody would be rung."


def _in_circle(start: str, parents: dict[str, str | None]) -> bool:
    seen, here = {start}, parents[start]
    while here is not None and here in parents:
        if here in seen:
            return True
        seen.add(here)
        here = parents[here]
    return False


def _contact_faults(one: PlacedStation, officers: set[str]) -> Iterator[str]:
    keys = [contact.key for contact in one.station.contacts]
    for at, contact in enumerate(one.station.contacts):
        if contact.key in keys[:at]:
            where = one.where("contacts", at)
            yield f"{where}: a second contact with this id or phone: give each an `id` of its own."
        yield from _account_faults(one, at, contact, officers)


def _account_faults(
    one: PlacedStation, at: int, contact: ContactFile, officers: set[str]
) -> Iterator[str]:
    if contact.account is not None and contact.account not in officers:
        where = one.where("contacts", at, "account")
        yield f"{where}: {contact.account} is no officer in staff.yaml: add the account there."


# ── faults of a roster ──────────────────────────────────────────────────────────────────────────


def _duty_faults(one: PlacedStation) -> Iterator[str]:
    station = one.station
    for at, shift in enumerate(station.duty):
        yield from _shift_faults(one, one.where("duty", at), shift)
    for at, dated in enumerate(station.duty_dates):
        yield from _shift_faults(one, one.where("duty_dates", at), dated)
    for at, off in enumerate(station.days_off):
        if station.key_of(off.contact) is None:
            yield _unknown(one.where("days_off", at), station, off.contact)
    yield from _twice_at_once(one)
    yield from _on_duty_and_away(one)


def _shift_faults(
    one: PlacedStation, where: str, shift: ShiftFile | DateShiftFile
) -> Iterator[str]:
    keys = [one.station.key_of(name) for name in (shift.contact, *shift.deputies)]
    for name, key in zip((shift.contact, *shift.deputies), keys, strict=True):
        if key is None:
            yield _unknown(where, one.station, name)
    if len(set(keys)) < len(keys):
        yield f"{where}: somebody stands here twice: a deputy is somebody else."
    if shift.from_ == shift.to:
        yield (
            f"{where}: a shift from {shift.from_} to {shift.to} has no length: write 00:00 to 24:00"
            " for a whole day, or two shifts."
        )


def _unknown(where: str, station: StationFile, name: str) -> str:
    return f"{where}: {station.id} has no contact {name}: write an `id` or a phone of its contacts."


def _twice_at_once(one: PlacedStation) -> Iterator[str]:
    """The same person has the duty twice at one time: nobody can say which deputies are meant."""
    station = one.station
    weekly = [(shift.contact, _of_a_week(shift)) for shift in station.duty]
    dated = [(shift.contact, _of_a_date(shift)) for shift in station.duty_dates]
    for part, shifts in (("duty", weekly), ("duty_dates", dated)):
        for (_, (first, early)), (at, (second, late)) in combinations(enumerate(shifts), 2):
            if station.key_of(first) == station.key_of(second) and _overlap(early, late):
                yield (
                    f"{one.where(part, at)}: {second} has another shift at the same time: let one"
                    " end where the other begins."
                )


MinuteSpans = list[tuple[int, int]]


def _of_a_week(shift: ShiftFile) -> MinuteSpans:
    """From and to, in minutes since Monday; once more a week later, which follows the Sunday."""
    start, end = _span(shift)
    days = [DAYS.index(day) + week for day in shift.days for week in (0, len(DAYS))]
    return [(day * MINUTES_A_DAY + start, day * MINUTES_A_DAY + end) for day in days]


def _of_a_date(shift: DateShiftFile) -> MinuteSpans:
    day = date.fromisoformat(shift.date).toordinal()
    start, end = _span(shift)
    return [(day * MINUTES_A_DAY + start, day * MINUTES_A_DAY + end)]


def _span(shift: ShiftFile | DateShiftFile) -> tuple[int, int]:
    span = span_of({"days": (), "from": shift.from_, "to": shift.to})
    return span.start, span.end + MINUTES_A_DAY * int(span.past_midnight)


def _overlap(early: MinuteSpans, late: MinuteSpans) -> bool:
    return any(a < d and c < b for a, b in early for c, d in late)


def _on_duty_and_away(one: PlacedStation) -> Iterator[str]:
    station = one.station
    away = {(off.date, station.key_of(off.contact)) for off in station.days_off}
    for at, shift in enumerate(station.duty_dates):
        if (shift.date, station.key_of(shift.contact)) in away:
            where = one.where("duty_dates", at)
            yield f"{where}: {shift.contact} has the day off on {shift.date}: take one of them out."
