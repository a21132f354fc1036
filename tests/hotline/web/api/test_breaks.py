"""Breaks swapped by command: by whose they are, or by a supervisor; once, and told to both."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from hotline.storage.tables import BreakSwap, Presence
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.listening import listening

pytestmark = pytest.mark.anyio

SWAP = {"giver": "chen", "taker": "li"}


@pytest.fixture
async def at_work(scene: ApiScene) -> ApiScene:
    """Chen's break is due in an hour, li's ten minutes later; li talks."""
    hour_ago = scene.clock.now() - timedelta(hours=1)
    await scene.change(Presence, "chen", state="ready", working_since=hour_ago)
    await scene.change(Presence, "li", working_since=hour_ago + timedelta(minutes=10))
    return scene


async def due_minutes(scene: ApiScene) -> dict[str, int]:
    """In how many minutes each is due, as the floor tells it."""
    floor = await scene.person("he").gets("/floor")
    now = scene.clock.now()
    return {one["staff_id"]: _minutes(now, one["due_at"]) for one in floor["breaks"]}


def _minutes(now: datetime, then: str) -> int:
    return round((datetime.fromisoformat(then) - now).total_seconds() / 60)


async def swaps(scene: ApiScene) -> list[tuple[str, str, str]]:
    async with scene.house.database.work() as work:
        kept = (await work.exec(select(BreakSwap))).all()
    return [(one.giver_id, one.taker_id, one.by_id) for one in kept]


@pytest.mark.parametrize("by", ["chen", "he"])
async def test_a_turn_is_given_by_whose_it_is_or_by_the_supervisor(
    at_work: ApiScene, by: str
) -> None:
    before = await due_minutes(at_work)

    await at_work.person(by).does("POST", "/breaks/swaps", SWAP)

    assert before == {"chen": 60, "li": 70}
    assert await due_minutes(at_work) == {"li": 60, "chen": 70}
    assert await swaps(at_work) == [("chen", "li", by)]


async def test_the_same_request_again_swaps_nothing_back(at_work: ApiScene) -> None:
    chen = at_work.person("chen")

    first = await chen.asks("POST", "/breaks/swaps", SWAP, key="once")
    again = await chen.asks("POST", "/breaks/swaps", SWAP, key="once")
    with_another_key = await chen.asks("POST", "/breaks/swaps", SWAP, key="twice")

    assert (first.status_code, again.json()) == (200, first.json())
    assert with_another_key.status_code == 409
    assert await swaps(at_work) == [("chen", "li", "chen")]


async def test_a_refusal_says_why_in_a_sentence(at_work: ApiScene) -> None:
    await at_work.change(Presence, "li", state="offline", call_id=None)

    refused = await at_work.person("chen").asks("POST", "/breaks/swaps", SWAP)

    told: dict[str, Any] = refused.json()
    assert (refused.status_code, told["type"], told["reason"]) == (409, "BreakNotSwapped", "away")
    assert "no turn to give" in told["detail"]


@pytest.mark.usefixtures("following")
async def test_both_hear_of_it(at_work: ApiScene) -> None:
    async with listening(at_work.app, "li") as heard:
        await heard.until("clock")
        await at_work.person("chen").does("POST", "/breaks/swaps", SWAP)
        told = {await heard.until("presence"), await heard.until("presence")}

    assert told == {"chen", "li"}


async def test_the_command_is_described_with_an_example_and_its_refusal(scene: ApiScene) -> None:
    described = (await scene.http.get("/api/openapi.json")).json()

    said = described["paths"]["/api/v1/breaks/swaps"]["post"]["responses"]["409"]
    example = said["content"]["application/problem+json"]["example"]
    assert described["components"]["schemas"]["SwapIn"]["examples"] == [
        {"giver": "li", "taker": "chen"}
    ]
    assert (example["type"], example["reason"]) == ("BreakNotSwapped", "not_later")
