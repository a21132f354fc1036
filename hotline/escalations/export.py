"""An escalation to take out of the house: everything that was done and when, nothing of what was
said. No child, no caller, no story, no notes; telephone numbers masked. Who took it is kept.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from hotline.deliveries.model import Channel
from hotline.escalations.queries import (
    AttemptRow,
    EscalationDetail,
    EscalationEntryRow,
    detail,
    names_of,
)
from hotline.escalations.stations import station_names
from hotline.escalations.story import StoryPart, story_of
from hotline.escalations.story_words import StoryNames, sentence, when
from hotline.escalations.timeline import add_escalation_entry
from hotline.numbers import masked
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import Attempt, Delivery, Escalation

TOLD = frozenset(
    {"attempt_id", "step", "round", "why", "level", "from", "to", "station_id", "contact_id", "now",
     "overdue_in", "form", "channel", "why_station", "chosen_in_vain", "station_wished", "agency",
     "contacted_at", "times", "turn", "how", "receivers", "minutes", "child", "done_at"}
)  # fmt: skip
"""Facts of an entry that are no content. What is not named here stays in the house."""

STATION_FACTS = ("from", "to", "station_id", "station_wished")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedEntry:
    """One line of the timeline. `has_note`: somebody wrote words that are not told here."""

    id: int
    at: datetime
    kind: str
    by: str
    facts: dict[str, Any]
    has_note: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedAttempt:
    """One try. `phone`: masked; of what was written no address is told."""

    id: str
    channel: str
    at: datetime
    ended_at: datetime | None
    contact: str
    station: str
    phone: str
    state: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedLine:
    """One part of the story, and the entries that it stands for."""

    when: str
    said: str
    entries: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationExport:
    """All of it, and who took it when."""

    number: str
    level: str
    state: str
    line: str
    station: str
    created_at: datetime
    acknowledged_at: datetime | None
    next_due_at: datetime | None
    exported_at: datetime
    exported_by: str
    story: list[ExportedLine]
    timeline: list[ExportedEntry]
    attempts: list[ExportedAttempt]


@dataclass(frozen=True, slots=True)
class WishedForm:
    """In which form somebody takes it, and whether in English."""

    form: str
    in_english: bool = False


async def told_story(
    work: Work, found: EscalationDetail, *, in_english: bool = False
) -> tuple[list[StoryPart], StoryNames]:
    """The story, with what the people and the stations in it are called."""
    mentioned = {found.row.station_id, *found.row.stations}
    mentioned |= {one.station_id for one in found.attempts}
    for entry in found.timeline:
        mentioned |= {str(entry.facts.get(key, "")) for key in STATION_FACTS}
    people = await names_of(work, (Actor.parse(one.actor) for one in found.timeline))
    stations = await station_names(work, mentioned, in_english=in_english)
    return story_of(found.timeline, found.attempts), StoryNames(people, stations)


async def export_escalation(
    work: Work, escalation_id: str, wish: WishedForm, *, by: Actor, at: datetime
) -> EscalationExport:
    """What can be taken out, in the present language. That it was is kept, and audited.

    Raises `NotFound`.
    """
    found = await detail(work, escalation_id)
    parts, names = await told_story(work, found, in_english=wish.in_english)
    taker = (await names_of(work, [by])).get(str(by), "")
    phones = await _phones(work, escalation_id)
    escalation = await work.get_one(Escalation, escalation_id)
    add_escalation_entry(work, escalation, "escalation.exported", at=at, actor=by, form=wish.form)
    row = found.row
    return EscalationExport(
        number=row.number,
        level=row.level,
        state=row.state,
        line=row.line_name_en if wish.in_english else row.line_name,
        station=names.station(row.station_id),
        created_at=row.created_at,
        acknowledged_at=row.acknowledged_at,
        next_due_at=row.next_due_at,
        exported_at=at,
        exported_by=taker,
        story=[_line(part, names, at) for part in parts],
        timeline=[_entry(one, names) for one in found.timeline],
        attempts=[_attempt(one, names, phones.get(one.id, "")) for one in found.attempts],
    )


def _line(part: StoryPart, names: StoryNames, at: datetime) -> ExportedLine:
    entries = [entry.id for entry in part.entries]
    return ExportedLine(when=when(part, at), said=sentence(part, names), entries=entries)


def _entry(one: EscalationEntryRow, names: StoryNames) -> ExportedEntry:
    return ExportedEntry(
        id=one.id,
        at=one.at,
        kind=one.kind,
        by=names.person(one.actor),
        facts={key: value for key, value in one.facts.items() if key in TOLD},
        has_note=one.has_note,
    )


def _attempt(one: AttemptRow, names: StoryNames, phone: str) -> ExportedAttempt:
    return ExportedAttempt(
        id=one.id,
        channel=one.channel,
        at=one.created_at,
        ended_at=one.ended_at,
        contact=one.contact_name,
        station=names.station(one.station_id),
        phone=phone,
        state=one.state,
        error=one.last_error,
    )


async def _phones(work: Work, escalation_id: str) -> dict[str, str]:
    query = select(Attempt.id, Delivery.address).join(Delivery, col(Delivery.id) == col(Attempt.id))
    rung = query.where(Attempt.escalation_id == escalation_id, Delivery.channel == Channel.PHONE)
    found = await work.exec(rung)
    return {attempt_id: masked(phone) for attempt_id, phone in found.all()}
