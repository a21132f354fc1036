"""A supervisor asks what another roster would change, and is told how far it is, and the answer."""

import asyncio
from concurrent.futures import wait
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from hotline.storage.connection import dsn
from hotline.storage.tables import Staff
from tests.hotline.web.api.conftest import ApiScene

pytestmark = pytest.mark.anyio

# A call every ten minutes from 18:00 to 22:00 here, one week before the Monday that is asked for.
CALLS = """
insert into call (id, carrier_sid, line_id, from_sealed, from_masked, from_index, state, language,
    urgency, step, misses, turn, waits, alarm_step, arrived_at, heard_at, queued_at, accepted_at,
    joined_at, left_at, ended_at, outcome, outcome_step)
select 'h' || n, 'CAh' || n, 'youth', '', '', '', 'ended', 'cmn', 'routine', '', 0, 3, 0, 0,
    at, at, at, at, at, at, at, 'talked', ''
from generate_series(0, 23) n, lateral (select
    timestamptz '2026-02-23 10:00+00' + make_interval(mins => 10 * n) as at) t
"""
ASKED = {"line": "youth", "day": "2026-03-02", "counselors": ["+3"]}


def fill(scene: ApiScene) -> None:
    with psycopg.connect(dsn(scene.house.database.url)) as connection:
        connection.execute(CALLS)


async def played(scene: ApiScene, what_if: str) -> dict[str, Any]:
    """When the other process is done with it."""
    (playing,) = scene.house.what_ifs._known.values()
    await asyncio.to_thread(_wait, playing)
    told: dict[str, Any] = await scene.person("he").gets(f"/what-ifs/{what_if}")
    return told


def _wait(playing: Any) -> None:
    while not playing.is_over:
        wait(playing.parts)


async def test_both_rosters_are_told_with_their_spread_and_by_the_hour(scene: ApiScene) -> None:
    fill(scene)
    for name in ("li", "chen"):
        await scene.change(Staff, name, skills={"languages": {"cmn": 4}, "certified": True})

    asked = await scene.person("he").does("POST", "/what-ifs", ASKED)
    told = await played(scene, asked["id"])

    assert (told["fault"], told["done"], told["of"]) == ("", 10, 10)
    assert (told["line"], told["day"], told["like"]) == ("youth", "2026-03-02", "2026-02-23")
    assert told["calls"] == 24
    as_it_is, changed = told["as_it_is"], told["changed"]
    assert changed["wait_s"]["mean"] < as_it_is["wait_s"]["mean"]
    assert as_it_is["wait_s"]["low"] <= as_it_is["wait_s"]["mean"] <= as_it_is["wait_s"]["high"]
    assert len(told["needs"]["needed"]) == 96
    called = [hour for hour, wait in enumerate(as_it_is["by_hour"]) if wait is not None]
    assert called == [18, 19, 20, 21]


async def test_a_day_on_which_nobody_called_is_told_in_a_sentence(scene: ApiScene) -> None:
    asked = await scene.person("he").does("POST", "/what-ifs", ASKED)

    told = await played(scene, asked["id"])

    assert "Nobody called on 2026-02-23" in told["fault"]
    assert told["as_it_is"] is None


async def test_the_same_question_has_the_same_id(scene: ApiScene) -> None:
    he = scene.person("he")

    first = await he.does("POST", "/what-ifs", ASKED)
    again = await he.does("POST", "/what-ifs", ASKED)
    other = await he.does("POST", "/what-ifs", {**ASKED, "counselors": ["-1"]})

    assert first == again != other


async def test_a_process_that_never_heard_of_a_question_begins_to_answer_it(
    scene: ApiScene,
) -> None:
    asked = await scene.person("he").does("POST", "/what-ifs", ASKED)
    scene.house.what_ifs._known.clear()

    told = await scene.person("he").gets(f"/what-ifs/{asked['id']}")

    assert told["counselors"] == ["+3"]
    assert (told["of"], told["fault"]) == (10, "")


async def test_one_that_is_stopped_is_begun_anew_by_whoever_asks_again(scene: ApiScene) -> None:
    he = scene.person("he")
    asked = await he.does("POST", "/what-ifs", ASKED)
    (stopped,) = scene.house.what_ifs._known.values()

    answer = await he.asks("DELETE", f"/what-ifs/{asked['id']}")
    await he.gets(f"/what-ifs/{asked['id']}")

    assert answer.status_code == 204
    assert stopped.is_stopped
    assert stopped not in scene.house.what_ifs._known.values()


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "2026-02-28"},
        {"day": "2027-03-02"},
        {"counselors": ["two"]},
        {"counselors": ["+1"] * 7},
        {"calls_from": "dreams"},
        {"calls_percent": 400},
    ],
)
async def test_a_question_without_an_answer_is_refused(
    scene: ApiScene, wrong: dict[str, Any]
) -> None:
    refused = await scene.person("he").asks("POST", "/what-ifs", {**ASKED, **wrong})

    assert refused.status_code == 422


async def test_when_too_many_wait_the_next_is_asked_to_come_again(scene: ApiScene) -> None:
    he = scene.person("he")
    days = [str((scene.clock.now() + timedelta(days=n)).date()) for n in range(2, 11)]

    asked = [await he.asks("POST", "/what-ifs", {**ASKED, "day": day}) for day in days]

    assert [one.status_code for one in asked] == [201] * 8 + [422]
    assert "when one of them is done" in asked[-1].json()["detail"]


async def test_what_is_no_question_is_not_found(scene: ApiScene) -> None:
    answer = await scene.person("he").asks("GET", "/what-ifs/abc")

    assert answer.status_code == 404
