"""A floor in simulated time, with the engine that routes real calls. Nothing here chooses anybody.

The engine decides who is offered which call, `routing.care` and `routing.breaks` who may be offered
any; this module lets time pass: callers come and give up, phones are answered or not, talks and
shifts end.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import groupby
from typing import Any

from routing.breaks import OnShift, begin_shift, due_breaks
from routing.care import (
    Care,
    Relief,
    Strain,
    break_due_at,
    protected_until,
    relief_due,
    signature,
)
from routing.engine import Decision, Engine, Flag, Plan, Signature, Skills, Urgency
from routing.policy import Need
from routing.simulate.load import Interpreting, Ringing, SimulatedCaller
from routing.simulate.roster import RosterEntry
from routing.simulate.state import (
    LOOK_AT_WAIT_S,
    CounselorState,
    RingingPhone,
    RingingTogether,
    SimulatedCall,
    SimulatedCounselor,
    WaitWatch,
    staggered_strain,
)

WRITING = (Flag.WRAP_UP, Flag.PROTECTED)
LOOK_AGAIN_S = 15.0  # after which somebody who is ready asks again for a break that is due

DueAction = tuple[float, int, Callable[[Any], None], Any, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How callers are served. `place`: what stands for "idle since" in the engine's eyes.

    None: the end of the last talk. The lowest is offered a call first. `interpreting`: what talks
    across languages cost; None: nothing, as for a bound. `sharing`: of the phones that ring
    together for one in danger, the next in danger may have all but the first.
    """

    plan_of: Callable[[Need], Plan]
    care: Care
    interpreting: Interpreting | None = None
    sharing: bool = True
    place: Callable[[Skills, float], float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Callers in order of arrival. Counselors count their time between the warm-up and the end."""

    calls: tuple[SimulatedCall, ...]
    counselors: tuple[SimulatedCounselor, ...]


def simulate(
    callers: Sequence[SimulatedCaller],
    roster: Sequence[RosterEntry],
    rules: Rules,
    *,
    ringing: Ringing | None = None,
    warm_up: float = 0.0,
    watch: WaitWatch | None = None,
) -> Run:
    """Serve all callers, until nobody can be served any more. `warm_up`: a share of the callers."""
    floor = _Floor(rules, ringing, watch)
    calls = [SimulatedCall(caller, rules.plan_of(caller.need)) for caller in callers]
    counselors = [
        SimulatedCounselor(entry, staggered_strain(rules.care, n / len(roster)))
        for n, entry in enumerate(roster)
    ]
    first, last = int(len(callers) * warm_up), len(callers) - 1
    for counselor in counselors:
        counselor.counted_from_s = callers[first].arrived_s if callers else 0.0
        counselor.counted_to_s = callers[last].arrived_s if callers else 0.0
    floor.play(calls, counselors)
    return Run(calls=tuple(calls), counselors=tuple(counselors))


class _Floor:
    """One run."""

    def __init__(self, rules: Rules, ringing: Ringing | None, watch: WaitWatch | None) -> None:
        self._rules, self._care, self._ringing, self._watch = rules, rules.care, ringing, watch
        self._engine = Engine()
        self._due: list[DueAction] = []
        self._number, self._to_come = 0, True
        self._calls: dict[str, SimulatedCall] = {}
        self._counselors: dict[str, SimulatedCounselor] = {}
        self._shared: dict[str, tuple[RingingTogether, RingingPhone]] = {}
        self.now = 0.0

    def play(
        self, calls: Iterable[SimulatedCall], counselors: Iterable[SimulatedCounselor]
    ) -> None:
        """Let time pass from event to event."""
        for counselor in counselors:
            self._counselors[counselor.entry.name] = counselor
            self._begin(counselor)
        arriving = iter(calls)
        self._next_arrival(arriving)
        due, engine = self._due, self._engine
        while due and (self._to_come or self._calls):  # else only breaks and shifts are left
            deadline = engine.next_deadline()
            if deadline is not None and deadline < due[0][0]:
                self.now = deadline
                self._carry_out(engine.tick(deadline))
                continue
            self.now, _, action, subject, version = heappop(due)
            if version < 0:
                action(subject)
                self._next_arrival(arriving)
            elif version == subject.version:
                action(subject)

    def _at(self, at: float, action: Callable[[Any], None], subject: Any, version: int) -> None:
        self._number += 1
        heappush(self._due, (at, self._number, action, subject, version))

    # ── callers ─────────────────────────────────────────────────────────────────────────────

    def _next_arrival(self, arriving: Iterable[SimulatedCall]) -> None:
        call = next(iter(arriving), None)
        self._to_come = call is not None
        if call is not None:
            self._at(call.caller.arrived_s, self._arrives, call, -1)

    def _arrives(self, call: SimulatedCall) -> None:
        caller = call.caller
        self._calls[caller.id] = call
        self._at(caller.arrived_s + caller.patience_s, self._gives_up, call, 0)
        self._carry_out(self._engine.call_arrives(caller.id, call.plan, self.now))
        self._at(self.now, self._look, call, call.version)

    def _look(self, call: SimulatedCall) -> None:
        """Who waits is looked at again, as often as they would be told how long they wait."""
        if self._watch is not None:
            self._watch(self._engine.floor(), call, self._counselors.values())
            self._at(self.now + LOOK_AT_WAIT_S, self._look, call, call.version)

    def _gives_up(self, call: SimulatedCall) -> None:
        """Heard once; `version` of a call moves only when it is answered."""
        call.gave_up_at = self.now
        call.version += 1
        self._engine.call_leaves(call.caller.id)
        del self._calls[call.caller.id]
        self._release(self._end_ringing(call))

    def _carry_out(self, decisions: Sequence[Decision]) -> None:
        for name, group in groupby(decisions, key=lambda one: one.call):
            self._ring(self._calls[name], list(group))

    def _ring(self, call: SimulatedCall, decisions: list[Decision]) -> None:
        first, answers = call.rung, call.caller.answers or (0.0,)
        call.rung += len(decisions)
        phones = []
        for n, decision in enumerate(decisions, first):
            counselor = self._counselors[decision.counselor]
            self._spare(counselor)
            counselor.enter(CounselorState.OFFERED, self.now)
            after_s = 0.0 if self._ringing is None else answers[n % len(answers)]
            phones.append(RingingPhone(counselor, decision, self.now + after_s))
        until = self.now + (self._ringing.ring_s if self._ringing else 0.0)
        call.ringing = RingingTogether(call, until, phones)
        if self._ringing is None:
            self._answered(call.ringing)
        else:
            self._await(call.ringing)
            self._share(call.ringing)

    def _await(self, ringing: RingingTogether) -> None:
        """The first answer, or the end of the ringing."""
        soonest = min(one.answered_at for one in ringing.phones)
        if math.isinf(soonest):
            self._at(ringing.until, self._rang_out, ringing, ringing.version)
        else:
            self._at(soonest, self._answered, ringing, ringing.version)

    def _share(self, ringing: RingingTogether) -> None:
        """Whose phone rings beside another for somebody in danger can be had by the next such."""
        if not self._rules.sharing or ringing.call.plan.urgency is not Urgency.CRISIS:
            return
        for phone in ringing.phones[1:]:
            if phone.decision.flag is Flag.READY:
                self._shared[phone.counselor.entry.name] = ringing, phone
                self._enter_engine(phone.counselor, Flag.RINGING)

    def _spare(self, counselor: SimulatedCounselor) -> None:
        """Take them away from the caller their phone rings for, if it does."""
        shared = self._shared.pop(counselor.entry.name, None)
        if shared is not None:
            ringing, phone = shared
            ringing.phones.remove(phone)
            ringing.version += 1
            self._await(ringing)

    def _end_ringing(self, call: SimulatedCall) -> list[RingingPhone]:
        """All phones of a caller stop. Those that rang."""
        ringing, call.ringing = call.ringing, None
        if ringing is None:
            return []
        ringing.version += 1
        for phone in ringing.phones:
            if self._shared.pop(phone.counselor.entry.name, None) is not None:
                self._engine.counselor_away(phone.counselor.entry.name)
        return ringing.phones

    def _answered(self, ringing: RingingTogether) -> None:
        call, phones = ringing.call, self._end_ringing(ringing.call)
        phone = min(phones, key=lambda one: one.answered_at)
        counselor = phone.counselor
        call.answered_at, call.counselor, call.stage = self.now, counselor, phone.decision.stage
        call.version += 1
        del self._calls[call.caller.id]
        if phone.decision.flag in WRITING:
            call.pulled = True
            counselor.owed_s = counselor.wrap_up_until - self.now
        counselor.enter(CounselorState.TALKING, self.now)
        ends_at = self.now + self._talk_s(call)
        self._at(ends_at, lambda one: self._talk_ends(one, call), counselor, counselor.version)
        self._release([one for one in phones if one is not phone])

    def _talk_s(self, call: SimulatedCall) -> float:
        charge = self._rules.interpreting if call.across_languages else None
        return call.caller.talk_s if charge is None else charge.talk_s(call.caller.talk_s)

    def _rang_out(self, ringing: RingingTogether) -> None:
        """Nobody answered: set aside; the caller keeps the place."""
        call = ringing.call
        aside_s = self._ringing.set_aside_s if self._ringing else 0.0
        for phone in self._end_ringing(call):
            counselor = phone.counselor
            if phone.decision.flag in WRITING:
                self._wrap_up(counselor, protected_from_s=self.now)
            else:
                counselor.enter(CounselorState.PAUSED, self.now)
                self._at(self.now + aside_s, self._would_be_ready, counselor, counselor.version)
        caller = call.caller
        again = self._engine.call_arrives(caller.id, call.plan, self.now, arrival=caller.arrived_s)
        self._carry_out(again)

    def _release(self, phones: Iterable[RingingPhone]) -> None:
        """Who was rung and is not needed goes back to where they were."""
        for phone in phones:
            if phone.decision.flag in WRITING:
                self._wrap_up(phone.counselor, protected_from_s=phone.counselor.idle_since)
            else:
                self._would_be_ready(phone.counselor)

    # ── counselors ──────────────────────────────────────────────────────────────────────────

    def _begin(self, counselor: SimulatedCounselor) -> None:
        shifts = counselor.entry.shifts
        if shifts is None:
            self._would_be_ready(counselor)
            return
        counselor.on_duty = False
        for begin, end in shifts:
            self._at(begin, self._shift_begins, _Shift(counselor), 0)
            self._at(end, self._shift_ends, _Shift(counselor), 0)

    def _shift_begins(self, shift: "_Shift") -> None:
        counselor = shift.counselor
        counselor.on_duty = True
        if counselor.doing is CounselorState.OFFLINE:
            counselor.strain = self._fresh(counselor)
            self._would_be_ready(counselor)

    def _fresh(self, counselor: SimulatedCounselor) -> Strain:
        """Who begins together has the first break apart."""
        others = [one for one in self._on_duty() if one.name != counselor.entry.name]
        sharing = [one.due_at for one in others if one.skills.lines & counselor.entry.skills.lines]
        return begin_shift(self._care, sharing, self.now)

    def _on_duty(self) -> list[OnShift]:
        return [
            OnShift(
                name=name,
                skills=one.entry.skills,
                due_at=break_due_at(self._care, one.strain),
                share=self._care.break_share,
                away=one.relieved,
                free=one.doing is CounselorState.READY,
            )
            for name, one in self._counselors.items()
            if one.on_duty
        ]

    def _may_leave(self, counselor: SimulatedCounselor) -> bool:
        """Whether it is their turn, if their break is due. They have no call."""
        if break_due_at(self._care, counselor.strain) > self.now:
            return False
        counselor.enter(CounselorState.READY, self.now)
        return due_breaks(self._on_duty(), self.now)[counselor.entry.name] is None

    def _shift_ends(self, shift: "_Shift") -> None:
        """Who talks or writes finishes that first."""
        counselor = shift.counselor
        counselor.on_duty = False
        if counselor.doing in (CounselorState.READY, CounselorState.PAUSED):
            self._engine.counselor_away(counselor.entry.name)
            counselor.enter(CounselorState.OFFLINE, self.now)

    def _talk_ends(self, counselor: SimulatedCounselor, call: SimulatedCall) -> None:
        crisis = call.plan.urgency is Urgency.CRISIS or (call.caller.need.urgency is Urgency.CRISIS)
        counselor.strain = counselor.strain.after_talk(crisis=crisis, now=self.now)
        counselor.idle_since = self.now
        counselor.wrap_up_until = self.now + call.caller.wrap_up_s + counselor.owed_s
        counselor.owed_s = 0.0
        self._wrap_up(counselor, protected_from_s=self.now)

    def _wrap_up(self, counselor: SimulatedCounselor, *, protected_from_s: float) -> None:
        """Begin, or go on."""
        counselor.enter(CounselorState.WRAPPING_UP, self.now)
        ends_at = max(self.now, counselor.wrap_up_until)
        self._at(ends_at, self._would_be_ready, counselor, counselor.version)
        from_s = protected_until(self._care, counselor.strain, talk_ended_at=protected_from_s)
        if from_s is None or not counselor.on_duty:
            return
        if from_s < counselor.wrap_up_until:
            self._at(max(from_s, self.now), self._unprotected, counselor, counselor.version)
        self._enter_engine(counselor, Flag.PROTECTED)

    def _unprotected(self, counselor: SimulatedCounselor) -> None:
        self._enter_engine(counselor, Flag.WRAP_UP)

    def _would_be_ready(self, counselor: SimulatedCounselor) -> None:
        self._engine.counselor_away(counselor.entry.name)
        if not counselor.on_duty:
            counselor.enter(CounselorState.OFFLINE, self.now)
            return
        may_leave = self._may_leave(counselor)
        due = relief_due(self._care, counselor.strain, self.now, may_leave=may_leave)
        if due is None:
            counselor.enter(CounselorState.READY, self.now)
            self._plan_break(counselor)
            self._enter_engine(counselor, Flag.READY)
            return
        counselor.enter(CounselorState.PAUSED, self.now)
        counselor.relieved = True
        relief, until = due
        self._at(until, lambda one: self._relieved(one, relief), counselor, counselor.version)

    def _plan_break(self, counselor: SimulatedCounselor) -> None:
        """Who is ready for so long has a break as well, now or when it is their turn."""
        due = break_due_at(self._care, counselor.strain)
        if not math.isinf(due):
            at = due if due > self.now else self.now + LOOK_AGAIN_S
            self._at(at, self._would_be_ready, counselor, counselor.version)

    def _relieved(self, counselor: SimulatedCounselor, relief: Relief) -> None:
        if relief is Relief.BREAK:
            counselor.strain = counselor.strain.after_break(now=self.now)
        else:
            counselor.strain = counselor.strain.after_rest(now=self.now)
        self._would_be_ready(counselor)

    def _enter_engine(self, counselor: SimulatedCounselor, flag: Flag) -> None:
        place = self._rules.place
        since = counselor.idle_since
        if place is not None:
            since = place(counselor.entry.skills, since)
        name, sign = counselor.entry.name, self._signature(counselor, flag)
        self._carry_out(self._engine.counselor_ready(name, sign, self.now, idle_since=since))

    def _signature(self, counselor: SimulatedCounselor, flag: Flag) -> Signature:
        """Made once for each way somebody can stand."""
        spent = counselor.strain.crisis_in_a_row >= self._care.crisis_in_a_row
        known = counselor.signatures.get((spent, flag))
        if known is None:
            known = signature(self._care, counselor.strain, counselor.entry.skills, flag)
            counselor.signatures[spent, flag] = known
        return known


@dataclass(slots=True, eq=False)
class _Shift:
    """A planned change of a shift: it is not void when the counselor does something else."""

    counselor: SimulatedCounselor
    version: int = 0
