"""A planner tries out a roster: the question, how far it is, what came of it, and why not."""

import asyncio
from typing import Any
from urllib.parse import quote

import pytest

from hotline.storage.tables import Line, Staff
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.test_what_ifs import _wait, fill
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

PLACE = "/roster/what-if"
ASKED = {"line": "youth", "day": "2026-03-02", "counselors": ["+3:cmn"], "calls_percent": 150}


@pytest.fixture(autouse=True)
async def _speaks(scene: ApiScene) -> None:
    await scene.change(Line, "youth", languages=["cmn", "yue"])


async def begun(scene: ApiScene, **otherwise: Any) -> str:
    asked = await scene.person("he").does("POST", "/what-ifs", {**ASKED, **otherwise})
    return f"?asked={quote(asked['id'])}"


async def played(scene: ApiScene) -> None:
    (playing,) = scene.house.what_ifs._known.values()
    await asyncio.to_thread(_wait, playing)


async def test_the_roster_leads_to_the_question_and_its_languages(
    scene: ApiScene, he: Reader
) -> None:
    assert (await he.reads("/roster")).has("what-if")

    page = await he.reads(f"{PLACE}?day=2026-03-02")

    assert page.has("what-if-empty")
    assert 'data-change="cmn"' in page.html
    assert "普通话 · 现有" in page.text


async def test_what_is_being_played_says_how_far_it_is_and_can_be_stopped(
    scene: ApiScene, he: Reader
) -> None:
    page = await he.reads(PLACE + await begun(scene))

    assert '<progress class="what-if-bar" max="10"' in page.html
    assert page.has("what-if-stop")
    assert 'value="150"' in page.html  # what was asked still stands there


async def test_waits_and_needs_are_drawn_with_their_numbers(scene: ApiScene, he: Reader) -> None:
    fill(scene)
    await scene.change(Staff, "li", skills={"languages": {"cmn": 4}, "certified": True})
    where = await begun(scene)
    await played(scene)

    page = await he.reads(f"{PLACE}/answer{where}", language="en")

    assert "36 calls on average" in page.part("what-if-figures").text
    assert page.part("what-if-waits").html.count('class="what-if-after" x=') == 4
    assert "20:00" in page.part("what-if-waits").text
    assert 'class="what-if-needed" d="M0 ' in page.part("what-if-needs").html


async def test_why_there_is_no_answer_is_said_in_the_readers_language(
    scene: ApiScene, he: Reader
) -> None:
    where = await begun(scene)
    await played(scene)

    page = await he.reads(PLACE + where)

    assert "2026-02-23 没有人来电" in page.part("what-if-fault").text


async def test_a_supervisor_without_lines_is_told_whom_to_ask(scene: ApiScene, he: Reader) -> None:
    await scene.change(Staff, "he", lines=[])

    assert (await he.reads(PLACE)).has("what-if-no-line")
