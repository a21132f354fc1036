"""A supervisor sets counselors aside, changes what they can do, and writes to them."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.directing.shift_skills import end_shift_skills
from hotline.storage.tables import Offer, Presence, Staff
from tests.fakes import NOON
from tests.hotline.web.api.conftest import ApiScene

pytestmark = pytest.mark.anyio

LATER = NOON + timedelta(hours=1)
PRESENCES, SKILLS, MESSAGES = "/floor/presences", "/floor/skills", "/floor/messages"
ASIDE = {"people": ["chen"], "state": "paused", "reason": "please rest"}
YUE = {"languages": {"yue": 3}, "certified": True, "reason": "many from Foshan"}


@pytest.fixture
async def on_duty(scene: ApiScene) -> ApiScene:
    """Chen is ready at an open desk and speaks Mandarin; li talks."""
    soon = scene.clock.now() + timedelta(seconds=20)
    await scene.change(Presence, "chen", state="ready", lease_until=soon)
    await scene.change(Staff, "chen", skills={"languages": {"cmn": 5}, "topics": {"family": 2}})
    await scene.change(Staff, "li", skills={"languages": {"cmn": 5}})
    return scene


async def he_does(scene: ApiScene, path: str, body: Any = None) -> Any:
    return await scene.person("he").does("POST", path, body)


async def he_is_told(scene: ApiScene, path: str, body: Any = None) -> str:
    answer = await scene.person("he").asks("POST", path, body)
    assert answer.status_code == 409, answer.text
    return str(answer.json()["detail"])


async def notices(scene: ApiScene, username: str) -> list[tuple[str, str]]:
    told = await scene.person(username).gets("/me/notices")
    return [(one["kind"], one["text"]) for one in told]


async def test_who_is_set_aside_reads_why_until_it_is_undone(on_duty: ApiScene) -> None:
    done = await he_does(on_duty, PRESENCES, ASIDE)
    aside = await on_duty.get(Presence, "chen")
    read = await notices(on_duty, "chen")
    await he_does(on_duty, f"/floor/acts/{done['acts'][0]['id']}/undo")

    assert (aside.state, aside.reason) == ("paused", "by_supervisor")
    assert read == [("presence", "please rest")]
    assert (await on_duty.get(Presence, "chen")).state == "ready"
    assert await notices(on_duty, "chen") == []


async def test_who_has_read_of_it_is_told_that_it_was_undone(on_duty: ApiScene) -> None:
    done = await he_does(on_duty, PRESENCES, ASIDE)
    (notice,) = await on_duty.person("chen").gets("/me/notices")
    await on_duty.person("chen").does("POST", f"/me/notices/{notice['id']}/read")
    await he_does(on_duty, f"/floor/acts/{done['acts'][0]['id']}/undo")

    assert [kind for kind, _ in await notices(on_duty, "chen")] == ["undone"]


async def test_of_many_those_in_a_call_are_left_alone_with_a_sentence(on_duty: ApiScene) -> None:
    done = await he_does(on_duty, PRESENCES, {**ASIDE, "people": ["chen", "li"]})

    assert [act["subject_id"] for act in done["acts"]] == ["chen"]
    assert [(one["staff_id"], one["reason"], one["why"]) for one in done["refused"]] == [
        ("li", "in_call", "They are in a call: wait until it is over.")
    ]
    assert "in a call" in await he_is_told(on_duty, PRESENCES, {**ASIDE, "people": ["li"]})


async def test_many_are_undone_together(on_duty: ApiScene) -> None:
    await on_duty.change(Presence, "li", state="ready", call_id=None)
    await on_duty.change(Staff, "li", answers_on="own_phone")
    done = await he_does(on_duty, PRESENCES, {**ASIDE, "people": ["chen", "li"]})

    await he_does(on_duty, f"/floor/acts/{done['acts'][1]['id']}/undo", {"together": True})

    states = {one.staff_id: one.state for one in await on_duty.all(Presence)}
    assert (states["chen"], states["li"]) == ("ready", "ready")


async def test_a_phone_that_rings_for_a_calm_caller_stops(on_duty: ApiScene) -> None:
    at = on_duty.clock.now()
    await on_duty.add(on_duty.call("child", CallState.WAITING, queued_at=at))
    await on_duty.offers_to("chen", "child")

    await he_does(on_duty, PRESENCES, ASIDE)

    assert (await on_duty.get(Offer, "offer-chen")).state == "withdrawn"
    assert (await on_duty.get(Presence, "chen")).state == "paused"


async def test_a_phone_that_rings_for_danger_rings_on(on_duty: ApiScene) -> None:
    at = on_duty.clock.now()
    await on_duty.add(on_duty.call("child", CallState.WAITING, queued_at=at, urgency="crisis"))
    await on_duty.offers_to("chen", "child")

    said = await he_is_told(on_duty, PRESENCES, ASIDE)

    assert "danger" in said
    assert (await on_duty.get(Offer, "offer-chen")).state == "pending"


async def test_who_changed_it_themselves_since_is_left_alone(on_duty: ApiScene) -> None:
    done = await he_does(on_duty, PRESENCES, ASIDE)
    await on_duty.person("chen").does("PUT", "/me/presence", {"state": "ready"})

    said = await he_is_told(on_duty, f"/floor/acts/{done['acts'][0]['id']}/undo")

    assert "themselves since" in said


async def test_a_rest_that_ran_does_not_end_what_the_supervisor_said(on_duty: ApiScene) -> None:
    rest = {"state": "paused", "reason": "rest", "back_at": LATER}
    await on_duty.change(Presence, "chen", **rest)

    done = await he_does(on_duty, PRESENCES, ASIDE)
    aside = (await on_duty.get(Presence, "chen")).back_at
    await he_does(on_duty, f"/floor/acts/{done['acts'][0]['id']}/undo")

    after = await on_duty.get(Presence, "chen")
    assert (aside, after.reason, after.back_at) == (None, "rest", LATER)


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ({"state": "wrapping_up"}, "writing a record"),
        ({"state": "paused", "reason": "rest", "back_at": LATER}, "at rest"),
        ({"state": "offline", "lease_until": None}, "desk is not open"),
        ({"state": "ready"}, "so already"),
    ],
)
async def test_nobody_is_made_ready_who_cannot_be(
    on_duty: ApiScene, now: dict[str, Any], sentence: str
) -> None:
    await on_duty.change(Presence, "chen", **now)

    assert sentence in await he_is_told(on_duty, PRESENCES, {**ASIDE, "state": "ready"})


async def test_skills_count_for_the_shift_and_come_back_after_it(on_duty: ApiScene) -> None:
    before = await on_duty.get(Staff, "chen")
    await he_does(on_duty, SKILLS, {"people": ["chen"], "topics": {"family": 0}, **YUE})
    during = await on_duty.get(Staff, "chen")
    later = on_duty.clock.now() + timedelta(minutes=31)
    await on_duty.change(Presence, "chen", state="offline")
    async with on_duty.house.database.work() as work:
        await end_shift_skills(work, at=later)

    after = await on_duty.get(Staff, "chen")
    assert during.skills == {"languages": {"cmn": 5, "yue": 3}, "topics": {}, "certified": True}
    assert (after.skills, after.skills_kept) == (before.skills, None)
    assert before.revision < during.revision < after.revision


async def test_skills_until_a_time_end_then_though_they_work_on(on_duty: ApiScene) -> None:
    until = on_duty.clock.now() + timedelta(hours=1)
    await he_does(on_duty, SKILLS, {"people": ["chen"], **YUE, "until": until.isoformat()})

    async with on_duty.house.database.work() as work:
        await end_shift_skills(work, at=until - timedelta(seconds=1))
    still = (await on_duty.get(Staff, "chen")).skills
    async with on_duty.house.database.work() as work:
        await end_shift_skills(work, at=until)

    assert "yue" in still["languages"]
    assert "yue" not in (await on_duty.get(Staff, "chen")).skills["languages"]


async def test_a_change_on_top_of_another_is_undone_to_that(on_duty: ApiScene) -> None:
    await he_does(on_duty, SKILLS, {"people": ["chen"], **YUE})
    done = await he_does(on_duty, SKILLS, {"people": ["chen"], "languages": {"eng": 2}})

    await he_does(on_duty, f"/floor/acts/{done['acts'][0]['id']}/undo")

    staff = await on_duty.get(Staff, "chen")
    assert staff.skills["languages"] == {"cmn": 5, "yue": 3}
    assert staff.skills_kept["languages"] == {"cmn": 5}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"languages": {"cmn": 0}}, "no language"),
        ({"languages": {"cmn": 5}}, "so already"),
        ({"languages": {"yue": 3}, "until": "2020-01-01T00:00:00Z"}, "next seven days"),
    ],
)
async def test_skills_that_make_no_sense_are_refused(
    on_duty: ApiScene, body: dict[str, Any], sentence: str
) -> None:
    assert sentence in await he_is_told(on_duty, SKILLS, {"people": ["chen"], **body})


async def test_a_message_stands_on_every_desk_of_the_line_until_it_is_read(
    on_duty: ApiScene,
) -> None:
    await he_does(on_duty, MESSAGES, {"text": "please stay"})
    first = {name: await notices(on_duty, name) for name in ("li", "chen")}
    (mine,) = await on_duty.person("li").gets("/me/notices")
    await on_duty.person("li").does("POST", f"/me/notices/{mine['id']}/read")

    assert first == {"li": [("message", "please stay")], "chen": [("message", "please stay")]}
    assert (await notices(on_duty, "li"), len(await notices(on_duty, "chen"))) == ([], 1)


async def test_a_message_is_taken_back_from_who_has_not_read_it(on_duty: ApiScene) -> None:
    done = await he_does(on_duty, MESSAGES, {"text": "please stay", "people": ["chen"]})
    await he_does(on_duty, f"/floor/acts/{done['id']}/undo")

    assert await notices(on_duty, "chen") == []


async def test_a_message_that_everybody_has_read_is_not_taken_back(on_duty: ApiScene) -> None:
    done = await he_does(on_duty, MESSAGES, {"text": "please stay", "people": ["chen"]})
    (mine,) = await on_duty.person("chen").gets("/me/notices")
    await on_duty.person("chen").does("POST", f"/me/notices/{mine['id']}/read")

    said = await he_is_told(on_duty, f"/floor/acts/{done['id']}/undo")

    assert "read it already" in said


async def test_a_message_needs_somebody_to_read_it(on_duty: ApiScene) -> None:
    for name in ("li", "chen"):
        await on_duty.change(Presence, name, state="offline", call_id=None)

    assert "Nobody else is on duty" in await he_is_told(on_duty, MESSAGES, {"text": "hello"})
