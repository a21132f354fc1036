"""The two charts of a what-if: waits by the hour with their spread, and counselors by quarter hour
against what is needed. Pure; in whole units of its own, which the page scales.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hotline.forecasting.day_needs import DayNeeds
from hotline.forecasting.whatif import HOURS, DayAnswer, HourWaits
from routing.policy.roster import QUARTERS_A_DAY

WIDTH, HEIGHT = 1200, 200
PLACE, BAR = WIDTH / HOURS, 14.0
STEPS_S = (30, 60, 120, 180, 300, 600, 1200, 1800, 3600)
THINNEST = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitBar:
    """One hour with one roster: from `y` (nine of ten) down to the shortest, the median across."""

    x: float
    y: float
    height: float
    middle: float
    waits: HourWaits
    hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitsChart:
    """`most_s`: what its top stands for; `promised`: where 15 s stand."""

    as_it_is: Sequence[WaitBar]
    changed: Sequence[WaitBar]
    most_s: int
    promised: float
    bar: float = BAR
    width: int = WIDTH
    height: int = HEIGHT


def waits_chart(as_it_is: DayAnswer, changed: DayAnswer) -> WaitsChart:
    """Both rosters side by side in each hour."""
    highest = max((one.high_s for one in (*as_it_is.by_hour, *changed.by_hour) if one), default=0)
    most = next((step for step in STEPS_S if step >= highest), STEPS_S[-1])
    return WaitsChart(
        as_it_is=list(_bars(as_it_is, most, PLACE / 2 - BAR - 1)),
        changed=list(_bars(changed, most, PLACE / 2 + 1)),
        most_s=most,
        promised=_y(15, most),
    )


def _bars(answer: DayAnswer, most: int, x: float) -> Iterator[WaitBar]:
    for hour, waits in enumerate(answer.by_hour):
        if waits is not None:
            top, bottom = _y(waits.high_s, most), _y(waits.low_s, most)
            height = max(THINNEST, round(bottom - top, 1))
            yield WaitBar(
                x=round(hour * PLACE + x, 1),
                y=min(top, HEIGHT - height),
                height=height,
                middle=_y(waits.median_s, most),
                waits=waits,
                hour=hour,
            )


def _y(value: float, most: float) -> float:
    return round(HEIGHT * (1 - min(value, most) / most), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsRow:
    """Quarter hours in a row in which all numbers are the same. `missing`: with the change."""

    first: int
    end: int
    needed: int | None
    as_it_is: int
    changed: int

    @property
    def missing(self) -> int:
        """How many are too few."""
        return max(0, (self.needed or 0) - self.changed)

    @property
    def words(self) -> str:
        """From when to when."""
        return f"{_clock(self.first)}–{_clock(self.end)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsChart:
    """Steps as paths of SVG; `needed`: empty where no number of counselors would do."""

    needed: str
    as_it_is: str
    changed: str
    rows: Sequence[NeedsRow]
    most: int
    step: float = WIDTH / QUARTERS_A_DAY
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def missing_hours(self) -> float:
        """Hours of counselors that are too few, with the change."""
        return sum(one.missing * (one.end - one.first) for one in self.rows) / 4


def needs_chart(needs: DayNeeds) -> NeedsChart:
    """Of a whole day."""
    most = max(1, *needs.needed, *needs.as_it_is, *needs.changed)
    return NeedsChart(
        needed=_steps(needs.needed, most),
        as_it_is=_steps(needs.as_it_is, most),
        changed=_steps(needs.changed, most),
        rows=list(_rows(needs)),
        most=most,
    )


def _rows(needs: DayNeeds) -> Iterator[NeedsRow]:
    unknown: list[int | None] = [None] * QUARTERS_A_DAY
    needed = needs.needed or unknown
    numbers = list(zip(needed, needs.as_it_is, needs.changed, strict=True))
    first = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[first]:
            need, before, after = numbers[first]
            yield NeedsRow(first=first, end=at, needed=need, as_it_is=before, changed=after)
            first = at


def _steps(numbers: Sequence[int], most: int) -> str:
    step = WIDTH / QUARTERS_A_DAY
    points = [
        f"{end * step:g} {_y(number, most):g}"
        for at, number in enumerate(numbers)
        for end in (at, at + 1)
    ]
    return "M" + " L".join(points) if points else ""


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"
