"""What the house can ask of one participant, what the carrier tells of it, and who hears whom."""

from dataclasses import dataclass

import httpx
import pytest

from hotline.carrier.rest import API
from tests.harness.carrier import Carrier, Company
from tests.hotline.simulator.conftest import SID, Application

pytestmark = pytest.mark.anyio

CHILD, COUNSELOR, SUPERVISOR = "15400000001", "15400000002", "15400000003"
EVERYTHING = "start end join leave mute hold modify announcement"
CONFERENCES = f"{API}/{SID}/Conferences"


@dataclass
class Talk:
    """Three phones in one conference."""

    carrier: Carrier
    application: Application
    sids: dict[str, str]
    sid: str

    async def asks(self, who: str, **form: str) -> httpx.Response:
        """An update of one participant."""
        where = f"{CONFERENCES}/{self.sid}/Participants/{self.sids[who]}.json"
        return await self.carrier.http.post(where, data=form)

    async def company(self) -> Company:
        """Who hears whom, when all has come to rest."""
        await self.carrier.passes(0)
        return (await self.carrier.conferences())["room"]

    async def told(self, event: str) -> list[dict[str, str]]:
        """The reports of one kind."""
        await self.carrier.passes(0)
        return self.application.told("/conference", event)


def room(**attributes: str) -> str:
    given = {"statusCallback": "/conference", "statusCallbackEvent": EVERYTHING} | attributes
    written = " ".join(f'{name}="{value}"' for name, value in given.items())
    return f'<Dial action="/after"><Conference {written}>room</Conference></Dial>'


@pytest.fixture
async def talk(carrier: Carrier, application: Application) -> Talk:
    """A child, a counselor and a supervisor, all of whom hear each other."""
    application.documents = {"/voice": room(), "/after": "<Hangup/>"}
    sids = {}
    for who in (CHILD, COUNSELOR, SUPERVISOR):
        await carrier.handset(who).dials("12355")
        sids[who] = await carrier.handset(who).sid()
    await carrier.handset(SUPERVISOR).is_talking_to_somebody()
    listed = await carrier.http.get(f"{CONFERENCES}.json", params={"FriendlyName": "room"})
    return Talk(carrier, application, sids, listed.json()["conferences"][0]["sid"])


async def test_a_held_one_hears_music_alone_and_everybody_else_talks_on(talk: Talk) -> None:
    talk.application.documents["/music"] = '<Play loop="0">/tune.wav</Play>'

    held = await talk.asks(CHILD, Hold="true", HoldUrl=f"{talk.application.url}/music")
    company = await talk.company()

    assert held.json()["hold"] is True
    assert talk.application.methods["/music"] == "GET"
    assert (company.hears(CHILD), company.heard_by(CHILD)) == (set(), set())
    assert company.one(CHILD)["music"] == f"{talk.application.url}/tune.wav"
    assert company.hears(COUNSELOR) == {SUPERVISOR}
    assert not company.hears_music(COUNSELOR)


async def test_music_is_asked_for_again_where_it_redirects_to_itself(talk: Talk) -> None:
    talk.application.documents["/music"] = "<Say>wait</Say><Pause length='5'/><Redirect/>"
    await talk.asks(CHILD, Hold="true", HoldUrl=f"{talk.application.url}/music")

    await talk.carrier.passes(20)

    assert talk.application.count("/music") == 4
    assert (await talk.company()).in_silence() == set()


async def test_who_comes_back_from_hold_is_among_the_others_and_hears_no_music(talk: Talk) -> None:
    await talk.asks(CHILD, Hold="true")
    before = await talk.company()

    await talk.asks(CHILD, Hold="false")
    after = await talk.company()

    assert before.hears_music(CHILD), "the carrier's own, where no address was given"
    assert after.hears(CHILD) == {COUNSELOR, SUPERVISOR}
    assert not after.hears_music(CHILD)


async def test_a_held_one_whose_music_fails_is_in_silence(talk: Talk) -> None:
    await talk.asks(CHILD, Hold="true", HoldUrl=f"{talk.application.url}/nothing")

    assert (await talk.company()).in_silence() == {CHILD}


