"""A supervisor moves callers who wait, puts them first, and takes that back."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.staff.model import Role
from hotline.storage.tables import Call, Line, Offer, Presence, Staff
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.listening import listening

pytestmark = pytest.mark.anyio

MOVE, PRIORITY = "/floor/callers/child/move", "/floor/callers/child/priority"


@pytest.fixture
async def waiting(scene: ApiScene) -> ApiScene:
    """A child waits since ten minutes on one of he's two lines; lee, ready, works on the other."""
    now = scene.clock.now()
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    await scene.change(Staff, "he", lines=["youth", "legal"])
    await scene.hires("lee", Role.COUNSELOR, line="legal")
    await scene.change(Presence, "lee", state="ready")
    came = now - timedelta(minutes=10)
    await scene.add(scene.call("child", CallState.WAITING, queued_at=came, topic="family"))
    return scene


async def act(scene: ApiScene, path: str, body: dict[str, Any]) -> Any:
    return await scene.person("he").does("POST", path, body)


async def undoes(scene: ApiScene, act: dict[str, Any]) -> int:
    answer = await scene.person("he").asks("POST", f"/floor/acts/{act['id']}/undo")
    return answer.status_code


async def refused(scene: ApiScene, path: str, body: dict[str, Any]) -> str:
    answer = await scene.person("he").asks("POST", path, body)
    assert answer.status_code == 409, answer.text
    return str(answer.json()["detail"])


async def test_a_moved_caller_keeps_the_place_in_line(waiting: ApiScene) -> None:
    before = await waiting.get(Call, "child")

    done = await act(waiting, MOVE, {"line": "legal", "reason": "asks about custody"})

    call = await waiting.get(Call, "child")
    assert (call.line_id, call.topic, call.queued_at) == ("legal", "family", before.queued_at)
    assert (done["kind"], done["by"], done["reason"]) == (
        "caller_moved",
        "name of he",
        "asks about custody",
    )
    assert await waiting.kinds("child") == ["call.moved"]


async def test_a_move_is_undone_as_long_as_the_caller_waits_there(waiting: ApiScene) -> None:
    done = await act(waiting, MOVE, {"line": "legal"})

    status = await undoes(waiting, done)
    again = await undoes(waiting, done)

    assert (status, again) == (200, 409)
    assert (await waiting.get(Call, "child")).line_id == "youth"


async def test_a_move_is_not_undone_once_the_caller_was_answered(waiting: ApiScene) -> None:
    done = await act(waiting, MOVE, {"line": "legal"})
    await waiting.change(Call, "child", state="talking")

    answer = await waiting.person("he").asks("POST", f"/floor/acts/{done['id']}/undo")

    assert answer.status_code == 409
    assert "answered meanwhile" in answer.json()["detail"]
    assert (await waiting.get(Call, "child")).line_id == "legal"


async def test_a_phone_of_the_old_line_stops_ringing(waiting: ApiScene) -> None:
    await waiting.offers_to("chen", "child")

    await act(waiting, MOVE, {"line": "legal"})

    offer = await waiting.get(Offer, "offer-chen")
    assert (offer.state, offer.reason) == ("withdrawn", "caller_moved")
    assert (await waiting.get(Presence, "chen")).state == "ready"


async def test_no_phone_stops_for_somebody_in_danger(waiting: ApiScene) -> None:
    await waiting.change(Call, "child", urgency="crisis")
    await waiting.offers_to("chen", "child")

    await act(waiting, MOVE, {"line": "legal"})

    assert (await waiting.get(Offer, "offer-chen")).state == "pending"


async def test_another_topic_leaves_a_phone_ringing(waiting: ApiScene) -> None:
    await waiting.offers_to("chen", "child")

    await act(waiting, MOVE, {"topic": "bullying"})

    assert (await waiting.get(Offer, "offer-chen")).state == "pending"
    assert (await waiting.get(Call, "child")).topic == "bullying"


async def test_a_caller_is_meant_for_a_counselor_who_is_told(waiting: ApiScene) -> None:
    await act(waiting, MOVE, {"line": "legal", "counselor": "lee", "reason": "knows the case"})

    told = await waiting.person("lee").gets("/me/notices")
    assert (await waiting.get(Call, "child")).meant_for_id == "lee"
    assert [(one["kind"], one["by"], one["text"]) for one in told] == [
        ("caller", "name of he", "knows the case")
    ]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"line": "youth"}, "waits there already"),
        ({"counselor": "chen"}, "not on duty"),
        ({"counselor": "lee"}, "does not take calls on that line"),
    ],
)
async def test_a_refused_move_says_why(
    waiting: ApiScene, body: dict[str, Any], sentence: str
) -> None:
    assert sentence in await refused(waiting, MOVE, body)


