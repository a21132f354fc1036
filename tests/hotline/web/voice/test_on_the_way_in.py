"""A round of waiting that ends just when somebody took the call does not overtake the redirect."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest

from hotline.calls.model import CallState
from hotline.settings import Settings
from hotline.storage.session import Database
from hotline.storage.tables import Call
from hotline.telephony.signature import sign
from hotline.web.app import create_app
from tests.fakes import NOON, FakeClock
from tests.hotline.web.api.conftest import SITE, client_of, house_on, places

pytestmark = pytest.mark.anyio

ACCOUNT, TOKEN = "AC" + "0" * 32, "a-scene-of-its-own"


@pytest.fixture
async def http(database: Database, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    """A house where a call was just accepted, and the caller is still to come."""
    accepted = Call(id="c1", carrier_sid="CA-child", line_id="youth", state=CallState.CONNECTING,
                    turn=3, arrived_at=NOON, heard_at=NOON)  # fmt: skip
    async with database.work() as work:
        for row in (*places(), accepted):
            work.add(row)
            await work.flush()
    settings = Settings(public_url=SITE, twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN)
    async with client_of(create_app(house_on(database, clock, settings))) as client:
        yield client


async def asks(http: httpx.AsyncClient, path: str) -> str:
    """The caller's leg asks what to do; the carrier signs it."""
    body = urlencode({"AccountSid": ACCOUNT, "CallSid": "CA-child", "CallStatus": "in-progress"})
    signature = sign(SITE + path, parse_qsl(body), TOKEN)
    headers = {
        "X-Twilio-Signature": signature,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    answer = await http.post(path, content=body, headers=headers)
    assert answer.status_code == httpx.codes.OK
    return answer.text


async def state(database: Database) -> str:
    async with database.work() as work:
        return (await work.get_one(Call, "c1")).state


async def test_the_round_leaves_the_redirect_its_time_and_then_goes_in(
    http: httpx.AsyncClient, database: Database
) -> None:
    said = await asks(http, "/voice/calls/c1/wait?turn=3")

    assert "<Conference" not in said
    assert "/voice/calls/c1/join" in said
    assert await state(database) == CallState.CONNECTING


async def test_whoever_asks_for_the_way_in_is_shown_in(
    http: httpx.AsyncClient, database: Database
) -> None:
    said = await asks(http, "/voice/calls/c1/join?turn=3")

    assert "<Conference" in said
    assert await state(database) == CallState.TALKING
