"""What the API and the pages show of one call: masked, with its timeline and its offers.

The narrative is not in here: `hotline.records.service` opens it, and that leaves a trace.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, exists, func, select

from hotline.calls.model import CallState, OfferKind, OfferState, Outcome, Urgency
from hotline.calls.readings import opened_to, took_part
from hotline.calls.understanding import Understanding, understanding_of
from hotline.errors import NotFound
from hotline.staff.model import Role
from hotline.staff.permissions import Permission, Relation, may, require
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallEntry, Line, Offer, Participant, Staff

LISTENING = frozenset(
    f"supervisor.{word}" for word in ("listening", "joined", "left", "stepped_out")
)
"""What a line may keep from counselors: that a supervisor only listened."""
OTHERS = frozenset({"candidates", "left_out"})  # of an offer's facts: those on other lines as well


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEntryRow:
    """One entry of the timeline. `staff`: whose doing it was, by name; empty where nobody's."""

    at: datetime
    kind: str
    staff: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade:
    """To whom the call was offered, why (`facts`), and what came of it.

    Who else was thought of is told by `hotline.floor.explanations`, as far as it is the reader's
    to know.
    """

    id: str
    counselor: str
    state: str
    reason: str
    stage: str
    offered_at: datetime
    ended_at: datetime | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDetail:
    """A call and what happened in it.

    `also_speaks`: what the caller understands beside `language`; null where it is not known, and
    the plan's table counts. `understanding`: what counts now. `direction`: `out` where we called,
    `returns_id` then whose call it returns; `no_callback`: it is not safe to call this number.
    """

    id: str
    line_id: str
    line_name: str
    masked: str
    direction: str
    returns_id: str | None
    no_callback: bool
    state: str
    urgency: str
    language: str
    also_speaks: tuple[str, ...] | None
    understanding: Understanding
    topic: str | None
    age_group: str | None
    wished_gender: str | None
    held: bool
    arrived_at: datetime
    queued_at: datetime | None
    joined_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    outcome_step: str
    counselor: str
    timeline: tuple[CallEntryRow, ...]
    offers: tuple[OfferMade, ...]


async def danger_waiting(work: Work, lines: Collection[str]) -> list[datetime]:
    """Since when each caller in danger waits on these lines for whom nobody is being rung."""
    rung = exists().where(
        col(Offer.call_id) == col(Call.id), col(Offer.state) == OfferState.PENDING
    )
    since = func.coalesce(Call.queued_at, Call.arrived_at)
    query = (
        select(since)
        .where(Call.state == CallState.WAITING, Call.urgency == Urgency.CRISIS, ~rung)
        .where(col(Call.line_id).in_(lines))
        .order_by(since)
    )
    return list((await work.exec(query)).all())


async def permitted_call(
    work: Work, call: Call | None, who: SignedIn, wanted: Permission = Permission.SEE_CALL
) -> Call:
    """A call for which somebody has a permission. Any other does not exist for them.

    Raises `NotFound`, or `Forbidden` where they may see it but not do this.
    """
    if call is None:
        raise NotFound
    standing = await _relations(work, call, who)
    if may(who.roles, standing, wanted):  # also of what they see no more of than is owed
        return call
    require(who.roles, standing, wanted, to_know=Permission.SEE_CALL)
    return call


async def may_act(work: Work, call: Call, who: SignedIn) -> bool:
    """Whether somebody who sees a call may also do something in it."""
    return await may_do(work, call, who, Permission.ACT_IN_CALL)


async def may_do(work: Work, call: Call, who: SignedIn, wanted: Permission) -> bool:
    """Whether somebody has a permission for a call."""
    return may(who.roles, await _relations(work, call, who), wanted)


async def _relations(work: Work, call: Call, who: SignedIn) -> frozenset[Relation]:
    """How somebody stands to a call. Looks further only where nothing yet lets them read of it."""
    known = {
        Relation.OWN: call.counselor_id == who.staff_id,
        Relation.LINE: call.line_id in who.lines,
        Relation.OWED: call.outcome == Outcome.CALLBACK_OWED and call.line_id in who.lines,
        Relation.MESSAGE: call.outcome == Outcome.MESSAGE_LEFT and call.line_id in who.lines,
    }
    standing = frozenset(relation for relation, holds in known.items() if holds)
    if may(who.roles, standing, Permission.READ_RECORD):
        return standing
    return standing | await _former_relations(work, call, who)


