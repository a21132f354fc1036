"""Whom a counselor could ask into a talk, or send the caller on to. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import col, select

from hotline.callcontrol.consults import Colleague, colleagues_for
from hotline.escalations.model import EscalationState
from hotline.lines.numbers import NO_LINE, own_numbers
from hotline.staff.actor import Actor, ActorKind
from hotline.staff.sign_in import SignedIn
from hotline.stations.responsible import candidates, whereabouts_of
from hotline.storage.session import Work
from hotline.storage.tables import Call, Escalation, Line, Station, StationContact


@dataclass(frozen=True, slots=True, kw_only=True)
class StationToAsk:
    """Who answers for the child. `person`: of the station, who said that they do; else nobody."""

    phone: str
    name: str
    name_en: str
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnwardChoices:
    """The choices. `ours`: numbers at which we ourselves are rung, so nobody is asked in there."""

    colleagues: Sequence[Colleague]
    lines: Sequence[Line]
    station: StationToAsk | None
    ours: frozenset[str]


async def onward(work: Work, call: Call, who: SignedIn) -> OnwardChoices:
    """For this call and reader."""
    others = select(Line).where(Line.id != call.line_id, Line.id != NO_LINE)
    return OnwardChoices(
        colleagues=await colleagues_for(work, call, but=who.staff_id),
        lines=(await work.exec(others.order_by(col(Line.id)))).all(),
        station=await _station_to_ask(work, call),
        ours=await own_numbers(work),
    )


async def _station_to_ask(work: Work, call: Call) -> StationToAsk | None:
    """Of an open escalation whoever keeps it, else the station that would be told of a flag."""
    query = (
        select(Escalation)
        .where(Escalation.call_id == call.id, Escalation.state != EscalationState.CLOSED)
        .order_by(col(Escalation.acknowledged_at).desc().nulls_last(), col(Escalation.id))
    )
    raised = (await work.exec(query.limit(1))).first()
    if raised is None:
        async for candidate in candidates(work, call.line_id, await whereabouts_of(work, call)):
            return await _as_station(work, candidate.station_id)
        return None
    held = Actor.parse(raised.acknowledged_by) if raised.acknowledged_by else None
    if held is not None and held.kind is ActorKind.CONTACT:
        return await _as_person(work, await work.get_one(StationContact, held.id))
    return await _as_station(work, raised.station_id)


async def _as_station(work: Work, station_id: str) -> StationToAsk | None:
    one = await work.get_one(Station, station_id)
    if not one.phone:
        return None
    return StationToAsk(phone=one.phone, name=one.name, name_en=one.name_en)


async def _as_person(work: Work, one: StationContact) -> StationToAsk | None:
    station = await _as_station(work, one.station_id)
    return replace(station, phone=one.phone, person=one.name) if station else None
