"""Every figure by which the service is judged, defined once. Pure.

A figure counts the facts of its `part`; where it is a share, it divides by those of its `whole`.
What people read beside a figure is `i18n.report_words`. After the glossary of this house and
domain research 12 and 59; definitions of other houses differ, above all on callers
who give up, so nobody computes one of these anywhere else.

| figure | part ÷ whole |
|---|---|
| came in | calls that rang us |
| offered | of these, those offered to people (queued): the clock of waiting starts there |
| answered | offered, and a counselor was with the caller |
| service level (15 s) | answered within 15 s ÷ (answered + abandoned), no short abandons |
| average speed of answer | mean wait of the answered, in seconds |
| abandoned | hung up in the queue, not short ÷ (answered + abandoned) |
| short abandon | hung up in the queue under 5 s, nobody in danger (`calls.waiting.is_short`) |
| taken care of otherwise | offered and not answered: message, call-back, duty phone, told why not |
| dropped after answer | answered, but gone before the talk was over ÷ answered |
| connected (接通率) | answered, or by the duty phone ÷ offered, or put through to the duty phone |
| call-backs owed / done | promised ÷ - / reached ÷ owed without those that the caller took back |
| call-backs on time | first tried by the first promise ÷ those tried or past it |
| follow-ups on time | their phone first rang before it was late ÷ those tried or late |
| acknowledged on time | first acknowledged by the deadline ÷ those acknowledged or past it |
| confirmed rescues | an emergency service confirmed ÷ lives in danger |
| in = out | over without an outcome: must be none |
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import fmean

from hotline.callbacks.model import CallbackState
from hotline.calls.model import Outcome, Urgency
from hotline.calls.waiting import ANSWER_WITHIN, is_short
from hotline.reports.facts import (
    CallBackFact,
    CallFact,
    EscalationFact,
    FollowUpFact,
    ServiceFact,
    ServiceFacts,
)

REST = "rest"  # of a whole what a figure leaves: told nowhere, and kept from being computed
OTHERWISE = (
    Outcome.MESSAGE_LEFT,
    Outcome.CALLBACK_OWED,
    Outcome.TURNED_AWAY,
    Outcome.DUTY_PHONE,
)
GONE = (CallbackState.WITHDRAWN, CallbackState.CLOSED)


class Kpi(StrEnum):
    """The figures, in the order in which they are shown."""

    CAME_IN = "came_in"
    OFFERED = "offered"
    ANSWERED = "answered"
    CONNECTED = "connected"
    SERVICE_LEVEL = "service_level"
    SPEED_OF_ANSWER = "speed_of_answer"
    ABANDONED = "abandoned"
    SHORT_ABANDON = "short_abandon"
    OTHERWISE = "otherwise"
    DROPPED = "dropped"
    CALLBACKS_OWED = "callbacks_owed"
    CALLBACKS_DONE = "callbacks_done"
    CALLBACKS_ON_TIME = "callbacks_on_time"
    FOLLOW_UPS_ON_TIME = "follow_ups_on_time"
    ACKNOWLEDGED_ON_TIME = "acknowledged_on_time"
    RESCUES_CONFIRMED = "rescues_confirmed"
    UNACCOUNTED = "unaccounted"


class KpiUnit(StrEnum):
    """What the value of a figure is."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"


Test = Callable[[ServiceFact, datetime], bool]


@dataclass(frozen=True, slots=True)
class KpiRule:
    """How one figure is made. `whole`: of a share, what it is a share of.

    `target`: at least this share, where the research names one.
    """

    unit: KpiUnit
    part: Test
    whole: Test | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiValue:
    """`part` of `whole` facts; `value`: the count, the share or the mean; None: of nothing."""

    kpi: Kpi
    unit: KpiUnit
    part: int
    whole: int | None
    value: float | None
    target: float | None

    @property
    def missed(self) -> bool:
        """Whether there is a target, and it was not reached."""
        return self.target is not None and self.value is not None and self.value < self.target


# ── of calls ────────────────────────────────────────────────────────────────────────────────────


def _of_calls(test: Callable[[CallFact], bool]) -> Test:
    return lambda fact, _at: isinstance(fact, CallFact) and test(fact)


def offered(call: CallFact) -> bool:
    """To people: the queue, and not the flow before it."""
    return call.queued_at is not None


def answered(call: CallFact) -> bool:
    """A counselor was with the caller, whatever came after."""
    return offered(call) and call.joined_at is not None


