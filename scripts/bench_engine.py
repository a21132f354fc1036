"""What a routing decision costs, against a scan, Redis and a bare commit; and that it is right.

`python3 scripts/bench_engine.py [--only E1,E5] [--picture FILE]` (after `scripts/test.py` has set
up the environment once). E1 to E7 of the targets: every figure is a ratio of two sides that
alternated in one run, or a count of faults. Absolute times say little on a shared machine. Exit
code 1 when a target is missed.
"""

import argparse
import gc
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count, product
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

try:
    import matplotlib as mpl
    import redis
    from bench_events import WARM, least, measure_events
    from bench_sides import (
        COUNSELORS,
        PROFILES,
        EngineSide,
        Floor,
        LeanScanSide,
        MeasuredFloor,
        NaiveScanSide,
        OrderedScanSide,
        RedisSide,
        Side,
    )
    from rich.console import Console
    from rich.table import Table

    from hotline.onemachine import start_valkey
    from routing.engine import Urgency
    from tests.routing.engine.random_shift import RandomShift
except ImportError:
    VENV = ROOT / ".venv" / "bin" / "python"
    if not VENV.exists() or Path(sys.prefix) == VENV.parent.parent:
        sys.exit("Run `python3 scripts/test.py lint` once: it sets up the environment.")
    os.execv(VENV, [str(VENV), *sys.argv])  # noqa: S606 – our own interpreter

ROUNDS = 3
SIZES = (100, 1_000, 10_000, 100_000)
BLOCK, BLOCKS = 1_000, 20  # E1: 20,000 decisions a round and size
# E2, by callers waiting: decisions a round for a scan that compares skills, for a lean one.
SCANS = {1_000: (200, 1_000), 10_000: (40, 200), 100_000: (8, 100)}
TRIPS = 1_000  # E3: decisions a round and size
MATCHES, EVENTS_A_SHIFT = 20_000, 500  # E5
WHOLE_FROM = 100  # from here on a figure is written without decimals
SCAN_TARGETS = {1_000: 10.0, 10_000: 80.0, 100_000: 800.0}
MEAN_TARGET, P99_TARGET = 10 / 7, 50 / 7  # E7, in warm decisions: 7 µs where this was set

Tell = Callable[[str], None]
Costs = dict[int, list[float]]  # by callers waiting: microseconds of a decision, round by round


@dataclass(frozen=True)
class Row:
    """One line of the table. `rounds`: the figure of each round, for the spread."""

    name: str
    what: str
    figure: float
    target: str
    met: bool
    rounds: Sequence[float] = ()


@dataclass
class Bench:
    """What is measured with, and what came out."""

    tell: Tell
    world: MeasuredFloor = field(default_factory=MeasuredFloor)
    rows: list[Row] = field(default_factory=list)
    costs: dict[str, Costs] = field(default_factory=dict)  # by side, for the picture

    def keep(self, side: str, waiting: int, cost: float) -> None:
        self.costs.setdefault(side, {}).setdefault(waiting, []).append(cost)

    def at_most(self, name: str, what: str, rounds: Sequence[float], target: float) -> None:
        """The best round counts."""
        best = min(rounds)
        self.rows.append(Row(name, what, best, f"<= {target:.3g}", best <= target, rounds))

    def at_least(self, name: str, what: str, rounds: Sequence[float], target: float) -> None:
        best = max(rounds)
        self.rows.append(Row(name, what, best, f">= {target:g}", best >= target, rounds))

    def note(self, name: str, what: str, rounds: Sequence[float]) -> None:
        """A figure to compare with, which no target is set for."""
        self.rows.append(Row(name, what, max(rounds), "", met=True, rounds=rounds))

    def none(self, name: str, what: str, figure: float) -> None:
        self.rows.append(Row(name, what, figure, "0", figure == 0))


def agree(one: list[str | None], other: list[str | None], side: str) -> None:
    """A side that chooses otherwise measures something else."""
    if one != other:
        sys.exit(f"The engine and the {side} chose different callers: no figure is worth anything.")


