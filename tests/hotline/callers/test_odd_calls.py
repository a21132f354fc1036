"""Silent, test, wrong and abusive calls, and those who hung up, are counted apart."""

from datetime import timedelta

import pytest

from hotline.callers.odd_calls import OddCalls, odd_calls
from hotline.storage.tables import Record
from tests.fakes import NOON
from tests.hotline.callers.conftest import CallersScene

pytestmark = pytest.mark.anyio


async def written(scene: CallersScene, contact_type: str) -> None:
    key = await scene.called(outcome="talked")
    await scene.add(Record(call_id=key, staff_id="li", version=1, contact_type=contact_type,
                           risk="none", disposition="listened", saved_at=NOON))  # fmt: skip


async def test_each_is_counted_by_what_was_written_or_by_when_they_left(
    scene: CallersScene,
) -> None:
    for one in ("silent", "silent", "test", "wrong_number", "abusive", "hang_up", "self"):
        await written(scene, one)
    await scene.called(lasted_s=3)
    await scene.called(lasted_s=90)
    await scene.called(NOON - timedelta(days=1), lasted_s=3)

    async with scene.work() as work:
        found = await odd_calls(work, ["youth"], since=NOON)
        elsewhere = await odd_calls(work, ["legal"], since=NOON)

    assert found == OddCalls(
        silent=2, test=1, wrong_number=1, abusive=1, hang_up=1, hung_up=2, short=1
    )
    assert elsewhere == OddCalls()
