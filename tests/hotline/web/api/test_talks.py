"""Acts in a talk over the API: what they write, and how a refusal reads."""

from typing import Any

import pytest

from hotline.storage.tables import (
    Call,
    Line,
    Offer,
    Participant,
    PhoneNumber,
    Presence,
    Staff,
    SupervisorAct,
)
from tests.hotline.web.api.conftest import ApiScene

pytestmark = pytest.mark.anyio

CHEN = {"colleague": "chen"}
PARENT = "13800000199"


async def second(scene: ApiScene) -> Participant:
    """The colleague or guest who was asked in."""
    people: list[Participant] = await scene.all(Participant)
    [one] = [p for p in people if p.role in ("colleague", "guest")]
    return one


async def consulted(scene: ApiScene) -> Participant:
    """Chen is rung for li, and the caller is wanted on hold."""
    await scene.change(Presence, "chen", state="ready")
    await scene.person("li").does("POST", "/calls/call/consult", CHEN)
    return await second(scene)


async def in_talk(scene: ApiScene, one: Participant) -> None:
    """They have come in."""
    await scene.change(
        Participant, one.id, state="in_talk", carrier_sid="CA-2", joined_at=scene.clock.now()
    )


async def refused(
    scene: ApiScene, who: str, what: str, body: Any = None, *, status: int = 409
) -> str:
    answer = await scene.person(who).asks("POST", f"/calls/call/{what}", body)
    assert answer.status_code == status, answer.text
    return str(answer.json()["detail"])


async def test_a_colleague_who_is_free_is_rung_and_the_caller_hears_music(scene: ApiScene) -> None:
    one = await consulted(scene)

    caller = await scene.get(Participant, "caller")
    assert (caller.hold_wanted, caller.held_for) == (True, one.id)
    assert (one.role, one.address, one.name) == ("colleague", "client:chen", "name of chen")
    assert (await scene.get(Presence, "chen")).state == "offered"
    [offer] = await scene.all(Offer)
    assert (offer.kind, offer.state) == ("consult", "pending")


async def test_the_colleagues_of_the_line_are_told_those_who_are_free_first(
    scene: ApiScene,
) -> None:
    await scene.change(Presence, "chen", state="ready")

    found = await scene.person("li").gets("/calls/call/colleagues")

    assert found[0] == {"id": "chen", "name": "name of chen", "free": True}
    assert "li" not in [one["id"] for one in found]


async def test_nobody_is_rung_who_is_not_free(scene: ApiScene) -> None:
    await scene.change(Presence, "chen", state="paused")

    assert "not free" in await refused(scene, "li", "consult", CHEN)
    assert not (await scene.get(Participant, "caller")).hold_wanted


async def test_nobody_is_consulted_who_does_not_work_on_the_line(scene: ApiScene) -> None:
    said = await refused(scene, "li", "consult", {"colleague": "nobody"}, status=422)

    assert "Choose from the list" in said


async def test_one_party_at_a_time_is_asked_in(scene: ApiScene) -> None:
    await consulted(scene)

    assert "Let them go first" in await refused(scene, "li", "guest", {"number": "110"})


async def test_a_colleague_takes_the_caller_only_when_they_are_there(scene: ApiScene) -> None:
    one = await consulted(scene)
    said = await refused(scene, "li", "hand-over")
    await in_talk(scene, one)

    await scene.person("li").does("POST", "/calls/call/hand-over")

    assert "not answered yet" in said
    assert (await scene.get(Call, "call")).counselor_id == "chen"
    assert (await scene.get(Presence, "li")).state == "wrapping_up"
    assert (await scene.get(Participant, "counselor")).wanted == "out"
    assert not (await scene.get(Participant, "caller")).hold_wanted


async def test_whoever_handed_over_writes_the_record_and_acts_no_more(scene: ApiScene) -> None:
    await in_talk(scene, await consulted(scene))
    await scene.change(Participant, "counselor", joined_at=scene.clock.now())
    li = scene.person("li")
    await li.does("POST", "/calls/call/hand-over")

    written = await li.asks(
        "PUT", "/calls/call/record", {"contact_type": "self", "disposition": "listened"}
    )

    assert written.is_success
    assert (await li.asks("POST", "/calls/call/end")).status_code == 403


