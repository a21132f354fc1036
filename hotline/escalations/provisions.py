"""What goes to a station or to an emergency service with an escalation stands in the ledger.

Written when somebody takes it, not when it rings: a phone that rings is told a number and a
division. What it stands on is decided in the README of `handovers` (decision 2).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, select

from hotline.cases.model import LinkKind
from hotline.cases.queries import case_of
from hotline.cases.timeline import tell
from hotline.escalations.model import Level
from hotline.escalations.stations import station_of
from hotline.handovers.model import Article, Basis, DataKind, Purpose, RecipientKind
from hotline.handovers.provision import DataHandOver, provide
from hotline.numbers import city_and_code
from hotline.records.reading_model import is_minors
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import Call, Escalation, Station

OF_AN_ESCALATION = (DataKind.CONTACT, DataKind.WHEREABOUTS, DataKind.RISK, DataKind.STORY)
KINDS: Mapping[str, RecipientKind] = {
    "police": RecipientKind.POLICE,
    "120": RecipientKind.AMBULANCE,
}
"""Of a station. Any other is a protection station."""
AGENCIES: Mapping[str, RecipientKind] = {
    "110": RecipientKind.POLICE,
    "119": RecipientKind.FIRE,
    "120": RecipientKind.AMBULANCE,
}
VIOLENCE = "domestic_violence"


async def taken_by(work: Work, escalation: Escalation, by: Actor, *, at: datetime) -> None:
    """Somebody says that they have heard of it: their station has it now. Nobody of ours has one.

    The caller holds the escalation.
    """
    station_id = await station_of(work, by)
    if station_id is not None:
        await taken_by_station(work, escalation, station_id, by=by, at=at)


async def taken_by_station(
    work: Work, escalation: Escalation, station_id: str, *, by: Actor, at: datetime
) -> None:
    """It answers for it from now on. Once for each station of an escalation."""
    station = await work.get_one(Station, station_id)
    kind = KINDS.get(station.kind, RecipientKind.STATION)
    taker = _Taker(kind, station.name, station.id)
    await _provide(work, escalation, taker, by=by, at=at)


async def taken_by_service(
    work: Work, escalation: Escalation, agency: str, *, by: Actor, at: datetime
) -> None:
    """An emergency service has taken over. One that is not named may have been told nothing."""
    kind = AGENCIES.get(agency)
    if kind is not None:
        await _provide(work, escalation, _Taker(kind, agency), by=by, at=at)


async def heard_by_service(work: Work, call: Call, number: str, *, by: Actor, at: datetime) -> None:
    """The police or an ambulance was asked into the talk about which a flag was raised."""
    found = city_and_code(number)
    code = found[1] if found else number
    if code not in AGENCIES:
        return
    query = select(Escalation).where(Escalation.call_id == call.id)
    query = query.order_by(col(Escalation.created_at).desc()).limit(1)
    escalation = (await work.exec(query)).first()
    if escalation is not None:
        await taken_by_service(work, escalation, code, by=by, at=at)


class _Taker(NamedTuple):
    """Whom it goes to. `id`: of a station; a service has none."""

    kind: RecipientKind
    name: str
    id: str = ""


async def _provide(
    work: Work, escalation: Escalation, to: _Taker, *, by: Actor, at: datetime
) -> None:
    if escalation.drill:  # nobody's data
        return
    call = await work.get_one(Call, escalation.call_id)
    handed: DataHandOver = {
        "case_id": await case_of(work, LinkKind.ESCALATION, escalation.id),
        "call_id": call.id,
        "escalation_id": escalation.id,
        "recipient_kind": to.kind,
        "recipient": to.name,
        "recipient_id": to.id,
        "purpose": Purpose.PROTECTION if to.kind is RecipientKind.STATION else Purpose.RESCUE,
        "kinds": OF_AN_ESCALATION,
        "consent_id": None,
        "by": by,
        "at": at,
        "once": f"escalation {escalation.id} {to.kind} {to.id}",
        "basis": Basis.EMERGENCY,
    }
    article = _commanded(escalation, call)
    if article is not None:
        handed["basis"], handed["article"] = Basis.STATUTORY_DUTY, article
    made = await provide(work, **handed)
    if made.case_id is not None and (made.at, made.by) == (at, str(by)):
        tell(work, made.case_id, "provision.made", at=at, actor=by, provision=made.id)


def _commanded(escalation: Escalation, call: Call) -> Article | None:
    """Which law commands it; None: it stands on the emergency. Of a minor, unless life is at risk
    at this moment: then the emergency carries it, and they are told of it afterwards.
    """
    if escalation.level == Level.IMMINENT or not is_minors(call.age_group):
        return None
    return Article.VIOLENCE_14 if escalation.kind == VIOLENCE else Article.MINORS_11
