"""Which alerts are raised and clear: by rules and what a line shows, whatever it does meanwhile."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hotline.alerts.model import (
    AlertKey,
    AlertMove,
    AlertNow,
    AlertStep,
    LineShows,
    decide,
    must_pass_on,
)
from hotline.alerts.rules import AlertRule, AlertRules, default_alert_rules, read_alert_rules
from tests.fakes import NOON

STEP_S = 5
HOLDS = st.sampled_from((0, 5, 10, 20))
SHARES = st.lists(st.integers(0, 20), max_size=60)  # of twenty calls, so many in time


def rule(**values: Any) -> AlertRules:
    """One rule."""
    known = {"id": "a_rule", "measure": "longest_wait_s", "threshold": 60, "level": "alarm"}
    return read_alert_rules({"rules": [known | values]})


def waits(seconds: float, at_s: float) -> LineShows:
    """Somebody has waited for so long."""
    return LineShows(waits_since=NOON + timedelta(seconds=at_s - seconds))


class Played:
    """A line that is looked at every five seconds, and what stands after each look."""

    def __init__(self, rules: AlertRules) -> None:
        self.rules, self.at_s = rules, 0.0
        self.standing: dict[AlertKey, AlertNow] = {}
        self.raised = self.cleared = 0

    def looks(self, shows: LineShows | None) -> list[AlertStep]:
        """Once; the line is gone where it shows nothing. What was done."""
        lines = {} if shows is None else {"youth": shows}
        at = NOON + timedelta(seconds=self.at_s)
        moves = decide(self.rules, lines, self.standing, at=at)
        for move in moves:
            self._make(move)
        self.at_s += STEP_S
        return [move.step for move in moves]

    def _make(self, move: AlertMove) -> None:
        at = NOON + timedelta(seconds=self.at_s)
        now = self.standing.get(move.key, AlertNow(since=at))
        match move.step:
            case AlertStep.BEGIN:
                self.standing[move.key] = now
            case AlertStep.RAISE:
                self.raised += 1
                self.standing[move.key] = replace(now, raised=True, worst=move.value)
            case AlertStep.CALM:
                self.standing[move.key] = replace(now, calm_since=at)
            case AlertStep.BACK | AlertStep.WORSE:
                self.standing[move.key] = replace(now, calm_since=None, worst=move.value)
            case AlertStep.FORGET | AlertStep.CLEAR:
                self.cleared += move.step is AlertStep.CLEAR
                del self.standing[move.key]

    @property
    def is_raised(self) -> bool:
        return any(one.raised for one in self.standing.values())


def plainly(one: AlertRule, values: Sequence[float]) -> list[bool]:
    """After each look whether the alert stands, by the words of the rule alone."""
    looks, found = int(one.hold_s // STEP_S) + 1, list[bool]()
    for number in range(len(values)):
        last = values[max(0, number - looks + 1) : number + 1]
        whole, raised = len(last) == looks, bool(found and found[-1])
        if raised:
            found.append(not (whole and all(map(one.is_over, last))))
        else:
            found.append(whole and all(map(one.is_crossed, last)))
    return found


@given(SHARES, HOLDS)
def test_an_alert_stands_when_and_as_long_as_the_rule_says(in_time: list[int], hold: int) -> None:
    rules = rule(measure="service_level_15s", threshold=70, clears_at=80, hold_s=hold)
    played, found = Played(rules), list[bool]()

    for one in in_time:
        played.looks(LineShows(in_time=one, judged=20))
        found.append(played.is_raised)

    assert found == plainly(rules.rules[0], [one * 5.0 for one in in_time])


@given(SHARES, HOLDS)
def test_nothing_is_raised_a_second_time_before_it_has_cleared(
    in_time: list[int], hold: int
) -> None:
    played = Played(rule(measure="service_level_15s", threshold=70, hold_s=hold))

    for one in in_time:
        played.looks(LineShows(in_time=one, judged=20))

        assert played.raised - played.cleared == int(played.is_raised)


@given(st.lists(st.sampled_from((31, 59, 60, 61)), min_size=1, max_size=60))
def test_a_wait_that_trembles_about_its_limit_is_one_alert(seconds: list[int]) -> None:
    played = Played(rule())

    for one in seconds:
        played.looks(waits(one, played.at_s))

    assert (played.raised, played.cleared) == (int(max(seconds) >= 60), 0)


def test_nobody_ready_is_raised_when_it_has_lasted_and_clears_when_somebody_is() -> None:
    played = Played(rule(measure="nobody_ready_s", threshold=10))
    nobody, somebody = LineShows(nobody_ready=True), LineShows()

    steps = [played.looks(one) for one in (nobody, nobody, somebody, nobody, nobody, nobody)]
    after = played.looks(somebody)

    begin, raised = [AlertStep.BEGIN], [AlertStep.RAISE]
    assert steps == [begin, [], [AlertStep.FORGET], begin, [], raised]
    assert after == [AlertStep.CLEAR]


def test_a_share_of_too_few_calls_says_nothing() -> None:
    played = Played(rule(measure="service_level_15s", threshold=70, least_calls=5))

    assert played.looks(LineShows(in_time=0, judged=4)) == []
    assert played.looks(LineShows(in_time=0, judged=5)) == [AlertStep.RAISE]
    assert played.looks(LineShows()) == [AlertStep.CLEAR]


def test_what_the_files_or_the_lines_do_not_have_any_more_clears() -> None:
    played = Played(rule())
    played.looks(waits(90, 0))
    gone = Played(rule())
    gone.looks(waits(90, 0))
    gone.rules = rule(id="another", lines=["legal"])

    assert played.looks(None) == [AlertStep.CLEAR]
    assert gone.looks(waits(95, 5)) == [AlertStep.CLEAR]


def test_a_clock_that_was_set_back_raises_and_clears_nothing() -> None:
    played = Played(rule(hold_s=10))
    played.at_s = 100
    played.looks(waits(90, 100))
    played.at_s = 0

    assert played.looks(waits(90, 0)) == []


def test_only_an_alarm_goes_to_the_next_and_only_when_its_time_is_over() -> None:
    late, soon = NOON + timedelta(seconds=60), NOON + timedelta(seconds=59)

    assert must_pass_on("alarm", NOON, 60, at=late)
    assert not must_pass_on("alarm", NOON, 60, at=soon)
    assert not must_pass_on("warning", NOON, 60, at=late)


def test_without_a_file_danger_is_an_alarm_on_every_line() -> None:
    shipped = default_alert_rules().rules
    danger = LineShows(danger_since=NOON - timedelta(seconds=31))

    moves = decide(default_alert_rules(), {"a": danger, "b": danger}, {}, at=NOON)

    assert [move.key for move in moves] == [("danger_waiting", "a"), ("danger_waiting", "b")]
    assert {one.measure for one in shipped} == {*type(shipped[0].measure)}
