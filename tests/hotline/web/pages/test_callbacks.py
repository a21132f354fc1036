"""The work list of calls that we owe, as people see it; and the count of it on the floor."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Callback, CallbackAttempt
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def owes(scene: ApiScene, key: str, **values: Any) -> None:
    """One that is late by a minute, and was tried once by the system."""
    at = scene.clock.now() - timedelta(minutes=1)
    times = {"promised_at": at, "place_at": at, "due_at": at}
    tried = scene.call(f"try-{key}", CallState.ENDED, direction="out", outcome="not_reached",
                       outcome_step="busy", from_index=key)  # fmt: skip
    fields = {"from_index": key, "from_masked": "154****0002", "why": "asked", "attempts": 1}
    await scene.add(
        tried,
        Callback(id=key, line_id="youth", **{**times, **fields, **values}),
        CallbackAttempt(callback_id=key, number=1, call_id=tried.id, at=at, ended_as="busy"),
    )


async def test_what_is_late_says_so_and_who_answers_for_it(scene: ApiScene, he: Reader) -> None:
    await owes(scene, "owed")

    page = await he.reads("/callbacks")

    assert "已逾期" in page.part("overdue").text
    assert "督导负责" in page.part("owner").text
    assert "系统 · 对方占线" in page.part("tries").text


async def test_a_child_whom_only_people_call_any_more_is_said_to_be_so(
    scene: ApiScene, he: Reader
) -> None:
    await owes(scene, "gone", why="dropped", urgency="crisis")
    await owes(scene, "lost", why="hung_up")

    page = await he.reads("/callbacks")
    english = await he.reads("/callbacks", language="en")

    assert len(page.all("left-to-people")) == 1
    assert "系统试了 1 次，不再自动回拨" in page.part("left-to-people").text
    assert "somebody has to reach them" in english.part("left-to-people").text


async def test_in_danger_stands_first_in_english_too(scene: ApiScene, chen: Reader) -> None:
    await owes(scene, "owed")
    await owes(scene, "gone", why="dropped", urgency="crisis", owner_id="chen")

    page = await chen.reads("/callbacks", language="en")

    assert 'data-why="dropped"' in page.all("owed")[0]
    assert "In danger, suddenly gone" in page.text
    assert not any("一" <= letter <= "鿿" for letter in page.part("owed").part("owner").text[:40])


async def test_the_floor_counts_what_is_owed_and_leads_there(scene: ApiScene, he: Reader) -> None:
    await owes(scene, "owed")

    page = await he.reads("/floor")

    assert "is-crisis" in page.all("promises")[0]
    assert "欠 1 个回电 · 逾期 1 个" in page.part("promises").text


async def test_nothing_owed_says_what_will_be_here(chen: Reader) -> None:
    assert "没有欠着的回电" in (await chen.reads("/callbacks")).text
