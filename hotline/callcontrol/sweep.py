"""What only the passing of time brings up. Runs every second, whatever anybody announced.

Callbacks get lost, browsers close, processes die between two steps. Each function here finds one
kind of leftover in the rows and settles it; all are safe to run twice.
"""

from datetime import datetime, timedelta

import structlog
from sqlmodel import col, delete, select

from hotline.callcontrol.dialler import Dialler
from hotline.callcontrol.offers import overdue_offers, refuse_offer
from hotline.callcontrol.participants import participants_of, participants_to_tend, unheard_of
from hotline.callcontrol.talks import caller_left, counselor_lost
from hotline.calls.model import IN_HAND, CallState, OfferState
from hotline.calls.queries import lines_in_danger
from hotline.calls.service import lock_call
from hotline.escalations.danger import raise_endangered
from hotline.ports import Carrier
from hotline.staff.model import PresenceState
from hotline.staff.presence import end_lapsed_leases, look_after, resume_relief
from hotline.storage.session import Database, Work
from hotline.storage.tables import (
    AnsweredRequest,
    Beat,
    Call,
    Offer,
    Participant,
    Presence,
    RoutingEvent,
    StaffSession,
)

log = structlog.get_logger()

LOST_COUNSELOR_GRACE = timedelta(seconds=3)  # the caller's own leg usually tells us sooner
SILENT_FOR = timedelta(seconds=60)  # a caller's leg not heard of for this long is looked up
GOODBYE_TIME = timedelta(seconds=30)  # longer than any goodbye takes to say
EXPLAINED_FOR = timedelta(days=190)  # domain research, requirement 52: logs six months and more
REPEATS_FOR = timedelta(hours=48)  # reliability research §4.2


async def sweep(database: Database, dialler: Dialler, carrier: Carrier, *, at: datetime) -> None:
    """All of it, each kind in a unit of work of its own."""
    async with database.work() as work:
        await look_after(work, at=at)
        await resume_relief(work, await lines_in_danger(work), at=at)
    async with database.work() as work:
        await end_lapsed_leases(work, at=at)
    await _end_offers(database, at=at)
    await tend_participants(database, dialler)
    async with database.work() as work:
        lost = await unheard_of(work, at=at)
        goodbyes = await _overdue_goodbyes(work, at=at)
        doubtful = await _calls_to_look_up(work, at=at)
    for participant_id in lost:
        await dialler.lose(participant_id, why="not_heard_of")
    for call in goodbyes:
        dialler.end_caller(call)
    for call_id in doubtful:
        dialler.jobs.start(f"look:{call_id}", look_up(database, dialler, carrier, call_id, at=at))
    async with database.work() as work:
        await work.merge(Beat(name="switchboard", at=at))


async def tend_participants(database: Database, dialler: Dialler) -> None:
    """Everybody of whom something is wanted: dial, send in, hold, hang up."""
    async with database.work() as work:
        wanted = await participants_to_tend(work)
    for one in wanted:
        dialler.make_true(one)


async def look_at_numbers(database: Database, *, at: datetime) -> None:
    """Whose number says they are in danger, though nothing said so when they joined the line."""
    async with database.work() as work:
        await raise_endangered(work, at=at)


async def forget_old(database: Database, *, at: datetime) -> None:
    """Repeats come within two days; who was offered which call is explained for half a year."""
    async with database.work() as work:
        old = col(AnsweredRequest.received_at) < at - REPEATS_FOR
        await work.exec(delete(AnsweredRequest).where(old))
        await work.exec(delete(StaffSession).where(col(StaffSession.expires_at) < at))
        aged = col(RoutingEvent.at_s) < (at - EXPLAINED_FOR).timestamp()
        await work.exec(delete(RoutingEvent).where(aged))
        await work.exec(delete(Participant).where(col(Participant.created_at) < at - EXPLAINED_FOR))
        await work.exec(delete(Offer).where(col(Offer.offered_at) < at - EXPLAINED_FOR))


async def _end_offers(database: Database, *, at: datetime) -> None:
    async with database.work() as work:
        overdue = await overdue_offers(work, at=at)
        deserted = await _deserted_offers(work, at=at)
    for call_id, offer_id in overdue:
        async with database.work() as work:
            await refuse_offer(
                work, call_id, offer_id, OfferState.EXPIRED, at=at, reason="no_answer"
            )
    for call_id, offer_id in deserted:
        async with database.work() as work:
            await refuse_offer(
                work, call_id, offer_id, OfferState.FAILED, at=at, reason="console_gone"
            )


async def _deserted_offers(work: Work, *, at: datetime) -> list[tuple[str, str]]:
    """Offers to counselors whose browser went away while it rang."""
    query = (
        select(Offer.call_id, Offer.id)
        .join(Presence, col(Presence.staff_id) == col(Offer.staff_id))
        .where(Offer.state == OfferState.PENDING, Presence.state == PresenceState.OFFERED)
        .where(col(Presence.lease_until) <= at, col(Offer.expires_at) > at)
    )
    return list((await work.exec(query)).all())


async def _overdue_goodbyes(work: Work, *, at: datetime) -> list[Call]:
    query = select(Call).where(
        Call.state == CallState.CLOSING, col(Call.heard_at) <= at - GOODBYE_TIME
    )
    return list((await work.exec(query)).all())


async def _calls_to_look_up(work: Work, *, at: datetime) -> list[str]:
    silent = select(Call.id).where(
        Call.state != CallState.ENDED, col(Call.heard_at) <= at - SILENT_FOR
    )
    alone = (
        select(Call.id)
        .join(Participant, col(Participant.call_id) == col(Call.id))
        .where(col(Call.state).in_(IN_HAND), col(Participant.staff_id) == col(Call.counselor_id))
        .where(col(Participant.answered_at) >= col(Call.accepted_at) - LOST_COUNSELOR_GRACE)
        .where(col(Participant.ended_at) <= at - LOST_COUNSELOR_GRACE)
    )
    return [*(await work.exec(silent)).all(), *(await work.exec(alone)).all()]


async def look_up(
    database: Database, dialler: Dialler, carrier: Carrier, call_id: str, *, at: datetime
) -> None:
    """Ask the carrier about a caller's leg; end the call, or bring the caller back to the queue."""
    async with database.work() as work:
        sid = (await work.get_one(Call, call_id)).carrier_sid
    report = await carrier.leg(sid)
    async with database.work() as work:
        call = await lock_call(work, call_id)
        call.heard_at = at
        if report is None or report.status.over:
            log.info("call.found_ended", call_id=call_id)
            await caller_left(work, call, at=at)
        elif call.state in IN_HAND and not await _counselor_is_there(work, call):
            await counselor_lost(work, call, at=at)
            dialler.send_caller(call, f"again?turn={call.turn}")


async def _counselor_is_there(work: Work, call: Call) -> bool:
    there = await participants_of(work, call)
    return any(one.staff_id == call.counselor_id for one in there if one.staff_id)
