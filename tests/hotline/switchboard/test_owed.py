"""Whose turn it is, of those who wait on the line and those who asked to be called."""

from datetime import timedelta

from hotline.storage.tables import Line
from hotline.switchboard.owed import InTurn, whose_turn
from hotline.switchboard.teller import plans_in_force
from routing.engine import Skills, Urgency
from routing.policy import Need
from tests.fakes import NOON

PLANS = plans_in_force({"youth": Line(id="youth", name="", name_en="", number_shown="")})
MANDARIN = Skills(lines=frozenset({"youth"}), languages=(("cmn", 3),))


def one(minutes: int, callback_id: str = "", *, danger: bool = False) -> InTurn:
    """Somebody whose place in line is so many minutes after noon."""
    urgency = Urgency.CRISIS if danger else Urgency.ROUTINE
    need = Need(line="youth", language="cmn", urgency=urgency)
    return InTurn(need, NOON + timedelta(minutes=minutes), callback_id)


def test_who_asked_is_rung_when_nobody_before_needs_the_counselor() -> None:
    people = [one(1, "asked"), one(2)]

    assert list(whose_turn(people, [MANDARIN], PLANS)) == ["asked"]


def test_who_waits_since_before_is_served_before() -> None:
    people = [one(1), one(2, "asked")]

    assert list(whose_turn(people, [MANDARIN], PLANS)) == []
    assert list(whose_turn(people, [MANDARIN, MANDARIN], PLANS)) == ["asked"]


def test_danger_goes_before_any_promise() -> None:
    people = [one(1, "asked"), one(5, danger=True)]

    assert list(whose_turn(people, [MANDARIN], PLANS)) == []


def test_nobody_is_rung_for_a_counselor_who_does_not_fit() -> None:
    elsewhere = Skills(lines=frozenset({"legal"}), languages=(("cmn", 3),))

    assert list(whose_turn([one(1, "asked")], [elsewhere], PLANS)) == []
