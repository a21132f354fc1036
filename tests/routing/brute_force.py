"""Routing without any index: every caller against every counselor, after every event.

Written from the rules, not from the engine, and slow. What both agree on is worth believing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from routing.engine import (
    Decision,
    Engine,
    Flag,
    Plan,
    Requirement,
    Signature,
    Skills,
    Stage,
    Urgency,
)

Offer = tuple[str, str, str]  # call, counselor, stage


@dataclass(frozen=True)
class Caller:
    """Somebody in line."""

    call: str
    plan: Plan
    arrival: float
    not_to: frozenset[str]
    apart_until: float

    def turn(self) -> tuple[bool, float, str]:
        """Crisis first, then by arrival."""
        return self.plan.urgency is not Urgency.CRISIS, self.arrival, self.call


@dataclass(frozen=True)
class Counselor:
    """Somebody idle."""

    name: str
    signature: Signature
    since: float
    capacity: int = 1


class BruteForce:
    """The same events as the engine's; offers as (call, counselor, stage)."""

    def __init__(self, apart_s: float) -> None:
        """Nobody there."""
        self.apart_s = apart_s
        self.now = 0.0
        self.callers: dict[str, Caller] = {}
        self.idle: dict[str, Counselor] = {}

    def stage_for(self, caller: Caller, one: Counselor) -> Stage | None:
        """The first open stage that takes the counselor."""
        wrapping_up = one.signature.flag is Flag.WRAP_UP
        if wrapping_up and caller.plan.urgency is not Urgency.CRISIS:
            return None
        if one.name in caller.not_to and self.now < caller.apart_until:
            return None
        for stage in caller.plan.stages:
            needed, waited_enough = stage.requirement, caller.arrival + stage.after_s <= self.now
            if not waited_enough or needed.counselor not in {None, one.name}:
                continue
            if needed.unmet(one.signature.skills) is None:
                return stage
        return None

    def enter(self, caller: Caller, now: float) -> list[Offer]:
        """Begin to wait, come back, or wait for something else."""
        self.now = now
        self.callers[caller.call] = caller
        return self.settle()

    def ready(self, one: Counselor, now: float) -> list[Offer]:
        """Take the best caller, if there is one."""
        self.now = now
        self.idle.pop(one.name, None)
        offers = self.settle()
        for taken in range(one.capacity):
            choices = self._choices(one)
            if not choices:
                self.idle[one.name] = replace(one, capacity=one.capacity - taken)
                break
            (_, _, call), stage_name = min(choices)
            del self.callers[call]
            offers.append((call, one.name, stage_name))
        return offers

    def _choices(self, one: Counselor) -> list[tuple[tuple[bool, float, str], str]]:
        choices = []
        for caller in self.callers.values():
            stage = self.stage_for(caller, one)
            if stage is not None:
                routine, arrival, call = caller.turn()
                choices.append(((routine, arrival - stage.bonus_s, call), stage.name))
        return choices

    def settle_at(self, now: float) -> list[Offer]:
        """Let time pass."""
        self.now = now
        return self.settle()

    def settle(self) -> list[Offer]:
        """Everybody in line, in turn, looks at everybody idle."""
        offers = []
        for caller in sorted(self.callers.values(), key=Caller.turn):
            chosen = self._chosen(caller)
            for one, stage in chosen:
                del self.idle[one.name]
                if one.capacity > 1:
                    self.idle[one.name] = replace(one, capacity=one.capacity - 1)
                offers.append((caller.call, one.name, stage.name))
            if chosen:
                del self.callers[caller.call]
        return offers

    def _chosen(self, caller: Caller) -> list[tuple[Counselor, Stage]]:
        fits = [
            (one, stage) for one in self.idle.values() if (stage := self.stage_for(caller, one))
        ]
        for flag in Flag:
            some = [fit for fit in fits if fit[0].signature.flag is flag]
            order = {stage.name: place for place, stage in enumerate(caller.plan.stages)}
            some.sort(key=lambda fit: (order[fit[1].name], fit[0].since, fit[0].name))
            trained = any(stage.requirement.certified for _, stage in some[: caller.plan.ring])
            kept = some[: caller.plan.ring]
            if trained:
                first = next(n for n, (_, stage) in enumerate(kept) if stage.requirement.certified)
                kept = [
                    fit for n, fit in enumerate(kept) if n <= first or fit[1].requirement.certified
                ]
            if kept:
                return kept
        return []


CALLS, COUNSELORS = 14, 9
LANGUAGES, TOPICS = ("cmn", "yue", "hak"), ("family", "law")
APART_S = 25.0


@dataclass(frozen=True)
class Answer:
    """What the engine decided on one event, and what is right."""

    made: list[Offer]
    expected: list[Offer]


