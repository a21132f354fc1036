"""What every kind of event costs the engine: E7 of `bench_engine.py`.

The kinds that an index forgets easily: many idle and a call arrives; a process that has just begun
and is told a long line at once; plans never seen before; callers who know somebody.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from random import Random
from time import perf_counter

from bench_sides import (
    COUNSELORS,
    GAP_S,
    LANGUAGES,
    LINES,
    START,
    EngineSide,
    Floor,
    MeasuredFloor,
)

from routing.engine import Decision, Engine, Plan
from routing.policy import DEFAULT_POLICY, Need

EVENTS = 2_000  # of each kind in a round
LONG_LINE = 100_000
NEW_TOPICS = 60  # times lines, languages and age groups
WISHERS = 2_000  # who all know one counselor
BEFORE = "told before"  # not measured
WARM = "warm decision"
REPLAYS = 7

Decisions = list[Decision]


@dataclass
class TimedEngine:
    """An engine whose events are timed. `took`: microseconds of each, by kind."""

    world: MeasuredFloor
    took: dict[str, list[float]]
    engine: Engine = field(default_factory=Engine)
    chance: Random = field(default_factory=lambda: Random(3))  # noqa: S311 – no secret
    now: float = START
    calls: int = 0

    def timed(self, kind: str, event: Callable[[], Decisions]) -> Decisions:
        began = perf_counter()
        made = event()
        self.took.setdefault(kind, []).append((perf_counter() - began) * 1e6)
        return made

    def arrives(self, kind: str, plan: Plan, arrival: float | None = None) -> Decisions:
        """Another caller, or one who is back at an old place."""
        self.now += GAP_S
        self.calls += 1
        call, now, engine = f"call-{self.calls:08d}", self.now, self.engine
        return self.timed(kind, lambda: engine.call_arrives(call, plan, now, arrival=arrival))

    def ready(self, kind: str, counselor: int) -> Decisions:
        self.now += GAP_S
        name, now, engine = f"counselor-{counselor}", self.now, self.engine
        signature = self.world.signatures[self.world.counselors[counselor]]
        return self.timed(kind, lambda: engine.counselor_ready(name, signature, now))

    def all_ready(self, kind: str) -> None:
        """Everybody is there, in any order."""
        for one in self.chance.sample(range(COUNSELORS), COUNSELORS):
            self.ready(kind, one)

    def plan(self) -> Plan:
        return self.chance.choice(self.world.plans)

    def line_up(self, kind: str, waiting: int) -> None:
        """Callers of every plan who came in the last minutes."""
        arrivals = sorted(START - self.chance.uniform(0, 600) for _ in range(waiting))
        for arrival in arrivals:
            self.arrives(kind, self.plan(), arrival)


def known_to(person: int) -> Need:
    """Somebody of a few kinds who knows a counselor."""
    need = Need(line=LINES[person % 2], language=LANGUAGES[person % 3], topic="family")
    return Need(line=need.line, language=need.language, counselor=f"counselor-{person}")


def many_idle(engine: TimedEngine) -> None:
    """Nobody waits: each caller is offered at once, and who was rung is ready again."""
    engine.all_ready("ready, nobody waits")
    for _ in range(EVENTS):
        for made in engine.arrives("many idle, a call arrives", engine.plan()):
            engine.ready("ready, nobody waits", int(made.counselor.partition("-")[2]))


def cold(engine: TimedEngine) -> None:
    """Nothing is known to a process that begins, and a long line is told to it at once."""
    engine.line_up("cold, a long line is told", LONG_LINE)
    for _ in range(EVENTS):
        engine.ready("cold, a decision", engine.chance.randrange(COUNSELORS))


def new_plans(engine: TimedEngine) -> None:
    """Everybody is idle, and no need was met before."""
    engine.all_ready(BEFORE)
    ages = ("child", "teen", "adult")
    needs = [
        Need(line=line, language=language, topic=f"topic-{n}", age_group=age)
        for line, language, n, age in product(LINES, LANGUAGES, range(NEW_TOPICS), ages)
    ]
    engine.chance.shuffle(needs)
    for plan in map(DEFAULT_POLICY.plan_for, needs[:EVENTS]):
        for made in engine.arrives("a plan never seen before", plan):
            engine.ready("ready, after a new plan", int(made.counselor.partition("-")[2]))


def new_plans_in_line(engine: TimedEngine) -> None:
    """The same where all talk, so that whoever becomes ready has to know the new plans."""
    engine.line_up(BEFORE, EVENTS)
    for n in range(EVENTS):
        need = Need(line=LINES[n % 2], language=LANGUAGES[n % 6], topic=f"topic-{n}")
        engine.arrives("a plan never seen before, in line", DEFAULT_POLICY.plan_for(need))
        engine.ready("a decision, after a new plan", engine.chance.randrange(COUNSELORS))


def wishes(engine: TimedEngine) -> None:
    """Callers who know somebody come back to their places; then one whom many know is ready."""
    engine.line_up(BEFORE, EVENTS)
    back = [DEFAULT_POLICY.plan_for(known_to(person)) for person in range(EVENTS)]
    for n, plan in enumerate(back):
        engine.arrives("back in line, each knows another", plan, START - n % 600)
    for n in range(EVENTS):
        engine.ready("ready, a caller knows them", n)
    needs = [Need(line=LINES[0], language=one, counselor="counselor-0") for one in LANGUAGES]
    for n in range(WISHERS):
        plan = DEFAULT_POLICY.plan_for(needs[n % len(needs)])
        engine.arrives("back in line, all know one", plan, START - n % 600)
    for _ in range(EVENTS):
        engine.ready("ready, whom many know", 0)


def warm(engine: TimedEngine) -> None:
    """What the others are measured by: who is ready takes one of 10,000 in line."""
    floor = Floor(engine.world, EngineSide(engine.world), 10_000)
    engine.took[WARM] = floor.decide(EVENTS)[0]


def least(one: list[float], other: list[float]) -> list[float]:
    """Of each event what it took in the better replay; the first has nothing to compare with."""
    return list(map(min, one, other)) if one else other


def measure_events(world: MeasuredFloor, tell: Callable[[str], None]) -> dict[str, list[float]]:
    """Microseconds of every event, by kind: the least of all replays of the same events.

    What an event costs by itself comes again in every replay; a stall for other work does not.
    """
    best: dict[str, list[float]] = {}
    for replay, scene in product(range(REPLAYS), SCENES):
        tell(f"E7: replay {replay + 1} of {REPLAYS}, {scene.__name__}")
        took: dict[str, list[float]] = {}
        scene(TimedEngine(world, took))
        for kind, each in took.items():
            best[kind] = least(best.get(kind, []), each)
    del best[BEFORE]
    return best


SCENES = warm, many_idle, cold, new_plans, new_plans_in_line, wishes