def gave_up(call: CallFact) -> bool:
    """Hung up in the queue, soon or late."""
    return (
        offered(call) and call.over and call.joined_at is None and call.outcome == Outcome.HUNG_UP
    )


def short_abandon(call: CallFact) -> bool:
    """Hung up so soon that most had dialled a wrong number. Danger is never too short."""
    urgency = Urgency.CRISIS if call.crisis else Urgency.ROUTINE
    return gave_up(call) and is_short(call.waited, urgency)


def abandoned(call: CallFact) -> bool:
    """Hung up in the queue, and had waited."""
    return gave_up(call) and not short_abandon(call)


def otherwise(call: CallFact) -> bool:
    """Offered, and ended neither by a counselor nor by hanging up."""
    return offered(call) and call.over and not answered(call) and call.outcome in OTHERWISE


def answered_soon(call: CallFact) -> bool:
    """Within the promise."""
    return answered(call) and call.waited <= ANSWER_WITHIN


def dropped(call: CallFact) -> bool:
    """Was with a counselor, and gone before the talk was over."""
    cut_off = call.over and call.outcome not in ("", Outcome.TALKED)
    return answered(call) and (call.dropped_in_talk or cut_off)


def duty_phone(call: CallFact) -> bool:
    """Nobody of ours could answer, and the duty phone did."""
    return call.outcome == Outcome.DUTY_PHONE


# ── of promises ─────────────────────────────────────────────────────────────────────────────────


def _owed(fact: ServiceFact, _at: datetime) -> bool:
    return isinstance(fact, CallBackFact)


def _kept_owing(fact: ServiceFact, _at: datetime) -> bool:
    """Without those that nobody waits for any more, and nobody was called for."""
    return isinstance(fact, CallBackFact) and (fact.state not in GONE or fact.tried_at is not None)


def _done(fact: ServiceFact, at: datetime) -> bool:
    return (
        isinstance(fact, CallBackFact)
        and _kept_owing(fact, at)
        and fact.state == CallbackState.DONE
    )


def _to_be_tried(fact: ServiceFact, at: datetime) -> bool:
    if not isinstance(fact, CallBackFact) or not _kept_owing(fact, at):
        return False
    return fact.tried_at is not None or fact.due_at < at


def _tried_on_time(fact: ServiceFact, at: datetime) -> bool:
    if not isinstance(fact, CallBackFact) or not _to_be_tried(fact, at):
        return False
    return fact.tried_at is not None and fact.tried_at <= fact.due_at


def _to_be_followed(fact: ServiceFact, at: datetime) -> bool:
    if not isinstance(fact, FollowUpFact):
        return False
    return fact.tried_at is not None or fact.late_at < at


def _followed_on_time(fact: ServiceFact, _at: datetime) -> bool:
    if not isinstance(fact, FollowUpFact):
        return False
    return fact.tried_at is not None and fact.tried_at <= fact.late_at


def _to_be_acknowledged(fact: ServiceFact, at: datetime) -> bool:
    if not isinstance(fact, EscalationFact):
        return False
    return fact.acknowledged_at is not None or fact.deadline_at < at


def _acknowledged_on_time(fact: ServiceFact, _at: datetime) -> bool:
    if not isinstance(fact, EscalationFact):
        return False
    return fact.acknowledged_at is not None and fact.acknowledged_at <= fact.deadline_at


def _rescue(fact: ServiceFact, _at: datetime) -> bool:
    return isinstance(fact, EscalationFact) and fact.is_rescue


def _confirmed(fact: ServiceFact, _at: datetime) -> bool:
    return isinstance(fact, EscalationFact) and fact.is_rescue and fact.confirmed_at is not None


_ANSWERED_OR_GAVE_UP = _of_calls(lambda call: answered(call) or abandoned(call))
_C, _S = KpiUnit.COUNT, KpiUnit.SHARE

