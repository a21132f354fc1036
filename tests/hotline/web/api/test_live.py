"""The stream of changes: what each role hears, when it ends, and the desk it asks."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

import pytest
from structlog.testing import capture_logs

from hotline.errors import Conflict
from hotline.staff.consoles import end_lapsed_lease
from hotline.staff.model import PresenceState, Role
from hotline.staff.presence import LEASE
from hotline.staff.sign_in import SignedIn
from hotline.storage.news import Change
from hotline.storage.session import Database
from hotline.storage.tables import Call, Line, Presence, Staff
from hotline.web.api.here import beat_of
from hotline.web.api.live import Stream
from hotline.web.live import QUEUE_LENGTH
from tests.hotline.counting import counted_statements
from tests.hotline.web.api.conftest import ApiScene, Person, house_on, token_of
from tests.hotline.web.api.listening import Heard, listening

pytestmark = pytest.mark.anyio


async def announce(scene: ApiScene, topic: str, row_id: str) -> None:
    async with scene.house.database.work() as work:
        work.announce(topic, row_id)


@pytest.mark.usefixtures("following")
async def test_a_change_is_heard_when_it_commits_and_not_before(
    scene: ApiScene, he: Person
) -> None:
    async with listening(scene.app, "he") as heard:
        await heard.until("clock")
        with suppress(Conflict):
            async with scene.house.database.work() as work:
                work.announce("call", "rolled-back")
                raise Conflict
        await he.does("POST", "/calls/call/hold")

        heard_of = await heard.all_until("call", "call")
        assert heard_of == [("leg", "caller"), ("call", "call")]


@pytest.mark.usefixtures("following")
async def test_an_officer_hears_of_the_own_stations_escalations_and_of_nothing_else(
    scene: ApiScene, li: Person
) -> None:
    async with (
        listening(scene.app, "tianhe") as ours,
        listening(scene.app, "haizhu") as foreign,
        listening(scene.app, "root") as admin,
        listening(scene.app, "li") as counselor,
    ):
        streams = (ours, foreign, admin, counselor)
        for heard in streams:
            await heard.until("clock")
        told = await li.does("POST", "/calls/call/flags", {"level": "imminent"})
        for username in ("tianhe", "haizhu", "root", "li"):
            await announce(scene, "session", username)
        seen = [{it async for it in until_clock(heard)} for heard in streams]

    escalation = ("escalation", told["escalation_id"])
    assert {one for one in seen[0] if one[0] != "case"} == {escalation}
    assert {topic for topic, _ in seen[0]} == {"escalation", "case"}
    assert seen[1:3] == [set(), set()]
    assert escalation in seen[3]
    assert ("call", "call") in seen[3]


@pytest.mark.usefixtures("following")
async def test_nobody_of_another_line_hears_of_this_one(scene: ApiScene, li: Person) -> None:
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    await scene.hires("sun", Role.SUPERVISOR, line="legal")
    await scene.hires("lee", Role.COUNSELOR, line="legal")
    async with (
        listening(scene.app, "sun") as supervisor,
        listening(scene.app, "lee") as counselor,
        listening(scene.app, "he") as ours,
    ):
        streams = (supervisor, counselor, ours)
        for heard in streams:
            await heard.until("clock")
        await li.does("POST", "/calls/call/flags", {"level": "imminent"})
        await li.does("POST", "/calls/call/end")
        for username in ("sun", "lee", "he"):
            await announce(scene, "session", username)
        seen = [{topic async for topic, _ in until_clock(heard)} for heard in streams]

    own = {"call", "case", "debrief", "escalation", "follow_up", "leg", "presence"}
    assert seen == [set(), set(), own]


@pytest.mark.usefixtures("following")
async def test_what_concerns_whom_is_asked_once_however_many_listen(scene: ApiScene) -> None:
    async with AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(listening(scene.app, "he")) for _ in range(10)]
        for heard in streams:
            await heard.until("clock")

        with counted_statements(scene.house.database) as statements:
            await announce(scene, "call", "call")
            for heard in streams:
                assert await heard.all_until("call", "call") == [("call", "call")]

    assert len([one for one in statements if "FROM call" in one]) == 1


async def move_to(scene: ApiScene, line: str) -> None:
    """The call goes to another line, which is told as any change of it."""
    await scene.change(Call, "call", line_id=line)
    await announce(scene, "call", "call")


@pytest.mark.usefixtures("following")
async def test_a_change_that_is_told_again_is_heard_by_those_it_concerns_now(
    scene: ApiScene,
) -> None:
    await scene.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"))
    await scene.hires("sun", Role.SUPERVISOR, line="legal")
    async with listening(scene.app, "he") as ours, listening(scene.app, "sun") as theirs:
        await ours.until("clock")
        await theirs.until("clock")
        await announce(scene, "call", "call")
        await ours.until("call")

        await move_to(scene, "legal")
        heard_of = await theirs.all_until("call", "call")
        await announce(scene, "presence", "he")

        assert heard_of == [("call", "call")]
        assert await ours.all_until("presence", "he") == [("presence", "he")]


async def until_clock(heard: Heard) -> AsyncIterator[tuple[str, str]]:
    while (event := await heard.event()) is not None and event[0] != "clock":
        if event[0] != "resync":
            yield event


@pytest.mark.usefixtures("following")
async def test_signing_out_ends_the_stream_at_once(scene: ApiScene, li: Person) -> None:
    async with listening(scene.app, "li") as heard:
        await heard.until("clock")
        await li.does("DELETE", "/sessions/current")
        await announce(scene, "call", "after")

        assert ("call", "after") not in await heard.end()


async def test_what_comes_with_the_end_of_a_session_is_not_told_any_more(
    scene: ApiScene, li: Person
) -> None:
    events = stream(scene, look_s=60.0).events()
    seen = [(await anext(events)).event, (await anext(events)).event]
    await li.does("DELETE", "/sessions/current")

    for change in (Change("presence", "li"), Change("session", "li")):
        scene.house.live.tell(change)

    assert seen == ["resync", "clock"]
    assert [event.event async for event in events] == []


@pytest.mark.usefixtures("following")
async def test_somebody_who_is_switched_off_hears_no_more(scene: ApiScene) -> None:
    async with listening(scene.app, "li") as heard:
        await heard.until("clock")
        await scene.change(Staff, "li", active=False)
        await announce(scene, "configuration", "applied")

        assert all(topic != "call" for topic, _ in await heard.end())


async def test_a_session_that_ran_out_ends_the_stream_with_the_next_look(scene: ApiScene) -> None:
    await scene.change(Presence, "li", state=PresenceState.READY, call_id=None)
    events = stream(scene, look_s=0.0).events()
    seen = [(await anext(events)).event, (await anext(events)).event]

    scene.clock.advance(12 * 3600)

    assert seen == ["resync", "clock"]
    assert [event async for event in events] == []


async def test_nobody_unsigned_hears_anything(scene: ApiScene) -> None:
    async with listening(scene.app, "nobody") as heard:
        assert await heard.event() is None

    assert heard.status == 401


def stream(scene: ApiScene, *, asks: bool = False, look_s: float = 0.0) -> Stream:
    who = SignedIn(
        staff_id="li", username="li", name="", roles=("counselor",), station_id=None, lines=()
    )
    return Stream(backend=scene.house, who=who, token=token_of("li"), asks=asks, look_s=look_s)


async def answers(person: Person, beat: str, *, phone: str = "good") -> str:
    """What a page sends when it was asked; where it is told that the phone is."""
    said = {"beat": int(beat), "console": "one browser", "phone": phone}
    return str((await person.does("POST", "/me/here", said))["phone"])


@pytest.mark.parametrize(
    ("phone", "counts"),
    [("good", True), ("own", True), ("none", True), ("bad", False), ("wait", False)],
)
async def test_a_desk_is_asked_and_only_its_answer_with_a_phone_that_rings_keeps_the_lease(
    scene: ApiScene, chen: Person, phone: str, *, counts: bool
) -> None:
    async with listening(scene.app, "chen", "desk=1") as heard:
        beat = await heard.until("beat")
    unanswered = (await scene.get(Presence, "chen")).lease_until
    asked_at = scene.clock.now()
    scene.clock.advance(3)

    await answers(chen, beat, phone=phone)

    lease = (await scene.get(Presence, "chen")).lease_until
    assert unanswered is None
    assert lease == (asked_at + LEASE if counts else None)


async def test_what_was_asked_long_ago_or_never_proves_nothing(
    scene: ApiScene, chen: Person
) -> None:
    old = str(beat_of(scene.clock.now()))
    scene.clock.advance(LEASE.total_seconds())

    places = [await answers(chen, old), await answers(chen, "0")]

    assert places == ["here", "here"]
    assert (await scene.get(Presence, "chen")).lease_until is None


async def test_a_counselor_whose_desk_answers_no_more_is_off_duty_within_seconds(
    scene: ApiScene, chen: Person
) -> None:
    await scene.change(Presence, "chen", state=PresenceState.READY)
    await answers(chen, str(beat_of(scene.clock.now())))

    at = scene.clock.advance(LEASE.total_seconds())
    async with scene.house.database.work() as work:
        await end_lapsed_lease(work, "chen", at=at)

    gone = await scene.get(Presence, "chen")
    assert (gone.state, gone.reason) == ("offline", "console_gone")


async def test_a_supervisors_page_is_asked_nothing(scene: ApiScene) -> None:
    async with listening(scene.app, "he", "desk=1") as heard:
        await heard.until("clock")

    assert (await scene.get(Presence, "he")).lease_until is None


async def test_an_open_stream_holds_no_connection(scene: ApiScene) -> None:
    async with listening(scene.app, "he") as heard:
        await heard.until("clock")

        assert scene.house.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


async def test_a_browser_that_goes_is_forgotten(scene: ApiScene) -> None:
    async with listening(scene.app, "he") as heard:
        await heard.until("clock")
        there = len(scene.house.live._queues)

    assert (there, len(scene.house.live._queues)) == (1, 0)


async def test_a_browser_that_cannot_keep_up_is_told_to_look_at_everything(scene: ApiScene) -> None:
    async with listening(scene.app, "he") as heard:
        await heard.until("clock")
        for number in range(QUEUE_LENGTH + 1):
            scene.house.live.tell(Change("call", str(number)))

        assert await heard.event() == ("resync", "")


async def test_without_a_database_the_stream_ends_and_the_browser_comes_back(
    scene: ApiScene,
) -> None:
    gone = Database(scene.house.database.url.rpartition("/")[0] + "/nowhere")
    broken = stream(scene)
    broken.backend = house_on(gone, scene.clock, scene.house.settings)

    with capture_logs() as told:
        seen = [event.event async for event in broken.events()]

    assert seen == ["resync"]
    assert [line["event"] for line in told] == ["live.stream_ended"]