async def test_a_public_service_is_asked_in_without_consent_and_without_a_key(
    scene: ApiScene,
) -> None:
    await scene.person("li").does("POST", "/calls/call/guest", {"number": "110"})

    one = await second(scene)
    assert (one.address, one.name, one.proof) == ("110", "110", "service")


async def test_the_police_of_the_childs_own_city_are_a_public_service_too(scene: ApiScene) -> None:
    await scene.person("li").does("POST", "/calls/call/guest", {"number": "0755-110"})

    assert (await second(scene)).proof == "service"


async def test_a_supervisor_who_talks_elsewhere_comes_into_no_other_talk(scene: ApiScene) -> None:
    await scene.change(Presence, "he", state="talking", call_id="other")

    assert "End that first" in await refused(scene, "he", "take-over")


async def test_nobody_else_is_asked_in_without_the_callers_consent(scene: ApiScene) -> None:
    said = await refused(scene, "li", "guest", {"number": PARENT}, status=422)
    await scene.person("li").does("POST", "/calls/call/guest", {"number": PARENT, "consent": True})

    one = await second(scene)
    assert "Ask the caller first" in said
    assert (one.name, one.proof) == ("138****0199", "")


@pytest.mark.parametrize(
    "number", ["no number", "12355", "+1 202 555 0100", "0", "801", "654321", "020-12355"]
)
async def test_what_cannot_be_rung_is_refused(scene: ApiScene, number: str) -> None:
    await scene.change(Line, "youth", number_shown="12355")
    await scene.add(PhoneNumber(number="+862012355", line_id="youth"))

    body = {"number": number, "consent": True}
    await refused(scene, "li", "guest", body, status=422)


async def test_nobody_leaves_a_caller_to_whom_no_guest_has_come(scene: ApiScene) -> None:
    await scene.person("li").does("POST", "/calls/call/guest", {"number": "110"})

    assert "guest who is in the talk" in await refused(scene, "li", "leave")


async def test_a_counselor_leaves_the_caller_with_a_guest(scene: ApiScene) -> None:
    await scene.person("li").does("POST", "/calls/call/guest", {"number": "110"})
    await in_talk(scene, await second(scene))

    await scene.person("li").does("POST", "/calls/call/leave")

    assert (await scene.get(Presence, "li")).state == "wrapping_up"
    assert (await second(scene)).ends_wanted, "a guest who leaves brings the caller back"
    assert not (await scene.get(Participant, "caller")).hold_wanted


async def test_a_caller_who_is_sent_on_keeps_the_place(scene: ApiScene) -> None:
    queued_at = (await scene.get(Call, "call")).queued_at

    await scene.person("li").does("POST", "/calls/call/send-on", {"topic": "family"})

    call = await scene.get(Call, "call")
    assert (call.state, call.topic, call.queued_at) == ("waiting", "family", queued_at)
    assert (await scene.get(Presence, "li")).state == "wrapping_up"


async def test_a_caller_in_danger_is_never_sent_on(scene: ApiScene) -> None:
    await scene.change(Call, "call", urgency="crisis")

    assert "never left alone" in await refused(scene, "li", "send-on", {"topic": "family"})


async def test_a_place_that_does_not_exist_is_refused(scene: ApiScene) -> None:
    assert "no such line" in await refused(scene, "li", "send-on", {"line": "x"}, status=422)
    assert "Say to which" in await refused(scene, "li", "send-on", {}, status=422)
    named = {"colleague": "chen"}
    assert "not on duty" in await refused(scene, "li", "send-on", named, status=422)


async def test_a_supervisor_is_rung_muted_whispers_and_speaks_by_the_same_leg(
    scene: ApiScene,
) -> None:
    he = scene.person("he")
    heard = []
    for act in ("listen", "whisper", "join"):
        await he.does("POST", f"/calls/call/{act}")
        [one] = [p for p in await scene.all(Participant) if p.role == "supervisor"]
        heard.append(one.voice_wanted)

    assert heard == ["muted", "coach", "open"]
    assert one.address == "client:he"
    kinds = {act.kind for act in await scene.all(SupervisorAct)}
    assert kinds == {"talk_listened", "talk_whispered", "talk_joined"}


async def test_a_counselor_may_not_listen_in(scene: ApiScene) -> None:
    for act in ("listen", "whisper", "join", "take-over"):
        await refused(scene, "li", act, status=403)


