"""From a flag to a phone that rings: L4, L5 and L6, the figures beside their targets.

`python3 scripts/bench_escalation.py` (after `scripts/test.py` has set up the environment once);
`--quick` counts less and is over within a minute. PostgreSQL writes durably, Valkey and every
process are real and on this machine, as is the carrier, which takes every call or 20 a second.
Absolute times are those of a machine with much else to do where it has; the facts below the
table hold on any machine. Stops by itself.
"""

import argparse
import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import bench_webhook as webhooks  # noqa: E402, F401 – it finds the environment first
import structlog  # noqa: E402 – as above
from bench_capped import Taken  # noqa: E402 – as above
from bench_house import Begin, BenchHouse, as_shipped, bench_house, now  # noqa: E402 – as above
from sqlalchemy import text  # noqa: E402 – as above

from hotline.escalations.model import Level  # noqa: E402 – as above

CAP = 20.0
ONE_IN = 4  # of the escalations that are due at once, so many are imminent
IN_FLIGHT = 17  # two dispatchers' turns and a worker's: what is under way is not overtaken
GIVE_UP_S = 300.0
LATER_S = 1.0  # after an acknowledgement nothing is submitted later than this


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of each: flags of one story of L4 and how many a second, and so on."""

    flags: int
    flags_a_second: float
    due_at_once: int
    acknowledged: int


FULL = Counts(flags=120, flags_a_second=4.0, due_at_once=1000, acknowledged=60)
QUICK = Counts(flags=20, flags_a_second=5.0, due_at_once=160, acknowledged=16)


@dataclass(frozen=True, slots=True)
class BesideTarget:
    """One line of the table. `measured` and `target` in seconds."""

    name: str
    target: float
    measured: float
    bought: str

    def line(self) -> str:
        """For the table."""
        kept = "" if self.measured <= self.target else "  MISSED"
        times = f"{self.target:7.1f} s {self.measured:8.2f} s"
        return f"{self.name:44s} {times}  {self.bought}{kept}"


@dataclass
class Outcome:
    """What was measured, and how often what must never happen did."""

    figures: list[BesideTarget] = field(default_factory=list)
    facts: dict[str, int] = field(default_factory=dict)

    def add(self, facts: Mapping[str, int]) -> None:
        """The same fact of several stories is one."""
        for name, count in facts.items():
            self.facts[name] = self.facts.get(name, 0) + count


# ── what the rows and the carrier's journal say ─────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PlannedRing:
    """One delivery of an escalation, and where in the chain it stands."""

    escalation_id: str
    contact_id: str
    place: tuple[int, int]


DELIVERIES = text(
    "select id, escalation_id, contact_id, round, step from attempt where escalation_id = any(:ids)"
)
ON_THEIR_WAY = text(
    "select count(*) from attempt join delivery using (id)"
    " where escalation_id = any(:ids) and state in ('pending', 'submitting', 'unknown')"
)
WITHDRAWN = text(
    "select count(*) from attempt join delivery using (id)"
    " where escalation_id = any(:ids) and state = 'superseded'"
)


async def asked_for(house: BenchHouse, ids: Iterable[str]) -> dict[str, PlannedRing]:
    """Every delivery of these escalations so far."""
    async with house.database.work() as work:
        rows = (await work.sql(DELIVERIES, {"ids": list(ids)})).all()
    return {
        row.id: PlannedRing(row.escalation_id, row.contact_id, (row.round, row.step))
        for row in rows
    }


def first_attempts(taken: Sequence[Taken], asked: Mapping[str, PlannedRing]) -> dict[str, Taken]:
    """By escalation, what the carrier took first."""
    found: dict[str, Taken] = {}
    for one in taken:
        if one.delivery_id in asked:
            found.setdefault(asked[one.delivery_id].escalation_id, one)
    return found


def taken_twice(taken: Sequence[Taken], asked: Mapping[str, PlannedRing]) -> int:
    """Calls to somebody whom the same step of the same escalation has called before."""
    known = [asked[one.delivery_id] for one in taken if one.delivery_id in asked]
    return len(known) - len(set(known))


def overtaken(levels: Sequence[Level], *, in_flight: int = IN_FLIGHT) -> int:
    """First attempts in their order: imminent ones behind more high ones than were under way."""
    high = behind = 0
    for level in levels:
        high += level is Level.HIGH
        behind += level is Level.IMMINENT and high > in_flight
    return behind


def submitted_after(
    taken: Sequence[Taken], asked: Mapping[str, PlannedRing], known_at: Mapping[str, float]
) -> list[float]:
    """Seconds from an acknowledgement to each call that was taken after it all the same."""
    late = []
    for one in taken:
        known = (
            known_at.get(asked[one.delivery_id].escalation_id) if one.delivery_id in asked else None
        )
        if known is not None and one.at > known:
            late.append(one.at - known)
    return late


def at_percent(values: Sequence[float], percent: int) -> float:
    """The value that so many of a hundred do not exceed."""
    if len(values) < 2:  # noqa: PLR2004 – one value has no quantiles
        return max(values, default=0.0)
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


async def until_first_attempts(house: BenchHouse, ids: Sequence[str]) -> dict[str, Taken]:
    """Of all of them, or those that came before we gave up."""
    began = time.monotonic()
    while True:
        asked = await asked_for(house, ids)
        first = first_attempts(house.carrier.of_stations(), asked)
        if len(first) == len(ids) or time.monotonic() > began + GIVE_UP_S:
            return first
        await asyncio.sleep(0.2)


async def until_at_rest(house: BenchHouse, ids: Sequence[str]) -> None:
    """Nothing of them is on its way any more, nor will be: what was to come has come."""
    began = time.monotonic()
    while time.monotonic() < began + GIVE_UP_S:
        async with house.database.work() as work:
            if not (await work.sql(ON_THEIR_WAY, {"ids": list(ids)})).scalar_one():
                return
        await asyncio.sleep(0.2)


# ── L4: one flag ────────────────────────────────────────────────────────────────────────────────


async def raise_steadily(house: BenchHouse, counts: Counts) -> dict[str, float]:
    """Each flag on its own schedule, over the API. When each was due, by its escalation."""
    due, start = dict[str, float](), time.monotonic() + 0.2
    calls = await house.new_calls(counts.flags)

    async def one(number: int, call_id: str) -> None:
        at = start + number / counts.flags_a_second
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        station = house.stations[number % len(house.stations)]
        wanted = {"level": Level.IMMINENT, "station": station}
        due[await house.posts_flag(call_id, wanted)] = at

    await asyncio.gather(*(one(*each) for each in enumerate(calls)))
    return due


async def one_flag(house: BenchHouse, counts: Counts, outcome: Outcome) -> list[float]:
    """How long each flag took to the carrier, and whether each came there once."""
    due = await raise_steadily(house, counts)
    first = await until_first_attempts(house, list(due))
    asked = await asked_for(house, due)
    outcome.add(
        {
            "flags that share an escalation": counts.flags - len(due),
            "flags without a first attempt": len(due) - len(first),
            "phones rung twice in a step": taken_twice(house.carrier.of_stations(), asked),
        }
    )
    return [first[key].at - due[key] for key in first]


async def l4(house: BenchHouse, counts: Counts, outcome: Outcome) -> None:
    """With Redis, without it, and with one of two dispatchers killed in the middle."""
    house.carrier.cap = None
    await one_flag(house, Counts(5, counts.flags_a_second, 0, 0), outcome)  # warm
    took = await one_flag(house, counts, outcome)
    bought = "web, 1 switchboard, 1 worker; Redis"
    outcome.figures += [
        BesideTarget("L4 flag → first attempt, p50", 1.0, at_percent(took, 50), bought),
        BesideTarget("L4 flag → first attempt, p99", 3.0, at_percent(took, 99), bought),
    ]
    house.loses_redis()
    took = await one_flag(house, counts, outcome)
    alone = "web, 1 switchboard; Redis killed"
    outcome.figures.append(BesideTarget("L4 without Redis, p99", 8.0, at_percent(took, 99), alone))
    await house.start("switchboard-2")
    flagging = asyncio.create_task(one_flag(house, counts, outcome))
    await asyncio.sleep(counts.flags / counts.flags_a_second / 2)
    house.kill("switchboard")
    worst = max(await flagging)
    killed = "web, 2 switchboards, one killed; no Redis"
    outcome.figures.append(BesideTarget("L4 a dispatcher killed, slowest", 12.0, worst, killed))
    house.finds_redis()
    await house.start("switchboard")


# ── L5: many at once ────────────────────────────────────────────────────────────────────────────

DUE_NOW = text(
    "with due as (update escalation set next_due_at = :at where id = any(:ids))"
    " update supervisor_alarm set due_at = :alarm where escalation_id = any(:ids)"
)
GONE_ON = text("select count(*) from escalation where id = any(:ids) and (step, round) <> (0, 0)")


async def l5(house: BenchHouse, counts: Counts, outcome: Outcome) -> None:
    """All of them due in one second, at a carrier that takes 20 a second."""
    levels = [
        Level.HIGH if number % ONE_IN else Level.IMMINENT for number in range(counts.due_at_once)
    ]
    level_of = await house.flags_for(levels, rings_at=now() + timedelta(hours=1))
    ids = list(level_of)
    house.carrier.cap = CAP
    before, refused = len(house.carrier.taken), house.carrier.refused
    due = now() + timedelta(seconds=1)
    async with house.database.work() as work:
        alarm = due + timedelta(seconds=30)
        await work.sql(DUE_NOW, {"ids": ids, "at": due, "alarm": alarm})
    began = time.monotonic() + 1.0
    first = await until_first_attempts(house, ids)
    async with house.database.work() as work:
        gone_on = (await work.sql(GONE_ON, {"ids": ids})).scalar_one()
    whole = max(one.at for one in first.values()) - began
    journal = house.carrier.taken[before:]
    last = max(journal.index(one) for one in first.values()) + 1
    least = (len(ids) - CAP) / CAP
    urgent = max(one.at for key, one in first.items() if level_of[key] is Level.IMMINENT) - began
    bought = f"1 switchboard, 1 worker; Redis; 20/s, {house.carrier.refused - refused} refused"
    order = [level_of[key] for key, _ in sorted(first.items(), key=lambda each: each[1].at)]
    outcome.figures += [
        BesideTarget(f"L5 {len(ids)} due at once, last first attempt", least + 10.0, whole, bought),
        BesideTarget("L5   of the imminent ones", urgent_least(levels) + 10.0, urgent, "the same"),
        BesideTarget(
            "L5   the cap's own minimum", least, least, f"{last - len(ids)} other calls between"
        ),
    ]
    outcome.add(
        {
            "flags without a first attempt": len(ids) - len(first),
            "imminent ones behind high ones": overtaken(order),
            "second steps before the first was tried": gone_on,
            "phones rung twice in a step": taken_twice(journal, await asked_for(house, ids)),
        }
    )


def urgent_least(levels: Sequence[Level]) -> float:
    """What the cap alone costs the imminent ones."""
    return (levels.count(Level.IMMINENT) - CAP) / CAP


# ── L6: an acknowledgement ──────────────────────────────────────────────────────────────────────

SLOW_CAP = 4.0  # so that of two phones of a step one still waits when the other is answered


async def l6(house: BenchHouse, counts: Counts, outcome: Outcome) -> None:
    """Whoever is reached first acknowledges: when are the other phones of the step withdrawn?"""
    house.carrier.cap = SLOW_CAP
    calls = await house.new_calls(counts.acknowledged)
    wanted = {"level": Level.IMMINENT, "kind": "medical", "station": house.stations[0]}
    ids = await asyncio.gather(*(house.posts_flag(call, wanted) for call in calls))
    pressed, known = dict[str, float](), dict[str, float]()
    began = time.monotonic()
    while len(known) < len(ids) and time.monotonic() < began + GIVE_UP_S:
        first = first_attempts(house.carrier.of_stations(), await asked_for(house, ids))
        fresh = [key for key in first if key not in pressed]
        await asyncio.gather(*(_acknowledge(house, key, pressed, known) for key in fresh))
        await asyncio.sleep(0.05)
    await until_at_rest(house, ids)
    asked, taken = await asked_for(house, ids), house.carrier.of_stations()
    late = submitted_after(taken, asked, known)
    took = [known[key] - pressed[key] for key in known]
    withdrawn = await _withdrawn(house, ids)
    bought = f"web, 1 switchboard, 1 worker; Redis; {SLOW_CAP:.0f}/s; {withdrawn} withdrawn"
    outcome.figures += [
        BesideTarget(
            "L6 acknowledged → the others withdrawn, p99", 2.0, at_percent(took, 99), bought
        ),
        BesideTarget("L6   last call taken after it", LATER_S, max(late, default=0.0), "the same"),
    ]
    outcome.add(
        {
            "flags that share an escalation": len(ids) - len(set(ids)),
            "flags without an acknowledgement": len(ids) - len(known),
            "phones rung twice in a step": taken_twice(taken, asked),
            "calls later than 1 s after it": sum(one > LATER_S for one in late),
            "acknowledged, and nobody left to withdraw": int(withdrawn == 0),
        }
    )


async def _acknowledge(
    house: BenchHouse, key: str, pressed: dict[str, float], known: dict[str, float]
) -> None:
    pressed[key] = time.monotonic()
    (await house.http.post(f"/api/v1/escalations/{key}/acknowledge")).raise_for_status()
    known[key] = time.monotonic()


async def _withdrawn(house: BenchHouse, ids: Sequence[str]) -> int:
    async with house.database.work() as work:
        return int((await work.sql(WITHDRAWN, {"ids": list(ids)})).scalar_one())


# ── all of it ───────────────────────────────────────────────────────────────────────────────────


async def measure(
    folder: Path, counts: Counts, parts: str = "456", begin: Begin = as_shipped
) -> Outcome:
    """Every story in one house. `begin`: how its processes are started."""
    outcome = Outcome()
    stories = {"4": l4, "5": l5, "6": l6}
    async with bench_house(folder, begin) as house:
        await house.start("serve", "switchboard", "worker")
        await house.signs_in()
        for part in parts:
            print(f"L{part} begins", file=sys.stderr, flush=True)
            await stories[part](house, counts, outcome)
    return outcome


def report(outcome: Outcome) -> bool:
    """The table, and the facts. True where nothing happened that must not."""
    print(f"\n{'figure':44s} {'target':>9s} {'measured':>10s}  bought with")
    for figure in outcome.figures:
        print(figure.line())
    print("\nwhat must be 0 on any machine")
    for name, count in outcome.facts.items():
        print(f"{name:44s} {count}")
    return not any(outcome.facts.values())


def main() -> int:
    """0 where the facts hold; times are for people to judge."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    asked.add_argument("--quick", action="store_true", help="smaller counts, within a minute")
    asked.add_argument("--only", default="456", help="of L4, L5, L6: for example 5")
    given = asked.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)  # PostgreSQL runs as another user when we are root
        counts = QUICK if given.quick else FULL
        return 0 if report(asyncio.run(measure(Path(made), counts, given.only))) else 1


if __name__ == "__main__":
    sys.exit(main())
