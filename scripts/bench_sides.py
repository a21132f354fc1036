"""The floor that `bench_engine.py` measures on, and the ways to keep its callers in line."""

import json
from bisect import insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, product
from random import Random
from time import perf_counter
from typing import Protocol

import redis

from routing.engine import Engine, Plan, Signature, Skills, Stage, Urgency
from routing.policy import DEFAULT_POLICY, Need

COUNSELORS, PROFILES = 10_000, 300
START, GAP_S, LONGEST_WAIT_S = 10_000.0, 0.01, 600.0

LINES = ("youth", "women")
LANGUAGES = ("cmn", "yue", "hak", "nan", "eng", "uig")
TOPICS = (None, "family", "school", "law", "health")

CLAIM = """
local best, queue
for _, one in ipairs(cjson.decode(redis.call('GET', KEYS[1]))) do
  local head = redis.call('ZRANGE', one[1], 0, 0, 'WITHSCORES')
  if head[1] and tonumber(head[2]) + one[3] <= tonumber(ARGV[1]) then
    local rank, since = one[2], tonumber(head[2]) - one[4]
    if not best or rank < best[1] or rank == best[1] and
        (since < best[2] or since == best[2] and head[1] < best[3]) then
      best, queue = {rank, since, head[1]}, one[1]
    end
  end
end
if not best then return false end
redis.call('ZREM', queue, best[3])
redis.call('HSET', 'claimed', best[3], ARGV[2])
return best[3]
"""


def draw_signature(chance: Random) -> Signature:
    """Most speak Mandarin, some a second or third language, a third are certified."""
    languages = {"cmn", *chance.sample(LANGUAGES, chance.randint(0, 2))}
    topics = chance.sample(TOPICS[1:], chance.randint(0, 3))
    skills = Skills.of(
        {one: chance.randint(2, 5) for one in languages},
        lines=chance.choice((LINES[:1], LINES[1:], LINES)),
        topics={str(one): chance.randint(1, 5) for one in topics},
        certified=chance.random() < 1 / 3,
    )
    return Signature(skills)


class MeasuredFloor:
    """Counselors and plans, the same for every side."""

    def __init__(self) -> None:
        """A fixed seed: every run measures the same floor."""
        chance = Random(1)  # noqa: S311 – no secret
        signatures: dict[Signature, None] = {}
        while len(signatures) < PROFILES:
            signatures[draw_signature(chance)] = None
        self.signatures = list(signatures)
        self.counselors = [chance.randrange(PROFILES) for _ in range(COUNSELORS)]
        needs = [Need(line=one, language=two, topic=topic)
                 for one, two, topic in product(LINES, LANGUAGES, TOPICS)]  # fmt: skip
        needs += [Need(line=one, language=two, urgency=Urgency.CRISIS)
                  for one, two in product(LINES, LANGUAGES)]  # fmt: skip
        self.plans = [DEFAULT_POLICY.plan_for(need) for need in needs]

    def fits(self, signature: int) -> list[Stage | None]:
        """By plan: the best stage that takes a signature."""
        skills = self.signatures[signature].skills
        return [
            next((one for one in plan.stages if one.requirement.unmet(skills) is None), None)
            for plan in self.plans
        ]

    def queues(self) -> int:
        """Pairs of plan and stage."""
        return sum(len(plan.stages) for plan in self.plans)


@dataclass(frozen=True, slots=True)
class MeasuredCaller:
    """`plan` is a position in the world's list."""

    call: str
    plan: int
    arrival: float


Place = tuple[float, str, int]  # arrival, call, and plan as above


class Side(Protocol):
    """One way to keep callers in line and to find the best for a counselor."""

    def add(self, caller: MeasuredCaller, now: float) -> None: ...
    def ready(self, counselor: int, signature: int, now: float) -> str | None: ...


class EngineSide:
    """The engine itself."""

    def __init__(self, world: MeasuredFloor) -> None:
        """Every plan and signature is known to it, as it is after its first minutes."""
        self.engine, self.world = Engine(), world
        for plan in world.plans:
            self.engine.call_arrives("first", plan, 0.0)
        self.engine.call_leaves("first")
        self.names = [f"counselor-{n}" for n in range(COUNSELORS)]
        for n, signature in enumerate(world.counselors):
            self.engine.counselor_ready(self.names[n], world.signatures[signature], 0.0)
            self.engine.counselor_away(self.names[n])

    def add(self, caller: MeasuredCaller, now: float) -> None:
        plan = self.world.plans[caller.plan]
        self.engine.call_arrives(caller.call, plan, now, arrival=caller.arrival)

    def ready(self, counselor: int, signature: int, now: float) -> str | None:
        name = self.names[counselor]
        made = self.engine.counselor_ready(name, self.world.signatures[signature], now)
        if not made:
            self.engine.counselor_away(name)
        return made[0].call if made else None


class NaiveScanSide:
    """Everybody in line is looked at, and what they need is compared with what is offered."""

    def __init__(self, world: MeasuredFloor) -> None:
        """Nobody in line."""
        self.world = world
        self.callers: dict[str, tuple[Plan, float]] = {}

    def add(self, caller: MeasuredCaller, now: float) -> None:
        self.callers[caller.call] = self.world.plans[caller.plan], caller.arrival

    def ready(self, counselor: int, signature: int, now: float) -> str | None:
        skills, best = self.world.signatures[signature].skills, None
        for call, (plan, arrival) in self.callers.items():
            for stage in plan.stages:
                if arrival + stage.after_s <= now and stage.requirement.unmet(skills) is None:
                    match = plan.rank, arrival - stage.bonus_s, call
                    best = match if best is None else min(match, best)
                    break
        if best is not None:
            del self.callers[best[2]]
        return None if best is None else best[2]