async def test_a_line_may_keep_from_counselors_that_somebody_only_listened(
    scene: ApiScene,
) -> None:
    await scene.change(Line, "youth", shows_listening=False)
    await scene.person("he").does("POST", "/calls/call/listen")

    told = {
        who: [one["kind"] for one in (await scene.person(who).gets("/calls/call"))["timeline"]]
        for who in ("li", "he")
    }

    assert "supervisor.listening" in told["he"]
    assert "supervisor.listening" not in told["li"]


async def test_help_stands_on_the_floor_until_it_is_seen(scene: ApiScene) -> None:
    li, he = scene.person("li"), scene.person("he")
    await li.does("POST", "/calls/call/help")
    [wanted] = (await he.gets("/floor"))["help"]
    too_early = await he.asks("POST", f"/floor/help/{wanted['id']}/seen")
    await li.does("POST", "/calls/call/end")
    [still] = (await he.gets("/floor"))["help"]

    await he.does("POST", f"/floor/help/{wanted['id']}/seen")
    await he.does("POST", f"/floor/help/{wanted['id']}/seen")

    assert (wanted["talks"], still["talks"], too_early.status_code) == (True, False, 409)
    assert (await he.gets("/floor"))["help"] == []


async def test_every_act_is_described_with_an_example_and_a_refusal(scene: ApiScene) -> None:
    paths = scene.app.openapi()["paths"]
    posts = {path: one["post"] for path, one in paths.items() if "post" in one}
    acts = {path: act for path, act in posts.items() if act["tags"] == ["talks"]}
    for act in ("hold", "resume", "interpreter", "end"):
        path = f"/api/v1/calls/{{call_id}}/{act}"
        acts[path] = posts[path]

    assert len(acts) >= 18
    for path, described in acts.items():
        example = described["responses"]["409"]["content"]["application/problem+json"]["example"]
        assert example["detail"], path
        assert described["description"], path


async def test_a_refusal_reads_as_it_is_described(scene: ApiScene) -> None:
    described = scene.app.openapi()["paths"]["/api/v1/calls/{call_id}/let-go"]["post"]["responses"]

    answer = await scene.person("li").asks("POST", "/calls/call/let-go")

    assert answer.json() == described["409"]["content"]["application/problem+json"]["example"]


async def test_who_is_in_the_talk_is_told(scene: ApiScene) -> None:
    await consulted(scene)

    told = await scene.person("li").gets("/calls/call/talk")

    by_role = {one["role"]: one for one in told}
    assert by_role["caller"]["held"]
    assert not by_role["caller"]["seen"], "the carrier has not held them yet"
    assert by_role["colleague"]["name"] == "name of chen"


async def test_who_only_helps_mutes_and_leaves_for_themselves_alone(scene: ApiScene) -> None:
    one = await consulted(scene)
    await in_talk(scene, one)
    await scene.change(Presence, "chen", state="talking", call_id="call")
    chen = scene.person("chen")

    await chen.does("POST", "/calls/call/mute")
    muted = (await second(scene)).voice_wanted
    await chen.does("POST", "/calls/call/step-out")

    assert (muted, (await second(scene)).wanted) == ("muted", "out")
    assert (await scene.get(Presence, "chen")).state == "ready"
    assert not (await scene.get(Participant, "caller")).hold_wanted


async def test_who_answers_for_the_caller_cannot_just_step_out(scene: ApiScene) -> None:
    assert "hand it over" in await refused(scene, "li", "step-out")


async def test_who_whispered_is_never_unmuted_to_the_caller(scene: ApiScene) -> None:
    he = scene.person("he")
    await he.does("POST", "/calls/call/whisper")
    [one] = [p for p in await scene.all(Participant) if p.role == "supervisor"]
    await in_talk(scene, one)
    await he.does("POST", "/calls/call/mute")

    assert "who is to hear you" in await refused(scene, "he", "unmute")

    assert (await scene.get(Participant, one.id)).voice_wanted == "muted"


async def test_help_always_rings_the_lines_phone_however_many_browsers_are_closed(
    scene: ApiScene,
) -> None:
    for name in ("chen", "he", "li"):
        await scene.change(Staff, name, roles=["counselor", "supervisor"], lines=["youth"])
    await scene.change(Line, "youth", supervisor_phone="02000000011")

    await scene.person("li").does("POST", "/calls/call/help")

    rung = [p.address for p in await scene.all(Participant) if p.name == "help"]
    assert "02000000011" in rung
