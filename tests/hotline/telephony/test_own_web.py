"""Our own web, asked as the carrier would ask it."""

from collections.abc import Callable

import httpx
import pytest
import respx

from hotline.telephony.own_web import OwnWeb
from hotline.telephony.signature import signed_by_carrier

pytestmark = pytest.mark.anyio

BASE, TOKEN = "https://hotline.test", "token"
OURS = OwnWeb(base_url=BASE, account_sid="AC1", token=TOKEN)


@respx.mock
async def test_it_is_asked_with_a_signature_that_our_web_believes() -> None:
    asked = respx.post(f"{BASE}/voice/drill").respond(text="<Response/>")

    assert await OURS.answers("/voice/drill")

    request = asked.calls.last.request
    pairs = list(httpx.QueryParams(request.content.decode()).multi_items())
    signature = request.headers["X-Twilio-Signature"]
    assert signed_by_carrier(f"{BASE}/voice/drill", pairs, signature, [TOKEN])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda route: route.respond(503),
        lambda route: route.respond(text="a page of somebody else's"),
        lambda route: route.respond(302, headers={"Location": BASE}),
        lambda route: route.mock(side_effect=httpx.ConnectTimeout("late")),
    ],
    ids=["fault", "no document", "redirect", "nobody"],
)
@respx.mock
async def test_whatever_else_comes_is_no_answer(spoil: Callable[[respx.Route], object]) -> None:
    spoil(respx.post(f"{BASE}/voice/drill"))

    assert not await OURS.answers("/voice/drill")
