"""What is overdue: the station is told, then the county, then the city, and again until a person
goes or plans anew. By the time in the rows, which whoever leads looks at.

A row is told of and moved on in one unit of work, and its version grows: a process that is killed
has told nobody or everybody, and two that look at once tell once. Lock order: case, plan, delivery.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from hotline.cases.model import CaseState
from hotline.cases.queries import standing_case
from hotline.cases.timeline import tell
from hotline.deliveries.model import Channel
from hotline.deliveries.service import NewDelivery, ask_for_delivery
from hotline.escalations.ways import ways_of
from hotline.stations.divisions import is_city, is_province
from hotline.stations.queries import contacts_now, stations_above
from hotline.storage.session import Database, Work
from hotline.storage.tables import (
    Case,
    Delivery,
    Line,
    Station,
    StationContact,
    VisitPlan,
    VisitTelling,
)
from hotline.supervision import RowFaults
from hotline.visits.calls import REACHED
from hotline.visits.colours import ColourSet
from hotline.visits.model import StationAbove
from hotline.visits.plans import plan_of, rules_of_plan
from hotline.visits.policy import first_telling, in_hours, telling

log = structlog.get_logger()

PURPOSE = "visit"
MOST_AT_ONCE = 50
NOTHING_TO_TELL = timedelta(days=1)  # of a case for which another plan counts, or that is closed


async def look_at_overdue(database: Database, faults: RowFaults, *, at: datetime) -> None:
    """Tell of each whose time has come. One that fails holds up none of the others."""
    async with database.work() as work:
        due = (await work.exec(to_tell(at).limit(MOST_AT_ONCE))).all()
    for case_id in due:
        with faults.kept_apart("overdue_visit", case_id):
            async with database.work() as work:
                await _look_at(work, case_id, at=at)


def to_tell(at: datetime) -> SelectOfScalar[str]:
    """Plans whose telling is due, or was told in a future of a clock that was set back since.

    Of a case that was merged only where the one that stands for it has no plan of its own; of
    several such ones all, of which the look tells of the first.
    """
    other = aliased(VisitPlan)
    stands = select(other.case_id).where(col(other.case_id) == col(Case.merged_into_id)).exists()
    open_itself = and_(col(Case.merged_into_id).is_(None), col(Case.state) == CaseState.OPEN)
    merged = and_(col(Case.merged_into_id).is_not(None), ~stands)
    return (
        select(VisitPlan.case_id)
        .join(Case, col(Case.id) == col(VisitPlan.case_id))
        .where(or_(col(VisitPlan.tell_at) <= at, col(VisitPlan.told_at) > at))
        .where(or_(open_itself, merged))
        .order_by(col(VisitPlan.tell_at))
    )


async def _look_at(work: Work, case_id: str, *, at: datetime) -> None:
    own = select(Case).where(Case.id == case_id).with_for_update(skip_locked=True)
    if (await work.exec(own)).one_or_none() is None:
        return
    query = select(VisitPlan).where(VisitPlan.case_id == case_id).with_for_update()
    plan = (await work.exec(query.execution_options(populate_existing=True))).one()
    rules = await rules_of_plan(work, plan)
    _clamp(plan, rules, at=at)
    if plan.tell_at > at:
        return
    plan.version += 1
    if in_hours(rules.overdue, at) != at:
        plan.tell_at = in_hours(rules.overdue, at)
        return
    standing = await work.get_one(Case, await standing_case(work, case_id))
    first = await plan_of(work, standing.id)
    if standing.state != CaseState.OPEN or first is not plan:
        plan.tell_at = at + NOTHING_TO_TELL
        return
    await _tell(work, standing, plan, rules, at=at)


def _clamp(plan: VisitPlan, rules: ColourSet, *, at: datetime) -> None:
    """A clock that was set back delays by one pause at most, and tells of nothing too early."""
    if plan.told_at is not None and plan.told_at > at:
        plan.told_at = at
        plan.tell_at = min(plan.tell_at, at + timedelta(hours=rules.overdue.repeat_hours))
    if at < plan.due_at:
        plan.told_steps, plan.told_at = 0, None
        plan.tell_at = first_telling(rules.overdue, plan.due_at)


async def _tell(work: Work, case: Case, plan: VisitPlan, rules: ColourSet, *, at: datetime) -> None:
    """Everybody up to the step that is reached; where nobody can be told, the next one as well."""
    now = telling(rules.overdue, plan.due_at, plan.told_steps, at=at)
    steps, people = now.steps, await _people(work, case, rules, now.steps, plan, at=at)
    while 0 < steps < len(rules.overdue.tell) and not people:
        steps += 1
        people = await _people(work, case, rules, steps, plan, at=at)
    know = await _reached_lately(work, case, plan, rules, at=at)
    rung = [one for one in people if one.station_id not in know]
    senders = await _senders(work, case)
    for one in rung:
        await _ask(work, case, plan, one, senders, at=at)
    plan.told_steps, plan.told_at, plan.tell_at = steps, at, now.next_at
    plan.told_rounds += 1
    if rung or not people:
        _write_down(work, case, plan, rules, [one.station_id for one in rung], at=at)


def _write_down(
    work: Work, case: Case, plan: VisitPlan, rules: ColourSet, told: Sequence[str], *, at: datetime
) -> None:
    kind = "visit.overdue_told" if told else "visit.overdue_nobody"
    due, steps = plan.due_at.isoformat(), plan.told_steps
    levels = [one.who for one in rules.overdue.tell[:steps]]
    facts = {"due_for": plan.due_for, "due_at": due, "stations": told, "levels": levels}
    entry = tell(work, case.id, kind, at=at)
    entry.facts = facts
    log.info("visit.overdue", case_id=case.id, steps=steps, round=plan.told_rounds, told=len(told))


async def _reached_lately(
    work: Work, case: Case, plan: VisitPlan, rules: ColourSet, *, at: datetime
) -> frozenset[str]:
    """Stations that know of it: where another one was told in vain, they are not rung for that."""
    if plan.told_at is None:
        return frozenset()
    since = at - timedelta(hours=rules.overdue.repeat_hours) / 2
    query = (
        select(VisitTelling.station_id)
        .join(Delivery, col(Delivery.id) == col(VisitTelling.id))
        .where(VisitTelling.case_id == case.id, VisitTelling.due_at == plan.due_at)
        .where(VisitTelling.at > since, VisitTelling.at <= plan.told_at)
        .where(col(VisitTelling.failed_at).is_(None), col(Delivery.state).in_(REACHED))
    )
    return frozenset((await work.exec(query)).all())


@dataclass(frozen=True, slots=True)
class ToldPerson:
    """A contact, by the ways in which they are told."""

    station_id: str
    contact: StationContact


async def _people(
    work: Work, case: Case, rules: ColourSet, steps: int, plan: VisitPlan, *, at: datetime
) -> list[ToldPerson]:
    """One of each station: whoever is on duty, the next time whoever is rung after them."""
    found: list[ToldPerson] = []
    for station_id in await stations_told(work, case, rules, steps):
        ids = await contacts_now(work, station_id, at)
        contacts = [await work.get_one(StationContact, one) for one in ids]
        told = [one for one in contacts if ways_of(one)]
        if told:
            found.append(ToldPerson(station_id, told[plan.told_rounds % len(told)]))
    return found


async def stations_told(work: Work, case: Case, rules: ColourSet, steps: int) -> Sequence[str]:
    """The stations of the first steps, each once. A case without one is its line's station's."""
    own = case.station_id or (await work.get_one(Line, case.line_id)).station_id
    if own is None:
        return ()
    above = await stations_above(work, own)
    query = select(Station.id, Station.division).where(col(Station.id).in_(above))
    divisions = dict((await work.exec(query)).all())
    wanted = {
        StationAbove.STATION: own,
        StationAbove.COUNTY: above[0] if above else own,
        StationAbove.CITY: next((one for one in above if is_city(divisions[one])), own),
        StationAbove.PROVINCE: next((one for one in above if is_province(divisions[one])), own),
    }
    return list(dict.fromkeys(wanted[one.who] for one in rules.overdue.tell[:steps]))


async def _senders(work: Work, case: Case) -> tuple[str, str]:
    """The number that is shown, and the one that texts come from."""
    line = await work.get_one(Line, case.line_id)
    return line.number_shown, line.text_number or line.number_shown


async def _ask(
    work: Work,
    case: Case,
    plan: VisitPlan,
    told: ToldPerson,
    senders: tuple[str, str],
    *,
    at: datetime,
) -> None:
    for way, address in ways_of(told.contact).items():
        wanted = NewDelivery(
            purpose=PURPOSE,
            key=f"{PURPOSE}|{plan.case_id}|{plan.version}|{told.contact.id}|{way}",
            address=address,
            sender=senders[1] if way is Channel.TEXT else senders[0],
            channel=way,
        )
        delivery_id = await ask_for_delivery(work, wanted, at=at)
        if delivery_id is not None:
            work.add(
                VisitTelling(
                    id=delivery_id,
                    case_id=case.id,
                    station_id=told.station_id,
                    contact_id=told.contact.id,
                    why=plan.due_for,
                    due_at=plan.due_at,
                    at=at,
                )
            )
