"""Whom a change concerns: read once a process for each change, however many browsers listen.

`hears` then compares with each listener's own lines and station, by `hotline.staff.permissions`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from sqlmodel import col, select

from hotline.cases.queries import counselors_of
from hotline.escalations.queries import stations_in
from hotline.quality.model import TOLD
from hotline.staff.model import Role
from hotline.staff.permissions import Permission, Relation, may
from hotline.staff.sign_in import SignedIn
from hotline.stations.queries import stations_above
from hotline.statutory.queries import people_of
from hotline.storage.news import Change
from hotline.storage.session import Work
from hotline.storage.tables import (
    Calibration,
    Call,
    Callback,
    CallReview,
    Case,
    Debrief,
    Escalation,
    FloorAlert,
    FollowUp,
    Line,
    Offer,
    Participant,
    QualityMonth,
    RecordReading,
    Referral,
    ReferralPlace,
    Staff,
    StatutoryReport,
    SupervisorAct,
    TextMessage,
)


@dataclass(frozen=True, slots=True)
class Audience:
    """The lines and stations that a changed row belongs to, and the people it is about."""

    lines: frozenset[str] = frozenset()
    stations: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()


NOBODY = Audience()

NEEDED: Mapping[str, Permission] = {
    "call": Permission.SEE_FLOOR,
    "callback": Permission.SEE_FLOOR,
    "follow_up": Permission.SEE_FLOOR,
    "text": Permission.SEE_FLOOR,
    "offer": Permission.SEE_FLOOR,
    "leg": Permission.SEE_FLOOR,
    "presence": Permission.SEE_FLOOR,
    "escalation": Permission.SEE_ESCALATION,
    "station": Permission.SEE_ESCALATION,  # what it answers for
    "line": Permission.SEE_FLOOR,
    "act": Permission.WATCH_FLOOR,
    "reading": Permission.APPROVE_READING,
    "notice": Permission.TAKE_CALLS,
    "debrief": Permission.DIRECT_FLOOR,
    "incident": Permission.SEE_INCIDENTS,
    "alert": Permission.WATCH_FLOOR,
    "case": Permission.SEE_CASE,
    "statutory": Permission.MAKE_REPORT,
    "referral": Permission.ADD_TO_CASE,
    "roster": Permission.SEE_FLOOR,  # of a line
    "review": Permission.KEEP_QUALITY,
    "calibration": Permission.KEEP_QUALITY,
    "quality": Permission.KEEP_QUALITY,
    "quality_month": Permission.KEEP_QUALITY,
}
"""What somebody must be permitted to hear of a topic. Their own affairs they hear of always."""


def hears(who: SignedIn, topic: str, audience: Audience) -> bool:
    """Whether somebody is told that a row of this topic changed."""
    if topic not in NEEDED:
        return False
    standing = {
        Relation.LINE: not audience.lines.isdisjoint(who.lines),
        Relation.STATION: who.station_id in audience.stations,
        Relation.OWN: who.staff_id in audience.people,
    }
    relations = [relation for relation, holds in standing.items() if holds]
    own = Relation.OWN in relations and topic != "escalation"
    return own or may(who.roles, relations, NEEDED[topic])


async def audience_of(work: Work, change: Change) -> Audience:
    """Whom a change concerns. Nobody where the row is gone, or the topic is not for browsers."""
    read = _READERS.get(change.topic)
    return NOBODY if read is None else await read(work, change.row_id)


async def _of_call(work: Work, call_id: str) -> Audience:
    query = select(Call.line_id, Call.counselor_id).where(Call.id == call_id)
    return _on_line((await work.exec(query)).first())


async def _of_callback(work: Work, callback_id: str) -> Audience:
    query = select(Callback.line_id, Callback.owner_id).where(Callback.id == callback_id)
    return _on_line((await work.exec(query)).first())


async def _of_follow_up(work: Work, follow_up_id: str) -> Audience:
    query = select(FollowUp.line_id, FollowUp.owner_id, FollowUp.handed_to_id)
    found = (await work.exec(query.where(FollowUp.id == follow_up_id))).first()
    if found is None:
        return NOBODY
    line_id, *people = found
    return Audience(frozenset({line_id}), people=frozenset(filter(None, people)))


async def _of_text(work: Work, text_id: str) -> Audience:
    query = select(TextMessage.line_id, TextMessage.by_id).where(TextMessage.id == text_id)
    return _on_line((await work.exec(query)).first())


async def _of_offer(work: Work, offer_id: str) -> Audience:
    query = select(Call.line_id, Offer.staff_id).join(Offer, col(Offer.call_id) == col(Call.id))
    return _on_line((await work.exec(query.where(Offer.id == offer_id))).first())


async def _of_leg(work: Work, participant_id: str) -> Audience:
    query = select(Call.line_id, Participant.staff_id).join(
        Participant, col(Participant.call_id) == col(Call.id)
    )
    return _on_line((await work.exec(query.where(Participant.id == participant_id))).first())


def _on_line(found: tuple[str, str | None] | None) -> Audience:
    if found is None:
        return NOBODY
    line_id, staff_id = found
    return Audience(frozenset({line_id}), people=frozenset({staff_id} if staff_id else ()))


async def _of_presence(work: Work, staff_id: str) -> Audience:
    lines = (await work.exec(select(Staff.lines).where(Staff.id == staff_id))).first()
    return Audience(frozenset(lines or ()), people=frozenset({staff_id}))


async def _of_line(_work: Work, line_id: str) -> Audience:
    return Audience(frozenset({line_id}))


async def _of_act(work: Work, act_id: str) -> Audience:
    query = select(SupervisorAct.lines).where(SupervisorAct.id == act_id)
    return Audience(frozenset((await work.exec(query)).first() or ()))


async def _of_reading(work: Work, reading_id: str) -> Audience:
    """Of who asked, and of those who answer."""
    query = select(Call.line_id, RecordReading.staff_id).join(
        RecordReading, col(RecordReading.call_id) == col(Call.id)
    )
    return _on_line((await work.exec(query.where(RecordReading.id == reading_id))).first())


async def _of_notice(_work: Work, staff_id: str) -> Audience:
    """What somebody is told: their own affair, by their own id."""
    return Audience(people=frozenset({staff_id}))


async def _of_debrief(work: Work, debrief_id: str) -> Audience:
    """Of the two who talk, and of the supervisors of whoever is owed it."""
    query = select(Staff.lines, Debrief.staff_id, Debrief.taker_id).join(
        Debrief, col(Debrief.staff_id) == col(Staff.id)
    )
    found = (await work.exec(query.where(Debrief.id == debrief_id))).first()
    if found is None:
        return NOBODY
    lines, *people = found
    return Audience(frozenset(lines), people=frozenset(one for one in people if one is not None))


async def _of_incident(work: Work, _incident_id: str) -> Audience:
    """Everybody's affair: of all lines, and of whoever sets them up."""
    lines = (await work.exec(select(Line.id))).all()
    people = (await work.exec(select(Staff.id, Staff.roles))).all()
    admins = frozenset(staff_id for staff_id, roles in people if Role.ADMIN in roles)
    return Audience(frozenset(lines), people=admins)


