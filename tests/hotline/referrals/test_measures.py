"""How receivers answer: medians, parts of a whole, and what is too small to tell."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hotline.referrals.measures import as_csv, measured, measures
from hotline.storage.tables import Referral
from tests.hotline.referrals.conftest import ReferralScene, a_place

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def some(count: int, **what: Any) -> list[Referral]:
    """Alike ones, sent at the beginning."""
    return [
        Referral(case_id="c", place_id="p", reason="mood", by="x", at=BEGIN,
                 **{"state": "sent", **what})
        for _ in range(count)
    ]  # fmt: skip


def test_each_number_is_what_its_definition_says() -> None:
    theirs = [
        *some(5, state="accepted", answered_at=BEGIN + DAY, appointment_at=BEGIN + 7 * DAY),
        *some(6, state="declined", answered_at=BEGIN + 3 * DAY, decline="full"),
        *some(5, state="resulted", answered_at=BEGIN + DAY, in_time=True),
        *some(5, state="resulted", answered_at=BEGIN + DAY, in_time=False),
    ]

    found = measured(a_place("p"), theirs)

    assert (found.asked, found.accepted, found.waiting) == (21, 15, 0)
    assert found.declined == {"full": 6, "not_ours": 0, "closed": 0}
    assert (found.days_to_answer, found.days_to_appointment) == (1.0, 7.0)
    assert (found.results, found.on_time) == (10, 5)
    assert (found.share(found.accepted), found.share(None)) == (71, None)


def test_fewer_than_five_are_not_told() -> None:
    found = measured(a_place("p"), some(4, answered_at=BEGIN + DAY, appointment_at=BEGIN + DAY))

    assert (found.asked, found.accepted) == (None, None)
    assert (found.days_to_answer, found.days_to_appointment) == (None, None)
    assert found.share(4) is None


def test_what_is_hidden_cannot_be_had_by_subtraction() -> None:
    theirs = [*some(9, answered_at=BEGIN), *some(6), *some(1, answered_at=BEGIN, decline="closed")]

    found = measured(a_place("p"), theirs)

    assert found.asked == 16
    assert found.declined["closed"] is None
    assert (found.accepted, found.waiting) == (9, None)


def test_late_results_cannot_be_had_by_subtraction_either() -> None:
    theirs = [*some(7, state="resulted", in_time=True), *some(1, state="resulted", in_time=False)]

    assert measured(a_place("p"), theirs).on_time is None


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@sum", "\tx"])
def test_no_cell_of_the_table_is_a_formula(name: str) -> None:
    place = a_place("p", name={"zh": name, "en": name})

    table = as_csv([measured(place, some(5))], language="en")

    assert f"'{name}" in table.splitlines()[1]


@pytest.mark.anyio
async def test_only_what_was_sent_on_these_lines_in_this_time_is_counted(
    scene: ReferralScene,
) -> None:
    for _ in range(5):
        await scene.refers()
    now = scene.clock.now()

    async with scene.work() as work:
        until = now + DAY
        [found] = await measures(work, ["12355"], since=now - DAY, until=until)
        elsewhere = await measures(work, ["another"], since=now - DAY, until=until)
        before = await measures(work, ["12355"], since=now - 2 * DAY, until=now)

    assert (found.place.id, found.asked, found.waiting) == ("clinic", 5, 5)
    assert (list(elsewhere), list(before)) == ([], [])
