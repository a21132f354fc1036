"""Files are large and slow: a few at a time, from those who sign in, in a lane of their own."""

import asyncio

import pytest
from starlette.types import Message, Scope

from hotline.web.bodies import (
    FILES_AT_ONCE,
    MOST_BYTES,
    MOST_FILE_BYTES,
    MOST_WEBHOOK_BYTES,
    BodyLimits,
)
from hotline.web.lanes import Lanes
from tests.hotline.web.test_floods import PART, Held, Sender, fine, request

pytestmark = pytest.mark.anyio

FILES = "/api/v1/escalations/e/attachments"


def upload(path: str = FILES, **headers: str) -> Scope:
    return request(path, "POST", cookie="x", **headers)


async def turn() -> None:
    """Whatever is ready goes on."""
    await asyncio.get_running_loop().run_in_executor(None, int)


@pytest.mark.parametrize(
    ("scope", "most"),
    [
        (upload(), MOST_FILE_BYTES),
        (upload(f"/seat/officer{FILES}"), MOST_FILE_BYTES),
        (request(FILES, "POST"), MOST_BYTES),
        (upload(f"{FILES}/f/comment"), MOST_BYTES),
        (upload("/voice/incoming"), MOST_WEBHOOK_BYTES),
    ],
)
async def test_only_who_signs_in_sends_a_file_and_only_to_its_place(
    scope: Scope, most: int
) -> None:
    fits, cut = Sender(parts=most // len(PART)), Sender(parts=10**9)

    await BodyLimits(fine)(scope, fits.receive, fits.hear)
    await BodyLimits(fine)(scope, cut.receive, cut.hear)

    assert (fits.status, cut.status, cut.sent) == (200, 413, most // len(PART) + 1)


async def test_a_file_whose_length_is_too_large_is_refused_before_it_is_read() -> None:
    sender = Sender(parts=10)

    scope = upload(content_length=str(MOST_FILE_BYTES + 1))
    await BodyLimits(fine)(scope, sender.receive, sender.hear)

    assert (sender.status, sender.sent) == (413, 0)


async def test_only_a_few_files_come_at_a_time_and_a_flag_comes_all_the_same() -> None:
    limits, senders = BodyLimits(fine), [Sender(parts=None) for _ in range(FILES_AT_ONCE)]
    coming = [asyncio.create_task(limits(upload(), one.receive, one.hear)) for one in senders]
    await turn()
    late, flag = Sender(parts=1), Sender(parts=1)

    await limits(upload(), late.receive, late.hear)
    scope = request("/api/v1/calls/c/flags", "POST", cookie="x")
    await limits(scope, flag.receive, flag.hear)
    for one in coming:
        one.cancel()
    await asyncio.gather(*coming, return_exceptions=True)
    again = Sender(parts=1)
    await limits(upload(), again.receive, again.hear)

    assert (late.status, flag.status, again.status) == (503, 200, 200)


async def test_a_file_that_breaks_off_midway_reaches_nobody_and_gives_its_place_back() -> None:
    reached = list[Scope]()

    class BreaksOff(Sender):
        async def receive(self) -> Message:
            self.sent += 1
            if self.sent == 3:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": PART, "more_body": True}

    async def reading(scope: Scope, _receive: object, _send: object) -> None:
        reached.append(scope)

    limits = BodyLimits(reading)
    for _ in range(FILES_AT_ONCE + 1):
        sender = BreaksOff(parts=None)
        await limits(upload(), sender.receive, sender.hear)

    assert (reached, sender.status) == ([], 0)


async def test_files_that_are_worked_on_keep_no_flag_and_no_webhook_outside() -> None:
    held = Held()
    lanes, sender = Lanes(held), Sender(parts=1)
    files = [asyncio.create_task(lanes(upload(), sender.receive, sender.hear)) for _ in range(10)]
    while FILES not in held.inside:
        await turn()

    others = [
        request("/api/v1/calls/c/flags", "POST", cookie="x"),
        request("/voice/incoming", "POST"),
        request("/floor", cookie="x"),
    ]
    asked = [asyncio.create_task(lanes(it, sender.receive, sender.hear)) for it in others]
    while len(held.inside) < 4:
        await turn()
    inside = list(held.inside)
    held.let_go.set()
    await asyncio.gather(*files, *asked)

    assert inside.count(FILES) == 1
    assert {it["path"] for it in others} < set(inside)
