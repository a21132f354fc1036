"""What a story needs, in the words of the field."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from hotline.onemachine import Running
from tests.harness.carrier import Carrier, Handset
from tests.harness.house import House, Staff

SID, TOKEN = "AC" + "0" * 32, "scenario-token"
GREETING = "青少年服务台"


@dataclass
class Counselor:
    """Somebody signed in, with the phone they answer on."""

    staff: Staff
    phone: Handset

    async def does(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """A command over the API."""
        return await self.staff.does(method, path, body)

    async def is_ready(self) -> None:
        """Take calls from now on."""
        await self.staff.is_ready()


@dataclass
class Scene:
    """The carrier, the house and the clock of one story."""

    carrier: Carrier
    house: House
    database_pid: int = 0
    redis: Running | None = None
    restart_redis: Callable[[], Running] | None = None
    sids: dict[str, str] = field(default_factory=dict)

    def handset(self, number: str) -> Handset:
        """Any phone in the world."""
        return self.carrier.handset(number)

    async def counselor(
        self, username: str, *, phone: str | None = None, registered: bool = True
    ) -> Counselor:
        """Somebody who is ready, with a softphone or an own phone."""
        handset = self.carrier.handset(phone or f"client:{username}")
        if phone is None and registered:
            await handset.registers()
        counselor = Counselor(await self.house.signs_in(username), handset)
        await counselor.is_ready()
        return counselor

    async def dials_and_waits(self, number: str) -> Handset:
        """A child who chose Mandarin and is in the queue."""
        child = self.handset(number)
        await child.dials("12355")
        await child.hears(GREETING)
        await child.presses("1")
        await self.until(
            "select 1 from call where state <> 'flow' and carrier_sid = %s", await child.sid()
        )
        return child

    async def dials_and_is_recorded(self, number: str) -> Handset:
        """Nobody is there until morning: a child who is asked for a message."""
        he = await self.house.signs_in("he")
        closed = {"reason": "nobody until eight"}
        await he.does("POST", "/floor/lines/youth-12355/close", closed)
        child = self.handset(number)
        await child.dials("12355")
        await child.hears(GREETING)
        await child.presses("1")
        await child.hears("录下来")
        await self.until("select 1 from call where state = 'message'")
        return child

    async def talking(self, username: str, number: str) -> tuple[Counselor, Handset]:
        """A counselor and a child in the middle of a talk."""
        counselor = await self.counselor(username)
        child = await self.dials_and_waits(number)
        await counselor.phone.rings()
        await counselor.phone.answers()
        await self.talk(number)
        return counselor, child

    async def goes_off_duty(self, counselor: Counselor) -> None:
        """Somebody who is lost to the line, not only to the call: their softphone is gone too."""
        await counselor.phone.unregisters()

    async def rings(self, counselor: Counselor) -> None:
        """A phone rings, and we have heard so: from then on its time counts."""
        await counselor.phone.rings()
        await self.until("select 1 from participant where state = 'ringing'")

    async def talk(self, number: str) -> None:
        """The child and a counselor hear each other, and we know it."""
        await self._call_is(number, "state = 'talking'")
        await self.handset(number).is_talking_to_somebody()

    async def waits(self, number: str) -> None:
        """The child is in the queue."""
        await self._call_is(number, "state = 'waiting'")

    async def ends(self, number: str, outcome: str) -> None:
        """The call is over, in this outcome."""
        await self._call_is(number, f"state = 'ended' and outcome = '{outcome}'")

    async def _call_is(self, number: str, what: str) -> None:
        sid = await self.handset(number).sid()
        await self.until(f"select 1 from call where carrier_sid = %s and {what}", sid)

    async def call_of(self, number: str) -> str:
        """Our id of the child's present call."""
        sid = await self.handset(number).sid()
        found = await self.house.rows("select id from call where carrier_sid = %s", sid)
        return str(found[0][0])

    async def presence(self, username: str, state: str) -> None:
        """A counselor is in this state."""
        await self.until(
            "select 1 from presence join staff on staff.id = staff_id"
            " where username = %s and state = %s",
            username,
            state,
        )

    async def until(self, query: str, *values: object) -> None:
        """Something holds in the database."""
        await self.house.until(query, *values)

    async def count(self, table: str) -> int:
        """How many rows there are."""
        return int((await self.house.rows(f"select count(*) from {table}"))[0][0])

    async def passes(self, seconds: float) -> None:
        """Let time pass, for the house and for the carrier."""
        self.house.clock.advance(seconds)
        await self.carrier.passes(seconds)
        await self.house.rows('select pg_notify(\'hotline\', \'{"topic": "leg", "id": ""}\')')

    async def at_once(self, *deeds: Coroutine[Any, Any, None]) -> None:
        """Things that happen in the same moment. One may come too late; that is no fault."""
        await asyncio.gather(*deeds, return_exceptions=True)

    def kill_redis(self) -> None:
        """Without a word."""
        assert self.redis is not None
        self.redis.kill()

    def start_redis(self) -> None:
        """At its old address."""
        assert self.restart_redis is not None
        self.redis = self.restart_redis()
