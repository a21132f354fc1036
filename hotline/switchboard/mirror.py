"""What the engine was told last, so that it is told only differences.

Rows in, events out. The engine holds waiting callers and those counselors who may be called; a
call with a pending offer and a counselor who is being rung are outside it until that is settled.
Whose danger becomes known while a phone rings is in it again: that was decided for another need.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement
from sqlalchemy import select as sql_select
from sqlalchemy.orm import aliased
from sqlmodel import col, exists, func, or_, select

from hotline.calls.model import CallState, OfferState, Urgency
from hotline.lines.plans import care_for
from hotline.staff.model import PresenceState
from hotline.staff.on_duty import PersonNow
from hotline.staff.revocation import may_be_rung
from hotline.staff.skills import can_be_read, skills_of
from hotline.staff.wellbeing import strain_of, why_away
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Offer, Presence, Staff
from hotline.switchboard.needs import InLine, need_of
from hotline.switchboard.teller import OnDuty, Teller, Told
from routing.care import Care, protected_until, signature
from routing.engine import Flag, Signature, Skills, Standing
from routing.policy import Need
from routing.recording import Event, Kind

log = structlog.get_logger()

MAY_BE_CALLED = (PresenceState.READY, PresenceState.WRAPPING_UP)


@dataclass(frozen=True, slots=True)
class Availability:
    """What a counselor is in the engine; seconds since the epoch. Until `from_s` protected."""

    signature: Signature
    idle_since: float
    from_s: float = 0.0

    def signature_at(self, now: float) -> Signature:
        """How the engine is to see them at a moment."""
        return replace(self.signature, flag=Flag.PROTECTED) if now < self.from_s else self.signature


def availability_of(presence: Presence, staff: Staff, care: Care) -> Availability | None:
    """None for somebody who can be offered nothing, or not at this moment (`leave_out`)."""
    return _available(presence, skills_of(staff), care)


def can_be_called(presence: Presence | PersonNow) -> bool:
    """Whether they might be offered a call, by what they do; who cannot is away for the engine."""
    return presence.back_at is None and presence.state in MAY_BE_CALLED


def _available(presence: Presence | PersonNow, skills: Skills, care: Care) -> Availability | None:
    if not can_be_called(presence):
        return None
    strain = strain_of(presence)
    idle_since = presence.idle_since.timestamp()
    if presence.state == PresenceState.READY:
        return Availability(signature(care, strain, skills), idle_since)
    ended = presence.since.timestamp()
    from_s = protected_until(care, strain, talk_ended_at=ended)
    if from_s is None:
        return None
    return Availability(signature(care, strain, skills, Flag.WRAP_UP), idle_since, from_s)


def standing_away(presence: Presence, staff: Staff) -> Standing:
    """Somebody on duty who is not in the engine: only explanations see them."""
    return Standing(
        counselor=staff.id,
        signature=Signature(skills_of(staff)),
        idle_since=presence.idle_since.timestamp(),
        away=True,
    )


def standing_on_floor(one: PersonNow, skills: Skills, care: Care, now: float) -> Standing:
    """Somebody on duty, as they stand at a moment."""
    place = _available(one, skills, care)
    if place is None:
        idle_since = one.idle_since.timestamp()
        return Standing(one.staff_id, Signature(skills), idle_since, away=True)
    return Standing(one.staff_id, place.signature_at(now), place.idle_since)


PersonOnDuty = tuple[Presence, Staff]


@dataclass(frozen=True, slots=True)
class Rows:
    """What the database says of some calls and counselors. Absent ids are out of the game.

    `left_out`: who is on duty, but with an account that cannot be read. `spare`: whose phone rings
    beside others for somebody in danger; one of these others always goes on.
    """

    calls: dict[str, InLine]
    counselors: dict[str, PersonOnDuty]
    left_out: frozenset[str] = frozenset()
    spare: frozenset[str] = frozenset()


async def read_rows(
    work: Work, *, calls: set[str] | None = None, counselors: set[str] | None = None
) -> Rows:
    """Calls waiting without an offer, and counselors on duty; of the given ids, or of all."""
    of = None if calls is None else col(Call.id).in_(calls)
    return Rows(await _waiting(work, of), *await _on_duty(work, counselors))


async def waiting_on_lines(work: Work, lines: Collection[str]) -> dict[str, InLine]:
    """Callers of these lines who wait without an offer."""
    return await _waiting(work, col(Call.line_id).in_(lines))


async def _waiting(work: Work, of: ColumnElement[bool] | None) -> dict[str, InLine]:
    """A phone that rings for a caller who was in no danger then keeps none of the trained away."""
    offered = exists().where(
        col(Offer.call_id) == col(Call.id),
        col(Offer.state) == OfferState.PENDING,
        or_(col(Offer.in_danger), col(Call.urgency) != Urgency.CRISIS),
    )
    *columns, _ = [getattr(Call, name) for name in InLine._fields]
    place = func.coalesce(Call.ahead_at, Call.queued_at)
    query = sql_select(*columns, place).where(col(Call.state) == CallState.WAITING, ~offered)
    query = query if of is None else query.where(of)
    rows = await (await work.connection()).execute(query)
    return {row[0]: InLine._make(row) for row in rows}


async def _on_duty(
    work: Work, ids: set[str] | None
) -> tuple[dict[str, PersonOnDuty], frozenset[str], frozenset[str]]:
    query = (
        select(Presence, Staff, _is_spare().label("spare"))
        .where(Presence.staff_id == Staff.id)
        .where(Presence.state != PresenceState.OFFLINE, may_be_rung())
    )
    if ids is not None:
        query = query.where(col(Presence.staff_id).in_(ids))
    found = (await work.exec(query)).all()
    people = {staff.id: (presence, staff) for presence, staff, _ in found}
    left_out = {key for key, (_, one) in people.items() if not can_be_read(one.skills, one.lines)}
    readable = {key: one for key, one in people.items() if key not in left_out}
    spare = frozenset(staff.id for _, staff, spare in found if spare)
    return readable, frozenset(left_out), spare


def _is_spare() -> ColumnElement[bool]:
    """Rung for somebody in danger together with another, who was chosen before them.

    Whoever was called away from a record would go back to it, and is left where they are.
    """
    other = aliased(Offer)
    return exists().where(
        col(Presence.state) == PresenceState.OFFERED,
        col(Presence.cut_short_call_id).is_(None),
        col(Offer.staff_id) == col(Presence.staff_id),
        col(Offer.state) == OfferState.PENDING,
        col(Offer.in_danger),
        col(other.call_id) == col(Offer.call_id),
        col(other.state) == OfferState.PENDING,
        col(other.in_danger),
        col(other.id) < col(Offer.id),
    )


class Mirror:
    """Keeps the engine in step with the rows."""

    def __init__(self, teller: Teller, lines: Mapping[str, Line]) -> None:
        """Starts empty: the first `follow` with all ids fills the engine."""
        self._teller = teller
        self._lines = lines
        self.in_line: dict[str, tuple[Need, datetime | None]] = {}  # and the place in line
        self._ready: dict[str, Availability] = {}
        self._protected: dict[str, Availability] = {}  # of these: who has only just ended a talk
        self._people_changed = True  # those on duty, or what they can do
        self._need_now = teller.plans.while_on_duty(frozenset())
        self._decided: set[str] = set()  # calls and counselors, since the rows were read
        self._left_out: frozenset[str] = frozenset()
        self._barred: dict[str, datetime | None] = {}

    def follow(
        self,
        rows: Rows,
        *,
        calls: set[str] | None,
        counselors: set[str] | None,
        at: datetime,
    ) -> list[Told]:
        """Tell the engine what changed among these ids (None: all). Returns its decisions."""
        now = at.timestamp()
        self._decided.clear()
        self._note_left_out(rows.left_out, counselors)
        for call_id in _gone(self.in_line, rows.calls, calls):
            self._tell(Event(at=now, kind=Kind.CALL_LEAVES, subject=call_id))
            del self.in_line[call_id]
        known = {**self._teller.doing, **self._ready}
        for staff_id in _gone(known, rows.counselors, counselors):
            self._leaves(staff_id, now)
            self._people_changed |= self._teller.doing.pop(staff_id, None) is not None
        for presence, staff in rows.counselors.values():
            self._note_doing(presence, staff)
        self._note_people()
        # Whoever comes first in one batch can take what the other was meant for. While somebody
        # waits, callers go in before counselors, so that the head of the line is served; else
        # counselors go in first, so that a caller who was cut off finds the same one again.
        steps = [self._follow_counselors, self._follow_calls]
        return [told for step in (reversed(steps) if self.in_line else steps)
                for told in step(rows, now)]  # fmt: skip

    def leave_out(self, staff_id: str) -> None:
        """Somebody who cannot be offered anything, until they do something else."""
        self._barred[staff_id] = None

    def tick(self, at: datetime) -> list[Told]:
        """Let time pass: protected wrap-ups end, stages open."""
        now = at.timestamp()
        told: list[Told] = []
        for name in [name for name, place in self._protected.items() if place.from_s <= now]:
            place = self._protected.get(name)
            if place is not None:  # else rung together with one before, under a stage that opened
                told += self._enter(name, place, now)
        return [*told, *self._tell(Event(at=now, kind=Kind.TIME_PASSED))]

    def next_deadline(self) -> float | None:
        """When time alone changes something next, in seconds since the epoch."""
        later = [place.from_s for place in self._protected.values()]
        due = self._teller.next_deadline()
        return min([*later, due] if due is not None else later, default=None)

    def _follow_calls(self, rows: Rows, now: float) -> Iterator[Told]:
        calls = sorted(
            rows.calls.values(),
            key=lambda call: (call.urgency != Urgency.CRISIS, _queued_at(call, now), call.id),
        )
        for call in calls:
            if call.id not in self._decided:
                yield from self._follow_call(call, now)

    def _follow_call(self, call: InLine, now: float) -> Sequence[Told]:
        need = self._need_now(need_of(call, self._teller.doing))
        known, place = self.in_line.get(call.id), call.queued_at
        if known == (need, place):
            return ()
        self.in_line[call.id] = need, place
        placed = known is not None and known[1] == place
        kind = Kind.CALL_RESCORED if placed else Kind.CALL_ARRIVES
        arrival = None if placed else _queued_at(call, now)
        return self._tell(Event(at=now, kind=kind, subject=call.id, need=need, arrival=arrival))

    def _follow_counselors(self, rows: Rows, now: float) -> Iterator[Told]:
        for presence, staff in sorted(
            rows.counselors.values(), key=lambda pair: (pair[0].idle_since, pair[1].id)
        ):
            if staff.id in self._decided:
                continue
            spare = staff.id in rows.spare
            place = None if self._is_barred(presence) else self._place(presence, staff, spare=spare)
            if place is None:
                self._leaves(staff.id, now)
            elif self._ready.get(staff.id) != place:
                yield from self._enter(staff.id, place, now)

    def _is_barred(self, presence: Presence) -> bool:
        """As long as they do what they did when they were first seen barred."""
        if presence.staff_id not in self._barred:
            return False
        if self._barred[presence.staff_id] in (None, presence.since):
            self._barred[presence.staff_id] = presence.since
            return True
        del self._barred[presence.staff_id]
        return False

    def _place(self, presence: Presence, staff: Staff, *, spare: bool) -> Availability | None:
        care = care_for(self._lines[line] for line in staff.lines if line in self._lines)
        if spare:
            shared = signature(care, strain_of(presence), skills_of(staff), Flag.RINGING)
            return Availability(shared, presence.idle_since.timestamp())
        return availability_of(presence, staff, care)

    def _enter(self, staff_id: str, place: Availability, now: float) -> Sequence[Told]:
        self._leaves(staff_id, now)
        self._ready[staff_id] = place
        if place.from_s > now:
            self._protected[staff_id] = place
        return self._tell(
            Event(
                at=now,
                kind=Kind.COUNSELOR_READY,
                subject=staff_id,
                signature=place.signature_at(now),
                idle_since=place.idle_since,
            )
        )

    def _leaves(self, staff_id: str, now: float) -> None:
        self._protected.pop(staff_id, None)
        if self._ready.pop(staff_id, None) is not None:
            self._tell(Event(at=now, kind=Kind.COUNSELOR_AWAY, subject=staff_id))

    def _note_left_out(self, found: frozenset[str], asked: set[str] | None) -> None:
        """Say it once for each, again when it happens again."""
        for staff_id in sorted(found - self._left_out):
            log.error("counselor.left_out", staff_id=staff_id)
        self._left_out = found if asked is None else (self._left_out - asked) | found

    def _note_doing(self, presence: Presence, staff: Staff) -> None:
        standing, known = standing_away(presence, staff), self._teller.doing.get(staff.id)
        same = known is not None and known.standing.signature == standing.signature
        self._people_changed |= not same
        self._teller.doing[staff.id] = OnDuty(standing, presence.state, why_away(presence))

    def _note_people(self) -> None:
        """What needs are now by those on duty is asked anew only where these changed."""
        if self._people_changed:
            doing = self._teller.doing.values()
            people = frozenset(one.standing.signature.skills for one in doing)
            self._need_now = self._teller.plans.while_on_duty(people)
            self._people_changed = False

    def _tell(self, event: Event) -> Sequence[Told]:
        """Both sides of a decision have left the engine: later rows say if they come back.

        But for phones that can be shared: the next in danger may be told in the same breath.
        """
        told = self._teller.tell(event, ready=self._ready.keys())
        shared = {name: self._ready.get(name) for name in _rung_beside_another(told)}
        for one in told:
            self._decided |= {one.decision.call, one.decision.counselor}
            self.in_line.pop(one.decision.call, None)
            self._ready.pop(one.decision.counselor, None)
            self._protected.pop(one.decision.counselor, None)
        more: list[Told] = []
        for name, place in shared.items():
            if place is not None:
                signature = replace(place.signature, flag=Flag.RINGING)
                more += self._enter(name, Availability(signature, place.idle_since), event.at)
        return [*told, *more]


def _rung_beside_another(told: Sequence[Told]) -> Iterator[str]:
    """Who is rung for somebody in danger together with one chosen before; as in `_is_spare`."""
    first: set[str] = set()
    for decision in (one.decision for one in told):
        free = decision.flag is Flag.READY and decision.urgency is Urgency.CRISIS
        if free and decision.call in first:
            yield decision.counselor
        first.add(decision.call)


def _queued_at(call: InLine, now: float) -> float:
    """Nobody comes from the future, though a clock that was set back says so."""
    return now if call.queued_at is None else min(now, call.queued_at.timestamp())


def _gone(
    known: Mapping[str, object], rows: Mapping[str, object], asked: set[str] | None
) -> list[str]:
    return [key for key in known if key not in rows and (asked is None or key in asked)]
