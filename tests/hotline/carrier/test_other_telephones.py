"""The carrier's half stands on its port alone: telephones that are no simulator's serve as well."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI

from hotline.carrier.clock import RealClock
from hotline.carrier.exchange import Exchange
from hotline.carrier.hearing import hears
from hotline.carrier.journal import Journal
from hotline.carrier.model import CarrierLeg, Conference
from hotline.carrier.numbers import AccountAtCarrier, NumberSettings
from hotline.carrier.player import Player
from hotline.carrier.recordings import Recordings
from hotline.carrier.rest import API, Refused, on_refused
from hotline.carrier.rest_calls import calls
from hotline.carrier.rest_conferences import conferences
from hotline.carrier.sounds import FetchedSound
from hotline.carrier.telephones import PICKED_UP, RingEnd
from hotline.carrier.webhooks import Webhooks

pytestmark = pytest.mark.anyio

SID, TOKEN, LINE = "AC" + "3" * 32, "token", "12355"
WORDS = "<Response><Say>您好</Say></Response>"


@dataclass
class WillingPhones:
    """Everybody picks up at once and hears all to its end, except who is out."""

    exchange: Exchange
    out: set[str] = field(default_factory=set)
    heard: list[tuple[str, str]] = field(default_factory=list)
    arranged: list[tuple[str, int]] = field(default_factory=list)
    free: list[str] = field(default_factory=list)

    def address_of(self, dialled: str) -> str:
        return dialled

    async def ring(self, leg: CarrierLeg) -> RingEnd:
        self.exchange.set_status(leg, "ringing")
        return RingEnd("no-answer" if leg.address in self.out else PICKED_UP, by="trunk")

    async def answer(self, leg: CarrierLeg) -> None:
        raise AssertionError(leg)  # nobody dials in here

    def let_go(self, leg: CarrierLeg, status: str) -> None:
        self.free.append(f"{leg.address} {status}")

    async def say(self, leg: CarrierLeg, text: str, *, language: str, voice: str) -> None:
        self.heard.append((leg.address, text))

    async def fetch(self, url: str) -> FetchedSound:
        raise AssertionError(url)

    async def sound(self, leg: CarrierLeg, fetched: FetchedSound) -> None:
        raise AssertionError(fetched)

    async def press(self, leg: CarrierLeg, key: str) -> None:
        raise AssertionError(key)

    async def say_apart(
        self, legs: Sequence[CarrierLeg], text: str, *, language: str, voice: str
    ) -> None:
        raise AssertionError(text)

    async def play_apart(self, legs: Sequence[CarrierLeg], url: str, loops: int) -> None:
        raise AssertionError(url)

    def arrange(self, conference: Conference) -> None:
        inside = conference.participants
        pairs = sum(hears(conference, one, other) for one in inside for other in inside)
        self.arranged.append((conference.status, pairs))


@pytest.fixture
async def phones() -> AsyncIterator[WillingPhones]:
    """Of an exchange that nobody disturbs."""
    account = AccountAtCarrier(SID, TOKEN, {LINE: NumberSettings(voice_url="http://127.0.0.1:1/")})
    clock, journal = RealClock(), Journal()
    webhooks = Webhooks(SID, TOKEN, clock=clock, journal=journal)
    exchange = Exchange(account, clock=clock, journal=journal, webhooks=webhooks)
    exchange.telephones = made = WillingPhones(exchange)
    exchange.play = Player(exchange, Recordings(exchange)).play
    yield made
    await exchange.reset()
    await webhooks.close()


@pytest.fixture
async def rest(phones: WillingPhones) -> AsyncIterator[httpx.AsyncClient]:
    """The same over REST."""
    app = FastAPI()
    app.state.exchange = phones.exchange
    app.add_exception_handler(Refused, on_refused)
    app.include_router(calls)
    app.include_router(conferences)
    base = f"http://carrier{API}/{SID}"
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=base, auth=(SID, TOKEN)
    ) as client:
        yield client


async def ends(phones: WillingPhones, count: int) -> None:
    """Until so many legs are over."""
    async with asyncio.timeout(10):
        await phones.exchange.until(
            lambda: sum(leg.over for leg in phones.exchange.legs.values()) >= count
        )


async def test_who_is_dialled_hears_the_document_and_is_let_go(
    phones: WillingPhones, rest: httpx.AsyncClient
) -> None:
    phones.out.add("15400000002")
    for number in ("15400000001", "15400000002"):
        wanted = {"To": number, "From": LINE, "Twiml": WORDS}
        assert (await rest.post("/Calls.json", data=wanted)).status_code == httpx.codes.CREATED
    await ends(phones, 2)

    told = (await rest.get("/Calls.json")).json()["calls"]
    assert {one["to"]: one["status"] for one in told} == {
        "15400000001": "completed",
        "15400000002": "no-answer",
    }
    assert phones.heard == [("15400000001", "您好")]
    assert sorted(phones.free) == ["15400000001 completed", "15400000002 no-answer"]


async def test_telephones_are_told_of_every_change_of_who_hears_whom(
    phones: WillingPhones, rest: httpx.AsyncClient
) -> None:
    for number in ("15400000001", "15400000002"):
        wanted = {"To": number, "From": LINE, "Label": number, "WaitUrl": ""}
        await rest.post("/Conferences/room/Participants.json", data=wanted)
    async with asyncio.timeout(10):
        await phones.exchange.until(lambda: ("in-progress", 2) in phones.arranged)

    change = "/Conferences/room/Participants/15400000001.json"
    await rest.post(change, data={"Muted": "true"})
    assert phones.arranged[-1] == ("in-progress", 1)
    await rest.post(change, data={"Muted": "false"})
    assert phones.arranged[-1] == ("in-progress", 2)
    [room] = (await rest.get("/Conferences.json")).json()["conferences"]
    await rest.post(f"/Conferences/{room['sid']}.json", data={"Status": "completed"})
    await ends(phones, 2)

    assert phones.arranged[-1] == ("completed", 0)