async def test_a_muted_one_hears_and_is_not_heard(talk: Talk) -> None:
    await talk.asks(SUPERVISOR, Muted="true")

    company = await talk.company()

    assert company.hears(SUPERVISOR) == {CHILD, COUNSELOR}
    assert company.heard_by(SUPERVISOR) == set()


async def test_a_coach_hears_all_and_is_heard_by_the_coached_alone(talk: Talk) -> None:
    answer = await talk.asks(SUPERVISOR, Coaching="true", CallSidToCoach=talk.sids[COUNSELOR])

    company = await talk.company()

    assert answer.json()["call_sid_to_coach"] == talk.sids[COUNSELOR]
    assert company.hears(SUPERVISOR) == {CHILD, COUNSELOR}
    assert company.heard_by(SUPERVISOR) == {COUNSELOR}
    assert company.hears(CHILD) == {COUNSELOR}


async def test_a_coach_who_stops_coaching_is_heard_by_all(talk: Talk) -> None:
    await talk.asks(SUPERVISOR, CallSidToCoach=talk.sids[COUNSELOR])

    await talk.asks(SUPERVISOR, Coaching="false")

    assert (await talk.company()).heard_by(SUPERVISOR) == {CHILD, COUNSELOR}


async def test_an_announcement_is_heard_by_one_alone_beside_the_talk(talk: Talk) -> None:
    talk.application.documents["/words"] = "<Say>an interpreter is being called</Say>"

    await talk.asks(CHILD, AnnounceUrl=f"{talk.application.url}/words")
    await talk.carrier.handset(CHILD).hears("an interpreter")

    told = (await talk.told("announcement-end"))[0]
    assert (await talk.company()).hears(CHILD) == {COUNSELOR, SUPERVISOR}
    assert told["CallSid"] == talk.sids[CHILD]
    assert told["AnnounceUrl"] == f"{talk.application.url}/words"
    said = [e["sid"] for e in talk.carrier.journal if e["kind"] == "said"]
    assert said == [talk.sids[CHILD]]


async def test_an_announcement_to_the_conference_is_heard_by_all_but_the_held(talk: Talk) -> None:
    talk.application.documents["/words"] = "<Say>this talk is recorded</Say>"
    await talk.asks(CHILD, Hold="true")

    form = {"AnnounceUrl": f"{talk.application.url}/words"}
    await talk.carrier.http.post(f"{CONFERENCES}/{talk.sid}.json", data=form)
    told = await talk.told("announcement-end")
    await talk.carrier.look()

    said = {e["sid"] for e in talk.carrier.journal if e["kind"] == "said"}
    assert said == {talk.sids[COUNSELOR], talk.sids[SUPERVISOR]}
    assert len(told) == talk.application.count("/words") == 1


@pytest.mark.parametrize(("document", "code"), [(None, "11200"), ("<Dial>1</Dial>", "13238")])
async def test_an_announcement_that_fails_is_told_with_the_reason(
    talk: Talk, document: str | None, code: str
) -> None:
    if document:
        talk.application.documents["/words"] = document

    await talk.asks(CHILD, AnnounceUrl=f"{talk.application.url}/words")

    told = (await talk.told("announcement-fail"))[0]
    assert told["ReasonAnnouncementFailed"] == code


# | asked           | told                | once more |
EVENTS = [
    ({"Muted": "true"}, "participant-mute", {"Muted": "true"}),
    ({"Hold": "true"}, "participant-hold", {"Hold": "true"}),
    ({"EndConferenceOnExit": "true"}, "participant-modify", {"EndConferenceOnExit": "true"}),
    ({"BeepOnExit": "false"}, "participant-modify", {}),
]


