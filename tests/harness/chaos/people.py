"""Callers, counselors and stations. Each looks at the own phone and does something likely."""

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.harness.house import Staff
from tests.harness.scene import Scene

COUNSELORS = ("li", "zhang", "he", "chen", "wong")
STATION_PHONES = ("02000000202", "15400000203", "02000000102", "02000000002")
KEYS = ("1", "1", "1", "2", "5", "9")
NEXT_CALL = {"state": "ready", "finish_later": True}
FLAG = {"level": "imminent", "summary": "在天桥上"}


@dataclass
class Crowd:
    """Everybody who uses a phone. `pressed_nine`: the carrier's ids of their calls."""

    scene: Scene
    chance: random.Random
    callers: int
    told: list[str]
    calm: bool = False
    pressed_nine: set[str] = field(default_factory=set)
    _dialled: list[str] = field(default_factory=list)
    _staff: dict[str, Staff] = field(default_factory=dict)

    async def signs_in(self) -> None:
        """Counselors on duty, each with a softphone on line."""
        for username in COUNSELORS:
            await self.scene.handset(f"client:{username}").registers()
            self._staff[username] = await self.scene.house.signs_in(username)
            await self._tries(username, "PUT", "/me/presence", NEXT_CALL)

    async def dials_some(self, *, of_rounds: int, number: int) -> None:
        """All callers have dialled after three quarters of the rounds."""
        wanted = min(self.callers, 1 + self.callers * number * 4 // (of_rounds * 3))
        while len(self._dialled) < wanted:
            address = f"154{len(self._dialled):08d}"
            self._dialled.append(address)
            await self.scene.handset(address).dials("12355")

    async def acts(self) -> None:
        """One thing each, or nothing."""
        for address in self._dialled:
            await self._caller_acts(address)
        for username in COUNSELORS:
            await self._counselor_acts(username)
        for address in STATION_PHONES:
            await self._station_acts(address)

    async def press_keys(self) -> None:
        """Everybody who is listened to presses something, in this very moment."""
        now = {address: await self._now(address) for address in self._dialled}
        listened_to = {
            address: str(seen["sid"]) for address, seen in now.items() if seen["gathering"]
        }
        await asyncio.gather(
            *(
                self._presses(address, sid, self.chance.choice(("9", "1")))
                for address, sid in listened_to.items()
            )
        )

    async def _caller_acts(self, address: str) -> None:
        now = await self._now(address)
        sid, chance = str(now["sid"]), self.chance.random()
        if now["gathering"] and chance < 0.2 and not self.calm:
            await self._presses(address, sid, self.chance.choice(KEYS))
        elif now["sid"] and chance > 0.98 and sid not in self.pressed_nine and not self.calm:
            await self._does(address, "hang_up")

    async def _presses(self, address: str, sid: str, key: str) -> None:
        if await self._does(address, "press", digits=key) and key == "9":
            self.pressed_nine.add(sid)
            self.told.append(f"{address} ({sid}) pressed 9")

    async def _counselor_acts(self, username: str) -> None:
        address, chance = f"client:{username}", self.chance.random()
        now = await self._now(address)
        if now["ringing"]:
            if chance < 0.6 or self.calm:
                await self._does(address, "answer")
            elif chance < 0.7:
                await self._does(address, "decline")
        elif now["with_others"]:
            await self._talks(username, address, chance)
        elif now["status"] == "idle":
            await self._tries(username, "PUT", "/me/presence", NEXT_CALL)

    async def _talks(self, username: str, address: str, chance: float) -> None:
        if chance < 0.1:
            await self._does(address, "hang_up")
        elif chance < 0.35 and not self.calm:
            act = self.chance.choice(("hold", "resume", "hold", "resume", "flags"))
            for (call,) in await self.scene.house.rows(
                "select c.id from call c join staff s on s.id = c.counselor_id"
                " where s.username = %s and c.state = 'talking'",
                username,
            ):
                await self._tries(username, "POST", f"/calls/{call}/{act}", _body_of(act))
                self.told.append(f"{username} asked for {act} in {call}")

    async def _station_acts(self, address: str) -> None:
        now = await self._now(address)
        if now["ringing"] and self.chance.random() < 0.5:
            await self._does(address, "answer")
        elif now["gathering"]:
            await self._does(address, "press", digits=self.chance.choice(("0000#", "1232#")))

    async def _now(self, address: str) -> dict[str, Any]:
        answer = await self.scene.carrier.http.get(f"/simulator/handsets/{address}")
        return dict(answer.json())

    async def _does(self, address: str, what: str, **how: str) -> bool:
        """False where it came too late."""
        path = f"/simulator/handsets/{address}"
        answer = await self.scene.carrier.http.post(path, json={"what": what, **how})
        return answer.is_success

    async def _tries(self, username: str, method: str, path: str, body: dict[str, Any]) -> None:
        """A command that may be refused, or find nobody."""
        with suppress(httpx.HTTPError):
            await self._staff[username].tries(method, path, body)


def _body_of(act: str) -> dict[str, Any]:
    return FLAG if act == "flags" else {}
