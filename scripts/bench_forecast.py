"""How well calls are forecast: weeks that were held out, beside two rules anybody could use.

`python3 scripts/bench_forecast.py [--quick]` (after `scripts/test.py` has set up the environment
once). The calls are invented (`invented_years`), by no model that is fitted here. For lines of
three sizes, two weeks from each of several days on: WAPE (sum of |error| / sum of calls) of the
quarter hours and of the days, and the mean pinball loss of the 10 %, 50 % and 90 % quantiles.
Exits with 1 where the forecast is not better than the same quarter hour of last week.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

try:
    import numpy as np
    from invented_years import BEGINNING, invent, is_off
    from numpy.typing import NDArray
    from rich.console import Console
    from rich.table import Table

    from hotline.forecasting.fits import MISSING, NotInstalled, Statsmodels
    from hotline.forecasting.model import CallHistory, forecast_calls
    from hotline.forecasting.spread import negative_binomial_quantile
    from hotline.lines.hours import DayKind, public_day
except ImportError:
    VENV = ROOT / ".venv" / "bin" / "python"
    if not VENV.exists() or Path(sys.prefix) == VENV.parent.parent:
        sys.exit("Run `python3 scripts/test.py lint` once: it sets up the environment.")
    os.execv(VENV, [str(VENV), *sys.argv])  # noqa: S606 – our own interpreter

SIZES = {"quiet, 40 a day": 40.0, "middling, 400 a day": 400.0, "busy, 1,706 a day": 1706.0}
# Two weeks each: National Day and its worked days, nothing special, New Year, before Spring
# Festival with a worked Saturday, term, exams, the beginning of the summer.
ORIGINS = (
    date(2025, 9, 24),
    date(2025, 11, 3),
    date(2025, 12, 29),
    date(2026, 2, 9),
    date(2026, 3, 9),
    date(2026, 5, 25),
    date(2026, 7, 6),
)
KNOWN_DAYS, AHEAD_DAYS, WEEK, RECENT_WEEKS = 728, 14, 7, 8
SHARES = (0.1, 0.5, 0.9)
LAST_WEEK, MEAN, OURS = "same quarter last week", "mean of 8 weeks", "forecast"

Counts = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Said:
    """Of each quarter hour of the days ahead: the mean, and the quantiles of `SHARES`."""

    mean: Counts
    quantiles: tuple[Counts, ...]


Method = Callable[[Counts, Sequence[date], Sequence[date]], Said]

# ── the rules of others ─────────────────────────────────────────────────────────────────────────


def last_week(known: Counts, _past: Sequence[date], ahead: Sequence[date]) -> Said:
    """The last week again and again; spread: how far weeks lay apart at that hour of the day."""
    week = np.tile(known[-WEEK:], (AHEAD_DAYS // WEEK, 1))[: len(ahead)]
    recent = known[-WEEK * RECENT_WEEKS :]
    apart = (recent[WEEK:] - recent[:-WEEK]).reshape(-1, 24, 4).swapaxes(0, 1).reshape(24, -1)
    steps = [np.repeat(np.quantile(apart, share, axis=1), 4) for share in SHARES]
    return Said(week, tuple(np.maximum(0.0, week + step) for step in steps))


def mean_of_weeks(known: Counts, past: Sequence[date], ahead: Sequence[date]) -> Said:
    """Like days of eight weeks: a holiday is a Sunday, a worked weekend day a Monday."""
    recent, dates = known[-WEEK * RECENT_WEEKS :], past[-WEEK * RECENT_WEEKS :]
    served = np.array([_served_as(day) for day in dates])
    alike = [recent[served == _served_as(day)] for day in ahead]
    return Said(
        np.array([days.mean(axis=0) for days in alike]),
        tuple(np.array([np.quantile(days, share, axis=0) for days in alike]) for share in SHARES),
    )


def _served_as(day: date) -> int:
    if public_day(day) is DayKind.WORKING_DAY:
        return 0
    return 6 if is_off(day) and public_day(day) is DayKind.HOLIDAY else day.weekday()


# ── ours ────────────────────────────────────────────────────────────────────────────────────────


def ours(fits: Statsmodels) -> Method:
    """As `hotline forecast` does it."""

    def said(known: Counts, past: Sequence[date], ahead: Sequence[date]) -> Said:
        history = CallHistory(past[0], tuple(tuple(map(int, day)) for day in known))
        quarters = forecast_calls(history, len(ahead), public_day, fits)
        means, whole = [one.mean for one in quarters], (len(ahead), -1)
        quantiles = [
            [negative_binomial_quantile(one.mean, one.sd**2, share) for one in quarters]
            for share in SHARES
        ]
        return Said(
            np.array(means).reshape(whole),
            tuple(np.array(one, dtype=float).reshape(whole) for one in quantiles),
        )

    return said


# ── measuring ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """Of one method on lines of one size. All are ratios of calls, the less the better."""

    wape: float
    wape_of_days: float
    pinball: float

    @classmethod
    def of(cls, pairs: Sequence[tuple[Said, Counts]]) -> "Errors":
        """What was said, and what came."""
        calls = sum(came.sum() for _, came in pairs)
        quarters = sum(np.abs(said.mean - came).sum() for said, came in pairs)
        days = sum(np.abs((said.mean - came).sum(axis=1)).sum() for said, came in pairs)
        losses = sum(_pinball(said, came) for said, came in pairs)
        return cls(wape=quarters / calls, wape_of_days=days / calls, pinball=losses / calls)


def _pinball(said: Said, came: Counts) -> float:
    """Mean over the shares: s (y - q) above the quantile, (1 - s) (q - y) below; summed."""
    losses = [
        np.maximum(share * (came - quantile), (share - 1) * (came - quantile)).sum()
        for share, quantile in zip(SHARES, said.quantiles, strict=True)
    ]
    return float(np.mean(losses))


def measured(
    size: float, seeds: Sequence[int], origins: Sequence[date], methods: dict[str, Method]
) -> dict[str, Errors]:
    """Every method on the same held-out weeks."""
    pairs: dict[str, list[tuple[Said, Counts]]] = {name: [] for name in methods}
    length = (max(origins) - BEGINNING).days + AHEAD_DAYS
    dates = [BEGINNING + timedelta(n) for n in range(length)]
    for seed in seeds:
        calls = np.array(invent(size, length, seed=seed), dtype=float)
        for origin in origins:
            at = (origin - BEGINNING).days
            past = slice(max(0, at - KNOWN_DAYS), at)
            ahead = slice(at, at + AHEAD_DAYS)
            for name, method in methods.items():
                said = method(calls[past], dates[past], dates[ahead])
                pairs[name].append((said, calls[ahead]))
    return {name: Errors.of(some) for name, some in pairs.items()}


def _table(results: dict[str, dict[str, Errors]]) -> Table:
    table = Table(title="held-out weeks; in brackets: as a part of last week's rule")
    for title in ("line", "method", "WAPE, quarter hours", "WAPE, days", "pinball loss"):
        table.add_column(title)
    for size, errors in results.items():
        bar = errors[LAST_WEEK]
        for name, one in errors.items():
            table.add_row(size, name, _beside(one.wape, bar.wape),
                          _beside(one.wape_of_days, bar.wape_of_days),
                          _beside(one.pinball, bar.pinball))  # fmt: skip
    return table


def _beside(value: float, bar: float) -> str:
    return f"{value:.3f} ({value / bar:.2f})"


def missed(results: dict[str, dict[str, Errors]]) -> list[str]:
    """Where the forecast is no better than last week's rule."""
    return [
        f"{size}: {figure}"
        for size, errors in results.items()
        for figure in ("wape", "wape_of_days", "pinball")
        if getattr(errors[OURS], figure) >= getattr(errors[LAST_WEEK], figure)
    ]


def main() -> int:
    """Print the table; 1 where the forecast is no better."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two seeds, every second day")
    quick = parser.parse_args().quick
    try:
        fits = Statsmodels()
    except NotInstalled:
        sys.exit(MISSING)
    methods: dict[str, Method] = {
        LAST_WEEK: last_week, MEAN: mean_of_weeks, OURS: ours(fits)
    }  # fmt: skip
    seeds, origins = ((1, 2), ORIGINS[::2]) if quick else ((1, 2, 3), ORIGINS)
    began = time.monotonic()
    results = {name: measured(size, seeds, origins, methods) for name, size in SIZES.items()}
    Console(width=110).print(_table(results))
    print(f"{len(seeds)} seeds, {len(origins)} times two weeks; {time.monotonic() - began:.0f} s")
    for one in missed(results):
        print(f"No better than last week's rule: {one}")
    return int(bool(missed(results)))


if __name__ == "__main__":
    sys.exit(main())
