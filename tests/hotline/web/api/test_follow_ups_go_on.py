"""Calls after a call of high risk: decided, handed on, late, stopped."""

import pytest

from hotline.followups.late import look_at_late
from hotline.staff.model import Role
from hotline.storage.tables import FollowUp, Presence, Staff
from hotline.supervision import RowFaults
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.followed import (
    DAY,
    a_day_passes,
    calls,
    followed,
    is_agreed,
    refused,
    talks,
    was_at,
)

pytestmark = pytest.mark.anyio


async def test_without_consent_only_imminent_danger_and_only_by_a_supervisors_reason(
    scene: ApiScene,
) -> None:
    await was_at(scene, "high")
    one = (await followed(scene)).id
    path, said = f"/follow-ups/{one}/decide", {"decision": "without_consent", "reason": "x"}
    assert await refused(scene, "li", path, said) == 403
    assert await refused(scene, "he", path, said) == 409
    await scene.person("li").does("POST", "/calls/old/risk", {"level": "imminent"})

    await scene.person("he").does("POST", path, said)

    assert (await scene.get(FollowUp, one)).consent == "decided"
    await calls(scene, one)


async def test_a_moderate_risk_is_followed_up_where_the_counselor_chooses_it(
    scene: ApiScene,
) -> None:
    await was_at(scene, "moderate")
    path = "/calls/old/follow-up"
    assert await refused(scene, "li", path, {"days": [1]}) == 422

    await scene.person("li").does("POST", path, {"days": [365, 90]})

    assert (await followed(scene)).days == [90, 365]
    assert await refused(scene, "li", path, {"days": [90]}) == 409


