"""A child who cannot speak now writes a text: they are answered in neutral words, and called."""

from datetime import datetime, timedelta

import pytest

from hotline.i18n.catalog import HERE
from tests.harness.carrier import Handset
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

CHILD = "15400000001"
GOT_IT = "信息收到了"
RETURNS = "您好，这是您要的回电"


async def clock_shows(scene: Scene, hour: int) -> None:
    """Time passes until it is that hour."""
    now = scene.house.clock.now().astimezone(HERE)
    there = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    there += timedelta(days=1) if there <= now else timedelta()
    await scene.passes(_between(now, there))


def _between(now: datetime, there: datetime) -> float:
    return (there - now).total_seconds() + 1


async def writes(scene: Scene, text: str = "你好", *, hour: int = 12) -> Handset:
    """A child writes to the line at some hour."""
    await clock_shows(scene, hour)
    child = scene.handset(CHILD)
    await child.writes(text)
    await scene.until("select 1 from text_message where direction = 'in'")
    return child


async def test_a_child_writes_is_answered_and_called(scene: Scene) -> None:
    child = await writes(scene)
    await child.is_written_to(GOT_IT)
    await scene.passes(5)
    await scene.until("select 1 from text_message where state = 'delivered'")

    li = await scene.counselor("li")
    await child.rings()
    await child.answers()
    await child.hears(RETURNS)
    await child.presses("1")
    await li.phone.rings()
    await li.phone.answers()

    await child.is_talking_to_somebody()
    await scene.until("select 1 from callback where why = 'text' and state = 'done'")


async def test_after_stop_nothing_is_sent_any_more(scene: Scene) -> None:
    child = await writes(scene)
    await child.is_written_to(GOT_IT)

    await child.writes("T")
    await child.writes("在吗")
    await scene.passes(30)
    await scene.until("select 1 from text_consent where withdrawn_how = 'wrote'")

    he = await scene.house.signs_in("he")
    [(owed,)] = await scene.house.rows("select id from callback")
    answer = await he.tries("POST", "/texts", {"template": "when", "callback_id": owed})
    assert answer.status_code == 409
    assert len(await child.texts()) == 1


async def test_at_night_a_child_is_answered_in_the_morning(scene: Scene) -> None:
    child = await writes(scene, hour=23)
    await scene.passes(3600)
    assert await child.texts() == []

    await clock_shows(scene, 8)

    await child.is_written_to(GOT_IT)


async def test_danger_is_called_at_once_and_never_answered_by_text(scene: Scene) -> None:
    li = await scene.counselor("li")
    child = await writes(scene, "我不想活了")
    await scene.until("select 1 from callback where urgency = 'crisis'")

    await scene.passes(10)
    await li.phone.rings()
    await li.phone.answers()
    await child.rings()
    await child.answers()

    await child.is_talking_to_somebody()
    assert await child.texts() == []


async def test_a_text_told_twice_is_one_and_is_answered_once(scene: Scene) -> None:
    await scene.carrier.faults(duplicate=3)

    child = await writes(scene)
    await child.is_written_to(GOT_IT)
    await scene.passes(30)

    assert await scene.count("callback") == 1
    assert await scene.count("text_message where direction = 'in'") == 1
    assert len(await child.texts()) == 1


async def test_an_answer_of_the_carriers_that_is_lost_sends_no_second_text(scene: Scene) -> None:
    lost = {"path": "Messages.json", "method": "POST", "what": "500_with_effect"}
    await scene.carrier.faults(rest=[lost])

    child = await writes(scene)
    await child.is_written_to(GOT_IT)
    await scene.passes(30)
    await scene.until("select 1 from text_message where state in ('sent', 'delivered')")
    await scene.passes(30)

    assert len(await child.texts()) == 1
