"""A configuration folder, read and checked as a whole. All faults are told at once."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from hotline.alerts.rules import AlertRules, default_alert_rules
from hotline.configuration.alerts import load_alert_rules
from hotline.configuration.chains import chain_warnings, load_chains
from hotline.configuration.colours import load_colours
from hotline.configuration.faults import read_shape
from hotline.configuration.files import Document, read_document
from hotline.configuration.forms import read_form_file
from hotline.configuration.materials import Materials, load_materials
from hotline.configuration.plans import Checked, check_plan, read_plan, setting_of_files
from hotline.configuration.review_form import load_review_form
from hotline.configuration.schema import (
    CalendarDayFile,
    LineFile,
    LinesFile,
    RosterFile,
    StaffFile,
    StationFile,
)
from hotline.configuration.service_hours import hours_faults, hours_warnings
from hotline.configuration.stations import PlacedStation, read_stations, station_faults
from hotline.configuration.text_numbers import text_number_faults
from hotline.errors import ConfigError
from hotline.escalations.chains.model import ChainFile
from hotline.i18n.prompts import spoken_prompts
from hotline.quality.form import ReviewForm, default_review_form
from hotline.records.forms.model import FormDefinition
from hotline.visits.colours import ColourSet, default_colours
from ivr.document import FlowFile
from ivr.flow import parse

Shape = TypeVar("Shape", bound=BaseModel)
Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a folder says. `flows`, `plans`: line id → the document as it was written. `forms`: of
    the lines that name one.

    `warnings`: what is said of plans and lines that may be applied all the same.
    """

    lines: list[LineFile]
    stations: list[StationFile]
    staff: list[StaffFile]
    flows: dict[str, dict[str, object]]
    plans: dict[str, dict[str, object]]
    warnings: list[str]
    calendar: list[CalendarDayFile] = field(default_factory=list)
    materials: Materials = field(default_factory=Materials)
    forms: dict[str, FormDefinition] = field(default_factory=dict)
    chains: dict[str, ChainFile] = field(default_factory=dict)
    colours: ColourSet = field(default_factory=default_colours)
    review_form: ReviewForm = field(default_factory=default_review_form)
    alerts: AlertRules = field(default_factory=default_alert_rules)


def load_folder(folder: Path) -> Configuration:
    """Read lines, stations, staff and all that lies beside them. Raises `ConfigError`."""
    if not folder.is_dir():
        raise ConfigError(f"{folder.name}: there is no such folder.")
    faults, in_flows = list[str](), list[str]()
    beside = _noting(faults, partial(_colours_and_review, folder))
    lines_read = _noting(faults, partial(_file, folder, "lines.yaml", LinesFile))
    stations_read = _noting(faults, partial(read_stations, folder))
    staff_read = _noting(faults, partial(_file, folder, "staff.yaml", RosterFile))
    named = lines_read[1].lines if lines_read else ()
    faults += _missing_files(folder, *lines_read) if lines_read else ()
    flows = _flows(folder, named, in_flows)
    forms = _forms(folder, named, in_flows)
    _look_at_unused(folder, named, in_flows)
    if lines_read is None or stations_read is None or staff_read is None:
        raise ConfigError("\n".join(dict.fromkeys(faults + in_flows)))
    lines, staff = lines_read[1].lines, staff_read[1].staff
    faults += _faults_between(lines_read, stations_read, staff_read)
    plans = _plans(folder, lines, staff, faults)
    stations = [placed.station for placed in stations_read]
    of_lines = _noting(faults, partial(_of_lines, folder, lines, stations))
    if faults or in_flows or of_lines is None or beside is None:
        raise ConfigError("\n".join(dict.fromkeys(faults + in_flows)))
    warnings = [warning for plan in plans.values() for warning in plan.warnings]
    warnings += [*_warnings(*lines_read, staff), *chain_warnings(of_lines[1], stations_read)]
    return Configuration(
        lines=lines,
        stations=stations,
        staff=staff,
        flows=flows,
        plans={line: _as_kept(plan.document.data) for line, plan in plans.items()},
        warnings=warnings,
        calendar=lines_read[1].calendar,
        materials=of_lines[0],
        forms=forms,
        chains=of_lines[1],
        alerts=of_lines[2],
        colours=beside[0],
        review_form=beside[1],
    )


def _colours_and_review(folder: Path) -> tuple[ColourSet, ReviewForm]:
    """Of the whole installation. Raises `ConfigError` with the faults of both."""
    faults: list[str] = []
    colours = _noting(faults, partial(load_colours, folder))
    review_form = _noting(faults, partial(load_review_form, folder))
    if colours is None or review_form is None:
        raise ConfigError("\n".join(faults))
    return colours, review_form


def _of_lines(
    folder: Path, lines: Sequence[LineFile], stations: Sequence[StationFile]
) -> tuple[Materials, dict[str, ChainFile], AlertRules]:
    """What names lines or stations. Raises `ConfigError` with the faults of all."""
    faults: list[str] = []
    materials = _noting(faults, partial(load_materials, folder, lines, stations))
    chains = _noting(faults, partial(load_chains, folder))
    alerts = _noting(faults, partial(load_alert_rules, folder, {line.id for line in lines}))
    if materials is None or chains is None or alerts is None:
        raise ConfigError("\n".join(faults))
    return materials, chains, alerts


def _warnings(document: Document, read: LinesFile, staff: list[StaffFile]) -> Iterator[str]:
    """Of lines that may be applied all the same."""
    yield from _nobody_left(document, read.lines, staff)
    yield from hours_warnings(document, read.lines)


