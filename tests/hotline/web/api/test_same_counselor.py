"""The counselor asks the caller whether to be connected again next time, and writes it down."""

import httpx
import pytest

from hotline.calls.model import CallState
from hotline.storage.tables import Call, KnownCaller
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

CALL = "/calls/call/same-counselor"


async def test_a_yes_is_kept_for_the_number_and_not_with_it(scene: ApiScene, li: Person) -> None:
    await scene.change(Call, "call", from_index="index-of-the-child")

    told = await li.does("PUT", CALL, {"agreed": True})

    assert (told["agreed"], told["counselor"]) == (True, "name of li")
    assert (await scene.get(KnownCaller, "index-of-the-child")).staff_id == "li"
    assert await scene.kinds() == ["call.same_counselor_agreed"]


async def test_a_no_takes_it_back_also_after_the_talk(scene: ApiScene, li: Person) -> None:
    await scene.change(Call, "call", from_index="index-of-the-child")
    await li.does("PUT", CALL, {"agreed": True})
    await scene.change(Call, "call", state=CallState.ENDED, outcome="talked")

    told = await li.does("PUT", CALL, {"agreed": False})

    assert told == {"agreed": False, "counselor": "", "until": None, "may_be_asked": True}


async def test_a_withheld_number_cannot_be_known_again(scene: ApiScene, li: Person) -> None:
    await scene.change(Call, "call", from_index="")

    answer = await li.asks("PUT", CALL, {"agreed": True})

    assert answer.status_code == httpx.codes.CONFLICT
