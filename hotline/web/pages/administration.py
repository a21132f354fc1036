"""What is set up: lines, staff, stations, the files behind them, and every version there was."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlmodel import col, select

from hotline.audit.sealing import CHAIN
from hotline.configuration.plans import setting_of_rows
from hotline.configuration.sets import (
    PATH,
    Fault,
    Files,
    changes_between,
    faults_of,
    load_files,
    places_of,
)
from hotline.configuration.telling import in_words
from hotline.configuration.versions import (
    list_versions,
    newest_version,
    require_version,
    version_before,
)
from hotline.errors import ConfigError, NotFound
from hotline.i18n.catalog import CHINESE, ENGLISH, speaking
from hotline.i18n.faults import fault_in_words
from hotline.i18n.flow_words import CHINESE_CAPTIONS
from hotline.i18n.prompts import spoken_prompts
from hotline.i18n.words import label
from hotline.lines.flows import flow_of
from hotline.lines.hours import is_open
from hotline.lines.numbers import NO_LINE
from hotline.lines.plans import policy_of
from hotline.records.forms.known import default_text
from hotline.staff.permissions import Permission
from hotline.stations.queries import station_gaps
from hotline.storage.session import Work
from hotline.storage.tables import (
    AuditHead,
    Line,
    PhoneNumber,
    Presence,
    Staff,
    Station,
    StationContact,
)
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.administration_edit import keys_of
from hotline.web.pages.administration_forms import SHIPPED
from hotline.web.pages.frame import Frame, FrameDep
from hotline.web.pages.weeks import week_of
from ivr.model import Flow, Menu
from ivr.picture import ENGLISH as ENGLISH_CAPTIONS
from ivr.picture import svg
from routing.policy.sentences import Section, sentences

router = APIRouter(include_in_schema=False)

LISTED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCard:
    """A line at one glance. `there`: how many of its counselors are on duty now."""

    line: Line
    numbers: Sequence[str]
    open: bool
    counselors: Sequence[Staff]
    there: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOfFlow:
    """A prompt of a flow, and its text by language; empty where a language has none."""

    key: str
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StationRow:
    """A station, how deep it stands below those it leads to, and who is rung."""

    station: Station
    depth: int
    contacts: Sequence[StationContact]


@router.get("/administration")
async def overview(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """Every line at one glance, and what should be looked at."""
    frame.require(Permission.SET_UP)
    now = backend.clock.now()
    numbers, people = await _numbers(work), await _people(work)
    there = set((await work.exec(_on_duty())).all())
    lines = (await work.exec(select(Line).where(Line.id != NO_LINE).order_by(col(Line.id)))).all()
    newest = await newest_version(work)
    cards = [
        LineCard(
            line=line,
            numbers=numbers.get(line.id, []),
            open=is_open(line, at=now),
            counselors=(team := [one for one in people if line.id in one.lines]),
            there=sum(one.id in there for one in team),
        )
        for line in lines
    ]
    warnings = await _looked_through(newest.files if newest else {})
    return frame.page(
        "administration.html",
        cards=cards,
        warnings=warnings,
        newest=newest,
        fault_in_words=fault_in_words,
        audit_head=await work.get(AuditHead, CHAIN),
        head_leaves=backend.settings.audit_head_dir is not None,
    )


async def _numbers(work: Work) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for number in (await work.exec(select(PhoneNumber).order_by(col(PhoneNumber.number)))).all():
        found.setdefault(number.line_id, []).append(number.number)
    return found


async def _people(work: Work) -> list[Staff]:
    """Counselors with an account that works."""
    query = select(Staff).where(col(Staff.active)).order_by(col(Staff.username))
    return [one for one in (await work.exec(query)).all() if "counselor" in one.roles]


def _on_duty() -> Any:
    return select(Presence.staff_id).where(Presence.state != "offline")


async def _looked_through(files: Files) -> list[Fault]:
    """The warnings of what is in force; or its faults, should a newer version refuse it."""
    if not files:
        return []
    try:
        return places_of((await asyncio.to_thread(load_files, files)).warnings)
    except ConfigError as refusal:
        return faults_of(refusal)


@router.get("/administration/lines/{line_id}")
async def line_page(frame: FrameDep, work: WorkDep, line_id: str) -> HTMLResponse:
    """What callers of a line meet: numbers, hours, flow, prompts, plan."""
    frame.require(Permission.SET_UP)
    line = await work.get(Line, line_id)
    if line is None:
        raise NotFound
    staff = (await work.exec(select(Staff).order_by(col(Staff.username)))).all()
    station = await work.get(Station, line.station_id) if line.station_id else None
    flow = flow_of(line)
    return frame.page(
        "administration_line.html",
        line=line,
        numbers=(await _numbers(work)).get(line_id, []),
        station=station,
        week=week_of(line.hours),
        picture=_picture(frame, flow),
        prompts=_prompts(flow, line.languages),
        plan=_plan(frame, line, staff),
        newest=await newest_version(work),
    )


def _picture(frame: Frame, flow: Flow) -> Markup:
    """Drawn by us from checked names, each of them escaped by the drawing."""
    captions = ENGLISH_CAPTIONS if frame.in_english else CHINESE_CAPTIONS
    return Markup(svg(flow, captions, styled=False))  # noqa: S704 – as above


def _prompts(flow: Flow, languages: Sequence[str]) -> list[PromptOfFlow]:
    texts = spoken_prompts()
    return [
        PromptOfFlow(key=key, texts={one: texts.get(one, {}).get(key, "") for one in languages})
        for key in dict.fromkeys(_said(flow))
    ]


def _said(flow: Flow) -> list[str]:
    found: list[str] = []
    for step in flow.steps.values():
        found += [phrase.prompt for phrase in step.say]
        if isinstance(step, Menu):
            found += [one.say.prompt for one in step.choices.values() if one.say]
    return found


def _plan(frame: Frame, line: Line, staff: Sequence[Staff]) -> list[Section]:
    tongue = ENGLISH if frame.in_english else CHINESE
    setting = setting_of_rows(line, staff)

    def word(code: str) -> str:
        with speaking(tongue):
            return label("language" if code in setting.languages else "topic", code)

    return sentences(policy_of(line), setting, tongue=tongue, word=word)


@router.get("/administration/staff")
async def staff_page(frame: FrameDep, work: WorkDep) -> HTMLResponse:
    """Every account: who may do what, on which lines, when."""
    frame.require(Permission.SET_UP)
    people = (await work.exec(select(Staff).order_by(col(Staff.username)))).all()
    newest = await newest_version(work)
    return frame.page(
        "administration_staff.html",
        people=people,
        lines=await _line_names(work),
        newest=newest,
        known=keys_of(newest, "staff"),
    )


async def _line_names(work: Work) -> dict[str, Line]:
    return {line.id: line for line in (await work.exec(select(Line))).all()}


@router.get("/administration/stations")
async def stations_page(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """Who answers for a child in danger, from a district up to the province."""
    frame.require(Permission.SET_UP)
    stations = (await work.exec(select(Station).order_by(col(Station.id)))).all()
    contacts = (await work.exec(_active_contacts())).all()
    rows = list(_tree(stations, contacts, None, 0))
    newest = await newest_version(work)
    return frame.page(
        "administration_stations.html",
        rows=rows,
        newest=newest,
        known=keys_of(newest, "stations"),
        gaps=await station_gaps(work, backend.clock.now()),
        fault_in_words=fault_in_words,
    )


def _active_contacts() -> Any:
    found = select(StationContact).where(col(StationContact.active))
    return found.order_by(col(StationContact.rank))


def _tree(
    stations: Sequence[Station],
    contacts: Sequence[StationContact],
    parent: str | None,
    depth: int,
) -> list[StationRow]:
    rows: list[StationRow] = []
    for station in [one for one in stations if one.parent_id == parent]:
        own = [one for one in contacts if one.station_id == station.id]
        rows.append(StationRow(station=station, depth=depth, contacts=own))
        rows += _tree(stations, contacts, station.id, depth + 1)
    return rows


@router.get("/administration/files")
async def files_page(
    frame: FrameDep, work: WorkDep, path: str = "lines.yaml", copy: str = ""
) -> HTMLResponse:
    """One file of what is in force, to be edited. Raises `NotFound`.

    `copy`: the file does not exist yet, and begins as this one.
    """
    frame.require(Permission.SET_UP)
    newest = await newest_version(work)
    files = newest.files if newest is not None else {path: ""}
    is_new = path not in files and bool(PATH.fullmatch(path))
    known = {**files, SHIPPED: default_text()} if is_new else files
    if (copy if is_new else path) not in known:
        raise NotFound
    text = known[copy if is_new else path]
    return frame.page(
        "administration_files.html",
        newest=newest,
        file=path,
        text=text,
        is_new=is_new,
        shipped=SHIPPED,
    )


@router.get("/administration/history")
async def history_page(frame: FrameDep, work: WorkDep) -> HTMLResponse:
    """Every version, the newest first."""
    frame.require(Permission.SET_UP)
    versions = await list_versions(work, limit=LISTED)
    names = dict((await work.exec(select(Staff.id, Staff.name))).all())
    return frame.page(
        "administration_history.html", versions=versions, names=names, in_words=in_words
    )


@router.get("/administration/history/{number}")
async def version_page(frame: FrameDep, work: WorkDep, number: int) -> HTMLResponse:
    """One version: what it changed, and the way back to it. Raises `NotFound`."""
    frame.require(Permission.SET_UP)
    version, newest = await require_version(work, number), await newest_version(work)
    before = await version_before(work, number)
    return frame.page(
        "administration_version.html",
        version=version,
        newest=newest,
        names=dict((await work.exec(select(Staff.id, Staff.name))).all()),
        changes=changes_between(before.files if before else {}, version.files) if before else [],
        in_words=in_words,
    )
