"""The chart of a report: one bar for each hour, day or month, in it those who were answered. Pure.

Drawn in whole units of its own; the page scales it. What is kept back stands as a stub.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hotline.reports.report import ChartPart

WIDTH, HEIGHT, FOOT = 1200, 200, 24
GAP = 0.25  # of a bar's place
STUB = 4
MOST_WORDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartBar:
    """Where a bar stands. `y`: of its top; `answered_y`: of the part within; a stub has none."""

    part: ChartPart
    x: float
    width: float
    y: float
    height: float
    answered_y: float
    answered_height: float
    kept_back: bool
    named: bool

    @property
    def middle(self) -> float:
        """Where its word stands."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All of it. `most`: what the highest line stands for."""

    bars: Sequence[ChartBar]
    most: int
    width: int = WIDTH
    height: int = HEIGHT
    foot: int = FOOT


def chart_of(parts: Sequence[ChartPart]) -> Chart:
    """Of at least one part."""
    most = _round_up(max((one.came_in or 0 for one in parts), default=0))
    place = WIDTH / max(1, len(parts))
    every = -(-len(parts) // MOST_WORDS)
    bars = [_bar(one, n, place, most, named=n % every == 0) for n, one in enumerate(parts)]
    return Chart(bars=bars, most=most)


def _bar(part: ChartPart, number: int, place: float, most: int, *, named: bool) -> ChartBar:
    kept_back = part.came_in is None
    height = STUB if kept_back else _height(part.came_in or 0, most)
    answered = 0.0 if part.answered is None else _height(part.answered, most)
    return ChartBar(
        part=part,
        x=round(number * place + place * GAP / 2, 1),
        width=round(place * (1 - GAP), 1),
        y=round(HEIGHT - height, 1),
        height=height,
        answered_y=round(HEIGHT - answered, 1),
        answered_height=answered,
        kept_back=kept_back,
        named=named,
    )


def _height(number: int, most: int) -> float:
    return round(HEIGHT * number / most, 1)


def _round_up(number: int) -> int:
    """To a number that people count in: 1, 2, 5, 10, 20, 50 and so on."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if number <= step * factor:
                return step * factor
        step *= 10