RULES: Mapping[Kpi, KpiRule] = {
    Kpi.CAME_IN: KpiRule(_C, _of_calls(lambda _call: True)),
    Kpi.OFFERED: KpiRule(_C, _of_calls(offered)),
    Kpi.ANSWERED: KpiRule(_C, _of_calls(answered)),
    Kpi.CONNECTED: KpiRule(
        _S,
        _of_calls(lambda call: answered(call) or duty_phone(call)),
        _of_calls(lambda call: offered(call) or duty_phone(call)),
        0.95,  # GB/T 33358-2016; domain research, requirement 12
    ),
    Kpi.SERVICE_LEVEL: KpiRule(_S, _of_calls(answered_soon), _ANSWERED_OR_GAVE_UP),
    Kpi.SPEED_OF_ANSWER: KpiRule(KpiUnit.SECONDS, _of_calls(answered)),
    Kpi.ABANDONED: KpiRule(_S, _of_calls(abandoned), _ANSWERED_OR_GAVE_UP),
    Kpi.SHORT_ABANDON: KpiRule(_C, _of_calls(short_abandon)),
    Kpi.OTHERWISE: KpiRule(_C, _of_calls(otherwise)),
    Kpi.DROPPED: KpiRule(_S, _of_calls(dropped), _of_calls(answered)),
    Kpi.CALLBACKS_OWED: KpiRule(_C, _owed),
    Kpi.CALLBACKS_DONE: KpiRule(_S, _done, _kept_owing),
    Kpi.CALLBACKS_ON_TIME: KpiRule(_S, _tried_on_time, _to_be_tried),
    Kpi.FOLLOW_UPS_ON_TIME: KpiRule(_S, _followed_on_time, _to_be_followed),
    Kpi.ACKNOWLEDGED_ON_TIME: KpiRule(_S, _acknowledged_on_time, _to_be_acknowledged),
    Kpi.RESCUES_CONFIRMED: KpiRule(_S, _confirmed, _rescue),
    Kpi.UNACCOUNTED: KpiRule(_C, _of_calls(lambda call: call.over and not call.outcome)),
}


def measured(facts: ServiceFacts) -> dict[Kpi, KpiValue]:
    """Every figure, in order."""
    return {kpi: _value(kpi, facts) for kpi in Kpi}


def _value(kpi: Kpi, facts: ServiceFacts) -> KpiValue:
    rule = RULES[kpi]
    part = sum(rule.part(one, facts.at) for one in facts.every)
    whole = None if rule.whole is None else sum(rule.whole(one, facts.at) for one in facts.every)
    return value_of(kpi, part, whole, mean_wait(facts))


def mean_wait(facts: ServiceFacts) -> float | None:
    """Of the answered, in seconds; None: nobody was."""
    waits = [one.waited.total_seconds() for one in facts.calls if answered(one)]
    return fmean(waits) if waits else None


def value_of(kpi: Kpi, part: int, whole: int | None, wait_s: float | None) -> KpiValue:
    """Of numbers that were counted."""
    rule = RULES[kpi]
    of_unit = {
        KpiUnit.COUNT: float(part),
        KpiUnit.SHARE: part / whole if whole else None,
        KpiUnit.SECONDS: wait_s,
    }
    return KpiValue(
        kpi=kpi,
        unit=rule.unit,
        part=part,
        whole=whole,
        value=of_unit[rule.unit],
        target=rule.target,
    )


def behind(kpi: Kpi, facts: ServiceFacts, *, missing: bool = False) -> Iterator[ServiceFact]:
    """The facts that a figure counts. `missing`: of its whole those that it does not."""
    rule, at = RULES[kpi], facts.at
    if not missing:
        yield from (one for one in facts.every if rule.part(one, at))
    elif rule.whole is not None:
        counted = (one for one in facts.every if rule.whole(one, at))
        yield from (one for one in counted if not rule.part(one, at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """In = out: whoever came in is alive, or counted once in an outcome, or unaccounted."""

    came_in: int
    alive: int
    outcomes: Mapping[str, int]
    unaccounted: int

    @property
    def holds(self) -> bool:
        """Nobody is lost."""
        return self.unaccounted == 0


def balance(facts: ServiceFacts) -> Balance:
    """The account of the period."""
    over = [one for one in facts.calls if one.over]
    outcomes = {one.value: sum(call.outcome == one for call in over) for one in Outcome}
    return Balance(
        came_in=len(facts.calls),
        alive=len(facts.calls) - len(over),
        outcomes={name: number for name, number in outcomes.items() if number},
        unaccounted=sum(not call.outcome for call in over),
    )


def signatures(facts: ServiceFacts) -> Counter[frozenset[Hashable]]:
    """How many facts are in which figures, their wholes and what these leave: to keep small ones
    back by. A figure stands under its own name, of a share `(kpi, "whole")` and `("rest", kpi)`.
    """
    return Counter(frozenset(names_of(one, facts.at)) for one in facts.every)


def names_of(fact: ServiceFact, at: datetime) -> Iterator[Hashable]:
    """Under which a fact is counted."""
    for kpi, rule in RULES.items():
        inside = rule.part(fact, at)
        if inside:
            yield kpi
        if rule.whole is not None and rule.whole(fact, at):
            yield kpi, "whole"
            if not inside:
                yield REST, kpi
