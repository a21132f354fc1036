"""No figures that are told let anybody compute a small one that is kept back."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.reports.facts import ServiceFacts
from hotline.reports.figures import figures_of
from hotline.reports.kpis import measured, signatures
from hotline.reports.periods import Period, PeriodKind
from hotline.reports.suppression import FigureSet, told_figures
from hotline.visits.counting import SMALLEST_TOLD
from tests.hotline.reports.floors import floors

NAMES = ("all", "answered", "soon", "gone")
SIGNATURES = st.frozensets(st.sampled_from(NAMES), min_size=1)
NUMBERS = st.one_of(st.integers(0, 7), st.sampled_from([1, 2, 4, 5, 30]))
MONTH = Period.around(PeriodKind.MONTH, date(2026, 3, 1))
Told = Mapping[object, int | None]


@st.composite
def nested(draw: st.DrawFn) -> dict[FigureSet, int]:
    """Mostly figures within figures, as those of calls are."""
    usual = [
        frozenset({"all"}),
        frozenset({"all", "answered"}),
        frozenset({"all", "answered", "soon"}),
        frozenset({"all", "gone"}),
    ]
    chosen = draw(st.one_of(st.just(usual), st.lists(SIGNATURES, max_size=4, unique=True)))
    return {one: draw(NUMBERS) for one in chosen}


def totals(counted: Mapping[FigureSet, int]) -> dict[object, int]:
    return {n: sum(k for one, k in counted.items() if n in one) for one in counted for n in one}


def others(counted: Mapping[FigureSet, int], told: Told) -> Iterator[dict[object, int]]:
    """The figures of all floors near the true one that fit what is told."""
    known = [one for one, number in counted.items() if number]
    near = [range(max(0, counted[one] - 2), counted[one] + 3) for one in known]
    for numbers in product(*near):
        guess = totals(dict(zip(known, numbers, strict=True)))
        if all(guess.get(n, 0) == v if v is not None else guess[n] > 0 for n, v in told.items()):
            yield guess


@settings(max_examples=200, deadline=None)
@given(nested())
def test_no_small_figure_that_is_kept_back_can_be_solved(counted: dict[FigureSet, int]) -> None:
    told, true = told_figures(counted), totals(counted)

    fitting = list(others(counted, told))
    for name, value in told.items():
        if value is None and true[name] < SMALLEST_TOLD:
            assert len({one[name] for one in fitting}) > 1, name


@settings(deadline=None)
@given(nested())
def test_what_is_told_is_true_and_never_small(counted: dict[FigureSet, int]) -> None:
    for name, value in told_figures(counted).items():
        assert value in (None, totals(counted)[name])
        assert value is None or value == 0 or value >= SMALLEST_TOLD


@settings(max_examples=60, deadline=None)
@given(floors())
def test_the_figures_of_any_floor_are_told_without_a_small_one(facts: ServiceFacts) -> None:
    counted = signatures(facts)
    told = told_figures(counted)

    for kpi, value in measured(facts).items():
        assert told.get(kpi, 0) in (None, value.part)
        assert told.get(kpi) not in range(1, SMALLEST_TOLD)
        assert ("rest", kpi) not in told


def alike(facts: ServiceFacts, told: Told) -> Iterator[dict[object, int]]:
    """The figures of floors that tell the same, with one call gone, added or of another kind."""
    calls = facts.calls
    for gone, come in product((None, *range(len(calls))), (None, *calls)):
        left = calls if gone is None else calls[:gone] + calls[gone + 1 :]
        other = replace(facts, calls=left if come is None else (*left, come))
        guess = totals(figures_of(other, MONTH))
        seen = ((guess.get(n, 0), value) for n, value in told.items())
        if all(one == value if value is not None else one > 0 for one, value in seen):
            yield guess


@settings(max_examples=60, deadline=None)
@given(floors())
def test_all_that_is_handed_on_of_a_month_together_lets_nobody_compute_a_small_number(
    facts: ServiceFacts,
) -> None:
    """Of a line and each of its cities: whatever else is handed on is a sum of these."""
    facts = replace(facts, call_backs=(), follow_ups=(), escalations=())
    counted = figures_of(facts, MONTH)
    told, true = told_figures(counted), totals(counted)
    fitting = list(alike(facts, told))

    for name, number in told.items():
        assert number not in range(1, SMALLEST_TOLD)
        if number is None and true[name] < SMALLEST_TOLD:
            assert len({one.get(name, 0) for one in fitting}) > 1, name


def told_of(parts: dict[str, int]) -> dict[str, int | None]:
    """Of a whole that is the sum of its parts, and of the whole."""
    counted = {FigureSet({name, "whole"}): number for name, number in parts.items()}
    told = told_figures(counted)
    return {str(name): number for name, number in told.items()}


def test_three_of_a_hundred_take_their_rest_with_them() -> None:
    told = told_of({"answered": 97, "abandoned": 3})

    assert told["abandoned"] is None
    assert None in (told["answered"], told["whole"])


def test_what_is_large_is_told_whole() -> None:
    assert told_of({"a": 5, "b": 100}) == {"a": 5, "b": 100, "whole": 105}
    assert told_of({}) == {}