async def test_what_is_handed_on_stays_with_the_giver_until_it_is_taken(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    await scene.change(Presence, "chen", state="ready", call_id=None)
    assert await refused(scene, "chen", f"/follow-ups/{one}/take") == 409

    hand = {"ids": [one], "to": "chen", "note": "call her aunt's phone never"}
    await scene.person("li").does("POST", "/follow-ups/hand", hand)

    [mine] = await scene.person("chen").gets("/follow-ups?tab=mine")
    assert (mine["owner"], mine["handed_to_me"], mine["handed_note"]) == (
        "name of li", True, "call her aunt's phone never",
    )  # fmt: skip
    assert (await scene.get(FollowUp, one)).owner_id == "li"
    await scene.person("chen").does("POST", f"/follow-ups/{one}/take")
    row = await scene.get(FollowUp, one)
    assert (row.owner_id, row.handed_to_id) == ("chen", None)


async def test_handed_to_the_line_anybody_of_it_may_take_it(scene: ApiScene) -> None:
    one = await is_agreed(scene)

    await scene.person("li").does("POST", "/follow-ups/hand", {"ids": [one]})

    [row] = await scene.person("chen").gets("/follow-ups?tab=line")
    assert (row["handed_to_line"], row["with_line"], row["may_take"]) == (True, True, True)
    await scene.person("chen").does("POST", f"/follow-ups/{one}/take")


async def test_nobody_hands_on_what_is_not_theirs_nor_to_who_cannot_have_it(
    scene: ApiScene,
) -> None:
    one = await is_agreed(scene)
    assert await refused(scene, "chen", "/follow-ups/hand", {"ids": [one]}) == 403
    assert await refused(scene, "li", "/follow-ups/hand", {"ids": [one], "to": "he"}) == 422
    await scene.hires("off", Role.COUNSELOR, line="youth")
    await scene.change(Staff, "off", active=False)
    assert await refused(scene, "li", "/follow-ups/hand", {"ids": [one], "to": "off"}) == 422


@pytest.mark.parametrize("gone", ["off duty", "disabled"])
async def test_whose_owner_is_gone_is_the_lines_at_once(scene: ApiScene, gone: str) -> None:
    one = await is_agreed(scene)
    if gone == "off duty":
        await scene.change(Presence, "li", state="offline")
    else:
        await scene.change(Staff, "li", active=False)

    [row] = await scene.person("chen").gets("/follow-ups")

    assert (row["with_line"], row["may_take"]) == (True, True)
    await scene.person("chen").does("POST", f"/follow-ups/{one}/take")


async def test_what_is_late_is_told_once(scene: ApiScene) -> None:
    await is_agreed(scene)
    database, faults = scene.house.database, RowFaults()
    await look_at_late(database, faults, at=scene.clock.now())
    assert (await followed(scene)).late_told_at is None

    late = await a_day_passes(scene)
    await look_at_late(database, faults, at=late)
    await look_at_late(database, faults, at=late + DAY)

    assert (await followed(scene)).late_told_at == late
    assert (await scene.kinds("old")).count("follow_up.late") == 1
    assert len(await scene.person("he").gets("/follow-ups?tab=late")) == 1


async def test_a_stop_is_by_refusal_care_or_a_supervisors_reason(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    path = f"/follow-ups/{one}/stop"
    assert await refused(scene, "li", path, {"stopped_as": "supervisor", "note": "x"}) == 403
    assert await refused(scene, "he", path, {"stopped_as": "supervisor"}) == 422

    await scene.person("li").does("POST", path, {"stopped_as": "linked", "note": "sees a doctor"})

    row = await scene.get(FollowUp, one)
    assert (row.state, row.stopped_as, row.stopped_by_id) == ("stopped", "linked", "li")
    assert "doctor" not in row.stop_note_sealed
    assert await refused(scene, "he", path, {"stopped_as": "linked"}) == 409


async def test_nobody_stops_it_while_somebody_calls(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    await calls(scene, one)

    for path, body in (("stop", {"stopped_as": "linked"}), ("consent", {"said": "withdrawn"})):
        assert await refused(scene, "li", f"/follow-ups/{one}/{path}", body) == 409


async def test_what_a_try_came_to_is_told_once(scene: ApiScene) -> None:
    one = await is_agreed(scene)
    await talks(scene, await calls(scene, one))
    path = f"/follow-ups/{one}/outcome"
    await scene.person("li").does("POST", path, {"outcome": "reached", "note": "plan kept"})

    assert await refused(scene, "li", path, {"outcome": "wrong_person", "note": "other"}) == 409

    [tried] = (await scene.person("li").gets(f"/follow-ups/{one}"))["tries"]
    assert (tried["outcome"], tried["note"]) == ("reached", "plan kept")


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("consent", {"said": "refused"}),
        ("outcome", {"outcome": "nobody"}),
        ("stop", {"stopped_as": "linked"}),
    ],
)
async def test_what_a_colleague_on_duty_answers_for_is_left_to_them(
    scene: ApiScene, act: str, body: dict[str, str]
) -> None:
    one = await is_agreed(scene)
    before = await followed(scene)

    assert await refused(scene, "chen", f"/follow-ups/{one}/{act}", body) == 409

    assert await followed(scene) == before
    read = await scene.person("chen").asks("GET", f"/follow-ups/{one}")
    assert read.status_code == 409


async def test_who_was_called_unasked_and_reached_is_asked_before_the_next_call(
    scene: ApiScene,
) -> None:
    await was_at(scene, "imminent")
    one = (await followed(scene)).id
    said = {"decision": "without_consent", "reason": "alone on a roof"}
    await scene.person("he").does("POST", f"/follow-ups/{one}/decide", said)
    await a_day_passes(scene)
    await talks(scene, await calls(scene, one))
    await scene.person("li").does("POST", f"/follow-ups/{one}/outcome", {"outcome": "reached"})

    await a_day_passes(scene)

    assert await refused(scene, "li", f"/follow-ups/{one}/call") == 409
    await scene.person("he").does("POST", f"/follow-ups/{one}/decide", said)
    await calls(scene, one)
