"""Random keys, silences, words and hang-ups through the flows of all lines, as they are shipped."""

import itertools
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from hotline.calls.model import CallState, Urgency
from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.storage.tables import Call
from tests.hotline.web.voice.conftest import VoiceScene, leads_to

pytestmark = pytest.mark.anyio

GUANGDONG = load_folder(Path(__file__).parents[4] / "deploy" / "guangdong")
DIALLED = [line.numbers[0] for line in GUANGDONG.lines]
NOON, NIGHT = datetime(2026, 3, 2, 4, tzinfo=UTC), datetime(2026, 3, 2, 18, tzinfo=UTC)  # a Monday
WORDS = ("喂", "粤语", "help", "我不知道", "救命")
DANGER = ("9", "救命")
TAKES_TIME = {"Say", "Play", "Pause", "Dial", "Record"}

ACTS = st.lists(st.sampled_from(["", *"0123456789*#", *WORDS, "hangs up"]), min_size=1, max_size=10)
callers = itertools.count(1)


def is_no_hot_loop(document: str) -> bool:
    """Whatever leads back to us takes a second at least, if nobody presses anything."""
    root = ET.fromstring(document)  # noqa: S314 – our own
    waits = [int(verb.get("timeout", "5")) for verb in root.iter("Gather")]
    return bool(sum(waits)) or any(verb.tag in TAKES_TIME for verb in root.iter())


async def call_of(scene: VoiceScene, sid: str) -> Call:
    async with scene.backend.database.work() as work:
        return (await work.exec(select(Call).where(Call.carrier_sid == sid))).one()


async def acts(scene: VoiceScene, sid: str, what: str) -> bool:
    """False where the caller is gone: hung up, or at the last words."""
    scene.clock.advance(seconds=13)
    if what == "hangs up" or "<Hangup" in scene.document:
        return False
    form = {"SpeechResult": what} if what in WORDS else {"Digits": what}
    await scene.asks(leads_to(scene.document), CallSid=sid, **form)
    assert is_no_hot_loop(scene.document), scene.document
    return True


@pytest.fixture
async def furnished(scene: VoiceScene) -> VoiceScene:
    """All lines of Guangdong, with nobody at work."""
    async with scene.backend.database.work() as work:
        await apply(work, GUANGDONG, at=NOON)
    async with scene.backend.database.work() as work:
        await scene.backend.lines.read(work)
    return scene


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(number=st.sampled_from(DIALLED), at=st.sampled_from([NOON, NIGHT]), script=ACTS)
async def test_whatever_a_caller_does_they_are_led_on_and_counted_once(
    furnished: VoiceScene, number: str, at: datetime, script: list[str]
) -> None:
    furnished.clock.time = at
    caller = next(callers)
    sid = f"CA-{caller}"
    await furnished.asks("/voice/incoming", CallSid=sid, From=f"+86154{caller:08d}", To=number)

    done: list[str] = []
    for what in script:
        if not await acts(furnished, sid, what):
            break
        done.append(what)
    call = await call_of(furnished, sid)
    await furnished.reports("/voice/status", CallSid=sid, CallStatus="completed")
    ended = await call_of(furnished, sid)

    if set(done) & set(DANGER[:1]):
        assert (call.urgency, call.state) == (Urgency.CRISIS, CallState.WAITING)
    assert ended.state == CallState.ENDED
    assert ended.outcome is not None
