"""The desk knows the roster: it proposes a shift, and asks after its end."""

from datetime import timedelta

import pytest

from hotline.storage.tables import Presence, RosterShift
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("begins", "state", "phase"),
    [
        (-1, "offline", "now"),
        (-9, "ready", "over"),
        (4, "ready", "off"),
        (-1, "ready", None),
        (-9, "talking", None),
    ],
)
async def test_the_desk_proposes_a_shift_and_asks_after_its_end_but_never_in_a_talk(
    scene: ApiScene, chen: Reader, begins: int, state: str, phase: str | None
) -> None:
    begins_at = scene.clock.now() + timedelta(hours=begins)
    await scene.add(
        RosterShift(staff_id="chen", lines=["youth"], kind="duty", state="planned", by_id="he",
                    begins_at=begins_at, ends_at=begins_at + timedelta(hours=8), at=begins_at)
    )  # fmt: skip
    await scene.change(Presence, "chen", state=state)

    page = await chen.reads("/desk/now")

    assert page.has("own-duty") == (phase is not None)
    assert phase is None or f'data-phase="{phase}"' in page.html
    assert page.has("end-duty") == (phase == "over")