async def _former_relations(work: Work, call: Call, who: SignedIn) -> frozenset[Relation]:
    """By what was: they answered for it and handed it over, it was offered or opened to them."""
    offered = exists().where(col(Offer.call_id) == call.id, col(Offer.staff_id) == who.staff_id)
    query = select(took_part(who, call.id), offered, opened_to(who, call.id))
    part, was_offered, was_opened = (await work.exec(query)).one()
    approved = was_opened and call.line_id in who.lines
    found = {Relation.PART: part, Relation.OFFERED: was_offered, Relation.APPROVED: approved}
    return frozenset(relation for relation, holds in found.items() if holds)


async def call_detail(work: Work, call: Call, who: SignedIn) -> CallDetail:
    """Everything but the story, as far as it is the reader's to know."""
    line = await work.get_one(Line, call.line_id)
    events, offers = await _events(work, call.id), await _offers(work, call.id)
    if not line.shows_listening and not who.is_a(Role.SUPERVISOR):
        events = [one for one in events if one.kind not in LISTENING]
    people = {call.counselor_id, *(e.staff_id for e in events), *(o.staff_id for o in offers)}
    names = await _names(work, {one for one in people if one is not None})
    return CallDetail(
        id=call.id,
        line_id=call.line_id,
        line_name=line.name,
        masked=call.from_masked,
        direction=call.direction,
        returns_id=call.returns_id,
        no_callback=call.no_callback,
        state=call.state,
        urgency=call.urgency,
        language=call.language,
        also_speaks=None if call.also_speaks is None else tuple(call.also_speaks),
        understanding=understanding_of(call, line),
        topic=call.topic,
        age_group=call.age_group,
        wished_gender=call.wished_gender,
        held=await _is_held(work, call.id),
        arrived_at=call.arrived_at,
        queued_at=call.queued_at,
        joined_at=call.joined_at,
        ended_at=call.ended_at,
        outcome=call.outcome,
        outcome_step=call.outcome_step,
        counselor=names.get(call.counselor_id or "", ""),
        timeline=tuple(_entry(one, names) for one in events),
        offers=tuple(_offer(one, names) for one in offers),
    )


async def _is_held(work: Work, call_id: str) -> bool:
    there = select(Participant.id).where(
        Participant.call_id == call_id, col(Participant.ended_at).is_(None)
    )
    query = there.where(Participant.hold_wanted)
    return (await work.exec(query)).first() is not None


async def _events(work: Work, call_id: str) -> list[CallEntry]:
    query = select(CallEntry).where(CallEntry.call_id == call_id).order_by(col(CallEntry.id))
    return list((await work.exec(query)).all())


async def _offers(work: Work, call_id: str) -> list[Offer]:
    query = select(Offer).where(Offer.call_id == call_id, Offer.kind == OfferKind.CALL)
    ordered = query.order_by(col(Offer.offered_at), col(Offer.id))
    return list((await work.exec(ordered)).all())


async def _names(work: Work, ids: set[str]) -> dict[str, str]:
    query = select(Staff.id, Staff.name).where(col(Staff.id).in_(ids))
    return dict((await work.exec(query)).all())


def _entry(row: CallEntry, names: Mapping[str, str]) -> CallEntryRow:
    return CallEntryRow(
        at=row.at, kind=row.kind, staff=names.get(row.staff_id or "", ""), facts=row.facts
    )


def _offer(row: Offer, names: Mapping[str, str]) -> OfferMade:
    return OfferMade(
        id=row.id,
        counselor=names.get(row.staff_id, ""),
        state=row.state,
        reason=row.reason,
        stage=row.stage,
        offered_at=row.offered_at,
        ended_at=row.ended_at,
        facts={key: said for key, said in row.facts.items() if key not in OTHERS},
    )
