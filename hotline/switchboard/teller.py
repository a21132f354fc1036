"""Tells the engine what the rows say, by the plans in force, and keeps why it decided.

One `Teller` for as long as the plans stay the same. It also lets a shadow plan follow, where a
line has one, and collects where that would have decided otherwise.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from hotline.lines.plans import policy_from, policy_of, version_of
from hotline.storage.documents import version_of_document
from hotline.storage.tables import Line
from hotline.switchboard.reasons import CandidateReason, OfferReasons
from routing.engine import Decision, Flag, Plan, Rule, Skills, Standing
from routing.explain import Verdict
from routing.policy import DEFAULT_POLICY, Need, Policy
from routing.recorder import Reasoned, Recorder
from routing.recording import Event, RecordedEvent, choices_of
from routing.shadow import Difference, Shadow

NAMED_UP_TO = 300  # counselors on duty; of a larger floor an offer keeps the first who fitted
FITTING_KEPT = 50
IN_WRAP_UP = (Flag.WRAP_UP, Flag.PROTECTED)


@dataclass(frozen=True, slots=True)
class OnDuty:
    """What somebody on duty does who is not in the engine, or may leave it any moment."""

    standing: Standing
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """A decision, and what an offer keeps of its reasons.

    `ends_running`: phones without the certificate that rang before the danger was known stop.
    """

    decision: Decision
    reasons: OfferReasons
    interpreter: bool
    ends_running: bool
    ring_s: float


@dataclass(frozen=True, slots=True)
class Plans:
    """The plans of all lines at one time."""

    policies: Mapping[str, Policy]
    versions: Mapping[str, str]

    def plan_of(self, need: Need) -> Plan:
        """The plan of a caller."""
        return self._of(need).plan_for(need)

    def on_duty(self, need: Need, people: frozenset[Skills]) -> Need:
        """A need as those on duty make it: `Policy.on_duty`."""
        return self._of(need).on_duty(need, people)

    def while_on_duty(self, people: frozenset[Skills]) -> Callable[[Need], Need]:
        """The same for as long as these are on duty: equal needs are looked at once.

        The answers go with the people: kept beside who was on duty once, they would only grow.
        """
        return lru_cache(maxsize=8192)(partial(self.on_duty, people=people))

    def _of(self, need: Need) -> Policy:
        return self.policies.get(need.line, DEFAULT_POLICY)


def plans_in_force(lines: Mapping[str, Line]) -> Plans:
    """What each line's plan says now."""
    return Plans(
        {line.id: policy_of(line) for line in lines.values()},
        {line.id: version_of(line) for line in lines.values()},
    )


def shadow_plans(lines: Mapping[str, Line]) -> Plans | None:
    """The same with the shadow plan of each line that has one; None where none has."""
    shadows = {line.id: line for line in lines.values() if line.shadow_plan}
    if not shadows:
        return None
    live = plans_in_force(lines)
    versions = {key: version_of_document(line.shadow_plan) for key, line in shadows.items()}
    policies = {
        line_id: policy_from(line.shadow_plan, version=versions[line_id])
        for line_id, line in shadows.items()
    }
    return Plans({**live.policies, **policies}, {**live.versions, **versions})


class Teller:
    """Tells a recorder and, where there is one, the shadow; adds what an offer must remember."""

    def __init__(self, plans: Plans, shadow: Plans | None = None) -> None:
        """An empty floor, twice where a shadow follows."""
        self.doing: dict[str, OnDuty] = {}  # everybody on duty
        self.records_told = 0
        self.plans = plans
        self._plans, self._shadow_plans = plans, shadow
        self._recorder = Recorder(plans.plan_of)
        self._shadow = Shadow(shadow.plan_of) if shadow is not None else None
        self._differences: list[Difference] = []

    def tell(self, event: Event, *, ready: Collection[str]) -> list[Told]:
        """Tell one event. `ready`: who is in the engine, as far as the rows said."""
        away = [one.standing for name, one in self.doing.items() if name not in ready]
        made = self._recorder.tell(event, away)
        if self._shadow is not None:
            choices = choices_of([one.decision for one in made])
            self._differences += self._shadow.follow(event, choices)
        return [self._told(one) for one in made]

    def take_records(self) -> list[RecordedEvent]:
        """What was told since the last time."""
        records = self._recorder.take_records()
        self.records_told += len(records)
        return records

    def take_differences(self) -> list[Difference]:
        """Where the shadow would have decided otherwise, since the last time."""
        differences, self._differences = self._differences, []
        return differences

    def next_deadline(self) -> float | None:
        """When time alone changes something next."""
        return self._recorder.next_deadline()

    def shadow_version(self, line_id: str) -> str:
        """The plan that the shadow follows for a line."""
        return "" if self._shadow_plans is None else self._shadow_plans.versions.get(line_id, "")

    def _policy(self, made: Reasoned) -> Policy:
        return self._plans.policies.get(made.need.line, DEFAULT_POLICY)

    def _told(self, made: Reasoned) -> Told:
        decision, policy = made.decision, self._policy(made)
        skills = self.doing[decision.counselor].standing.signature.skills
        candidates, left_out = self._candidates(made.verdicts)
        reasons = OfferReasons(
            plan=decision.plan,
            plan_version=self._plans.versions.get(made.need.line, ""),
            waited_s=round(decision.waited_s, 1),
            idle_s=round(decision.idle_s, 1),
            in_wrap_up=decision.flag in IN_WRAP_UP,
            ahead=made.ahead,
            waiting=made.waiting,
            candidates=candidates,
            left_out=left_out,
        )
        return Told(
            decision,
            reasons,
            interpreter=policy.interpreter_at(made.need, decision.stage, skills),
            ends_running=policy.ends_running(made.need, decision.stage),
            ring_s=policy.ring_s,
        )

    def _candidates(
        self, verdicts: Sequence[Verdict]
    ) -> tuple[list[CandidateReason], dict[str, int]]:
        """Everybody on duty with their order or the first rule against them; who is left out."""
        said = [candidate(one, self.doing.get(one.counselor)) for one in verdicts]
        if len(said) <= NAMED_UP_TO:
            return said, {}
        fitting = [one for one in said if "order" in one]
        rules = Counter(one["excluded_by"] for one in said if "excluded_by" in one)
        left_out = {"fitting": len(fitting) - len(fitting[:FITTING_KEPT]), **rules}
        return fitting[:FITTING_KEPT], left_out


def candidate(verdict: Verdict, doing: OnDuty | None) -> CandidateReason:
    """One counselor for one caller: no more than is true of them."""
    said = CandidateReason(counselor=verdict.counselor)
    if verdict.stage is not None:
        said["stage"] = verdict.stage
    if verdict.order is not None:
        said["order"] = verdict.order
        return said
    if verdict.excluded_by is not None:
        said["excluded_by"] = verdict.excluded_by.value
    if verdict.excluded_by is Rule.AWAY and doing is not None:
        said["doing"], said["reason"] = doing.state, doing.reason
    if verdict.opens_in_s is not None:
        said["opens_in_s"] = round(verdict.opens_in_s, 1)
    return said
