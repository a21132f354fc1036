"""Random shifts from a seed: every option that plans and counselors have, told to both sides."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from routing.engine import Flag, Plan, Requirement, Signature, Skills, Stage, Urgency
from tests.routing.engine.both_sides import BothSides

LANGUAGES, TOPICS = ("cmn", "yue", "hak"), ("family", "law")


class RandomShift:
    """Told one random event after the other. The same seed tells the same."""

    def __init__(self, seed: int, *, calls: int = 14, counselors: int = 9) -> None:
        """Plans and signatures are drawn once."""
        self.chance = Random(seed)  # noqa: S311 – no secret
        self.both = BothSides()
        self.calls = [f"call-{n}" for n in range(calls)]
        self.names = [f"counselor-{n}" for n in range(counselors)]
        self.plans = [random_plan(self.chance, f"plan-{n}", self.names) for n in range(20)]
        self.signatures = [random_signature(self.chance) for _ in range(12)]

    def run(self, events: int) -> BothSides:
        """So many events, then all of them again for a fresh engine."""
        kinds = (
            self.arrive, self.leave, self.rescore, self.ready, self.away, self.fail, self.accept,
            self.wait, self.both.restarts,
        )  # fmt: skip
        for _ in range(events):
            self.both.jumps(self.chance.choice((0.0, 0.0, 1.0, 3.5, 9.0)))
            (tell,) = self.chance.choices(kinds, (9, 1, 2, 13, 1, 4, 4, 2, 1))
            tell()
        self.both.replay()
        return self.both

    def arrive(self) -> None:
        self.both.arrives(self.chance.choice(self.calls), self.chance.choice(self.plans))

    def leave(self) -> None:
        self.both.leaves(self.chance.choice(self.calls))

    def rescore(self) -> None:
        self.both.rescored(self.chance.choice(self.calls), self.chance.choice(self.plans))

    def ready(self) -> None:
        self.both.ready(
            self.chance.choice(self.names),
            self.chance.choice(self.signatures),
            idle_s=self.chance.choice((0.0, 5.0, 60.0)),
        )

    def away(self) -> None:
        self.both.away(self.chance.choice(self.names))

    def fail(self) -> None:
        if self.both.offered:
            call = self.chance.choice(sorted(self.both.offered))
            self.both.fails(call, self.chance.choice(self.plans))

    def accept(self) -> None:
        if self.both.offered:
            self.both.accepted(self.chance.choice(sorted(self.both.offered)))

    def wait(self) -> None:
        self.both.passes(self.chance.choice((4.0, 30.0)))


def random_signature(chance: Random) -> Signature:
    """Anything a counselor can be."""
    skills = Skills.of(
        {one: chance.randint(1, 5) for one in chance.sample(LANGUAGES, chance.randint(1, 2))},
        lines=chance.choice((["youth"], ["women"], ["youth", "women"])),
        topics={one: chance.randint(1, 5) for one in TOPICS if chance.random() < 0.5},
        certified=chance.random() < 0.4,
        gender=chance.choice(("f", "m", None)),
        ages=chance.choice(([], ["teen"], ["teen", "child"])),
    )
    flags = (Flag.READY, Flag.READY, Flag.READY, Flag.RINGING, Flag.WRAP_UP, Flag.PROTECTED)
    return Signature(skills, chance.choice(flags))


def random_plan(chance: Random, name: str, counselors: Sequence[str]) -> Plan:
    """Up to four stages that open later and prefer less from one to the next; perhaps a person."""
    stages = [
        Stage(f"stage-{n}", random_requirement(chance, asks=0.6 - 0.2 * n))
        for n in range(chance.randint(1, 4))
    ]
    opens = sorted(chance.choice((0.0, 0.0, 4.0, 12.0, 30.0)) for _ in stages)
    prefers = sorted((chance.choice((0.0, 0.0, 5.0, 20.0)) for _ in stages), reverse=True)
    stages = [
        replace(stage, after_s=after_s, bonus_s=bonus_s, protected=chance.random() < 0.4)
        for stage, after_s, bonus_s in zip(stages, opens, prefers, strict=True)
    ]
    if chance.random() < 0.3:
        knows = Requirement(counselor=chance.choice(counselors))
        stages.insert(0, Stage("same_counselor", knows, bonus_s=max(prefers)))
    urgency = chance.choice((Urgency.ROUTINE, Urgency.ROUTINE, Urgency.CRISIS))
    return Plan(name, urgency, tuple(stages), ring=chance.choice((1, 1, 2, 3)))


def random_requirement(chance: Random, *, asks: float) -> Requirement:
    """`asks`: how likely each of its parts asks for something."""

    def perhaps(choices: Sequence[str]) -> str | None:
        return chance.choice(choices) if chance.random() < asks else None

    language = perhaps(LANGUAGES)
    return Requirement(
        line=perhaps(("youth", "women")),
        languages=() if language is None else (language, "cmn"),
        language_level=chance.randint(1, 4),
        certified=chance.random() < asks / 2,
        topic=perhaps(TOPICS),
        topic_level=chance.randint(1, 3),
        gender=perhaps(("f", "m")) if chance.random() < asks else None,
        age_group=perhaps(("teen", "child")) if chance.random() < asks else None,
    )
