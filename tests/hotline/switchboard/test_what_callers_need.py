"""What routing learns of a caller from the row of the call."""

from typing import Any

import pytest

from hotline.lines.plans import policy_of
from hotline.storage.tables import Call
from hotline.switchboard.mirror import Mirror, Rows
from hotline.switchboard.needs import need_of
from hotline.switchboard.teller import Plans, Teller
from routing.engine import Skills, Urgency
from routing.policy import Need
from tests.fakes import NOON
from tests.hotline.switchboard.conftest import a_counselor, a_line, in_line, later


def call(**said: Any) -> Call:
    return Call(id="c1", carrier_sid="CA1", line_id="youth", state="waiting", arrived_at=NOON,
                heard_at=NOON, **said)  # fmt: skip


def test_everything_that_was_said_is_part_of_the_need() -> None:
    said = call(
        language="hak",
        topic="family",
        urgency="crisis",
        age_group="teen",
        wished_gender="f",
        also_speaks=["yue", "eng"],
    )

    assert need_of(said, ()) == Need(
        line="youth",
        language="hak",
        urgency=Urgency.CRISIS,
        topic="family",
        age_group="teen",
        gender="f",
        also_speaks=("yue", "eng"),
    )


@pytest.mark.parametrize(("said", "known"), [(None, None), ([], ())])
def test_that_nothing_is_known_is_not_that_they_understand_nothing_else(
    said: list[str] | None, known: tuple[str, ...] | None
) -> None:
    assert need_of(call(also_speaks=said), ()).also_speaks == known


@pytest.mark.parametrize(("on_duty", "asked_first"), [({"li", "chen"}, "li"), ({"chen"}, None)])
def test_who_was_talked_to_before_is_asked_first_while_on_duty(
    on_duty: set[str], asked_first: str | None
) -> None:
    assert need_of(call(counselor_id="li"), on_duty).counselor == asked_first


class CountedPlans(Plans):
    """Counts how often those on duty are looked at."""

    looks = 0

    def on_duty(self, need: Need, people: frozenset[Skills]) -> Need:
        type(self).looks += 1
        return super().on_duty(need, people)


def test_those_on_duty_are_looked_at_once_for_all_callers_who_need_the_same() -> None:
    line = a_line()
    plans = CountedPlans({line.id: policy_of(line)}, {})
    mirror = Mirror(Teller(plans), {line.id: line})
    calls = {name: in_line(name, language="hak") for name in ("c1", "c2", "c3")}
    people = {name: a_counselor(name, "paused") for name in ("li", "chen")}
    others = {"chen": a_counselor("chen", "paused", staff={"skills": {"languages": {"yue": 5}}})}

    for seconds, on_duty in enumerate((people, people, others, people, people)):
        rows = Rows(calls, on_duty)
        mirror.follow(rows, calls=None, counselors=None, at=later(seconds))

    assert CountedPlans.looks == 3
