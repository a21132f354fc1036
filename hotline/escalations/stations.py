"""What stations are called, how one is found, and what was taken from one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import col, select

from hotline.escalations.model import EscalationState
from hotline.escalations.policy import chain_of
from hotline.escalations.rows import EscalationRow
from hotline.staff.actor import Actor, ActorKind
from hotline.staff.sign_in import SignedIn
from hotline.stations.queries import ANSWERS
from hotline.storage.session import Work
from hotline.storage.tables import Escalation, EscalationEntry, Staff, Station, StationContact

HANDED_TO = "escalation.handed_to"
MOST_FOUND = 20


async def names_of_stations(
    work: Work, row: EscalationRow, *, in_english: bool = False
) -> dict[str, str]:
    """What the stations that the chain leads to are called, nearest first."""
    names = await station_names(work, row.stations, in_english=in_english)
    return {station: names[station] for station in row.stations if station in names}


async def station_names(
    work: Work, ids: Iterable[str], *, in_english: bool = False
) -> dict[str, str]:
    """What stations are called, by their id."""
    name = col(Station.name_en if in_english else Station.name)
    query = select(Station.id, name).where(col(Station.id).in_(set(ids)))
    return dict((await work.exec(query)).all())


@dataclass(frozen=True, slots=True)
class HandedAway:
    """What a station answered for until it was given to another one."""

    number: str
    at: datetime


async def handed_away(work: Work, who: SignedIn, *, since: datetime) -> list[HandedAway]:
    """What is no longer this person's station's, the last first."""
    if who.station_id is None:
        return []
    in_chain = col(Escalation.chain).contains([{"station_id": who.station_id}])
    query = (
        select(Escalation.number, func.max(EscalationEntry.at))
        .join(EscalationEntry, col(EscalationEntry.escalation_id) == col(Escalation.id))
        .where(EscalationEntry.kind == HANDED_TO, col(EscalationEntry.at) >= since)
        .where(col(EscalationEntry.facts)["from"].astext == who.station_id)
        .where(Escalation.station_id != who.station_id, ~in_chain)
        .group_by(Escalation.number)
        .order_by(func.max(EscalationEntry.at).desc())
    )
    return [HandedAway(number, at) for number, at in (await work.exec(query)).all()]


async def stations_like(
    work: Work, words: str, *, in_english: bool, most: int = MOST_FOUND
) -> list[tuple[str, str]]:
    """Stations by a piece of their name or the beginning of their division, id and name.

    Those of which a flag can be: not the police, which chains ring, and never that of drills.
    """
    name = col(Station.name_en if in_english else Station.name)
    sought = words.strip()
    query = select(Station.id, name).where(*ANSWERS)
    if sought:
        named = col(Station.name).icontains(sought, autoescape=True)
        in_latin = col(Station.name_en).icontains(sought, autoescape=True)
        within = col(Station.division).startswith(sought, autoescape=True)
        query = query.where(or_(named, in_latin, within))
    found = await work.exec(query.order_by(col(Station.division), col(Station.id)).limit(most))
    return list(found.all())


async def contacts_in(work: Work, escalation_id: str) -> list[tuple[str, str]]:
    """Who can be rung for an escalation, nearest first: id and name."""
    escalation = await work.get_one(Escalation, escalation_id)
    ids = [step.contact_id for step in chain_of(escalation.chain)]
    query = select(StationContact.id, StationContact.name)
    query = query.where(col(StationContact.id).in_(ids), col(StationContact.active))
    names = dict((await work.exec(query)).all())
    return [(contact, names[contact]) for contact in ids if contact in names]


async def is_held_by(work: Work, escalation: Escalation, station_id: str | None) -> bool:
    """Whether somebody of this station answers for it now, on the page or by telephone."""
    if station_id is None or escalation.state in (EscalationState.OPEN, EscalationState.CLOSED):
        return False
    return await station_of(work, Actor.parse(escalation.acknowledged_by)) == station_id


async def station_of(work: Work, by: Actor) -> str | None:
    """Whose they are: of a contact and of an officer. People of the hotline have none."""
    match by.kind:
        case ActorKind.CONTACT:
            contact = await work.get(StationContact, by.id)
            return contact.station_id if contact is not None else None
        case ActorKind.STAFF:
            staff = await work.get(Staff, by.id)
            return staff.station_id if staff is not None else None
        case ActorKind.MEMBER | ActorKind.RECEIVER | ActorKind.SYSTEM:
            return None
