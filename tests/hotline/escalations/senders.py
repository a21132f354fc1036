"""Attempts on their way, for the tests of sending."""

import asyncio

from hotline.escalations.model import AttemptState
from hotline.ports import Dial
from hotline.storage.tables import Attempt
from tests.fakes import FakeLeg
from tests.hotline.escalations.conftest import EscalationScene


async def only(scene: EscalationScene) -> Attempt:
    """The one attempt that there is."""
    [attempt] = await scene.attempts()
    return attempt


async def is_left_submitting(scene: EscalationScene, *, rang: bool) -> Attempt:
    """A sender died between its commit and the carrier's answer."""
    await scene.flag()
    attempt = await only(scene)
    scene.carrier.hold()
    dying = asyncio.create_task(scene.dispatcher.send_attempt(attempt.id))
    await scene.carrier.asked.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    scene.carrier.gate.set()
    if rang:
        leg = FakeLeg("CA-lost", dial_of(scene), scene.clock.now())
        scene.carrier.legs.append(leg)
    assert (await only(scene)).state == AttemptState.SUBMITTING
    scene.jobs.reachable = False
    return attempt


def dial_of(scene: EscalationScene) -> Dial:
    return Dial(
        to=scene.carrier.journal[0][1], from_="12355", answer_url="", status_url="", ring_s=40
    )
