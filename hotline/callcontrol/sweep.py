"""What only the passing of time brings up. Runs every second, whatever anybody announced.

Callbacks get lost, browsers close, processes die between two steps. Each function here finds one
kind of leftover in the rows and settles it; all are safe to run twice.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, delete, exists, not_, or_, select

from hotline.callcontrol.arrangement import settle_talk, talks_of_many, talks_to_settle
from hotline.callcontrol.clock_back import bring_back
from hotline.callcontrol.dialler import Dialler
from hotline.callcontrol.keypad import give_question_up
from hotline.callcontrol.model import ParticipantRole, ParticipantState, Wanted
from hotline.callcontrol.offers import OverdueOffer, end_overdue, overdue_offers, refuse_offer
from hotline.callcontrol.participants import (
    participants_of,
    participants_to_tend,
    silent_legs,
    unheard_of,
)
from hotline.callcontrol.revocation import (
    calls_that_ring_revoked,
    end_revoked_presences,
    stop_ringing_revoked,
)
from hotline.callcontrol.talk import LOST_COUNSELOR_GRACE, SECONDS, Effect
from hotline.callcontrol.talk_length import remind_of_length
from hotline.callcontrol.talks import caller_left, counselor_lost
from hotline.callcontrol.volunteers import volunteers_not_needed
from hotline.calls.duty_phone import WITH_DUTY_PHONE
from hotline.calls.model import IN_HAND, CallState, OfferState
from hotline.calls.service import lock_call
from hotline.escalations.danger import raise_endangered
from hotline.lines.numbers import NO_LINE
from hotline.ports import Carrier
from hotline.recordings.service import end_recording
from hotline.staff.consoles import console_is_gone, end_lapsed_lease, lapsed_leases
from hotline.staff.delays import WINDOW
from hotline.staff.model import PresenceState
from hotline.staff.presence import due_to_be_looked_after, look_after, rest_after_all
from hotline.staff.revocation import end_sessions_of_switched_off
from hotline.staff.sign_in import session_lasts
from hotline.storage.session import Database, Work
from hotline.storage.tables import (
    AnsweredRequest,
    Call,
    HalfSignIn,
    Offer,
    Participant,
    Presence,
    ProviderSignIn,
    RoutingEvent,
    SignInTry,
    StaffSession,
)
from hotline.supervision import RowFaults

log = structlog.get_logger()

Row = TypeVar("Row", str, tuple[str, str], OverdueOffer)
SettleRow = Callable[[Work, Row], Awaitable[None]]

SILENT_FOR = timedelta(seconds=60)  # a caller's leg not heard of for this long is looked up
AMONG_MANY_FOR = timedelta(seconds=15)  # where others stay, nothing else tells of a leg that died
GOODBYE_TIME = timedelta(seconds=30)  # longer than any goodbye takes to say
EXPLAINED_FOR = timedelta(days=190)  # domain research, requirement 52: logs six months and more
REPEATS_FOR = timedelta(hours=48)  # reliability research §4.2


class Sweep:
    """One leader's. A look, or a row, that fails holds up none of the others."""

    def __init__(self, database: Database, dialler: Dialler, carrier: Carrier) -> None:
        """By this dialler the carrier is asked, and `carrier` is asked about legs."""
        self._database = database
        self._dialler = dialler
        self._carrier = carrier
        self._faults = RowFaults()

    async def look(self, *, at: datetime) -> None:
        """Everything that every second brings up."""
        looks = (
            self._look_after_staff,
            self._end_lapsed_leases,
            self._end_revoked,
            self._let_volunteers_rest,
            self._end_overdue_offers,
            self._end_deserted_offers,
            self._lose_unheard,
            self._look_up_silent_legs,
            self._settle_talks,
            self._end_goodbyes,
            self._look_up_doubtful,
        )
        for look in looks:
            with self._faults.kept_apart(look.__name__):
                await look(at)
        await self.tend_participants()

    async def look_around(self, *, at: datetime) -> None:
        """What need not be looked at each second."""
        looks = (bring_back, look_at_numbers, remind_of_length, forget_old)
        for look in looks:
            with self._faults.kept_apart(look.__name__):
                await look(self._database, at=at)

    async def tend_participants(self) -> None:
        """Everybody of whom something is wanted: dial, send in, hold, hang up."""
        with self._faults.kept_apart("tend_participants"):
            async with self._database.work() as work:
                wanted = await participants_to_tend(work)
            for one in wanted:
                with self._faults.kept_apart("participant", one.id):
                    self._dialler.make_true(one)

    async def _look_after_staff(self, at: datetime) -> None:
        async with self._database.work() as work:
            due = await due_to_be_looked_after(work, at=at)
        await self._each(due, "look_after", lambda work, who: look_after(work, who, at=at))

    async def _end_lapsed_leases(self, at: datetime) -> None:
        async with self._database.work() as work:
            gone = await lapsed_leases(work, at=at)
        await self._each(gone, "end_lease", lambda work, who: end_lapsed_lease(work, who, at=at))

    async def _end_revoked(self, at: datetime) -> None:
        async with self._database.work() as work:
            calls = await calls_that_ring_revoked(work)
        await self._each(calls, "stop_ringing", partial(stop_ringing_revoked, at=at))
        async with self._database.work() as work:
            await end_revoked_presences(work, at=at)
            await end_sessions_of_switched_off(work)

    async def _let_volunteers_rest(self, at: datetime) -> None:
        async with self._database.work() as work:
            due = await volunteers_not_needed(work, at=at)
        await self._each(due, "rest", lambda work, who: rest_after_all(work, who, at=at))

    async def _end_overdue_offers(self, at: datetime) -> None:
        async with self._database.work() as work:
            overdue = await overdue_offers(work, at=at)
        await self._each(overdue, "end_offer", partial(end_overdue, at=at))

    async def _end_deserted_offers(self, at: datetime) -> None:
        async with self._database.work() as work:
            deserted = await _deserted_offers(work, at=at)
        end = partial(_refuse, state=OfferState.FAILED, reason="console_gone", at=at)
        await self._each(deserted, "end_offer", end)

    async def _lose_unheard(self, at: datetime) -> None:
        async with self._database.work() as work:
            lost = await unheard_of(work, at=at)
        for participant_id in lost:
            with self._faults.kept_apart("lose", participant_id):
                await self._dialler.give_up(participant_id)

    async def _look_up_silent_legs(self, at: datetime) -> None:
        async with self._database.work() as work:
            silent = await silent_legs(work, at=at)
        for participant_id, sid in silent:
            self._dialler.look_up(participant_id, sid)

    async def _settle_talks(self, at: datetime) -> None:
        async with self._database.work() as work:
            calls = await talks_to_settle(work)
        await self._each(calls, "settle_talk", partial(_settle, at=at))

    async def _end_goodbyes(self, at: datetime) -> None:
        async with self._database.work() as work:
            goodbyes = await _overdue_goodbyes(work, at=at)
        for call in goodbyes:
            self._dialler.end_caller(call)

    async def _look_up_doubtful(self, at: datetime) -> None:
        async with self._database.work() as work:
            doubtful = await _calls_to_look_up(work, at=at)
        for call_id in doubtful:
            job = look_up(self._database, self._dialler, self._carrier, call_id, at=at)
            self._dialler.jobs.start(f"look:{call_id}", job)

    async def _each(self, rows: Sequence[Row], look: str, settle: SettleRow[Row]) -> None:
        """Settle each row in a unit of work of its own."""
        for row in rows:
            with self._faults.kept_apart(look, row if isinstance(row, str) else row[1]):
                async with self._database.work() as work:
                    await settle(work, row)