class RandomShift:
    """Both hear the same random events, with every option plans and counselors have."""

    def __init__(self, chance: Random) -> None:
        """Early in the morning, with plans and signatures that are drawn once."""
        self.chance = chance
        self.now = 1_700_000_000.0
        self.engine = Engine(apart_s=APART_S)
        self.brute = BruteForce(APART_S)
        self.plans = [random_plan(chance, f"plan-{n}") for n in range(20)]
        self.signatures = [random_signature(chance) for _ in range(12)]
        self.arrivals: dict[str, float] = {}
        self.rung: dict[str, set[str]] = {}

    def events(self, number: int) -> Iterator[Answer]:
        """So many events, one after the other."""
        kinds = (self.arrive, self.leave, self.rescore, self.ready, self.away, self.fail, self.talk)
        for _ in range(number):
            self.now += self.chance.choice((0.0, 0.0, 1.0, 3.5, 9.0))
            (kind,) = self.chance.choices(kinds, (8, 1, 2, 12, 1, 4, 4))
            answer = kind()
            for call, counselor, _ in answer.expected:
                self.rung.setdefault(call, set()).add(counselor)
            yield answer

    def arrive(self) -> Answer:
        call, plan = f"call-{self.chance.randrange(CALLS)}", self.chance.choice(self.plans)
        if call in self.rung:
            return self.tick()
        arrival = self.arrivals.setdefault(call, self.now)
        made = self.engine.call_arrives(call, plan, self.now)
        caller = Caller(call, plan, arrival, frozenset(), 0.0)
        return Answer(_offers(made), self.brute.enter(caller, self.now))

    def leave(self) -> Answer:
        waiting = sorted(self.brute.callers)
        if waiting:
            call = self.chance.choice(waiting)
            self.engine.call_leaves(call)
            del self.brute.callers[call], self.arrivals[call]
        return self.tick()

    def rescore(self) -> Answer:
        waiting = sorted(self.brute.callers)
        if not waiting:
            return self.tick()
        caller = self.brute.callers[self.chance.choice(waiting)]
        again = replace(caller, plan=self.chance.choice(self.plans))
        made = self.engine.call_rescored(again.call, again.plan, self.now)
        return Answer(_offers(made), self.brute.enter(again, self.now))

    def ready(self) -> Answer:
        name = f"counselor-{self.chance.randrange(COUNSELORS)}"
        if any(name in names for names in self.rung.values()):
            return self.tick()
        signature, capacity = self.chance.choice(self.signatures), self.chance.choice((1, 1, 2, 3))
        one = Counselor(name, signature, self.now - self.chance.choice((0.0, 5.0, 60.0)), capacity)
        made = self.engine.counselor_ready(
            name, signature, self.now, idle_since=one.since, capacity=capacity
        )
        return Answer(_offers(made), self.brute.ready(one, self.now))

    def away(self) -> Answer:
        name = f"counselor-{self.chance.randrange(COUNSELORS)}"
        self.engine.counselor_away(name)
        self.brute.idle.pop(name, None)
        return self.tick()

    def fail(self) -> Answer:
        if not self.rung:
            return self.tick()
        call = self.chance.choice(sorted(self.rung))
        rung = self.rung.pop(call)
        not_to = frozenset(rung if self.chance.random() < 0.7 else ())
        plan, arrival = self.chance.choice(self.plans), self.arrivals[call]
        made = self.engine.call_requeue(call, plan, self.now, arrival, not_to=not_to)
        caller = Caller(call, plan, arrival, not_to, self.now + APART_S)
        return Answer(_offers(made), self.brute.enter(caller, self.now))

    def talk(self) -> Answer:
        if self.rung:
            call = self.chance.choice(sorted(self.rung))
            del self.rung[call], self.arrivals[call]
        return self.tick()

    def tick(self) -> Answer:
        self.brute.now = self.now
        return Answer(_offers(self.engine.tick(self.now)), self.brute.settle())


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
    return Signature(skills, chance.choice((Flag.READY, Flag.READY, Flag.WRAP_UP)))


def random_plan(chance: Random, name: str) -> Plan:
    """Up to four stages that open later and prefer less from one to the next; perhaps a person."""
    stages = [
        Stage(f"stage-{n}", random_requirement(chance, asks=0.6 - 0.2 * n))
        for n in range(chance.randint(1, 4))
    ]
    opens = sorted(chance.choice((0.0, 0.0, 4.0, 12.0, 30.0)) for _ in stages)
    prefers = sorted((chance.choice((0.0, 0.0, 5.0, 20.0)) for _ in stages), reverse=True)
    stages = [
        replace(stage, after_s=after_s, bonus_s=bonus_s)
        for stage, after_s, bonus_s in zip(stages, opens, prefers, strict=True)
    ]
    if chance.random() < 0.3:
        knows = Requirement(counselor=f"counselor-{chance.randrange(COUNSELORS)}")
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


def _offers(decisions: Sequence[Decision]) -> list[Offer]:
    return [(one.call, one.counselor, one.stage) for one in decisions]
