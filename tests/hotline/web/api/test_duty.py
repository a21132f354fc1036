"""Presence and offers: what a counselor says about themselves."""

import base64
import json
from datetime import datetime

import pytest

from hotline.calls.model import CallState
from hotline.settings import Settings
from hotline.storage.tables import Call, Offer, Presence
from hotline.web.app import create_app
from tests.hotline.web.api.conftest import SITE, ApiScene, Person, client_of, house_on, token_of

pytestmark = pytest.mark.anyio


async def test_a_counselor_is_ready_pauses_and_goes(scene: ApiScene, chen: Person) -> None:
    steps = [{"state": "ready"}, {"state": "paused", "reason": "meal"}, {"state": "offline"}]
    seen = []
    for step in steps:
        scene.clock.advance(60)
        seen.append(await chen.does("PUT", "/me/presence", step))

    assert [(it["state"], it["reason"]) for it in seen] == [
        ("ready", ""),
        ("paused", "meal"),
        ("offline", ""),
    ]
    assert datetime.fromisoformat(seen[-1]["since"]) == scene.clock.now()
    assert (await chen.gets("/me"))["presence"]["state"] == "offline"


async def test_who_writes_up_a_crisis_chooses_to_answer_a_child_in_danger(
    scene: ApiScene, chen: Person
) -> None:
    now = scene.clock.now()
    after_crisis = {"crisis_ended_at": now, "crisis_in_a_row": 1, "working_since": now}
    await scene.change(Presence, "chen", state="wrapping_up", call_id="call", **after_crisis)
    await scene.add(scene.call("danger", CallState.WAITING, urgency="crisis", queued_at=now))

    seen = await chen.does("PUT", "/me/presence", {"state": "ready", "for_danger": True})

    assert (seen["state"], seen["reason"]) == ("ready", "answers_danger")


async def test_the_rest_is_theirs_where_no_child_in_danger_waits(
    scene: ApiScene, chen: Person
) -> None:
    now = scene.clock.now()
    await scene.change(Presence, "chen", state="wrapping_up", crisis_ended_at=now)
    await scene.add(scene.call("routine", CallState.WAITING, queued_at=now))

    answer = await chen.asks("PUT", "/me/presence", {"state": "ready", "for_danger": True})

    assert answer.status_code == 409
    assert "Nobody in danger is waiting" in answer.text
    assert (await scene.get(Presence, "chen")).state == "wrapping_up"


async def test_nobody_goes_away_in_the_middle_of_a_call(scene: ApiScene, li: Person) -> None:
    answer = await li.asks("PUT", "/me/presence", {"state": "offline"})

    assert (answer.status_code, answer.json()["type"]) == (409, "IllegalMove")
    assert (await scene.get(Presence, "li")).state == "talking"


@pytest.mark.parametrize("state", ["offered", "talking", "wrapping_up", "asleep"])
async def test_some_states_come_by_themselves_and_cannot_be_chosen(
    chen: Person, state: str
) -> None:
    answer = await chen.asks("PUT", "/me/presence", {"state": state})

    assert answer.status_code == 422


async def test_a_counselor_who_declines_is_set_aside_and_the_caller_keeps_the_place(
    scene: ApiScene, chen: Person
) -> None:
    queued = scene.clock.now()
    await scene.add(scene.call("waits", CallState.WAITING, queued_at=queued))
    offer = await scene.offers_to("chen", "waits")
    scene.clock.advance(5)

    await chen.does("POST", f"/offers/{offer}/decline")

    caller, presence = await scene.get(Call, "waits"), await scene.get(Presence, "chen")
    assert (caller.state, caller.queued_at) == ("waiting", queued)
    assert (presence.state, presence.reason) == ("paused", "declined")
    assert presence.back_at > scene.clock.now()
    assert (await scene.get(Offer, offer)).state == "declined"


async def test_an_offer_that_is_over_cannot_be_declined(scene: ApiScene, chen: Person) -> None:
    await scene.add(scene.call("waits", CallState.WAITING))
    offer = await scene.offers_to("chen", "waits")
    await chen.does("POST", f"/offers/{offer}/decline")

    answer = await chen.asks("POST", f"/offers/{offer}/decline")

    assert (answer.status_code, answer.json()["type"]) == (409, "OfferGone")


async def test_nobody_declines_for_another(scene: ApiScene, li: Person) -> None:
    await scene.add(scene.call("waits", CallState.WAITING))
    offer = await scene.offers_to("chen", "waits")

    answer = await li.asks("POST", f"/offers/{offer}/decline")

    assert answer.status_code == 404
    assert (await scene.get(Offer, offer)).state == "pending"


async def test_who_am_i(scene: ApiScene, li: Person) -> None:
    officer = scene.person("tianhe")

    assert await li.gets("/me") == {
        "username": "li",
        "name": "name of li",
        "roles": ["counselor"],
        "lines": ["youth"],
        "station": None,
        "presence": {
            "state": "talking",
            "reason": "",
            "since": scene.clock.now().isoformat().replace("+00:00", "Z"),
            "call_id": "call",
        },
    }
    assert (await officer.gets("/me"))["station"] == "tianhe"


API_KEY = "a key of at least thirty-two characters"


@pytest.mark.parametrize(
    ("settings", "kind", "identity"),
    [
        (Settings(public_url=SITE), "none", None),
        (Settings(public_url=SITE, simulator_url="http://127.0.0.1:9000"), "demo", None),
        (
            Settings(public_url=SITE, twilio_api_key_sid="SK1", twilio_api_key_secret=API_KEY),
            "twilio",
            "li",
        ),
    ],
)
async def test_the_softphone_learns_how_it_rings(
    scene: ApiScene, settings: Settings, kind: str, identity: str | None
) -> None:
    app = create_app(house_on(scene.house.database, scene.clock, settings))
    async with client_of(app) as http:
        headers = {"Authorization": f"Bearer {token_of('li')}"}
        told = (await http.get("/api/v1/me/softphone", headers=headers)).json()

    assert (told["kind"], told["address"]) == (kind, "client:li")
    assert told["url"] == settings.simulator_url
    assert identity_in(told["token"]) == identity


async def test_a_softphone_has_the_edges_and_codecs_of_the_settings_and_may_reach_them(
    scene: ApiScene,
) -> None:
    settings = Settings(
        public_url=SITE,
        twilio_api_key_sid="SK1",
        twilio_api_key_secret=API_KEY,
        twilio_edges="Singapore, tokyo",
        twilio_codecs="pcmu",
    )
    app = create_app(house_on(scene.house.database, scene.clock, settings))
    async with client_of(app) as http:
        headers = {"Authorization": f"Bearer {token_of('he')}"}
        answer = await http.get("/api/v1/me/softphone", headers=headers)

    told, policy = answer.json(), answer.headers["Content-Security-Policy"]
    assert (told["edges"], told["codecs"]) == (["singapore", "tokyo"], ["pcmu"])
    assert told["token_lasts_s"] == 900
    for edge in ("singapore", "tokyo"):
        assert f"wss://voice-js.{edge}.twilio.com" in policy
    assert "roaming" not in policy


def identity_in(token: str) -> str | None:
    if not token:
        return None
    payload = token.split(".")[1]
    raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    return str(json.loads(raw)["grants"]["identity"])