def _faults_between(
    lines_read: tuple[Document, LinesFile],
    stations_read: Sequence[PlacedStation],
    staff_read: tuple[Document, RosterFile],
) -> Iterator[str]:
    """What each file says alone is right: what is wrong of one beside the others."""
    lines, staff = lines_read[1].lines, staff_read[1].staff
    stations = [placed.station for placed in stations_read]
    yield from _line_faults(lines_read[0], lines, stations)
    yield from hours_faults(*lines_read)
    yield from text_number_faults(lines_read[0], lines)
    yield from station_faults(stations_read, staff)
    yield from _staff_faults(staff_read[0], staff, lines, stations)


def _missing_files(folder: Path, document: Document, read: LinesFile) -> Iterator[str]:
    for place, line in enumerate(read.lines):
        for key, name in (("flow", line.flow), ("plan", line.plan), ("form", line.form)):
            if name is not None and not (folder / name).exists():
                where = document.where(("lines", place, key))
                yield (
                    f"{where}: line {line.id} uses {name}, but there is no such file: write it or"
                    " name another."
                )


def _look_at_unused(folder: Path, lines: Sequence[LineFile], faults: list[str]) -> None:
    """Files that no line uses yet are read as well: what is kept could be used tomorrow."""
    used = {name for line in lines for name in (line.flow, line.plan, line.form)}
    for file in sorted(folder.glob("flows/*.yaml")):
        if (name := file.relative_to(folder).as_posix()) not in used:
            _noting(faults, partial(_flow, folder, name))
    for file in sorted(folder.glob("plans/*.yaml")):
        if file.relative_to(folder).as_posix() not in used:
            _noting(faults, partial(read_plan, file, folder))
    for file in sorted(folder.glob("forms/*.yaml")):
        if (name := file.relative_to(folder).as_posix()) not in used:
            _noting(faults, partial(read_form_file, folder, name))


def _flows(
    folder: Path, lines: Sequence[LineFile], faults: list[str]
) -> dict[str, dict[str, object]]:
    found = {
        line.id: _noting(faults, partial(_flow, folder, line.flow))
        for line in lines
        if (folder / line.flow).exists()
    }
    return {line: flow for line, flow in found.items() if flow is not None}


def _forms(folder: Path, lines: Sequence[LineFile], faults: list[str]) -> dict[str, FormDefinition]:
    """Of the lines that name one."""
    forms: dict[str, FormDefinition] = {}
    for line in lines:
        if line.form is not None and (folder / line.form).exists():
            form = _noting(faults, partial(read_form_file, folder, line.form))
            if form is not None:
                forms[line.id] = form
    return forms


def _noting(faults: list[str], read: Callable[[], Loaded]) -> Loaded | None:
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
        if line.plan is None or not (folder / line.plan).exists():
            continue
        file, setting = folder / line.plan, setting_of_files(line, staff)
        plan = _noting(faults, partial(check_plan, file, setting, folder))
        if plan is not None:
            plans[line.id] = plan
            faults += plan.faults
    return plans


def _file(folder: Path, name: str, shape: type[Shape]) -> tuple[Document, Shape]:
    document = read_document(folder, name)
    return document, read_shape(document, shape, shape.model_validate)


def _flow(folder: Path, name: str) -> dict[str, object]:
    document = read_document(folder, name)
    read_shape(document, FlowFile, partial(parse, prompts=spoken_prompts()))
    return _as_kept(document.data)


def _as_kept(data: dict[str, Any]) -> dict[str, object]:
    """As the database will give it back: JSON knows no numbers as keys."""
    kept: dict[str, object] = json.loads(json.dumps(data))
    return kept


def _line_faults(
    document: Document, lines: list[LineFile], stations: list[StationFile]
) -> Iterator[str]:
    yield from _twice(document, "lines", [line.id for line in lines], "id")
    yield from _second_defaults(document, lines)
    known = {station.id for station in stations}
    numbers: dict[str, str] = {}
    for place, line in enumerate(lines):
        if line.station not in known:
            where = document.where(("lines", place, "station"))
            yield f"{where}: station {line.station} is not in stations.yaml: add it or correct it."
        yield from _unknown_notice(document, place, line)
        for number in line.numbers:
            if numbers.setdefault(number, line.id) != line.id:
                where = document.where(("lines", place, "numbers"))
                yield f"{where}: {number} already belongs to line {numbers[number]}."


def _unknown_notice(document: Document, place: int, line: LineFile) -> Iterator[str]:
    """Words that nobody can say: callers would never be told, and nothing would be recorded."""
    notice = line.recording.notice
    if any(notice not in texts for texts in spoken_prompts().values()):
        where = document.where(("lines", place, "recording", "notice"))
        yield f"{where}: there is no prompt {notice}: write `recording.notice`."


def _second_defaults(document: Document, lines: list[LineFile]) -> Iterator[str]:
    defaults = [place for place, line in enumerate(lines) if line.default]
    for place in defaults[1:]:
        where, first = document.where(("lines", place, "default")), lines[defaults[0]].id
        yield f"{where}: line {first} is the default already: only one line can be."


def _nobody_left(
    document: Document, lines: list[LineFile], staff: list[StaffFile]
) -> Iterator[str]:
    """Lines on which a caller in danger would ring nobody when nobody is on duty."""
    at_home = any(one.rings_off_duty for one in staff)
    for place, line in enumerate(lines):
        supervised = any(
            "supervisor" in one.roles and one.own_phone and line.id in one.lines for one in staff
        )
        if not (line.duty_phone or line.supervisor_phone or supervised or at_home):
            where = document.where(("lines", place))
            yield (
                f"{where}: when nobody is on duty, no phone rings for a child in danger on"
                f" {line.id}: give it a `duty_phone`."
            )


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
