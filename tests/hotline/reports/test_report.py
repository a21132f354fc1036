"""A report tells what it knows, keeps small numbers back, and says what it does not know."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from hotline.records.forms.lists import NAMED_LISTS
from hotline.reports.facts import CallFact, ServiceFacts
from hotline.reports.figures import PROBLEM_OF, UNKNOWN_ITEMS, FormItem, FormProblem, problem_of
from hotline.reports.kpis import Kpi, measured
from hotline.reports.periods import Period, PeriodKind
from hotline.reports.report import (
    PeriodReport,
    ReportHead,
    handed_on_of,
    month_of,
    report_of,
    sum_of,
)
from tests.hotline.reports.floors import NOON, floors

DAY = Period.around(PeriodKind.DAY, date(2026, 3, 1))
MONTH = Period.around(PeriodKind.MONTH, date(2026, 3, 1))
HEAD = ReportHead(period=MONTH, lines=("youth",), staff=9)


def talks(count: int, **values: object) -> tuple[CallFact, ...]:
    made = CallFact(id="", line_id="youth", arrived_at=NOON, queued_at=NOON, joined_at=NOON,
                    left_at=NOON + timedelta(minutes=9), outcome="talked", recorded=True,
                    place="440106", again=False)  # fmt: skip
    return (replace(made, **values),) * count  # type: ignore[arg-type]  # fields by name


def of(*calls: CallFact, head: ReportHead = HEAD) -> PeriodReport:
    return handed_on(ServiceFacts(at=NOON + timedelta(hours=1), calls=calls), head)


def handed_on(facts: ServiceFacts, head: ReportHead = HEAD) -> PeriodReport:
    """With the figures as they are for whoever sees the calls."""
    told = handed_on_of(facts, head.period)
    return month_of(told, head, at=facts.at, facts=facts if head.exact else None)


@given(floors())
def test_for_whoever_sees_the_calls_every_figure_is_as_it_is_defined(facts: ServiceFacts) -> None:
    told = handed_on(facts, replace(HEAD, exact=True))

    for kpi, value in measured(facts).items():
        shown = told.kpis[kpi]
        assert (shown.part, shown.whole, shown.missed) == (value.part, value.whole, value.missed)
        assert shown.value == pytest.approx(value.value) if value.value else not shown.value
    assert sum(one.came_in or 0 for one in told.parts) == len(facts.calls)


@settings(max_examples=60)
@given(floors())
def test_nobody_else_is_told_a_number_from_one_to_four(facts: ServiceFacts) -> None:
    told = handed_on(facts)

    numbers = [one.part for one in told.kpis.values()] + [one.whole for one in told.kpis.values()]
    numbers += [n for one in told.parts for n in (one.came_in, one.answered)]
    numbers += [*told.form.items.values(), *told.form.problems.values()]
    numbers += [one.calls for one in told.cities]
    assert not {1, 2, 3, 4} & set(numbers)
    assert told.balance is None
    assert all(one.value is None and not one.missed for one in told.kpis.values() if one.kept_back)


def test_three_calls_of_a_small_city_are_not_the_difference_of_what_is_told() -> None:
    told = of(*talks(40), *talks(20, place="440305"), *talks(3, place="445102"))

    cities = {one.division: one.calls for one in told.cities}
    assert cities["445100"] is None
    assert list(cities.values()).count(None) >= 2
    assert told.form.items[FormItem.TOTAL] == 63


def test_the_form_of_2010_says_what_is_unknown_and_not_nought() -> None:
    told = of(*talks(9, level="high"), *talks(30, level="none"), *talks(7, place="110000"),
              *talks(8, place=""), *talks(6, again=True), *talks(5, again=None),
              *talks(5, recorded=False))  # fmt: skip

    assert told.form.items == {
        FormItem.TOTAL: 70,
        FormItem.HANDLED: 65,
        FormItem.LOCAL: 55,
        FormItem.OUTSIDE: 7,
        FormItem.PLACE_UNKNOWN: 8,
        FormItem.HIGH_RISK: 9,
        FormItem.REPEATED: 6,
        FormItem.WITHHELD: 5,
    }
    assert told.form.connected.value == 1.0
    assert told.form.staff == 9
    assert list(told.form.unknown) == list(UNKNOWN_ITEMS)


def test_a_call_about_two_things_is_counted_under_both_and_once_in_each() -> None:
    both = talks(6, topics=("family.general", "family.siblings", "peers.partner"), ages="10_13")

    told = of(*both)

    rows = {one.topic: one for one in told.topics}
    assert (rows["family"].total, rows["family"].ages["under_14"]) == (6, 6)
    assert (rows["peers"].total, rows["study"].total) == (6, 0)
    assert (told.form.problems[FormProblem.FAMILY], told.form.problems[FormProblem.LOVE]) == (6, 6)


def test_every_topic_of_the_forms_has_a_place_in_the_form_of_2010() -> None:
    issues = NAMED_LISTS["issues"]
    whole = {f"{one['code']}.{finer['code']}" for one in issues for finer in one.get("more", [])}
    whole |= {one["code"] for one in issues}

    assert set(PROBLEM_OF) <= whole
    assert {problem_of(topic) for topic in whole} == set(FormProblem)


def test_an_hour_is_drawn_for_whoever_sees_the_calls_and_kept_back_from_others() -> None:
    day = replace(HEAD, period=DAY)
    calls = (*talks(3), *talks(50, arrived_at=NOON + timedelta(hours=2)))

    exact, told = of(*calls, head=replace(day, exact=True)), of(*calls, head=day)

    assert (exact.parts[12].came_in, exact.parts[14].came_in) == (3, 50)
    assert (told.parts[12].came_in, told.parts[0].came_in) == (None, 0)
    assert told.parts[14].came_in is None or told.kpis[Kpi.CAME_IN].part is None


def test_a_year_tells_nothing_that_one_of_its_months_keeps_back() -> None:
    spring = of(*talks(40), *talks(9, level="high"))
    autumn = of(*talks(30), *talks(2, level="high"))

    year = sum_of(
        [spring, autumn], replace(HEAD, period=Period.around(PeriodKind.YEAR, MONTH.first))
    )

    assert year.kpis[Kpi.CAME_IN].part == 81
    assert year.form.items[FormItem.HIGH_RISK] is None
    assert [one.came_in for one in year.parts] == [49, 32]


def test_lines_together_tell_no_more_than_each_of_them() -> None:
    youth = of(*talks(40), *talks(2, place="440305"), head=replace(HEAD, lines=("youth",)))
    legal = of(*talks(30), *talks(9, place="440305"), head=replace(HEAD, lines=("legal",)))

    both = sum_of([youth, legal], replace(HEAD, lines=("youth", "legal")))

    cities = {one.division: one.calls for one in both.cities}
    assert cities["440300"] is None
    assert both.kpis[Kpi.CAME_IN].part == 81
    assert both.months == ()


def test_the_form_of_one_city_is_kept_back_together_with_that_of_the_line() -> None:
    calls = (*talks(40), *talks(20, place="440305"), *talks(3, place="440305", level="high"))
    facts = ServiceFacts(at=NOON, calls=calls)
    guangzhou, shenzhen = (handed_on(facts, replace(HEAD, city=city)) for city in ("4401", "4403"))

    assert guangzhou.form.items[FormItem.TOTAL] == 40
    assert shenzhen.form.items[FormItem.TOTAL] == 23
    assert shenzhen.form.items[FormItem.HIGH_RISK] is None
    assert of(*calls).form.items[FormItem.HIGH_RISK] is None
    assert list(shenzhen.kpis) == [Kpi.CONNECTED]
    assert [*shenzhen.topics, *shenzhen.cities, *shenzhen.parts] == []


def test_what_is_not_handed_on_is_as_it_is() -> None:
    facts = ServiceFacts(at=NOON, calls=talks(3))

    told = report_of(facts, replace(HEAD, exact=True, handed_on=False))

    assert told.form.items[FormItem.TOTAL] == 3
    assert [one.calls for one in told.cities] == [3]


def test_the_mean_wait_of_a_year_weighs_its_months_by_their_answers() -> None:
    slow = of(*talks(10, joined_at=NOON + timedelta(seconds=30)))
    quick = of(*talks(30, joined_at=NOON + timedelta(seconds=10)))

    year = sum_of([slow, quick], replace(HEAD, period=Period.around(PeriodKind.YEAR, MONTH.first)))

    assert year.kpis[Kpi.SPEED_OF_ANSWER].value == pytest.approx(15.0)


def test_a_period_without_anything_is_empty_and_one_with_a_late_promise_is_not() -> None:
    assert of().is_empty
    assert not of(*talks(1)).is_empty
