"""Why this counselor and not that one; why a caller still waits. Plain data, no words for people.

Reads a `Floor`: one the engine drew just before an event, or one drawn from stored rows. Uses the
rules the engine uses (`Requirement.unmet`) but none of its indexes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from routing.engine.floor import Floor, Standing, Waiting
from routing.engine.model import Flag, Rule, Signature, Urgency
from routing.engine.plan import Plan, Stage

FLAGS = list(Flag)  # in the order in which they are asked at one stage
BUSY = (Rule.AWAY, Rule.WRAP_UP, Rule.PROTECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One counselor, one caller. Either `order` (1 rings first) or `excluded_by` is set.

    `stage`: the best stage that takes them, open or not. `opens_in_s`: when an exclusion ends by
    waiting alone; None if it does not.
    """

    counselor: str
    order: int | None = None
    stage: str | None = None
    excluded_by: Rule | None = None
    opens_in_s: float | None = None


class WaitReason(StrEnum):
    """Why a caller has not been offered to anybody yet."""

    NEXT = "next"  # somebody fits: the offer comes with the next event
    OPENS_LATER = "opens_later"  # somebody fits a stage that waiting will open
    NOBODY_FITS = "nobody_fits"
    NOBODY_READY = "nobody_ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """`ahead`: callers who would be served before. `changes_in_s`: see `Verdict.opens_in_s`."""

    call: str
    reason: WaitReason
    ahead: int
    changes_in_s: float | None


def explain_offer(floor: Floor, call: str) -> tuple[Verdict, ...]:
    """Every counselor on the floor for a caller on it: who fits, in order, then the others.

    Of those who fit, the first rings; who rings together with them, says the plan. Raises
    `KeyError` for a call that is not on the floor.
    """
    caller = floor.caller(call)
    judged = [(_judge(caller, counselor, floor.now), counselor) for counselor in floor.counselors]
    fitting = [one for one in judged if one[0].excluded_by is None]
    names: list[str | None] = [stage.name for stage in caller.plan.stages]
    fitting.sort(
        key=lambda one: (
            names.index(one[0].stage),
            FLAGS.index(one[1].signature.flag),
            one[1].place,
        )
    )
    in_order = (replace(verdict, order=n) for n, (verdict, _) in enumerate(fitting, start=1))
    return *in_order, *(verdict for verdict, _ in judged if verdict.excluded_by is not None)


def explain_wait(floor: Floor, call: str) -> Wait:
    """Why a caller on the floor still waits. Raises as `explain_offer` does."""
    caller = floor.caller(call)
    reason, changes_in_s = _outlook([_judge(caller, one, floor.now) for one in floor.counselors])
    ahead = sum(other.order_key < caller.order_key for other in floor.callers)
    return Wait(call=call, reason=reason, ahead=ahead, changes_in_s=changes_in_s)


def explain_waits(floor: Floor, *, known: Container[str]) -> dict[str, Wait]:
    """The same of everybody on the floor, by call, at a price that hardly grows with the floor.

    Counselors who stand alike are judged once, and so are callers of one plan for whom the same
    stages are open: for these only the time until the next one opens differs. `known`: to whoever
    asks; somebody else counts only where the plan could send the caller to them.
    """
    order = sorted(one.order_key for one in floor.callers)
    kinds = _Kinds(floor.counselors, known)
    outlooks: dict[tuple[Plan, int], tuple[WaitReason, float | None]] = {}
    moments = {plan: _moments(plan) for plan in {one.plan for one in floor.callers}}
    found: dict[str, Wait] = {}
    for one in floor.callers:
        waited_s = floor.now - one.arrival
        key = one.plan, bisect_right(moments[one.plan], waited_s)
        if key not in outlooks:
            judged = [_judge(one, standing, floor.now) for standing in kinds.seen_by(one.plan)]
            reason, in_s = _outlook(_told(judged, known))
            outlooks[key] = reason, None if in_s is None else in_s + waited_s
        reason, after_s = outlooks[key]
        opens = None if after_s is None else after_s - waited_s
        found[one.call] = Wait(
            call=one.call,
            reason=reason,
            ahead=bisect_left(order, one.order_key),
            changes_in_s=0.0 if reason is WaitReason.NEXT else opens,
        )
    return found


class _Kinds:
    """Counselors who stand alike, two of each: where a plan names one, the other stands for all."""

    def __init__(self, counselors: Iterable[Standing], known: Container[str]) -> None:
        """Of a whole floor. `known`: as in `explain_waits`."""
        self._named: dict[str, Standing] = {}
        self._alike: dict[tuple[Signature, bool], list[Standing]] = {}
        for one in counselors:
            if one.away:  # whatever the plan, they are away: no reason of a wait is another one
                continue
            self._named[one.counselor] = one
            kind = one.signature, one.counselor in known
            alike = self._alike.setdefault(kind, [])
            if len(alike) <= 1:
                alike.append(one)

    def seen_by(self, plan: Plan) -> Iterator[Standing]:
        """One of each kind, and whom the plan names."""
        wanted = self._named.get(plan.wants) if plan.wants else None
        if wanted is not None:
            yield wanted
        for alike in self._alike.values():
            yield from [one for one in alike if one.counselor != plan.wants][:1]


def _told(judged: Iterable[Verdict], known: Container[str]) -> Iterator[Verdict]:
    return (one for one in judged if one.stage is not None or one.counselor in known)


def _moments(plan: Plan) -> list[float]:
    """After how long a caller's outlook changes by waiting alone, in seconds."""
    opens = (plan.opens(stage, flag) for stage in plan.stages for flag in FLAGS)
    return sorted({after_s for after_s in opens if after_s is not None})


