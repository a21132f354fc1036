"""How the callers of one line are served: ladders of rungs, made into plans for the engine.

A rung asks for things in general ("the caller's own language, level 3"); a stage of a plan asks
for them of one caller ("Hakka, level 3").
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from routing.care import Care
from routing.engine import Plan, Requirement, Stage, Urgency
from routing.policy.need import Need


class Speaks(StrEnum):
    """Which language a rung asks for."""

    OWN = "own"  # the one the caller chose
    SPOKEN = "spoken"  # that, or another they understand
    ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step. `after_s` 0: counts at once. `bonus_s`: as `Stage.bonus_s`.

    A rung with a `topic_level` is for callers whose topic is known, one with `age_group` for those
    whose age is. `interpreter`: whoever is asked here perhaps does not speak with the caller.
    `protected`: as `Stage.protected`.
    """

    name: str
    language: Speaks = Speaks.ANY
    language_level: int = 1
    topic_level: int | None = None
    certified: bool = False
    age_group: bool = False
    any_line: bool = False
    after_s: float = 0.0
    bonus_s: float = 0.0
    interpreter: bool = False
    protected: bool = False

    @property
    def conditional(self) -> bool:
        """Whether there are callers it is not for."""
        return self.topic_level is not None or self.age_group

    def suits(self, need: Need) -> bool:
        """Whether it is for this caller."""
        return (self.topic_level is None or need.topic is not None) and (
            not self.age_group or need.age_group is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Rungs from best to widest. `ring`: how many phones ring together.

    `keeps_running`: in danger, a phone that rang before the danger was known goes on ringing
    beside certified ones.
    """

    rungs: tuple[Rung, ...]
    ring: int = 1
    keeps_running: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The plan of a line. `topics`: ladders of their own for topics where a mismatch harms.

    `common_language` is understood by nearly every caller. `same_counselor_hold_s`: how long a
    routine caller is kept for a counselor they know, before others are asked. Seconds: `ring_s`
    of one offer, `set_aside_s` of who did not answer.
    """

    routine: Ladder
    crisis: Ladder
    topics: tuple[tuple[str, Ladder], ...] = ()
    common_language: str | None = None
    same_counselor_hold_s: float = 0.0
    ring_s: float = 20.0
    set_aside_s: float = 30.0
    care: Care = field(default_factory=Care)

    def plan_for(self, need: Need) -> Plan:
        """The plan of a caller. Equal needs get one object."""
        return _plan(self, need)

    def ladder_for(self, need: Need) -> Ladder:
        """Danger comes before any topic."""
        if need.urgency is Urgency.CRISIS:
            return self.crisis
        return dict(self.topics).get(need.topic or "", self.routine)

    def interpreter_at(self, need: Need, stage: str) -> bool:
        """Whether an interpreter is to be joined where a call is taken at this stage."""
        return any(rung.name == stage and rung.interpreter for rung in self.ladder_for(need).rungs)

    def ends_running(self, need: Need, stage: str) -> bool:
        """Whether phones that ring without the certificate stop when one of this stage rings."""
        certified = any(rung.name == stage and rung.certified for rung in self.crisis.rungs)
        danger = need.urgency is Urgency.CRISIS
        return danger and certified and not self.crisis.keeps_running

    def __hash__(self) -> int:
        return hash((self.routine.rungs[0].name, len(self.topics)))  # it is compared, and rarely


SAME_COUNSELOR, WISHED_GENDER = "same_counselor", "wished_gender"


@lru_cache(maxsize=8192)
def _plan(policy: Policy, need: Need) -> Plan:
    ladder = policy.ladder_for(need)
    spoken = _spoken(policy, need)
    suiting = [rung for rung in ladder.rungs if rung.suits(need)]
    stages = [_stage(rung, need, spoken) for rung in suiting]
    # Who is matched best is served a little earlier, whichever rung is the best for this caller.
    bonus = max(rung.bonus_s for rung in ladder.rungs)
    stages[0] = replace(stages[0], bonus_s=bonus)
    wished = _wished(policy, need, stages)
    return Plan(_name(need, spoken), need.urgency, wished, ring=ladder.ring)


def _name(need: Need, spoken: Sequence[str]) -> str:
    """Says all that makes callers of a policy differ, but for whom they know."""
    parts = [need.line, need.urgency, "+".join(spoken), need.topic or "any"]
    return "/".join([*parts, *filter(None, (need.age_group, need.gender))])


def _spoken(policy: Policy, need: Need) -> tuple[str, ...]:
    """All languages, the own one first, each once."""
    common = [policy.common_language] if policy.common_language else []
    return tuple(dict.fromkeys([need.language, *need.also_speaks, *common]))


def _stage(rung: Rung, need: Need, spoken: tuple[str, ...]) -> Stage:
    languages = {Speaks.OWN: (need.language,), Speaks.SPOKEN: spoken, Speaks.ANY: ()}
    requirement = Requirement(
        line=None if rung.any_line else need.line,
        languages=languages[rung.language],
        language_level=rung.language_level,
        certified=rung.certified,
        topic=need.topic if rung.topic_level is not None else None,
        topic_level=rung.topic_level or 1,
        age_group=need.age_group if rung.age_group else None,
    )
    return Stage(
        rung.name,
        requirement,
        after_s=rung.after_s,
        bonus_s=rung.bonus_s,
        protected=rung.protected,
    )


def _wished(policy: Policy, need: Need, stages: Sequence[Stage]) -> tuple[Stage, ...]:
    """Put before a ladder what the caller would like: a woman or a man; before all, a person."""
    best, ladder = stages[0], list(stages)
    if need.gender is not None:
        wished = replace(best.requirement, topic=None, gender=need.gender)
        ladder = [replace(best, name=WISHED_GENDER, requirement=wished), *ladder]
    if need.counselor is not None:
        hold_s = 0.0 if need.urgency is Urgency.CRISIS else policy.same_counselor_hold_s
        known = Requirement(counselor=need.counselor)
        held = (replace(stage, after_s=max(stage.after_s, hold_s)) for stage in ladder)
        ladder = [replace(best, name=SAME_COUNSELOR, requirement=known, after_s=0.0), *held]
    return tuple(ladder)