async def test_nobody_is_moved_who_does_not_wait_or_to_a_line_of_others(waiting: ApiScene) -> None:
    he = waiting.person("he")
    await waiting.add(Line(id="women", name="妇女", name_en="Women", number_shown="3"))

    talking = await he.asks("POST", "/floor/callers/call/move", {"line": "legal"})
    foreign = await he.asks("POST", MOVE, {"line": "women"})

    assert (talking.status_code, foreign.status_code) == (409, 404)


async def test_a_caller_put_ahead_counts_as_first_of_the_line_until_that_is_undone(
    waiting: ApiScene,
) -> None:
    first = waiting.clock.now() - timedelta(minutes=30)
    await waiting.add(waiting.call("earlier", CallState.WAITING, queued_at=first))

    done = await act(waiting, PRIORITY, {"priority": "ahead"})
    ahead = (await waiting.get(Call, "child")).ahead_at
    again = await refused(waiting, PRIORITY, {"priority": "ahead"})
    await undoes(waiting, done)

    assert ahead < first
    assert "first of their line already" in again
    assert (await waiting.get(Call, "child")).ahead_at is None


async def test_danger_is_raised_with_a_reason_and_never_taken_back(waiting: ApiScene) -> None:
    done = await act(waiting, PRIORITY, {"priority": "crisis", "reason": "screams"})

    status = await undoes(waiting, done)

    assert (status, done["can_be_undone"], done["reason"]) == (409, False, "screams")
    assert (await waiting.get(Call, "child")).urgency == "crisis"
    assert "in danger already" in await refused(waiting, PRIORITY, {"priority": "crisis"})


async def test_the_acts_of_a_line_are_listed_newest_first_with_who_undid_them(
    waiting: ApiScene,
) -> None:
    moved = await act(waiting, MOVE, {"line": "legal"})
    waiting.clock.advance(1)
    await act(waiting, PRIORITY, {"priority": "crisis"})
    await undoes(waiting, moved)

    listed = await waiting.person("he").gets("/floor/acts")

    assert [(one["kind"], one["subject"], one["undone_by"]) for one in listed] == [
        ("caller_raised", "154****0001", ""),
        ("caller_moved", "154****0001", "name of he"),
    ]


async def test_the_same_request_again_moves_once(waiting: ApiScene) -> None:
    he = waiting.person("he")

    first = await he.asks("POST", MOVE, {"line": "legal"}, key="once")
    again = await he.asks("POST", MOVE, {"line": "legal"}, key="once")

    assert (first.status_code, again.json()) == (200, first.json())
    assert len(await he.gets("/floor/acts")) == 1


@pytest.mark.usefixtures("following")
async def test_supervisors_hear_of_an_act_and_counselors_do_not(waiting: ApiScene) -> None:
    async with listening(waiting.app, "he") as heard, listening(waiting.app, "chen") as other:
        await heard.until("clock")
        await other.until("clock")
        done = await act(waiting, MOVE, {"line": "legal"})
        told = await heard.until("act")
        await act(waiting, "/floor/messages", {"text": "x", "people": ["chen"]})
        next_told = await other.until("notice")

    assert (told, next_told) == (done["id"], "chen")


async def test_each_act_is_described_with_an_example_and_a_refusal(scene: ApiScene) -> None:
    described = (await scene.http.get("/api/openapi.json")).json()
    acts = {path: it["post"] for path, it in described["paths"].items()
            if path.startswith("/api/v1/floor/") and "post" in it}  # fmt: skip
    del acts["/api/v1/floor/alerts/{alert_id}/note"]  # also beside what is over

    assert len(acts) == 12
    for path, command in acts.items():
        said = command["responses"]["409"]["content"]["application/problem+json"]["example"]
        assert said["detail"].endswith("."), path
    bodies = ["MoveIn", "PriorityIn", "DivertIn", "CloseIn", "PresencesIn", "SkillsIn", "MessageIn",
              "AlertHandIn", "AlertNoteIn"]  # fmt: skip
    assert all(described["components"]["schemas"][name]["examples"] for name in bodies)
