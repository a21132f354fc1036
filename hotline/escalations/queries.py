"""What pages and the API show of escalations. Numbers and stories stay out of it.

The one telephone number is that of the contact whose turn it is, for people who ring themselves.
Free text is opened by `open_summary` only, and that leaves a trace.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, literal, or_
from sqlmodel import col, select

from hotline.errors import NotFound
from hotline.escalations.model import EscalationState
from hotline.escalations.rows import EscalationRow, listed, row_of
from hotline.escalations.timeline import add_escalation_entry
from hotline.staff.actor import Actor, ActorKind
from hotline.staff.permissions import Permission, Relation, require, through
from hotline.staff.sign_in import SignedIn
from hotline.storage.sealed import open_cell, open_sealed
from hotline.storage.session import Work
from hotline.storage.tables import (
    Attempt,
    Call,
    CrisisFlag,
    Delivery,
    Escalation,
    EscalationEntry,
    Staff,
    StationContact,
)
from hotline.storage.vault import Vault

SEALED = "note"
GIVEN_BACK = "escalation.given_back"
STATION_WORDS = (GIVEN_BACK, "escalation.acknowledged")


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationEntryRow:
    """One line of the timeline. `has_note`: there is a text that `open_summary` opens."""

    id: int
    at: datetime
    kind: str
    actor: str
    facts: dict[str, Any]
    has_note: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One try to reach somebody. `channel`: by telephone, text, mail or webhook."""

    id: str
    channel: str
    contact_name: str
    station_id: str
    step: int
    round: int
    state: str
    tries: int
    wrong_pins: int
    last_error: str
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationDetail:
    """Everything but the story."""

    row: EscalationRow
    timeline: tuple[EscalationEntryRow, ...]
    attempts: tuple[AttemptRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationText:
    """The story: what was flagged, and the notes by the id of their timeline entry."""

    summaries: tuple[str, ...]
    notes: dict[int, str]


async def list_open(work: Work, who: SignedIn) -> list[EscalationRow]:
    """What nobody has closed yet and this person may see, the next deadline first."""
    query = listed().where(Escalation.state != EscalationState.CLOSED, _seen_by(who))
    found = await work.exec(query.order_by(col(Escalation.next_due_at), col(Escalation.id)))
    return [row_of(*parts) for parts in found.all()]


def _seen_by(who: SignedIn) -> ColumnElement[bool]:
    """As `relations_to` says of one, for a list."""
    in_chain = col(Escalation.chain).contains([{"station_id": who.station_id}])
    conditions: Mapping[Relation, ColumnElement[bool]] = {
        Relation.OWN: col(Call.counselor_id) == who.staff_id,
        Relation.LINE: col(Call.line_id).in_(who.lines),
        Relation.STATION: (col(Escalation.station_id) == who.station_id) | in_chain,
    }
    ways = through(who.roles, Permission.SEE_ESCALATION)
    return or_(false(), *(condition for way, condition in conditions.items() if way in ways))


async def require_escalation(
    work: Work,
    escalation_id: str,
    who: SignedIn,
    wanted: Permission,
    *,
    to_know: Permission = Permission.SEE_ESCALATION,
) -> frozenset[Relation]:
    """How this person stands to an escalation for which they have a permission.

    Raises `NotFound` where it is none of their business, else `Forbidden`.
    """
    query = (
        select(Escalation.station_id, Escalation.chain, Call.line_id, Call.counselor_id)
        .join(Call, col(Call.id) == col(Escalation.call_id))
        .where(Escalation.id == escalation_id)
    )
    found = (await work.exec(query)).one_or_none()
    if found is None:
        raise NotFound
    station_id, chain, line_id, counselor_id = found
    stations = {station_id, *stations_in(chain)}
    standing = relations_to(who, stations=stations, line_id=line_id, counselor_id=counselor_id)
    require(who.roles, standing, wanted, to_know=to_know)
    return standing


def stations_in(chain: Any) -> set[str]:
    """Those that a kept chain leads to; none, where somebody wrote something else into the row."""
    links = chain if isinstance(chain, list) else []
    return {str(link.get("station_id")) for link in links if isinstance(link, dict)}


def relations_to(
    who: SignedIn, *, stations: Container[str], line_id: str, counselor_id: str | None
) -> frozenset[Relation]:
    """How somebody stands to an escalation. `stations`: its own, and those of its chain."""
    known = {
        Relation.OWN: counselor_id == who.staff_id,
        Relation.LINE: line_id in who.lines,
        Relation.STATION: who.station_id is not None and who.station_id in stations,
    }
    return frozenset(relation for relation, holds in known.items() if holds)


async def detail(work: Work, escalation_id: str) -> EscalationDetail:
    """One escalation with its timeline and attempts, open or closed. Raises `NotFound`."""
    found = (await work.exec(listed().where(Escalation.id == escalation_id))).one_or_none()
    if found is None:
        raise NotFound
    return EscalationDetail(
        row=row_of(*found),
        timeline=tuple(_entry(entry) for entry in await _timeline(work, escalation_id)),
        attempts=await _attempts(work, escalation_id),
    )


async def given_back_by(
    work: Work, station_id: str | None, rows: Iterable[EscalationRow]
) -> frozenset[str]:
    """Which of these the station gave back and has not acknowledged again since."""
    if station_id is None:
        return frozenset()
    staff = select(literal("staff:") + col(Staff.id)).where(Staff.station_id == station_id)
    contacts = select(literal("contact:") + col(StationContact.id))
    ours = staff.union(contacts.where(StationContact.station_id == station_id))
    query = (
        select(EscalationEntry.escalation_id, EscalationEntry.kind)
        .where(col(EscalationEntry.escalation_id).in_([row.id for row in rows]))
        .where(col(EscalationEntry.kind).in_(STATION_WORDS), col(EscalationEntry.actor).in_(ours))
        .order_by(col(EscalationEntry.id))
    )
    last_word = dict((await work.exec(query)).all())
    return frozenset(key for key, kind in last_word.items() if kind == GIVEN_BACK)


async def _timeline(work: Work, escalation_id: str) -> list[EscalationEntry]:
    query = select(EscalationEntry).where(EscalationEntry.escalation_id == escalation_id)
    return list((await work.exec(query.order_by(col(EscalationEntry.id)))).all())


async def names_of(work: Work, actors: Iterable[Actor]) -> dict[str, str]:
    """What people and contacts are called, by the text of their actor. Two statements at most."""
    wanted = set(actors)
    names: dict[str, str] = {}
    for kind, table in ((ActorKind.STAFF, Staff), (ActorKind.CONTACT, StationContact)):
        ids = [actor.id for actor in wanted if actor.kind is kind]
        if ids:
            query = select(table.id, table.name).where(col(table.id).in_(ids))
            names |= {str(Actor(kind, key)): name for key, name in (await work.exec(query)).all()}
    return names


def _entry(entry: EscalationEntry) -> EscalationEntryRow:
    facts = {key: value for key, value in entry.facts.items() if key != SEALED}
    return EscalationEntryRow(
        id=entry.id or 0,
        at=entry.at,
        kind=entry.kind,
        actor=entry.actor,
        facts=facts,
        has_note=bool(entry.facts.get(SEALED)),
    )


async def _attempts(work: Work, escalation_id: str) -> tuple[AttemptRow, ...]:
    query = (
        select(Attempt, Delivery, StationContact)
        .join(Delivery, col(Delivery.id) == col(Attempt.id))
        .join(StationContact, col(StationContact.id) == col(Attempt.contact_id))
        .where(Attempt.escalation_id == escalation_id)
        .order_by(col(Delivery.created_at), col(Attempt.round), col(Attempt.step), col(Attempt.id))
    )
    return tuple(_attempt(*parts) for parts in (await work.exec(query)).all())


def _attempt(attempt: Attempt, delivery: Delivery, contact: StationContact) -> AttemptRow:
    return AttemptRow(
        id=attempt.id,
        channel=delivery.channel,
        contact_name=contact.name,
        station_id=contact.station_id,
        step=attempt.step,
        round=attempt.round,
        state=delivery.state,
        tries=delivery.tries,
        wrong_pins=attempt.wrong_pins,
        last_error=delivery.last_error,
        created_at=delivery.created_at,
        ended_at=delivery.ended_at,
    )


async def open_summary(
    work: Work, vault: Vault, escalation_id: str, *, by: Actor, at: datetime
) -> EscalationText:
    """The story, in clear. Who asked is written into the timeline. Raises `NotFound`."""
    escalation = await work.get(Escalation, escalation_id)
    if escalation is None:
        raise NotFound
    own = col(CrisisFlag.call_id) == escalation.call_id
    linked = col(CrisisFlag.escalation_id) == escalation.id
    query = select(CrisisFlag).where(or_(own, linked))
    flags = (await work.exec(query.order_by(col(CrisisFlag.created_at)))).all()
    timeline = await _timeline(work, escalation_id)
    add_escalation_entry(work, escalation, "escalation.summary_read", at=at, actor=by)
    return EscalationText(
        summaries=tuple(open_cell(vault, flag, "summary_sealed") for flag in flags),
        notes={
            entry.id or 0: open_sealed(vault, entry, "facts", entry.facts[SEALED])
            for entry in timeline
            if entry.facts.get(SEALED)
        },
    )