async def look_at_numbers(database: Database, *, at: datetime) -> None:
    """Whose number says they are in danger, though nothing said so when they joined the line."""
    async with database.work() as work:
        await raise_endangered(work, at=at)


async def forget_old(database: Database, *, at: datetime) -> None:
    """Repeats come within two days; who was offered which call is explained for half a year."""
    async with database.work() as work:
        old = col(AnsweredRequest.received_at) < at - REPEATS_FOR
        await work.exec(delete(AnsweredRequest).where(old))
        await work.exec(delete(StaffSession).where(not_(session_lasts(at))))
        await work.exec(delete(SignInTry).where(col(SignInTry.began_at) < at - WINDOW))
        for way in (HalfSignIn, ProviderSignIn):
            await work.exec(delete(way).where(col(way.expires_at) < at))
        aged = col(RoutingEvent.at_s) < (at - EXPLAINED_FOR).timestamp()
        await work.exec(delete(RoutingEvent).where(aged))
        await work.exec(delete(Participant).where(col(Participant.created_at) < at - EXPLAINED_FOR))
        await work.exec(delete(Offer).where(col(Offer.offered_at) < at - EXPLAINED_FOR))


async def _refuse(
    work: Work, offer: tuple[str, str], *, state: OfferState, at: datetime, reason: str
) -> None:
    """`offer`: the ids of its call and its own."""
    await refuse_offer(work, *offer, state, at=at, reason=reason)


