"""Forms for what is changed at night: a line, an account, a station. They write the files."""

from collections.abc import Mapping
from typing import Any

import yaml
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.configuration.edits import KEYS, entries_of, file_of
from hotline.configuration.plans import DAYS
from hotline.configuration.versions import newest_version
from hotline.errors import NotFound
from hotline.staff.permissions import Permission
from hotline.stations.queries import contacts_now, contacts_of, rules_of_station
from hotline.storage.session import Work
from hotline.storage.tables import ConfigurationVersion
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.duty_week import duty_week
from hotline.web.pages.frame import FrameDep

router = APIRouter(include_in_schema=False)

TONGUES = ("cmn", "yue", "hak", "nan", "eng")
Entry = Mapping[str, Any]


@router.get("/administration/lines/{line_id}/edit")
async def line_form(frame: FrameDep, work: WorkDep, line_id: str) -> HTMLResponse:
    """Numbers, hours, holidays, partner, duty phone, recording of one line. Raises `NotFound`."""
    frame.require(Permission.SET_UP)
    newest = await _in_force(work)
    entry = _required(_entries(newest, "lines"), "lines", line_id)
    return frame.page(
        "administration_line_form.html",
        newest=newest,
        entry=entry,
        lines=_entries(newest, "lines"),
        calendar=_days_of(newest, line_id),
        days=DAYS,
    )


@router.get("/administration/staff/edit")
async def person_form(frame: FrameDep, work: WorkDep, key: str = "") -> HTMLResponse:
    """One account; without `key`, a new one. Raises `NotFound`."""
    frame.require(Permission.SET_UP)
    newest = await _in_force(work)
    staff = _entries(newest, "staff")
    return frame.page(
        "administration_staff_form.html",
        newest=newest,
        entry=_required(staff, "staff", key) if key else {},
        known=[one["username"] for one in staff],
        lines=_entries(newest, "lines"),
        stations=_entries(newest, "stations"),
        tongues=TONGUES,
        days=DAYS,
    )


@router.get("/administration/stations/edit")
async def station_form(
    frame: FrameDep, backend: BackendDep, work: WorkDep, key: str = ""
) -> HTMLResponse:
    """One station and who is rung there when; without `key`, a new one. Raises `NotFound`."""
    frame.require(Permission.SET_UP)
    now = backend.clock.now()
    newest = await _in_force(work)
    stations = _entries(newest, "stations")
    return frame.page(
        "administration_station_form.html",
        newest=newest,
        entry=_required(stations, "stations", key) if key else {},
        known=[one["id"] for one in stations],
        stations=stations,
        days=DAYS,
        week=duty_week(await rules_of_station(work, key), now),
        names={one.id: one.name for one in await contacts_of(work, key)},
        rung_now=await contacts_now(work, key, now),
    )


async def _in_force(work: Work) -> ConfigurationVersion:
    newest = await newest_version(work)
    if newest is None:
        raise NotFound
    return newest


def _entries(version: ConfigurationVersion, part: str) -> list[dict[str, Any]]:
    return entries_of(version.files, part)


def keys_of(version: ConfigurationVersion | None, part: str) -> set[str]:
    """Who or what stands in the files: some have left them, and stay for their history."""
    entries = _entries(version, part) if version is not None else ()
    return {entry[KEYS[part]] for entry in entries}


def _required(entries: list[dict[str, Any]], part: str, key: str) -> Entry:
    for entry in entries:
        if entry[KEYS[part]] == key:
            return entry
    raise NotFound


def _days_of(version: ConfigurationVersion, line_id: str) -> list[Entry]:
    """The dates that count for a line; a date without quotes is one to YAML."""
    read = yaml.safe_load(version.files[file_of("lines")])
    days = [{**one, "date": str(one["date"])} for one in read.get("calendar") or ()]
    return [one for one in days if not one.get("lines") or line_id in one["lines"]]