@pytest.mark.parametrize(("form", "event", "shown"), EVENTS)
async def test_a_change_is_told_once_however_often_it_is_asked_for(
    talk: Talk, form: dict[str, str], event: str, shown: dict[str, str]
) -> None:
    for _ in range(2):
        await talk.asks(CHILD, **form)

    told = await talk.told(event)

    assert len(told) == 1
    assert {"CallSid": talk.sids[CHILD], "FriendlyName": "room", **shown}.items() <= told[0].items()


async def test_taking_back_is_told_as_well(talk: Talk) -> None:
    await talk.asks(CHILD, Muted="true", Hold="true")

    await talk.asks(CHILD, Muted="false", Hold="false")

    assert len(await talk.told("participant-unmute")) == 1
    assert len(await talk.told("participant-unhold")) == 1


async def test_only_the_events_that_were_asked_for_are_told(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/voice": room(statusCallbackEvent="join"), "/after": "<Hangup/>"}
    child = carrier.handset(CHILD)
    await child.dials("12355")
    await child.hangs_up()
    await carrier.passes(0)

    told = {
        fields["StatusCallbackEvent"] for at, fields in application.asked if at == "/conference"
    }

    assert told == {"participant-join"}


async def test_who_ends_the_conference_by_leaving_counts_when_they_leave(talk: Talk) -> None:
    await talk.asks(COUNSELOR, EndConferenceOnExit="true")
    await talk.asks(COUNSELOR, EndConferenceOnExit="false")
    await talk.asks(SUPERVISOR, EndConferenceOnExit="true")

    await talk.carrier.handset(COUNSELOR).hangs_up()
    still = await talk.company()
    await talk.carrier.handset(SUPERVISOR).hangs_up()
    ended = (await talk.told("conference-end"))[0]

    assert still.hears(CHILD) == {SUPERVISOR}
    assert ended["CallSidEndingConference"] == talk.sids[SUPERVISOR]
    assert ended["ReasonConferenceEnded"] == "participant-with-end-conference-on-exit-left"
    left = {fields["CallSid"]: fields for fields in await talk.told("participant-leave")}
    assert left[talk.sids[COUNSELOR]]["ReasonParticipantLeft"] == "participant_hung_up"
    assert left[talk.sids[COUNSELOR]]["ParticipantCallStatus"] == "completed"
    assert left[talk.sids[CHILD]]["ReasonParticipantLeft"] == "moderator_ended_conference"


REFUSALS = [
    ({"Hold": "true", "AnnounceUrl": "http://127.0.0.1/words"}, 20001),
    ({"Hold": "true", "HoldUrl": "no address"}, 20001),
    ({"Hold": "true", "HoldUrl": "http://127.0.0.1/m", "HoldMethod": "PUT"}, 20001),
    ({"Coaching": "true"}, 20001),
    ({"CallSidToCoach": "CA" + "0" * 32}, 16028),
    ({"CallSidToCoach": "self"}, 16028),
    ({"CallSidToCoach": "other", "Hold": "true"}, 20001),
]


@pytest.mark.parametrize(("form", "code"), REFUSALS)
async def test_what_cannot_be_at_once_is_refused_and_nothing_of_it_is_done(
    talk: Talk, form: dict[str, str], code: int
) -> None:
    named = {"self": talk.sids[CHILD], "other": talk.sids[COUNSELOR]}
    asked = {name: named.get(value, value) for name, value in form.items()}

    answer = await talk.asks(CHILD, Muted="true", **asked)
    company = await talk.company()

    assert (answer.status_code, answer.json()["code"]) == (httpx.codes.BAD_REQUEST, code)
    assert answer.json()["message"]
    assert company.hears(CHILD) == company.heard_by(CHILD) == {COUNSELOR, SUPERVISOR}


async def test_nothing_is_announced_to_one_who_is_on_hold(talk: Talk) -> None:
    await talk.asks(CHILD, Hold="true")

    answer = await talk.asks(CHILD, AnnounceUrl=f"{talk.application.url}/words")

    assert answer.status_code == httpx.codes.BAD_REQUEST


# | beep | heard when somebody comes | and goes |
BEEPS = [("true", 1, 1), ("false", 0, 0), ("onEnter", 1, 0), ("onExit", 0, 1)]


@pytest.mark.parametrize(("beep", "coming", "going"), BEEPS)
async def test_who_comes_and_goes_is_announced_by_a_beep_where_that_is_wanted(
    talk: Talk, beep: str, coming: int, going: int
) -> None:
    talk.application.documents["/voice"] = room(beep=beep)
    fourth, heard = talk.carrier.handset("15400000004"), []
    await talk.carrier.look()
    for act in (fourth.dials("12355"), fourth.hangs_up()):
        before = len(talk.carrier.journal)
        await act
        await talk.carrier.passes(0)
        await talk.carrier.look()
        heard.append([e["heard"] for e in talk.carrier.journal[before:] if e["kind"] == "beeped"])

    everybody = [CHILD, COUNSELOR, SUPERVISOR]
    assert heard == [[everybody] * coming, [everybody] * going]


async def test_each_leg_is_in_one_place(talk: Talk) -> None:
    talk.application.documents["/voice"] = "<Pause length='60'/>"
    await talk.carrier.handset("15400000004").dials("12355")
    await talk.carrier.http.post(
        f"{CONFERENCES}/room/Participants.json", data={"From": "12355", "To": "15400000005"}
    )
    await talk.carrier.handset("15400000005").rings()
    await talk.asks(CHILD, Hold="true", HoldUrl=f"{talk.application.url}/nothing")
    await talk.carrier.passes(0)

    legs = {leg["address"]: leg for leg in await talk.carrier.legs()}

    assert legs[COUNSELOR]["conferences"] == ["room"]
    assert legs["15400000004"]["follows_document"]
    assert await talk.carrier.still_ringing() == {"15400000005"}
    assert await talk.carrier.in_silence() == {CHILD}


async def test_a_participant_who_has_left_is_not_found(talk: Talk) -> None:
    await talk.carrier.handset(CHILD).hangs_up()

    answer = await talk.asks(CHILD, Muted="true")

    assert (answer.status_code, answer.json()["code"]) == (httpx.codes.NOT_FOUND, 20404)


WAITING = [({}, True), ({"waitUrl": ""}, False), ({"waitUrl": "/music"}, True)]


@pytest.mark.parametrize(("attributes", "music"), WAITING)
async def test_who_waits_for_the_start_hears_what_the_document_says(
    carrier: Carrier, application: Application, attributes: dict[str, str], *, music: bool
) -> None:
    alone = room(startConferenceOnEnter="false", **attributes)
    application.documents = {"/voice": alone, "/music": '<Play loop="0">/tune.wav</Play>'}

    await carrier.handset(CHILD).dials("12355")
    await carrier.passes(0)
    company = (await carrier.conferences())["room"]

    assert company.hears_music(CHILD) is music
    assert company.in_silence() == (set() if music else {CHILD})


async def test_music_before_the_start_ends_with_it(talk: Talk) -> None:
    company = await talk.company()

    assert not any(company.hears_music(who) for who in talk.sids)
    assert company.in_silence() == set()


async def test_a_waiting_document_that_fails_keeps_the_call_out(
    carrier: Carrier, application: Application
) -> None:
    application.documents = {"/voice": room(waitUrl="/nothing"), "/after": "<Say>go on</Say>"}
    child = carrier.handset(CHILD)

    await child.dials("12355")

    await child.hears("go on")


SPOILT = [{"coach": "CA" + "0" * 32}, {"participantLabel": "child"}]


@pytest.mark.parametrize("attributes", SPOILT)
async def test_a_coach_of_nobody_and_a_label_that_is_taken_do_not_come_in(
    carrier: Carrier, application: Application, attributes: dict[str, str]
) -> None:
    application.documents = {"/voice": room(participantLabel="child"), "/after": "<Hangup/>"}
    await carrier.handset(CHILD).dials("12355")
    application.documents["/voice"] = room(**attributes)
    second = carrier.handset(COUNSELOR)

    await second.dials("12355")
    await second.is_hung_up()

    assert application.last("/after")["DialCallStatus"] == "failed"