async def _of_alert(work: Work, alert_id: str) -> Audience:
    query = select(FloorAlert.line_id).where(FloorAlert.id == alert_id)
    return Audience(frozenset((await work.exec(query)).all()))


async def _of_escalation(work: Work, escalation_id: str) -> Audience:
    query = (
        select(Escalation.station_id, Escalation.chain, Call.line_id, Call.counselor_id)
        .join(Call, col(Call.id) == col(Escalation.call_id))
        .where(Escalation.id == escalation_id)
    )
    found = (await work.exec(query)).first()
    if found is None:
        return NOBODY
    station_id, chain, line_id, counselor_id = found
    stations = {station_id, *stations_in(chain)}
    people = frozenset({counselor_id} if counselor_id else ())
    return Audience(frozenset({line_id}), frozenset(stations), people)


async def _of_case(work: Work, case_id: str) -> Audience:
    query = select(Case.line_id, Case.station_id, Case.owner_id).where(Case.id == case_id)
    found = (await work.exec(query)).first()
    if found is None:
        return NOBODY
    line_id, station_id, owner_id = found
    people = {*await counselors_of(work, case_id), *([owner_id] if owner_id else ())}
    above = await stations_above(work, station_id) if station_id else []
    stations = frozenset({*above, *([station_id] if station_id else ())})
    return Audience(frozenset({line_id}), stations, frozenset(people))


async def _of_statutory(work: Work, report_id: str) -> Audience:
    """Never of a station: what it may know of a report it hears of by its case."""
    found = await work.get(StatutoryReport, report_id)
    if found is None:
        return NOBODY
    return Audience(frozenset({found.line_id}), people=await people_of(work, found))


async def _of_referral(work: Work, referral_id: str) -> Audience:
    """Those of its case, and the station it was sent to."""
    query = (
        select(Referral.case_id, col(ReferralPlace.receives)["station"].astext)
        .join(ReferralPlace, col(ReferralPlace.id) == col(Referral.place_id))
        .where(Referral.id == referral_id)
    )
    found = (await work.exec(query)).first()
    if found is None:
        return NOBODY
    case_id, receiver = found
    of_case = await _of_case(work, case_id)
    return replace(of_case, stations=of_case.stations | ({receiver} if receiver else set()))


async def _of_review(work: Work, review_id: str) -> Audience:
    """Of the reviewers of its line; of the one it is about once they were told."""
    found = await work.get(CallReview, review_id)
    if found is None:
        return NOBODY
    people = {found.counselor_id} if found.state in TOLD else set()
    return Audience(frozenset({found.line_id}), people=frozenset(people))


async def _of_calibration(work: Work, calibration_id: str) -> Audience:
    query = select(Calibration.line_id).where(Calibration.id == calibration_id)
    return Audience(frozenset((await work.exec(query)).all()))


async def _of_quality_month(work: Work, month_id: str) -> Audience:
    query = select(QualityMonth.line_id).where(QualityMonth.id == month_id)
    return Audience(frozenset((await work.exec(query)).all()))


async def _of_station(_work: Work, station_id: str) -> Audience:
    return Audience(stations=frozenset({station_id}))


_READERS: Mapping[str, Callable[[Work, str], Awaitable[Audience]]] = {
    "call": _of_call,
    "callback": _of_callback,
    "follow_up": _of_follow_up,
    "text": _of_text,
    "offer": _of_offer,
    "leg": _of_leg,
    "presence": _of_presence,
    "escalation": _of_escalation,
    "case": _of_case,
    "statutory": _of_statutory,
    "referral": _of_referral,
    "review": _of_review,
    "calibration": _of_calibration,
    "quality": _of_presence,
    "quality_month": _of_quality_month,
    "station": _of_station,
    "line": _of_line,
    "roster": _of_line,
    "act": _of_act,
    "reading": _of_reading,
    "notice": _of_notice,
    "debrief": _of_debrief,
    "incident": _of_incident,
    "alert": _of_alert,
}
