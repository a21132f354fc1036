"""From what is known of a caller to a plan: the ladders we use."""

from dataclasses import dataclass, replace
from functools import lru_cache

from routing.engine.model import Requirement, Urgency
from routing.engine.plan import Plan, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What is known of a caller when a plan is chosen.

    `hold_s`: how long a routine caller is kept for `counselor` alone; 0 if that person is only
    to be asked first. Keep a caller only for somebody who is on duty and expected to be free.
    """

    line: str
    language: str
    urgency: Urgency = Urgency.ROUTINE
    topic: str | None = None
    also_speaks: tuple[str, ...] = ()
    gender: str | None = None
    counselor: str | None = None
    hold_s: float = 0.0

    @property
    def spoken(self) -> tuple[str, ...]:
        """All languages, the own one first, each once."""
        return tuple(dict.fromkeys((self.language, *self.also_speaks)))

    @property
    def name(self) -> str:
        return "/".join([self.line, self.urgency, "+".join(self.spoken), self.topic or "any"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladders:
    """The numbers of the default ladders. The README says where they come from."""

    language_level: int = 3
    topic_level: int = 3
    match_bonus_s: float = 60.0
    anyone_after_s: float = 30.0
    crisis_anyone_after_s: float = 20.0
    crisis_ring: int = 3


DEFAULT = Ladders()


@lru_cache(maxsize=4096)
def plan_for(need: Need, ladders: Ladders = DEFAULT) -> Plan:
    """The default plan for a caller. Ends in a stage that any counselor of the line fits."""
    spoken = Requirement(line=need.line, languages=need.spoken)
    own = replace(spoken, languages=(need.language,), language_level=ladders.language_level)
    if need.urgency is Urgency.CRISIS:
        stages = _wished(need, _crisis(own, spoken, ladders), hold_s=0.0)
        return Plan(need.name, need.urgency, stages, ring=ladders.crisis_ring)
    stages = _wished(need, _routine(need.topic, own, spoken, ladders), hold_s=need.hold_s)
    return Plan(need.name, need.urgency, stages)


def _crisis(own: Requirement, spoken: Requirement, ladders: Ladders) -> list[Stage]:
    return [
        Stage("certified", replace(own, certified=True)),
        Stage("certified_any_language", replace(spoken, certified=True)),
        Stage("any_language", spoken),
        Stage("anyone", Requirement(), after_s=ladders.crisis_anyone_after_s),
    ]


def _routine(
    topic: str | None, own: Requirement, spoken: Requirement, ladders: Ladders
) -> list[Stage]:
    on_topic = replace(own, topic=topic)
    stages = [
        Stage("topic_well", replace(on_topic, topic_level=ladders.topic_level)),
        Stage("topic", on_topic),
        Stage("language", own),
        Stage("any_language", spoken),
        Stage("anyone_on_line", Requirement(line=own.line), after_s=ladders.anyone_after_s),
    ]
    best, *others = stages if topic else stages[2:]
    return [replace(best, bonus_s=ladders.match_bonus_s), *others]


def _wished(need: Need, stages: list[Stage], *, hold_s: float) -> tuple[Stage, ...]:
    """Put before a ladder what the caller would like: a woman or a man; before all, a person."""
    best = stages[0]
    if need.gender is not None:
        wished = replace(best.requirement, topic=None, gender=need.gender)
        stages = [replace(best, name="wished_gender", requirement=wished), *stages]
    if need.counselor is not None:
        known = Requirement(counselor=need.counselor)
        held = (replace(stage, after_s=max(stage.after_s, hold_s)) for stage in stages)
        stages = [replace(best, name="same_counselor", requirement=known), *held]
    return tuple(stages)
