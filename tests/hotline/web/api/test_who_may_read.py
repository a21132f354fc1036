"""To whom a record was opened: every route, API and pages, as somebody else's request answers it.

Generated from the tables of `test_who_may`, so that a new route is asked here as well.
"""

from datetime import timedelta
from typing import Any

import pytest

from hotline.storage.tables import Call, Staff
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.reading_rights import opened_to
from tests.hotline.web.api.test_who_may import MAY, answered
from tests.hotline.web.api.test_who_may import escalation as escalation  # noqa: PLC0414 – a fixture, handed on

pytestmark = pytest.mark.anyio

Route = tuple[str, str]
READING: set[Route] = {
    ("GET", "/api/v1/calls/{id}/record"),
    ("GET", "/api/v1/calls/{id}/record/versions"),
    ("GET", "/api/v1/calls/{id}/risk"),
    ("GET", "/api/v1/calls/{id}/record/additions"),
    ("GET", "/api/v1/calls/{id}/consents"),
    ("GET", "/calls/{id}/consents/{id}/words"),
    ("GET", "/calls/{id}/additions"),
    ("GET", "/calls/{id}/record"),
    ("GET", "/calls/{id}/risk"),
}
BEGIN_FROM_A_CALL: dict[Route, str] = {
    ("POST", "/api/v1/calls/{id}/flags"): "403",
    ("POST", "/api/v1/calls/{id}/mandatory-report"): "403",
    ("POST", "/api/v1/calls/{id}/referrals"): "404",  # as of a call that does not exist
}
ITS_PARTS = ("/api/v1/floor/help/{id}", "/api/v1/recordings/{id}")
OF_CALLS = {route for route in MAY if "/calls/{id}" in route[1] or route[1].startswith(ITS_PARTS)}


def with_an_open_record(route: Route) -> str:
    """chen sees the call like whom it was offered to, reads its record, and does nothing to it."""
    without = MAY[route]["chen"]
    if route not in OF_CALLS or without != "404":
        return without
    if route in READING:
        return "ok"
    return BEGIN_FROM_A_CALL.get(route, MAY[route]["wong"])


async def told_to_chen(scene: ApiScene, escalation: str) -> dict[Route, str]:
    routes = [route for route in MAY if "/readings" not in route[1]]
    desk = [one for one in routes if not one[1].startswith("/desk/calls")]
    return {route: await answered(scene, "chen", route, escalation) for route in desk}


async def test_whom_a_record_was_opened_to_reads_it_and_may_do_nothing_else(
    scene: ApiScene, escalation: str
) -> None:
    await scene.add(opened_to("chen", at=scene.clock.now()))

    told = await told_to_chen(scene, escalation)

    assert told == {route: with_an_open_record(route) for route in told}


CLOSED: dict[str, dict[str, Any]] = {
    "the time is over": {"until": timedelta(0)},
    "nobody answered": {"state": "asked", "kind": "asked", "id": "another"},
    "it was refused": {"state": "refused"},
    "it was withdrawn": {"state": "withdrawn"},
    "it was ended": {"state": "ended"},
    "a review objected": {"state": "objected", "kind": "emergency"},
}


@pytest.mark.parametrize("why", CLOSED)
async def test_a_record_that_is_not_open_does_not_exist(scene: ApiScene, why: str) -> None:
    values, now = CLOSED[why], scene.clock.now()
    until = now + values.get("until", timedelta(hours=24))
    await scene.add(opened_to("chen", at=now, **{**values, "until": until}))

    told = {route: await answered(scene, "chen", route, "") for route in READING}

    assert told == dict.fromkeys(READING, "404")


async def test_an_open_record_is_shut_to_who_left_its_line(
    scene: ApiScene, escalation: str
) -> None:
    await scene.add(opened_to("chen", at=scene.clock.now()))
    await scene.change(Staff, "chen", lines=["legal"])

    told = {route: await answered(scene, "chen", route, escalation) for route in READING}

    assert told == dict.fromkeys(READING, "404")


@pytest.mark.parametrize("age_group", ["child", "teen", "adult", None])
async def test_a_colleague_reads_nobodys_record_without_approval_whatever_the_age(
    scene: ApiScene, escalation: str, age_group: str | None
) -> None:
    await scene.change(Call, "call", age_group=age_group)

    told = {route: await answered(scene, "chen", route, escalation) for route in READING}

    assert told == dict.fromkeys(READING, "404")
