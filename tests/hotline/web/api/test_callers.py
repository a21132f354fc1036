"""Abuse, blocks and plans over the API: what they write, and who is told."""

from typing import Any

import pytest

from hotline.storage.tables import Call, CallerBlock, Record
from tests.hotline.web.api.conftest import ApiScene

pytestmark = pytest.mark.anyio

BLOCK = {"code": "insulting"}


async def has_a_number(scene: ApiScene) -> None:
    await scene.change(Call, "call", from_index="a-number", from_masked="138****8000")


async def test_one_act_with_a_code_ends_an_abusive_call_and_writes_it_down(
    scene: ApiScene,
) -> None:
    await scene.person("li").does("POST", "/calls/call/abusive", {"code": "obscene"})

    call, record = await scene.get(Call, "call"), await scene.get(Record, "call")
    assert (call.state, call.outcome, call.outcome_step) == ("closing", "talked", "abusive")
    assert (record.contact_type, record.disposition) == ("abusive", "no_counselling")
    assert "caller.abusive" in [one["kind"] for one in (await timeline(scene))]


async def timeline(scene: ApiScene) -> list[dict[str, Any]]:
    shown = await scene.person("he").gets("/calls/call")
    return list(shown["timeline"])


async def test_what_was_written_already_stays(scene: ApiScene) -> None:
    li = scene.person("li")
    await li.does("PUT", "/calls/call/record", {"narrative": "骂了十分钟"})

    await li.does("POST", "/calls/call/abusive", {"code": "insulting"})

    record = await li.gets("/calls/call/record")
    assert (record["contact_type"], record["narrative"]) == ("abusive", "骂了十分钟")


async def test_a_caller_in_danger_is_not_cut_off(scene: ApiScene) -> None:
    await scene.change(Call, "call", urgency="crisis")

    answer = await scene.person("li").asks("POST", "/calls/call/abusive", {"code": "obscene"})

    assert answer.status_code == 409
    assert (await scene.get(Call, "call")).state == "talking"


async def test_a_supervisor_blocks_a_number_and_takes_it_back_where_acts_are_undone(
    scene: ApiScene,
) -> None:
    await has_a_number(scene)
    he = scene.person("he")

    made = await he.does("POST", "/calls/call/block", BLOCK)

    assert [one["masked"] for one in (await he.gets("/callers"))["blocks"]] == ["138****8000"]
    [act] = [one for one in await he.gets("/floor/acts") if one["kind"] == "caller_blocked"]
    await he.does("POST", f"/floor/acts/{act['id']}/undo")
    assert (await he.gets("/callers"))["blocks"] == []
    block: CallerBlock = await scene.get(CallerBlock, made["id"])
    assert block.lifted_by == "he"


async def test_a_long_block_without_a_review_is_refused(scene: ApiScene) -> None:
    await has_a_number(scene)

    answer = await scene.person("he").asks("POST", "/calls/call/block", {**BLOCK, "hours": 48})

    assert answer.status_code == 422
    assert "look at it again" in answer.json()["detail"]
