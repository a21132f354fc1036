"""Where a child is: about, by the number; for sure, once they have said so to the counselor."""

import pytest

from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

LANDLINE = "02083330000"


async def test_the_counselor_puts_the_place_right_and_the_station_there_answers(
    scene: Scene,
) -> None:
    li, _ = await scene.talking("li", LANDLINE)
    call = await scene.call_of(LANDLINE)
    await scene.until("select 1 from call where place_code = '440100' and place_source = 'number'")

    await li.does("PUT", f"/calls/{call}/place", {"place": "白云区"})
    await li.does("POST", f"/calls/{call}/flags", {"level": "high"})

    await scene.until("select 1 from escalation where station_id = 'guangzhou-baiyun'")
