"""A configuration folder, read and checked as a whole. All faults are told at once."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from hotline.configuration.files import Document, read_document
from hotline.configuration.plans import Checked, check_plan, setting_of_files
from hotline.configuration.schema import (
    LineFile,
    LinesFile,
    RosterFile,
    StaffFile,
    StationFile,
    StationsFile,
)
from hotline.errors import ConfigError
from hotline.i18n.prompts import spoken_prompts
from ivr.flow import FlowError, parse

Shape = TypeVar("Shape", bound=BaseModel)
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a folder says. `flows`, `plans`: line id → the document as it was written.

    `warnings`: what the linter says of plans that may be applied all the same.
    """

    lines: list[LineFile]
    stations: list[StationFile]
    staff: list[StaffFile]
    flows: dict[str, dict[str, object]]
    plans: dict[str, dict[str, object]]
    warnings: list[str]


def load_folder(folder: Path) -> Configuration:
    """Read lines.yaml, stations.yaml, staff.yaml, flows and plans. Raises `ConfigError`."""
    if not folder.is_dir():
        raise ConfigError(f"{folder.name}: there is no such folder.")
    faults: list[str] = []
    lines_file = read_document(folder, "lines.yaml")
    stations_file = read_document(folder, "stations.yaml")
    staff_file = read_document(folder, "staff.yaml")
    shapes = (
        _noting(faults, lambda: _shaped(lines_file, LinesFile)),
        _noting(faults, lambda: _shaped(stations_file, StationsFile)),
        _noting(faults, lambda: _shaped(staff_file, RosterFile)),
    )
    if shapes[0] is None or shapes[1] is None or shapes[2] is None:
        raise ConfigError("\n".join(faults))
    lines, stations, staff = shapes[0].lines, shapes[1].stations, shapes[2].staff
    faults += _line_faults(lines_file, lines, stations)
    faults += _station_faults(stations_file, stations)
    faults += _staff_faults(staff_file, staff, lines, stations)
    plans = _plans(folder, lines, staff, faults)
    flows = {line.id: _noting(faults, partial(_flow, folder, line.flow)) for line in lines}
    if faults:
        raise ConfigError("\n".join(dict.fromkeys(faults)))
    documents = {line: _as_kept(plan.document.data) for line, plan in plans.items()}
    warnings = [warning for plan in plans.values() for warning in plan.warnings]
    read = {line: flow for line, flow in flows.items() if flow is not None}
    return Configuration(lines, stations, staff, read, documents, warnings)


def _noting(faults: list[str], read: Callable[[], Read]) -> Read | None:
    """What is read; where it cannot be, its faults are noted, and reading goes on elsewhere."""
    try:
        return read()
    except ConfigError as fault:
        faults.append(fault.public)
        return None


def _plans(
    folder: Path, lines: list[LineFile], staff: list[StaffFile], faults: list[str]
) -> dict[str, Checked]:
    plans: dict[str, Checked] = {}
    for line in lines:
        if line.plan is None:
            continue
        file, setting = folder / line.plan, setting_of_files(line, staff)
        plan = _noting(faults, partial(check_plan, file, setting, folder))
        if plan is not None:
            plans[line.id] = plan
            faults += plan.faults
    return plans


def _shaped(document: Document, shape: type[Shape]) -> Shape:
    try:
        return shape.model_validate(document.data)
    except ValidationError as fault:
        told = [
            f"{document.where(error['loc'])}: {_said(error['loc'])}{error['msg']}."
            for error in fault.errors()
        ]
        raise ConfigError("\n".join(told)) from fault


def _said(place: tuple[int | str, ...]) -> str:
    names = [str(part) for part in place if isinstance(part, str)]
    return f"{names[-1]}: " if names else ""


def _flow(folder: Path, name: str) -> dict[str, object]:
    document = read_document(folder, name)
    try:
        parse(document.data, prompts=spoken_prompts())
    except FlowError as fault:
        told = [f"{document.where(problem.where)}: {problem.message}" for problem in fault.problems]
        raise ConfigError("\n".join(told)) from fault
    return _as_kept(document.data)


def _as_kept(data: dict[str, Any]) -> dict[str, object]:
    """As the database will give it back: JSON knows no numbers as keys."""
    kept: dict[str, object] = json.loads(json.dumps(data))
    return kept


def _line_faults(
    document: Document, lines: list[LineFile], stations: list[StationFile]
) -> Iterator[str]:
    yield from _twice(document, "lines", [line.id for line in lines], "id")
    known = {station.id for station in stations}
    numbers: dict[str, str] = {}
    for place, line in enumerate(lines):
        if line.station not in known:
            where = document.where(("lines", place, "station"))
            yield f"{where}: station {line.station} is not in stations.yaml: add it or correct it."
        for number in line.numbers:
            if numbers.setdefault(number, line.id) != line.id:
                where = document.where(("lines", place, "numbers"))
                yield f"{where}: {number} already belongs to line {numbers[number]}."


def _station_faults(document: Document, stations: list[StationFile]) -> Iterator[str]:
    yield from _twice(document, "stations", [station.id for station in stations], "id")
    parents = {station.id: station.parent for station in stations}
    for place, station in enumerate(stations):
        where = document.where(("stations", place, "parent"))
        if station.parent is not None and station.parent not in parents:
            yield f"{where}: parent {station.parent} is not in this file: add it or correct it."
        elif _in_circle(station.id, parents):
            yield f"{where}: the parents of {station.id} are a circle: nobody would be the last."
        if not station.contacts and station.parent is None:
            where = document.where(("stations", place))
            yield f"{where}: {station.id} has neither contacts nor a parent: nobody would be rung."


def _in_circle(start: str, parents: dict[str, str | None]) -> bool:
    seen, here = {start}, parents[start]
    while here is not None and here in parents:
        if here in seen:
            return True
        seen.add(here)
        here = parents[here]
    return False


def _staff_faults(
    document: Document,
    staff: list[StaffFile],
    lines: list[LineFile],
    stations: list[StationFile],
) -> Iterator[str]:
    yield from _twice(document, "staff", [person.username for person in staff], "username")
    known_lines, known_stations = {line.id for line in lines}, {s.id for s in stations}
    for place, person in enumerate(staff):
        for unknown in [line for line in person.lines if line not in known_lines]:
            where = document.where(("staff", place, "lines"))
            yield f"{where}: line {unknown} is not in lines.yaml: add it or correct it."
        if person.station is not None and person.station not in known_stations:
            where = document.where(("staff", place, "station"))
            yield f"{where}: station {person.station} is not in stations.yaml."


def _twice(document: Document, part: str, keys: list[str], field: str) -> Iterator[str]:
    for place, key in enumerate(keys):
        if key in keys[:place]:
            where = document.where((part, place, field))
            yield f"{where}: {key} stands here a second time: remove one."