async def _settle(work: Work, call_id: str, *, at: datetime) -> None:
    call = await lock_call(work, call_id)
    await give_question_up(work, call, at=at)
    talk = await settle_talk(work, call, at=at, late=True)
    if talk.counselor is None and Effect.WRAPS_UP in talk.effects.values():
        await end_recording(work, call, at=at)  # the caller is with a guest, and nobody of ours


async def _deserted_offers(work: Work, *, at: datetime) -> list[tuple[str, str]]:
    """Offers to counselors whose console stopped to answer while it rang."""
    query = (
        select(Offer.call_id, Offer.id)
        .join(Presence, col(Presence.staff_id) == col(Offer.staff_id))
        .where(Offer.state == OfferState.PENDING, Presence.state == PresenceState.OFFERED)
        .where(console_is_gone(at), col(Offer.expires_at) > at)
    )
    return list((await work.exec(query)).all())


async def _overdue_goodbyes(work: Work, *, at: datetime) -> list[Call]:
    """Who is with the duty phone may stay: put through by us, or by a number of no line."""
    query = select(Call).where(
        Call.state == CallState.CLOSING,
        col(Call.heard_at) <= at - GOODBYE_TIME,
        Call.line_id != NO_LINE,
        Call.step != WITH_DUTY_PHONE,
    )
    return list((await work.exec(query)).all())


async def _calls_to_look_up(work: Work, *, at: datetime) -> list[str]:
    silent = select(Call.id).where(
        Call.state != CallState.ENDED, col(Call.heard_at) <= at - SILENT_FOR
    )
    alone = (
        select(Call.id)
        .join(Participant, _keeps_company(Participant))
        .where(col(Call.state).in_(IN_HAND))
        .where(col(Participant.joined_at).is_not(None))  # not a mailbox that was rung as well
        .where(col(Participant.answered_at) >= col(Call.accepted_at) - LOST_COUNSELOR_GRACE)
        .where(col(Participant.ended_at) <= at - LOST_COUNSELOR_GRACE)
        .where(~_somebody_is_there())
    )
    many = talks_of_many().where(col(Call.heard_at) <= at - AMONG_MANY_FOR)
    found = [(await work.exec(query)).all() for query in (silent, alone, many)]
    return list(dict.fromkeys(call_id for part in found for call_id in part))


COMPANY = (ParticipantRole.COUNSELOR, *SECONDS)


def _keeps_company(one: type[Participant]) -> ColumnElement[bool]:
    """Who took the call, or was with the caller instead. A duty phone has no account."""
    took = col(one.staff_id).is_not_distinct_from(col(Call.counselor_id))
    return and_(
        col(one.call_id) == col(Call.id),
        col(one.role).in_(COMPANY),
        or_(col(one.role) != ParticipantRole.COUNSELOR, took),
    )


def _somebody_is_there() -> ColumnElement[bool]:
    other = aliased(Participant)
    return exists().where(
        col(other.call_id) == col(Call.id),
        col(other.role).in_(COMPANY),
        col(other.wanted) == Wanted.IN,
        col(other.state) == ParticipantState.IN_TALK,
    )


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
            return
        alone = call.state in IN_HAND and not await _counselor_is_there(work, call)
        if alone and await counselor_lost(work, call, at=at):
            dialler.send_caller(call, f"again?turn={call.turn}")
        else:
            await _look_up_others(work, dialler, call)


async def _look_up_others(work: Work, dialler: Dialler, call: Call) -> None:
    """A browser that died says nothing; while others stay, the talk goes on without a word."""
    for one in await participants_of(work, call):
        if one.state == ParticipantState.IN_TALK and one.role != ParticipantRole.CALLER:
            dialler.look_up(one.id, str(one.carrier_sid))


async def _counselor_is_there(work: Work, call: Call) -> bool:
    """Or a colleague or guest, with whom the caller is."""
    there = await participants_of(work, call)
    company = [one for one in there if one.role in COMPANY and one.wanted == Wanted.IN]
    return any(
        one.staff_id == call.counselor_id or one.state == ParticipantState.IN_TALK
        for one in company
    )