def e1(bench: Bench) -> None:
    """Growth of a decision with the number waiting; sizes alternate."""
    floors = {size: Floor(bench.world, EngineSide(bench.world), size) for size in SIZES}
    ratios = []
    for number in range(ROUNDS):
        bench.tell(f"E1: round {number + 1} of {ROUNDS}")
        took: dict[int, list[float]] = {size: [] for size in SIZES}
        for _, (size, floor) in product(range(BLOCKS), floors.items()):
            took[size] += floor.decide(BLOCK)[0]
        means = {size: statistics.fmean(each) for size, each in took.items()}
        for size, mean in means.items():
            bench.keep("engine", size, mean)
        ratios.append(means[SIZES[-1]] / means[SIZES[0]])
    bench.at_most("E1", "decision with 100,000 waiting / with 100", ratios, 6)


def e2(bench: Bench) -> None:
    """The same events, told to the engine and to scans of everybody in line.

    The target is held against the best scan of everybody, where nobody is in danger: else it looks
    only at those who are. The naive one compares skills, as queues without an index do; the
    ordered one has half an index, and ends early where many fit.
    """
    calm, some = MeasuredFloor(), bench.world
    calm.plans = [plan for plan in calm.plans if plan.urgency is not Urgency.CRISIS]
    for size, (decisions, looks) in SCANS.items():
        at = f"{size:,} waiting"
        ratio = e2_at(bench, "lean scan", LeanScanSide, calm, (size, looks))
        bench.at_least("E2", f"lean scan / engine, {at}", [ratio], SCAN_TARGETS[size])
        ratio = e2_at(bench, "lean scan, some in danger", LeanScanSide, some, (size, looks))
        bench.note("E2", f"lean scan / engine, {at}, a sixth in danger", [ratio])
        ratio = e2_at(bench, "ordered scan", OrderedScanSide, calm, (size, looks))
        bench.note("E2", f"scan in order that ends early / engine, {at}", [ratio])
        ratio = e2_at(bench, "naive scan", NaiveScanSide, calm, (size, decisions))
        bench.note("E2", f"naive scan / engine, {at}", [ratio])


def e2_at(
    bench: Bench,
    name: str,
    side: Callable[[MeasuredFloor], Side],
    world: MeasuredFloor,
    size_and_looks: tuple[int, int],
) -> float:
    """One size and one kind of scan; the least of all replays, as stalls do not come again."""
    fast: list[float] = []
    slow: list[float] = []
    size, looks = size_and_looks
    for number in range(ROUNDS):
        bench.tell(f"E2: {name}, {size:,} waiting, replay {number + 1} of {ROUNDS}")
        engine = Floor(world, EngineSide(world), size)
        scan = Floor(world, side(world), size)
        (one, chosen), (other, scanned) = engine.decide(looks), scan.decide(looks)
        agree(chosen, scanned, name)
        fast, slow = least(fast, one), least(slow, other)
    bench.keep(name, size, statistics.fmean(slow))
    return statistics.fmean(slow) / statistics.fmean(fast)


