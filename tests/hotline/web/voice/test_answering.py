"""The answer is out within its budget, whatever the driver of the database does."""

import asyncio

import pytest

from hotline.web.voice.answering import WebhookContext, answer_callback, answer_caller
from hotline.web.voice.webhook import Webhook
from tests.hotline.web.voice.conftest import VoiceScene

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("logged")]

ASKED = Webhook("/voice/incoming", "", b"CallSid=CA-child", {"CallSid": "CA-child"})


class SlowDriver:
    """Does not answer, and takes its time to be cancelled."""

    def __init__(self) -> None:
        self.gives_up, self.has_ended = asyncio.Event(), asyncio.Event()

    async def answer(self, _context: WebhookContext) -> str:
        try:
            await asyncio.Event().wait()
        finally:
            await self.gives_up.wait()
            self.has_ended.set()
        return "never"


async def test_a_caller_does_not_wait_for_a_driver_that_is_slow_to_give_up(
    scene: VoiceScene,
) -> None:
    scene.backend.webhook_budget_s, driver = 0.05, SlowDriver()

    answer = await answer_caller(scene.backend, ASKED, driver.answer, lambda: "safe")

    assert answer.body == b"safe"
    assert not driver.has_ended.is_set()
    driver.gives_up.set()
    await driver.has_ended.wait()


async def test_a_report_does_not_wait_for_it_either(scene: VoiceScene) -> None:
    scene.backend.webhook_budget_s, driver = 0.05, SlowDriver()

    answer = await answer_callback(scene.backend, ASKED, driver.answer)

    assert answer.status_code == 503
    assert not driver.has_ended.is_set()
    driver.gives_up.set()
    await driver.has_ended.wait()