class LeanScanSide:
    """The best scan of everybody in line that we can write: flat, and told who fits whom.

    Crisis callers have a line of their own. Each caller costs one subtraction and one comparison:
    whom the counselor does not fit counts as having come at no time at all.
    """

    def __init__(self, world: MeasuredFloor) -> None:
        """Nobody in line."""
        plans = world.plans
        self.ranks = [plan.rank for plan in plans]
        self.lines: tuple[list[Place], ...] = [], []
        self.top_s = max(stage.bonus_s for plan in plans for stage in plan.stages)
        fits = [world.fits(one) for one in range(PROFILES)]
        self.bonus_s = [[one.bonus_s if one else float("-inf") for one in row] for row in fits]
        self.after_s = [[one.after_s if one else float("inf") for one in row] for row in fits]

    def add(self, caller: MeasuredCaller, now: float) -> None:
        self.lines[self.ranks[caller.plan]].append((caller.arrival, caller.call, caller.plan))

    def ready(self, counselor: int, signature: int, now: float) -> str | None:
        after_s, bonus_s = self.after_s[signature], self.bonus_s[signature]
        for line in self.lines:
            best, first, at = float("inf"), "", -1
            for n, (arrival, call, plan) in enumerate(line):
                since = arrival - bonus_s[plan]
                if (
                    since <= best
                    and arrival + after_s[plan] <= now
                    and (since, call) < (best, first)
                ):
                    best, first, at = since, call, n
            if at >= 0:
                line[at] = line[-1]  # order says nothing here
                line.pop()
                return first
        return None


class OrderedScanSide(LeanScanSide):
    """The same with callers in order, which is half an index: the walk may end early.

    It ends where nobody behind can overtake: no stage has more than the highest bonus.
    """

    def add(self, caller: MeasuredCaller, now: float) -> None:
        insort(self.lines[self.ranks[caller.plan]], (caller.arrival, caller.call, caller.plan))

    def ready(self, counselor: int, signature: int, now: float) -> str | None:
        after_s, bonus_s = self.after_s[signature], self.bonus_s[signature]
        for line in self.lines:
            best, first, at = float("inf"), "", -1
            for n, (arrival, call, plan) in enumerate(line):
                since = arrival - bonus_s[plan]
                if arrival - self.top_s > best:
                    break
                if arrival + after_s[plan] <= now and (since, call) < (best, first):
                    best, first, at = since, call, n
            if at >= 0:
                return line.pop(at)[1]
        return None


class RedisSide:
    """A sorted set a plan, and one script that claims the best of their heads."""

    def __init__(self, world: MeasuredFloor, client: redis.Redis) -> None:
        """What fits whom is kept there too, so that a decision sends three short words."""
        self.client, self.script = client, str(client.script_load(CLAIM))
        client.flushdb()
        for one in range(PROFILES):
            rows = [
                (f"queue:{n}", world.plans[n].rank, stage.after_s, stage.bonus_s)
                for n, stage in enumerate(world.fits(one))
                if stage
            ]
            client.set(f"fits:{one}", json.dumps(rows))

    def add(self, caller: MeasuredCaller, now: float) -> None:
        self.client.zadd(f"queue:{caller.plan}", {caller.call: caller.arrival})

    def add_all(self, callers: Sequence[MeasuredCaller]) -> None:
        """The same in one message."""
        pipe = self.client.pipeline(transaction=False)
        for caller in callers:
            pipe.zadd(f"queue:{caller.plan}", {caller.call: caller.arrival})
        pipe.execute()

    def ready(self, counselor: int, signature: int, now: float) -> str | None:
        claimed = self.client.evalsha(self.script, 1, f"fits:{signature}", repr(now), counselor)
        return claimed.decode() if isinstance(claimed, bytes) else None


@dataclass
class Floor:
    """A side with callers in line. Who is served is replaced by another who waited as long."""

    world: MeasuredFloor
    side: Side
    waiting: int
    chance: Random = field(default_factory=lambda: Random(2))  # noqa: S311 – no secret
    numbers: Iterator[int] = field(default_factory=count)
    callers: dict[str, MeasuredCaller] = field(default_factory=dict)
    now: float = START

    def __post_init__(self) -> None:
        """Fill the line. Floors of one size hold the same callers."""
        arrivals = [START - self.chance.uniform(0, LONGEST_WAIT_S) for _ in range(self.waiting)]
        made = [self.caller(arrival) for arrival in sorted(arrivals)]
        if isinstance(self.side, RedisSide):
            self.side.add_all(made)
        else:
            for caller in made:
                self.side.add(caller, self.now)

    def caller(self, arrival: float) -> MeasuredCaller:
        """A new one with any plan."""
        plan = self.chance.randrange(len(self.world.plans))
        caller = MeasuredCaller(f"call-{next(self.numbers):08d}", plan, arrival)
        self.callers[caller.call] = caller
        return caller

    def decide(self, decisions: int) -> tuple[list[float], list[str | None]]:
        """So many counselors become ready: microseconds of each, and the call each got."""
        took, calls = [], []
        for _ in range(decisions):
            self.now += GAP_S
            counselor = self.chance.randrange(COUNSELORS)
            signature = self.world.counselors[counselor]
            began = perf_counter()
            call = self.side.ready(counselor, signature, self.now)
            took.append((perf_counter() - began) * 1e6)
            calls.append(call)
            if call is not None:
                arrival = self.callers.pop(call).arrival + GAP_S
                self.side.add(self.caller(arrival), self.now)
        return took, calls
