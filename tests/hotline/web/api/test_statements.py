"""What pages cost that are looked at again with every change, and what a right costs to know."""

from contextlib import suppress

import pytest

from hotline.calls.model import CallState
from hotline.calls.queries import permitted_call
from hotline.errors import NotFound
from hotline.escalations.queries import require_escalation
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn, who_is
from hotline.storage.tables import Call, Presence, Record, Staff
from tests.hotline.counting import counted_statements
from tests.hotline.web.api.conftest import ApiScene, token_of

pytestmark = pytest.mark.anyio

IDLE_DESK = 5
LISTS = ("/floor", "/wall", "/escalations/live", "/station/live")
READERS = {"/station/live": "tianhe"}


async def statements_of(scene: ApiScene, who: str, path: str) -> int:
    """How many statements an answer takes, from the request to the commit."""
    with counted_statements(scene.house.database) as statements:
        answer = await scene.http.get(path, headers=scene.person(who).headers)
    assert answer.status_code == 200, answer.text
    return len(statements)


async def more_of_everything(scene: ApiScene) -> None:
    """Thirty callers who wait, thirty records that are due, thirty escalations."""
    now = scene.clock.now()
    for n in range(30):
        await scene.add(scene.call(f"waits-{n}", CallState.WAITING, queued_at=now))
        over = {"counselor_id": "chen", "joined_at": now, "ended_at": now, "outcome": "talked"}
        over |= {"from_index": f"number-{n}"}
        await scene.add(scene.call(f"over-{n}", CallState.ENDED, **over))
        await scene.person("li").does(
            "POST", "/calls/call/flags", {"level": "high" if n else "imminent"}
        )
    for n in range(10):
        await scene.add(
            Record(call_id=f"over-{n}", staff_id="chen", contact_type="self", risk="none",
                   disposition="listened", follow_up=True, saved_at=now)
        )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/desk/now", IDLE_DESK + 2),  # what they are planned for, by roster and by weekly hours
        ("/desk/due", IDLE_DESK + 14),  # every kind of duty, whose break is first, who is not rung
        ("/desk/bar", IDLE_DESK),
        ("/desk/presence", IDLE_DESK),
    ],
)
async def test_a_desk_at_rest_is_looked_at_again_for_little(
    scene: ApiScene, path: str, most: int
) -> None:
    await scene.change(Presence, "chen", state="ready")
    assert await statements_of(scene, "chen", path) <= most

    await more_of_everything(scene)

    assert await statements_of(scene, "chen", path) <= most


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_costs_the_same_however_long_it_is(scene: ApiScene, path: str) -> None:
    who = READERS.get(path, "he")
    await scene.add(scene.call("first", CallState.WAITING))  # some statements ask nothing of nobody
    await scene.person("li").does("POST", "/calls/call/flags", {"level": "imminent"})
    short = await statements_of(scene, who, path)

    await more_of_everything(scene)

    assert await statements_of(scene, who, path) == short


async def test_what_is_due_is_shown_each_in_its_place(scene: ApiScene) -> None:
    now = scene.clock.now()
    over = {"counselor_id": "chen", "joined_at": now, "ended_at": now}
    for call_id, outcome in (("unwritten", "talked"), ("followed", "talked")):
        await scene.add(
            scene.call(call_id, CallState.ENDED, outcome=outcome, from_masked=call_id, **over)
        )
    await scene.add(
        scene.call("owed", CallState.ENDED, outcome="callback_owed", from_masked="owed",
                   from_index="a", urgency="crisis"),
        scene.call("kept", CallState.ENDED, outcome="callback_owed", from_masked="kept",
                   from_index="b"),
        Record(call_id="followed", staff_id="chen", contact_type="self", risk="none",
               disposition="listened", follow_up=True, saved_at=now),
    )  # fmt: skip
    scene.clock.advance(60)
    await scene.add(scene.call("talked", CallState.ENDED, outcome="talked", from_index="b"))

    answer = await scene.http.get("/desk/due", headers=scene.person("chen").headers)

    shown = [
        word for word in ("unwritten", "owed", "kept", "followed") if f">{word}<" in answer.text
    ]
    assert shown == ["unwritten", "owed", "followed"]
    assert "紧急" in answer.text


async def test_the_desk_shows_the_lines_one_works_for_and_who_waits_there(
    scene: ApiScene,
) -> None:
    await scene.add(scene.call("waits", CallState.WAITING, queued_at=scene.clock.now()))
    await scene.change(Staff, "chen", lines=["youth"])

    answer = await scene.http.get("/desk/now", headers=scene.person("chen").headers)

    assert '<span class="big">1</span>' in answer.text
    assert (await scene.get(Call, "waits")).state == CallState.WAITING


async def signed_in(scene: ApiScene, username: str) -> SignedIn:
    async with scene.house.database.work() as work:
        return await who_is(work, token_of(username), at=scene.clock.now())


@pytest.mark.parametrize(("who", "most"), [("li", 0), ("he", 0), ("chen", 1)])
async def test_one_statement_at_most_says_whether_somebody_may_see_a_call(
    scene: ApiScene, who: str, most: int
) -> None:
    await scene.offers_to("chen", "call")
    asking, call = await signed_in(scene, who), await scene.get(Call, "call")

    async with scene.house.database.work() as work:
        with counted_statements(scene.house.database) as statements:
            await permitted_call(work, call, asking)

    assert len(statements) == most


@pytest.mark.parametrize("who", ["he", "tianhe", "haizhu"])
async def test_one_statement_says_how_somebody_stands_to_an_escalation(
    scene: ApiScene, who: str
) -> None:
    told = await scene.person("li").does("POST", "/calls/call/flags", {"level": "imminent"})
    asking, seeing = await signed_in(scene, who), Permission.SEE_ESCALATION

    async with scene.house.database.work() as work:
        with counted_statements(scene.house.database) as statements, suppress(NotFound):
            await require_escalation(work, told["escalation_id"], asking, seeing)

    assert len(statements) == 1
