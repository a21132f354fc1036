"""How true it is what callers are told of their wait, by simulation with the real estimate.

`python3 scripts/bench_waits.py [--quick]` (after `scripts/test.py` has set up the environment
once). Exits with 1 where what was told was true too seldom.
"""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

try:
    from rich.console import Console
    from rich.table import Table

    from routing.policy import DEFAULT_POLICY
    from routing.simulate.floor import Rules, simulate
    from routing.simulate.load import Interpreting, Profile, Ringing, draw_callers
    from routing.simulate.roster import draw_roster
    from routing.simulate.waits import (
        TimeWords,
        ToldWait,
        WaitsWatched,
        honesty,
        kept_share,
        silent_share,
    )
except ImportError:
    VENV = ROOT / ".venv" / "bin" / "python"
    if not VENV.exists() or Path(sys.prefix) == VENV.parent.parent:
        sys.exit("Run `python3 scripts/test.py lint` once: it sets up the environment.")
    os.execv(VENV, [str(VENV), *sys.argv])  # noqa: S606 – our own interpreter

SIZES, LOADS = (3, 4, 5, 20, 100), (0.5, 0.8, 0.95)
WANTED_KEPT = 0.80  # the same of "most likely within N minutes"
WANTED = 0.70  # of what was told of time, and showed: so much must have been true
FEWEST = 30  # tellings that showed: of fewer, a share says nothing
NUMBERS = (TimeWords.LESS, TimeWords.ABOUT)
PROFILE = Profile(ringing=Ringing())


def tellings(counselors: int, load: float, seed: int, callers: int) -> list[ToldWait]:
    """What would have been told to so many callers, without the first tenth of the time."""
    care = DEFAULT_POLICY.care
    rate = PROFILE.calls_per_hour(load, counselors, care)
    came = draw_callers(PROFILE, calls_per_hour=rate, hours=callers / rate, seed=seed)
    roster = draw_roster(PROFILE, counselors, seed=seed)
    rules = Rules(plan_of=DEFAULT_POLICY.plan_for, care=care, interpreting=Interpreting())
    watch = WaitsWatched()
    simulate(came, roster, rules, ringing=PROFILE.ringing, watch=watch)
    return [one for one in watch.told if one.at > came[-1].arrived_s / 10]


def row(counselors: int, load: float, told: list[ToldWait]) -> tuple[list[str], bool]:
    """The figures of one setting, and whether they are good enough."""
    numbers, within = [honesty(told, words) for words in NUMBERS], honesty(told, TimeWords.WITHIN)
    kept = kept_share(told)
    figures = [
        str(counselors),
        f"{load:.2f}",
        str(len(told)),
        f"{silent_share(told):.0%}",
        *(
            f"{one.said}: {one.true:.0%}, longer {one.longer:.0%}, {one.bias_s:+.0f} s"
            for one in numbers
        ),
        f"{within.said}: {kept:.0%}; without whoever gave up {within.true:.0%}",
    ]
    narrow = [one for one in told if one.minutes is not None and one.minutes >= 0]
    shown = [one.true for one in narrow if one.true is not None]
    true = len(shown) < FEWEST or sum(shown) / len(shown) >= WANTED
    return figures, true and (within.said < FEWEST or kept >= WANTED_KEPT)


def main() -> int:
    """Print a row for each size and load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer callers")
    callers = 6_000 if parser.parse_args().quick else 30_000
    table = Table("counselors", "load", "looks", "no time told", *TimeWords)
    good = True
    for counselors in SIZES:
        for load in LOADS:
            told = [
                one for seed in (1, 2, 3) for one in tellings(counselors, load, seed, callers // 3)
            ]
            figures, met = row(counselors, load, told)
            table.add_row(*figures)
            good &= met
    Console(width=170).print(table)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
