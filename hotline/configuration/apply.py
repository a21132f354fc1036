"""Bring the database to what a folder says, and say what changed.

Idempotent: the second time nothing changes. Nothing is deleted: a line, station or account that
left the files stays for its history; accounts that left are switched off, and lines lose their
numbers. What is taken from somebody reaches in the same moment what is live: offers, sessions,
presence.
"""

from datetime import datetime
from typing import Any

from sqlmodel import col, delete, select

from hotline.alerts.kept import put_alert_rules_in_force
from hotline.callcontrol.revocation import end_revoked
from hotline.configuration.apply_materials import apply_chains, apply_materials
from hotline.configuration.apply_stations import apply_stations
from hotline.configuration.load import Configuration
from hotline.configuration.plans import written
from hotline.configuration.rows import changed, put
from hotline.configuration.rows import told as told_of
from hotline.configuration.schema import StaffFile
from hotline.configuration.service_hours import calendar_of, overflow_of_file
from hotline.quality.kept import put_review_form_in_force
from hotline.records.forms.known import default_form
from hotline.records.kept_forms import keep_form
from hotline.staff.revocation import note_changes
from hotline.storage.documents import version_of_document
from hotline.storage.session import Work
from hotline.storage.tables import Line, PhoneNumber, Presence, Staff
from hotline.visits.sets import put_colours_in_force


async def apply(work: Work, wanted: Configuration, *, at: datetime) -> list[str]:
    """Apply a configuration. Returns the differences as one line of text each."""
    told: list[str] = []
    told += await apply_stations(work, wanted.stations)
    await keep_form(work, default_form(), at=at)
    told += await _lines(work, wanted, at=at)
    told += await apply_materials(work, wanted.materials)
    told += await apply_chains(work, wanted.chains)
    told += await put_colours_in_force(work, wanted.colours, at=at)
    told += await put_review_form_in_force(work, wanted.review_form, at=at)
    told += await put_alert_rules_in_force(work, wanted.alerts, at=at)
    told += await _staff(work, wanted.staff, at=at)
    await end_revoked(work, at=at)
    if told:
        work.announce("configuration", "applied")
    return told


async def _lines(work: Work, wanted: Configuration, *, at: datetime) -> list[str]:
    told: list[str] = []
    for line in wanted.lines:
        flow, form = wanted.flows[line.id], wanted.forms.get(line.id)
        fields = {
            "name": line.name,
            "name_en": line.name_en,
            "number_shown": line.number_shown,
            "text_number": line.text_number,
            "duty_phone": line.duty_phone,
            "supervisor_phone": line.supervisor_phone,
            "alarm": line.alarm.model_dump(exclude_unset=True),
            "recording": line.recording.model_dump(exclude_unset=True),
            "talk_length": line.talk_length.model_dump(exclude_unset=True),
            "asks_how_it_was": line.asks_how_it_was,
            "shows_listening": line.shows_listening,
            "station_id": line.station,
            "languages": list(line.languages),
            "interpreters": dict(line.interpreters),
            "is_default": line.default,
            "callback_countries": list(line.callback_countries),
            "flow": flow,
            "flow_version": version_of_document(flow),
            "kind": line.kind,
            "hours": [written(one) for one in line.hours],
            "calendar": calendar_of(line, wanted.calendar),
            "overflow": overflow_of_file(line),
            "plan": wanted.plans.get(line.id, {}),
            "plan_version": _plan_version(wanted.plans.get(line.id)),
            "form_version": await keep_form(work, form, at=at) if form is not None else "",
        }
        told += await put(work, Line, line.id, fields)
        await work.flush()
        told += await _numbers(work, line.id, line.numbers)
    return told + await _numbers_of_lines_that_left(work, {line.id for line in wanted.lines})


async def _numbers_of_lines_that_left(work: Work, kept: set[str]) -> list[str]:
    """They belong to no line, so their callers reach the line that takes such calls."""
    owners = (await work.exec(select(PhoneNumber.line_id).distinct())).all()
    left = sorted(set(owners) - kept)
    return [said for line_id in left for said in await _numbers(work, line_id, [])]


async def _numbers(work: Work, line_id: str, numbers: list[str]) -> list[str]:
    query = select(PhoneNumber.number).where(PhoneNumber.line_id == line_id)
    known = set((await work.exec(query)).all())
    added, gone = set(numbers) - known, known - set(numbers)
    if gone:
        await work.exec(delete(PhoneNumber).where(col(PhoneNumber.number).in_(gone)))
    for number in sorted(added):
        await work.merge(PhoneNumber(number=number, line_id=line_id))
    return (
        [f"line {line_id}: {len(added)} numbers added, {len(gone)} removed"] if added | gone else []
    )


async def _staff(work: Work, people: list[StaffFile], *, at: datetime) -> list[str]:
    known = {person.username: person for person in (await work.exec(select(Staff))).all()}
    told: list[str] = []
    for wanted in people:
        told += await _person(work, known.pop(wanted.username, None), wanted, at=at)
    for person in [person for person in known.values() if person.active]:
        person.active = False
        await note_changes(work, person, {"active"})
        told.append(f"staff {person.username}: switched off")
    return told


async def _person(
    work: Work, person: Staff | None, wanted: StaffFile, *, at: datetime
) -> list[str]:
    fields: dict[str, Any] = {
        "name": wanted.name,
        "roles": list(wanted.roles),
        "station_id": wanted.station,
        "lines": list(wanted.lines),
        "skills": wanted.skills.model_dump(),
        "shifts": [written(one) for one in wanted.shifts],
        "own_phone": wanted.own_phone,
        "answers_on": wanted.answers_on,
        "rings_off_duty": wanted.rings_off_duty,
        "active": wanted.active and (person is None or person.disabled_at is None),
    }
    if person is not None:
        _respect_shift(person, fields)
        names = changed(person, fields)
        await note_changes(work, person, names)
        return told_of(f"staff {wanted.username}", names)
    # Without a password nobody can sign in: one is set with `hotline staff password`.
    person = Staff(username=wanted.username, password_hash="", **fields)
    work.add(person)
    await work.flush()
    work.add(Presence(staff_id=person.id, since=at, idle_since=at))
    return [f"staff {wanted.username}: added"]


def _respect_shift(person: Staff, fields: dict[str, Any]) -> None:
    """Skills set for a shift go on, unless the file has new ones: then these count at once."""
    if person.skills_kept is None:
        return
    if fields["skills"] == person.skills_kept:
        del fields["skills"]
    else:
        person.skills_kept = person.skills_until = None


def _plan_version(plan: dict[str, object] | None) -> str:
    return "" if plan is None else version_of_document(plan)