def e3(bench: Bench) -> None:
    """The same events, told to the engine and to a script in Valkey on this machine."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        valkey = start_valkey(Path(made) / "valkey")
        try:
            with redis.Redis.from_url(valkey.url) as client:
                for size in SIZES[1:]:
                    e3_at(bench, client, size)
        finally:
            valkey.stop()


def e3_at(bench: Bench, client: redis.Redis, size: int) -> None:
    """One size; medians, since a round trip has a long tail."""
    engine = Floor(bench.world, EngineSide(bench.world), size)
    trips = Floor(bench.world, RedisSide(bench.world, client), size)
    ratios = []
    for number in range(ROUNDS):
        bench.tell(f"E3: {size:,} waiting, round {number + 1} of {ROUNDS}")
        (fast, chosen), (slow, claimed) = engine.decide(TRIPS), trips.decide(TRIPS)
        agree(chosen, claimed, "script")
        bench.keep("Redis", size, statistics.median(slow))
        ratios.append(statistics.median(fast) / statistics.median(slow))
    bench.at_most("E3", f"engine / Redis round trip, {size:,} waiting, p50", ratios, 1 / 20)


def e4(bench: Bench) -> None:
    """An offer with all that is kept of it, against one small row."""
    from bench_offers import e4 as measure_offers  # noqa: PLC0415 – needs everything

    ratios = [offer / bare for offer, bare in measure_offers(bench.tell)]
    bench.at_most("E4", "offer with commit / bare commit, p50", ratios, 2)


def e5(bench: Bench) -> None:
    """Random shifts with every option, until enough callers were matched."""
    matches, differences = 0, 0
    for seed in count():
        both = RandomShift(seed).run(EVENTS_A_SHIFT)
        matches, differences = matches + both.matches, differences + len(both.faults)
        if seed % 20 == 0:
            bench.tell(f"E5: {matches:,} of {MATCHES:,} matches compared")
        if matches >= MATCHES:
            break
    bench.none("E5", f"differences from brute force in {matches:,} matches", differences)


def e6(bench: Bench) -> None:
    """Two switchboards on one database, one of them killed again and again."""
    from bench_failover import e6 as measure_failover  # noqa: PLC0415 – needs everything

    found = measure_failover(bench.tell, calls=10_000)
    of = f"in {found['calls']:,} calls, {found['kills']} kills"
    bench.none("E6", f"double offers {of}", found["double_offers"])
    bench.none("E6", f"lost callers {of}", found["lost_callers"])
    bench.at_most("E6", "s to recover, 10,000 waiting", [found["recovery_10k_s"]], 1)


def e7(bench: Bench) -> None:
    """Every kind of event, beside the warm decision of the same run with 10,000 waiting."""
    kinds = measure_events(bench.world, bench.tell)
    decision = statistics.fmean(kinds.pop(WARM))
    for kind, took in kinds.items():
        mean, tail = statistics.fmean(took), statistics.quantiles(took, n=100)[-1]
        bench.at_most("E7", f"{kind} / warm decision, mean", [mean / decision], MEAN_TARGET)
        bench.at_most("E7", f"{kind} / warm decision, p99", [tail / decision], P99_TARGET)


BENCHES = {"E1": e1, "E2": e2, "E3": e3, "E4": e4, "E5": e5, "E6": e6, "E7": e7}


def written(figure: float) -> str:
    """Three digits that say something."""
    return f"{figure:,.0f}" if figure >= WHOLE_FROM else f"{figure:.3g}"


def table(rows: Sequence[Row]) -> Table:
    """All figures, targets and what became of them."""
    made = Table("", "what", "figure", "target", "", "rounds")
    for row in rows:
        ends = [written(end) for end in (min(row.rounds), max(row.rounds))] if row.rounds else []
        spread = " to ".join(ends) if len(row.rounds) > 1 else ""
        verdict = ("met" if row.met else "NOT met") if row.target else ""
        made.add_row(row.name, row.what, written(row.figure), row.target, verdict, spread)
    return made


def draw(costs: dict[str, Costs], file: Path) -> None:
    """Cost of a decision against the number waiting, both logarithmic; bars span the rounds."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415 – slow, and only for the picture

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for side, by_size in costs.items():
        best = [min(rounds) for rounds in by_size.values()]
        above = [max(rounds) - min(rounds) for rounds in by_size.values()]
        axes.errorbar(list(by_size), best, yerr=[[0.0] * len(best), above], marker="o",
                      capsize=3, label=side)  # fmt: skip
    axes.set(xscale="log", yscale="log", xlabel="callers waiting", ylabel="µs a decision")
    axes.set_title(f"{COUNSELORS:,} counselors, {PROFILES} skill profiles")
    axes.grid(visible=True, which="major", alpha=0.3)
    axes.legend()
    figure.savefig(file)
    plt.close(figure)


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default=",".join(BENCHES), help="some of them, as E1,E5")
    parser.add_argument("--picture", type=Path, default=Path("bench_engine.svg"))
    asked = parser.parse_args()
    asked.only = asked.only.upper().split(",")
    if unknown := set(asked.only) - set(BENCHES):
        parser.error(f"there is no {', '.join(sorted(unknown))}: one of {', '.join(BENCHES)}")
    return asked


def main() -> int:
    """0 when every target was met."""
    asked = arguments()
    bench = Bench(lambda line: print(line, flush=True))
    print(f"{COUNSELORS:,} counselors, {PROFILES} skill profiles, {bench.world.queues()} queues")
    gc.disable()  # as `timeit` does: a collection would fall on whichever side runs just then
    for name in asked.only:
        BENCHES[name](bench)
        gc.collect()
    Console(width=110).print(table(bench.rows))
    if bench.costs:
        draw(bench.costs, asked.picture)
        print(f"picture: {asked.picture}")
    return 0 if all(row.met for row in bench.rows) else 1


if __name__ == "__main__":
    sys.exit(main())
