"""Each flag has a case: what is to be done for the person goes on when the alarm is over."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import col, select

from hotline.cases.belonging import held_by
from hotline.cases.hindrances import InTheWay
from hotline.cases.model import LinkKind, OpenedAs
from hotline.cases.queries import case_of
from hotline.cases.service import Opening, case_for_call, link, lock_case, open_again
from hotline.escalations.model import EscalationState, Level
from hotline.escalations.stations import station_of
from hotline.staff.actor import Actor
from hotline.storage.session import Work
from hotline.storage.tables import Call, CaseLink, Escalation, Rescue

RULES = {Level.IMMINENT: OpenedAs.IMMINENT, Level.HIGH: OpenedAs.HIGH}


async def open_case(
    work: Work, call: Call, escalation: Escalation, *, by: Actor, at: datetime
) -> None:
    """The case of the call that was flagged, with this escalation."""
    why, station_id = RULES[Level(escalation.level)], escalation.station_id
    opening = Opening(
        opened_as=why, station_id=station_id, by=by, at=at, escalation_id=escalation.id
    )
    await case_for_call(work, call, opening)


async def join_case_of(
    work: Work, escalation: Escalation, call: Call, *, by: Actor, at: datetime
) -> None:
    """A flag of another call was added to it: the call belongs to its case, unless to another."""
    known = await case_of(work, LinkKind.ESCALATION, escalation.id)
    if known is not None and await case_of(work, LinkKind.CALL, call.id) is None:
        case = await lock_case(work, known)
        await link(work, case, LinkKind.CALL, call.id, by=by, at=at)


async def case_goes_to_taker(
    work: Work, escalation: Escalation, *, by: Actor, at: datetime
) -> None:
    """Who takes the escalation on brings the case to their station. People here have none."""
    known, station_id = await _case_of(work, escalation), await station_of(work, by)
    if known is not None and station_id is not None:
        await held_by(work, known, station_id, by=by, at=at)


async def open_case_again(work: Work, escalation: Escalation, *, by: Actor, at: datetime) -> None:
    """What the alarm was about goes on, and so there is somebody to look after."""
    known = await _case_of(work, escalation)
    if known is not None:
        case = await lock_case(work, known)
        if case.closed_at is not None:
            open_again(work, case, by=by, at=at)


async def alarms_in_the_way(work: Work, ids: frozenset[str]) -> list[InTheWay]:
    """No case is closed while an escalation of it is open, or a rescue is not confirmed."""
    query = (
        select(Escalation, Rescue.due_at)
        .join(CaseLink, col(CaseLink.subject_id) == col(Escalation.id))
        .join(Rescue, col(Rescue.escalation_id) == col(Escalation.id), isouter=True)
        .where(col(CaseLink.case_id).in_(ids), CaseLink.kind == LinkKind.ESCALATION)
        .where(col(CaseLink.ended_at).is_(None), Escalation.state != EscalationState.CLOSED)
        .order_by(col(Escalation.created_at), col(Escalation.id))
    )
    return [_hindrance(one, due) for one, due in (await work.exec(query)).all()]


def _hindrance(escalation: Escalation, rescue_due: datetime | None) -> InTheWay:
    code = "escalation_open" if rescue_due is None else "rescue_unconfirmed"
    path = f"/escalations/{escalation.id}"
    return InTheWay(code=code, number=escalation.number, path=path)


async def _case_of(work: Work, escalation: Escalation) -> str | None:
    return await case_of(work, LinkKind.ESCALATION, escalation.id)


async def open_flag_of(work: Work, case_ids: Collection[str]) -> str | None:
    """The newest escalation of these cases that nobody has closed: an emergency stands on it."""
    query = (
        select(Escalation.id)
        .join(CaseLink, col(CaseLink.subject_id) == col(Escalation.id))
        .where(CaseLink.kind == LinkKind.ESCALATION, col(CaseLink.ended_at).is_(None))
        .where(col(CaseLink.case_id).in_(case_ids), Escalation.state != EscalationState.CLOSED)
        .order_by(col(Escalation.created_at).desc())
    )
    return (await work.exec(query.limit(1))).one_or_none()
