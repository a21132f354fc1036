"""Bars stand on the ground, within the picture, and what is kept back is no bar."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from hotline.reports.report import ChartPart
from hotline.web.report_chart import HEIGHT, MOST_WORDS, WIDTH, chart_of

NOON = datetime(2026, 3, 1, tzinfo=UTC)
NUMBERS = st.one_of(st.none(), st.just(0), st.integers(5, 10_000))


def parts(numbers: list[int | None]) -> list[ChartPart]:
    return [ChartPart(at=NOON, came_in=one, answered=one) for one in numbers]


@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_every_bar_stands_on_the_ground_and_within_the_picture(numbers: list[int | None]) -> None:
    chart = chart_of(parts(numbers))

    assert chart.most >= max((one or 0 for one in numbers), default=0)
    for bar in chart.bars:
        assert abs(bar.y + bar.height - HEIGHT) < 0.2
        assert bar.y >= 0
        assert bar.x + bar.width <= WIDTH + 0.2
        assert bar.kept_back == (bar.part.came_in is None)
    assert 0 < sum(bar.named for bar in chart.bars) <= MOST_WORDS


def test_heights_are_in_proportion() -> None:
    half, whole = chart_of(parts([50, 100])).bars

    assert (half.height * 2, whole.height) == (whole.height, HEIGHT)
