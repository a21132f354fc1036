"""What routing learns of a caller from the row of the call."""

from typing import Any

import pytest

from hotline.storage.tables import Call
from hotline.switchboard.mirror import need_of
from routing.engine import Urgency
from routing.policy import Need
from tests.fakes import NOON


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
