"""The floor as it was, over the API: of the reader's lines, as far as it is past and kept."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote

import pytest

from hotline.calls.model import CallState
from hotline.storage.session import Database
from hotline.storage.tables import Call, FloorAlert, Line, Presence
from tests.fakes import FakeClock
from tests.hotline.database_clock import moved_database_clock, set_database_clock
from tests.hotline.web.api.alert_rights import an_alert
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio


@pytest.fixture
async def _past_is_kept(database: Database, clock: FakeClock) -> AsyncIterator[None]:
    """From before anybody is there."""
    async with moved_database_clock(database, clock.now()):
        yield


@pytest.fixture(autouse=True)
async def _waited_and_left(_past_is_kept: None, scene: ApiScene) -> None:
    """Somebody waited, chen was ready; a minute later neither is there."""
    now = scene.clock.now()
    await scene.add(
        Line(id="legal", name="法律", name_en="Legal", number_shown="2"),
        scene.call("waits", CallState.WAITING, queued_at=now - timedelta(seconds=90)),
        scene.call("other", CallState.WAITING, line_id="legal", queued_at=now),
    )
    await scene.add(an_alert(now, owner_id="he"))
    await scene.change(Presence, "chen", state="ready")
    later = scene.clock.advance(60)
    await set_database_clock(scene.house.database, later)
    over = {"state": CallState.ENDED, "ended_at": later, "outcome": "hung_up"}
    await scene.change(Call, "waits", **over)
    await scene.change(Presence, "chen", state="offline")
    await scene.change(FloorAlert, "alert", cleared_at=later)


def past(scene: ApiScene, ago_s: float) -> str:
    """The address of the floor so long ago."""
    at = scene.clock.now() - timedelta(seconds=ago_s)
    return f"/floor/past?at={quote(at.isoformat())}"


async def test_the_floor_of_a_minute_ago_shows_who_was_there(scene: ApiScene, he: Person) -> None:
    then, now = await he.gets(past(scene, 60)), await he.gets("/floor")

    assert [it["call_id"] for it in then["callers"]] == ["waits", "call"]
    assert [it["for_s"] for it in then["callers"]] == [90, 0]
    assert {it["staff_id"] for it in then["counselors"]} == {"chen", "li"}
    assert [it["call_id"] for it in now["callers"]] == ["call"]
    assert {it["staff_id"] for it in now["counselors"]} == {"li"}
    assert then["lines"][0]["in_equals_out"]


async def test_the_alerts_of_a_minute_ago_are_told(scene: ApiScene, he: Person) -> None:
    then = past(scene, 60).replace("past", "alerts")
    [alert] = await he.gets(then)
    to_come = await he.asks("GET", past(scene, -1).replace("past", "alerts"))

    assert (alert["id"], alert["taken_at"], alert["owner"]) == ("alert", None, "name of he")
    assert await he.gets("/floor/alerts") == []
    assert to_come.status_code == 422


async def test_the_present_is_the_end_of_the_past(scene: ApiScene, he: Person) -> None:
    then, now = await he.gets(past(scene, 0)), await he.gets("/floor")

    assert then == now | {"callers": [it | {"why": None} for it in now["callers"]]}


@pytest.mark.parametrize(
    ("ago_s", "says"), [(-1, "has not come yet"), (3600, "The past that can be told begins at")]
)
async def test_what_is_to_come_and_what_is_not_kept_are_told_apart(
    scene: ApiScene, he: Person, ago_s: float, says: str
) -> None:
    answer = await he.asks("GET", past(scene, ago_s))

    assert answer.status_code == 422
    assert says in answer.text


async def test_a_moment_without_a_zone_is_refused(he: Person) -> None:
    answer = await he.asks("GET", "/floor/past?at=2026-03-01T12:00:00")

    assert answer.status_code == 422
