"""A carrier client whose wire ends in respx and whose pauses take no time."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio.lowlevel
import pytest
import respx

from hotline.telephony.carrier_client import TwilioCarrier
from tests.fakes import FakeClock


@pytest.fixture
def slept() -> list[float]:
    """The pauses that were asked for, in seconds."""
    return []


@pytest.fixture
async def carrier(slept: list[float]) -> AsyncIterator[TwilioCarrier]:
    """A client for the account AC1."""

    async def note_pause(seconds: float) -> None:
        slept.append(seconds)
        await anyio.lowlevel.checkpoint()

    client = TwilioCarrier(
        account_sid="AC1",
        auth_token="t0ken",
        clock=FakeClock(),
        sleep=note_pause,
    )
    yield client
    await client.aclose()


@pytest.fixture
def twilio() -> Iterator[respx.MockRouter]:
    """The carrier's side. A request nobody expects fails the test."""
    with respx.mock(base_url="https://api.twilio.com/2010-04-01/Accounts/AC1") as router:
        yield router


@pytest.fixture
def call_json() -> Callable[..., dict[str, Any]]:
    """A Call as the carrier's list shows it, dialled at noon unless told otherwise."""

    def build(sid: str = "CA1", **changes: Any) -> dict[str, Any]:
        return {
            "account_sid": "AC1",
            "answered_by": None,
            "api_version": "2010-04-01",
            "date_created": "Sun, 01 Mar 2026 12:00:00 +0000",
            "date_updated": "Sun, 01 Mar 2026 12:00:00 +0000",
            "direction": "outbound-api",
            "duration": None,
            "end_time": None,
            "from": "12355",
            "price": None,
            "price_unit": "USD",
            "sid": sid,
            "start_time": None,
            "status": "queued",
            "to": "client:li",
            "uri": f"/2010-04-01/Accounts/AC1/Calls/{sid}.json",
        } | changes

    return build


@pytest.fixture
def page_json() -> Callable[..., dict[str, Any]]:
    """One page of a list, newest first."""

    def build(key: str, *rows: dict[str, Any]) -> dict[str, Any]:
        return {
            key: list(rows),
            "end": max(len(rows) - 1, 0),
            "first_page_uri": f"/2010-04-01/Accounts/AC1/{key}.json?PageSize=50&Page=0",
            "next_page_uri": None,
            "page": 0,
            "page_size": 50,
            "previous_page_uri": None,
            "start": 0,
            "uri": f"/2010-04-01/Accounts/AC1/{key}.json?PageSize=50&Page=0",
        }

    return build
