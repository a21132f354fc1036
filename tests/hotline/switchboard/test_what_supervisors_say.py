"""What a supervisor says of a caller reaches routing: for whom they are meant, and their place."""

import pytest

from hotline.switchboard.mirror import read_rows
from tests.fakes import NOON
from tests.hotline.switchboard.conftest import MirrorScene, SwitchboardScene, later


def test_a_caller_who_was_sent_to_a_counselor_is_offered_to_them_first(
    mirror: MirrorScene,
) -> None:
    mirror.is_on_duty("wang", idle_since=NOON)
    mirror.is_on_duty("li", idle_since=later(60))
    mirror.waits("c1", meant_for_id="li", counselor_id="wang")

    assert mirror.looks(61) == [("c1", "li")]


def test_who_was_sent_to_somebody_who_went_home_is_offered_to_others(mirror: MirrorScene) -> None:
    mirror.is_on_duty("wang")
    mirror.waits("c1", meant_for_id="li")

    assert mirror.looks() == [("c1", "wang")]


def test_a_caller_who_was_put_ahead_is_served_first_and_after_undo_in_their_turn(
    mirror: MirrorScene,
) -> None:
    mirror.waits("first")
    mirror.waits("second", queued_at=later(10))
    mirror.looks(20)
    mirror.waits("second", queued_at=later(-120))
    mirror.looks(21)
    mirror.is_on_duty("li")
    ahead = mirror.looks(22)

    mirror.is_on_duty("li", "paused")
    mirror.looks(23)
    mirror.waits("second", queued_at=later(10))
    mirror.looks(24)
    mirror.is_on_duty("wang")

    assert ahead == [("second", "li")]
    assert mirror.looks(25) == [("first", "wang")]


@pytest.mark.anyio
async def test_who_was_put_ahead_counts_as_queued_then(floor: SwitchboardScene) -> None:
    await floor.caller("ahead", queued_at=NOON, ahead_at=later(-120))

    async with floor.database.work() as work:
        rows = await read_rows(work)

    assert rows.calls["ahead"].queued_at == later(-120)