def _outlook(verdicts: Iterable[Verdict]) -> tuple[WaitReason, float | None]:
    """Why a caller waits of whom every counselor is judged, and in how many seconds it changes."""
    judged = list(verdicts)
    changes_in_s = min(
        (one.opens_in_s for one in judged if one.opens_in_s is not None), default=None
    )
    if any(one.excluded_by is None for one in judged):
        return WaitReason.NEXT, 0.0
    if changes_in_s is not None:
        return WaitReason.OPENS_LATER, changes_in_s
    if all(one.excluded_by in BUSY for one in judged):
        return WaitReason.NOBODY_READY, None
    return WaitReason.NOBODY_FITS, None


def _judge(caller: Waiting, counselor: Standing, now: float) -> Verdict:
    """What explains a counselor without a look at the others."""
    name, crisis = counselor.counselor, caller.plan.urgency is Urgency.CRISIS
    if counselor.away:
        return Verdict(counselor=name, excluded_by=Rule.AWAY)
    if counselor.signature.flag is not Flag.READY and not crisis:
        rings = counselor.signature.flag is Flag.RINGING
        return Verdict(counselor=name, excluded_by=Rule.AWAY if rings else Rule.WRAP_UP)
    stages = caller.plan.stages
    refusals = [_refusal(caller.plan, stage, counselor) for stage in stages]
    if None not in refusals:
        return Verdict(counselor=name, excluded_by=refusals[-1])
    stage = stages[refusals.index(None)]
    after_s = caller.plan.opens(stage, counselor.signature.flag) or 0.0
    opens_in_s = caller.arrival + after_s - now
    if opens_in_s <= 0:
        return Verdict(counselor=name, stage=stage.name)
    widest = [rule for one, rule in zip(stages, refusals, strict=True) if caller.open(one, now)]
    rule = (widest[-1] or Rule.PROTECTED) if widest else Rule.NOT_YET
    return Verdict(counselor=name, stage=stage.name, excluded_by=rule, opens_in_s=opens_in_s)


def _refusal(plan: Plan, stage: Stage, counselor: Standing) -> Rule | None:
    named = stage.requirement.counselor
    if named is not None and named != counselor.counselor:
        return Rule.COUNSELOR
    unmet = stage.requirement.unmet(counselor.signature.skills)
    never = plan.opens(stage, counselor.signature.flag) is None
    return unmet or (Rule.PROTECTED if never else None)
