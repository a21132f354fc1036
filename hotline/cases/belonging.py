"""What belongs to a case, by hand; and who has it: a person, and a station."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.cases.people import required
from hotline.cases.queries import together
from hotline.cases.refusals import refusal
from hotline.cases.service import lock_case, lock_open_case
from hotline.cases.timeline import CaseAct, tell, tell_in_words
from hotline.errors import NotFound
from hotline.staff.actor import Actor
from hotline.staff.model import Role
from hotline.stations.queries import find_station
from hotline.storage.session import Work
from hotline.storage.tables import Case, CaseLink, Staff

TAKEN, GIVEN = "case.taken", "case.given"


async def links_of(work: Work, ids: frozenset[str]) -> Sequence[CaseLink]:
    """What belongs to these cases now, in the order in which it came.

    Whoever holds the cases finds it as it is by then: nobody takes one away meanwhile.
    """
    query = select(CaseLink).where(col(CaseLink.case_id).in_(ids), col(CaseLink.ended_at).is_(None))
    in_order = query.order_by(col(CaseLink.at), col(CaseLink.id))
    return (await work.exec(in_order.execution_options(populate_existing=True))).all()


async def take_out(work: Work, act: CaseAct, key: tuple[str, str], reason: str) -> Case:
    """It does not belong here. `key`: of the case, and of the link. Twice is fine."""
    words, case = required(reason), await lock_open_case(work, key[0])
    query = select(CaseLink).where(
        CaseLink.id == key[1], col(CaseLink.case_id).in_(await together(work, case.id))
    )
    link = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if link is None:
        raise NotFound
    if link.ended_at is None:
        link.ended_at, link.ended_by = act.at, str(act.by)
        facts = {"what": link.kind, "subject_id": link.subject_id}
        tell_in_words(work, act, case.id, "case.taken_out", words, **facts)
    return case


async def give_to(work: Work, act: CaseAct, case_id: str, staff_id: str) -> Case:
    """From now on this person looks after it: of its line, or of the station that holds it.

    Raises `CaseRefused` for anybody else. Twice is fine.
    """
    case = await lock_open_case(work, case_id)
    person = await work.get(Staff, staff_id)
    if person is None or not _may_have(person, case):
        raise refusal("not_theirs")
    if case.owner_id == staff_id:
        return case
    former, case.owner_id = case.owner_id, staff_id
    facts = {"to_person": staff_id, "from_person": former or ""}
    themselves = act.by == Actor.of_staff(staff_id)
    tell(work, case.id, TAKEN if themselves else GIVEN, at=act.at, actor=act.by, **facts)
    return case


async def who_may_have(work: Work, case: Case) -> Sequence[tuple[str, str]]:
    """Colleagues to whom it can be given, id and name."""
    people = (await work.exec(select(Staff).where(col(Staff.active)).order_by(Staff.name))).all()
    return [(one.id, one.name) for one in people if _may_have(one, case)]


def _may_have(person: Staff, case: Case) -> bool:
    of_station = Role.OFFICER in person.roles and person.station_id is not None
    if of_station and person.station_id == case.station_id:
        return person.active
    of_line = {Role.COUNSELOR, Role.SUPERVISOR} & {Role(one) for one in person.roles}
    return person.active and bool(of_line) and case.line_id in person.lines


async def hand_to_station(
    work: Work, act: CaseAct, case_id: str, station: str, reason: str
) -> Case:
    """Another station holds it, by a supervisor's word. Raises `NotFound` for no station."""
    words, case = required(reason), await lock_open_case(work, case_id)
    found = await find_station(work, station)
    if found is None:
        raise NotFound
    if found.id == case.station_id:
        return case
    former = _pass_on(case, found.id)
    facts = {"to_station": found.id, "from_station": former}
    tell_in_words(work, act, case.id, "case.handed_to_station", words, **facts)
    await _let_go(work, case)
    return case


async def held_by(work: Work, case_id: str, station_id: str, *, by: Actor, at: datetime) -> None:
    """A station took an escalation of it on, and holds the case from then on."""
    case = await lock_case(work, case_id)
    if case.station_id == station_id:
        return
    former = _pass_on(case, station_id)
    facts = {"to_station": station_id, "from_station": former}
    tell(work, case.id, "case.held_by_station", at=at, actor=by, **facts)
    await _let_go(work, case)


def _pass_on(case: Case, station_id: str) -> str:
    """Which station held it before, if one did."""
    former, case.station_id = case.station_id or "", station_id
    return former


async def _let_go(work: Work, case: Case) -> None:
    """Somebody of the former station does not keep it: they could not even see it any more."""
    owner = await work.get(Staff, case.owner_id) if case.owner_id else None
    if owner is not None and not _may_have(owner, case):
        case.owner_id = None
