"""A small cast that makes the floor live: callers who dial, counselors who answer.

It uses what any stranger could: the control desk of this carrier and the application's API. It is
switched on and off from outside, and everything it starts ends by itself.
"""

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import cycle, islice
from typing import Annotated

import httpx
import structlog
from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel

from hotline.simulator.control import HandsetAct, do
from hotline.simulator.handsets import Handsets
from hotline.simulator.settings import SimulatorSettings

log = structlog.get_logger()

cast = APIRouter(prefix="/simulator")

FIRST_NUMBER, CALLERS = 15400000901, 6
CALL_EVERY_S, TALK_S, ANSWER_S, LOOK_S = 12.0, (25.0, 70.0), (2.0, 6.0), 1.0
PATIENCE_S, WRAP_UP_S = 90.0, (4.0, 12.0)
KEYS = "1112234590"  # what they press at the menu; 9 is rare
RECORD = {
    "contact_type": "self",
    "topics": ["family"],
    "disposition": "listened",
    "narrative": "说了说家里的事。",
    "ready": True,
}


class Switch(BaseModel):
    """Whether the cast plays."""

    on: bool


class Cast:
    """Callers and counselors on one exchange."""

    def __init__(self, handsets: Handsets, settings: SimulatorSettings) -> None:
        """`settings.cast`: usernames and passwords of the counselors that may be played."""
        self._handsets = handsets
        self._settings = settings
        self._random = random.Random()  # noqa: S311 – a play, no secret
        self._playing: list[asyncio.Task[None]] = []

    @property
    def on(self) -> bool:
        """Whether it plays."""
        return bool(self._playing)

    def start(self) -> None:
        """Everybody to their places."""
        if not self.on:
            counselors = [self._counselor(*who) for who in self._settings.cast.items()]
            callers = [self._caller(number) for number in range(CALLERS)]
            self._playing = [asyncio.create_task(part) for part in (*counselors, *callers)]

    async def stop(self) -> None:
        """The curtain: callers hang up, counselors go off line."""
        playing, self._playing = self._playing, []
        for part in playing:
            part.cancel()
        await asyncio.gather(*playing, return_exceptions=True)

    def _do(self, address: str, what: str, **how: str) -> None:
        """An act that may come too late: somebody hung up first."""
        with suppress(HTTPException):
            do(self._handsets, address, HandsetAct(what=what, **how))

    async def _pause(self, least: float, most: float) -> None:
        await asyncio.sleep(self._random.uniform(least, most))

    async def _caller(self, place: int) -> None:
        address = str(FIRST_NUMBER + place)
        try:
            await asyncio.sleep(place * CALL_EVERY_S)  # one after the other, the first at once
            for number in numbers_in_turn(self._handsets.exchange.listed, place):
                self._do(address, "dial", to=number)
                await self._pause(*ANSWER_S)
                self._do(address, "press", digits=self._random.choice(KEYS))
                await self._stay(address)
                self._do(address, "hang_up")
                await self._pause(0, CALL_EVERY_S * CALLERS)
        finally:
            self._do(address, "hang_up")

    async def _stay(self, address: str) -> None:
        """Until the talk has lasted, or patience ends, or the other side hangs up."""
        patience, talk = PATIENCE_S, self._random.uniform(*TALK_S)
        while patience > 0 and talk > 0:
            leg = self._handsets.at(address).leg
            if leg is None:
                return
            talk -= LOOK_S if leg.talked else 0
            patience -= 0 if leg.talked else LOOK_S
            await asyncio.sleep(LOOK_S)

    async def _counselor(self, username: str, password: str) -> None:
        address = f"client:{username}"
        async with httpx.AsyncClient(base_url=f"{self._settings.application_url}/api/v1") as http:
            answer = await http.post("/tokens", json={"username": username, "password": password})
            answer.raise_for_status()
            http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
            self._do(address, "register")
            try:
                while True:
                    await self._work(http, address)
            finally:
                self._do(address, "hang_up")
                self._do(address, "unregister")
                with suppress(httpx.HTTPError):
                    await http.put("/me/presence", json={"state": "offline"})

    async def _work(self, http: httpx.AsyncClient, address: str) -> None:
        """One look around: be ready, answer what rings, write the record."""
        await asyncio.sleep(LOOK_S)
        try:
            presence = (await http.get("/me")).json()["presence"]
            if presence["state"] in ("offline", "paused"):
                await http.put("/me/presence", json={"state": "ready"})
            elif presence["state"] == "offered":
                await self._pause(*ANSWER_S)
                self._do(address, "answer")
            elif presence["state"] == "wrapping_up":
                await self._pause(*WRAP_UP_S)
                await http.put(f"/calls/{presence['call_id']}/record", json=RECORD)
        except (httpx.HTTPError, KeyError) as fault:
            log.info("cast.stumbled", error=type(fault).__name__)


def numbers_in_turn(numbers: Sequence[str], place: int) -> Iterator[str]:
    """What a caller dials, one call after the other: every number, each caller begins elsewhere."""
    return islice(cycle(numbers), place % len(numbers), None)


def cast_of(request: Request) -> Cast:
    """The cast of this carrier."""
    found: Cast = request.app.state.cast
    return found


CastDep = Annotated[Cast, Depends(cast_of)]


@cast.put("/cast")
async def switch(cast: CastDep, wanted: Switch) -> Switch:
    """On or off."""
    if wanted.on:
        cast.start()
    else:
        await cast.stop()
    return Switch(on=cast.on)


@cast.get("/cast")
async def playing(cast: CastDep) -> Switch:
    """Whether it plays."""
    return Switch(on=cast.on)
