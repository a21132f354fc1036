"""Who takes over where nobody of a line can, and when."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.lines.alarm import AlarmStep
from hotline.lines.overflow import AFTER_S, BACK_AFTER_S, alarm_for, partner_of
from hotline.storage.tables import Call, Line
from tests.fakes import NOON

OUTSIDE = {"name": "省热线", "name_en": "the province", "number": "02000000099"}
ANOTHER = {"name": "青少年", "name_en": "Youth", "line": "youth"}
WORKDAYS = {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:30", "to": "17:30"}
A_SUNDAY = NOON


def a_line(**values: Any) -> Line:
    return Line(id="women", name="妇女", name_en="Women", number_shown="12338", **values)


def a_call(**values: Any) -> Call:
    fields = {"carrier_sid": "CA", "line_id": "women", "state": CallState.WAITING} | values
    return Call(arrived_at=NOON, heard_at=NOON, **fields)


def when(line: Line, call: Call, step: AlarmStep) -> float | None:
    """After how many seconds of waiting a step is due; None: never."""
    steps = {one: after for after, one in alarm_for(line, call, at=A_SUNDAY).steps}
    return steps.get(step)


@pytest.mark.parametrize("partner", [OUTSIDE, ANOTHER], ids=["outside", "another line"])
def test_a_partner_takes_over_after_a_minute_where_nothing_else_is_said(
    partner: dict[str, str],
) -> None:
    assert when(a_line(overflow=partner), a_call(), AlarmStep.PARTNER) == AFTER_S


def test_a_line_may_say_after_how_long_its_partner_takes_over() -> None:
    line = a_line(overflow=OUTSIDE | {"after_s": 20.0})

    assert when(line, a_call(), AlarmStep.PARTNER) == 20


def test_a_line_without_a_partner_has_no_such_step() -> None:
    assert partner_of(a_line()) is None
    assert when(a_line(), a_call(), AlarmStep.PARTNER) is None


def test_on_a_closed_line_the_partner_is_the_first_to_be_rung() -> None:
    line = a_line(overflow=OUTSIDE, hours=[WORKDAYS])

    assert when(line, a_call(), AlarmStep.PARTNER) == 0


def test_in_danger_nobody_is_sent_to_another_line_and_a_partner_outside_comes_last() -> None:
    call = a_call(urgency="crisis")
    ladder = alarm_for(a_line(overflow=OUTSIDE), call, at=A_SUNDAY).steps

    assert when(a_line(overflow=ANOTHER), call, AlarmStep.PARTNER) is None
    assert ladder[-1][1] is AlarmStep.PARTNER


def test_who_is_with_another_line_is_back_after_a_minute() -> None:
    away = a_call(line_id="youth", overflowed_from="women")

    assert when(a_line(overflow=ANOTHER), away, AlarmStep.BACK) == BACK_AFTER_S


def test_who_was_with_another_line_once_is_not_sent_there_again() -> None:
    back = a_call(overflowed_from="women")

    assert when(a_line(overflow=ANOTHER), back, AlarmStep.PARTNER) is None
    assert when(a_line(overflow=OUTSIDE), back, AlarmStep.PARTNER) == AFTER_S


@pytest.mark.parametrize(("language", "name"), [("eng", "the province"), ("cmn", "省热线")])
def test_a_partner_is_named_as_the_caller_understands(language: str, name: str) -> None:
    partner = partner_of(a_line(overflow=OUTSIDE))

    assert partner is not None
    assert partner.name_in(language) == name


def test_the_steps_stand_in_the_order_in_which_they_are_due() -> None:
    late = OUTSIDE | {"after_s": timedelta(hours=1).total_seconds()}
    steps = alarm_for(a_line(overflow=late), a_call(), at=A_SUNDAY).steps

    assert [after for after, _ in steps] == sorted(after for after, _ in steps)
    assert steps[-1][1] is AlarmStep.PARTNER
