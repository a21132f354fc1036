"""The simulator's telephones: handsets that tests and browser pages act on."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from hotline.carrier.exchange import Exchange
from hotline.carrier.model import CarrierLeg, Conference
from hotline.carrier.sounds import FetchedSound
from hotline.carrier.telephones import PICKED_UP, RingEnd
from hotline.numbers import as_people_dial

BUFFER_S = 5.0  # the carrier rings this much longer than it was told
PLAY_S = 10  # how long a recording sounds: nobody here looks into it


@dataclass(eq=False)
class Handset:
    """A phone. Numbers always exist; a client exists while somebody has registered it."""

    address: str
    registered: bool = False
    busy: bool = False
    leg: CarrierLeg | None = None
    incoming: list[CarrierLeg] = field(default_factory=list)


class Handsets:
    """`hotline.carrier.telephones.Telephones` without any sound: what is said takes its time."""

    def __init__(self, exchange: Exchange, *, say_seconds_per_character: float) -> None:
        """Those of one exchange. How fast the pretended voice speaks."""
        self.exchange = exchange
        self._pace = say_seconds_per_character
        self._known: dict[str, Handset] = {}

    def at(self, address: str) -> Handset:
        """A phone. Numbers exist by being named."""
        return self._known.setdefault(
            address, Handset(address, registered=not address.startswith("client:"))
        )

    def forget(self) -> None:
        """No phone was ever named."""
        self._known.clear()

    def dial_in(self, address: str, number: str) -> CarrierLeg:
        """A handset dials one of the application's numbers."""
        leg = self.exchange.dial_in(address, number)
        self.at(address).leg = leg
        return leg

    # ── what the carrier asks of them ───────────────────────────────────────────────────────

    def address_of(self, dialled: str) -> str:
        """In China, `+86154…` rings at the phone of 154…."""
        return dialled if dialled in self._known else as_people_dial(dialled)

    async def ring(self, leg: CarrierLeg) -> RingEnd:
        """A phone, or a number of the application's own."""
        numbers = self.exchange.numbers
        number = next((one for one in (leg.to, leg.address) if one in numbers), None)
        if number is not None:
            return await self._ring_number(leg, number)
        phone = self.at(leg.address)
        if not phone.registered:
            return RingEnd("failed", by="carrier")
        if phone.busy or phone.leg is not None:
            return RingEnd("busy", by="handset")
        return await self._ring_handset(leg, phone)

    async def _ring_handset(self, leg: CarrierLeg, phone: Handset) -> RingEnd:
        leg.picked_up = asyncio.get_running_loop().create_future()
        phone.incoming.append(leg)
        self.exchange.set_status(leg, "ringing")
        limit = self.exchange.start(self._give_up(leg))
        try:
            how = await leg.picked_up
        finally:
            limit.cancel()
            if leg in phone.incoming:
                phone.incoming.remove(leg)
        if how == PICKED_UP and not leg.over:
            phone.leg = leg
        return RingEnd(how, by="handset")

    async def _ring_number(self, leg: CarrierLeg, number: str) -> RingEnd:
        """One of the application's own: it is announced like any call, and keys go across."""
        self.exchange.set_status(leg, "ringing")
        far = self.dial_in(leg.from_, number)
        leg.peer, far.peer = far, leg
        await self.exchange.until(lambda: far.answered is not None or far.over or leg.over)
        if far.over and far.answered is None:
            return RingEnd(far.status, by="handset")
        if leg.over:
            self.exchange.end(far, "canceled", by="peer")
        return RingEnd(PICKED_UP, by="handset")

    async def _give_up(self, leg: CarrierLeg) -> None:
        asked = leg.direction == "outbound-api"
        await self.exchange.clock.sleep(leg.ring_s + BUFFER_S, asked=asked)
        if leg.picked_up is not None and not leg.picked_up.done():
            leg.picked_up.set_result("no-answer")

    async def answer(self, leg: CarrierLeg) -> None:
        """Whoever dialled is listening already."""

    def let_go(self, leg: CarrierLeg, status: str) -> None:
        """Free for another call; it rings no longer."""
        phone = self._known.get(leg.address)
        if phone is not None and phone.leg is leg:
            phone.leg = None
        if leg.picked_up is not None and not leg.picked_up.done():
            leg.picked_up.set_result(status)

    async def say(self, leg: CarrierLeg, text: str, *, language: str, voice: str) -> None:
        """As long as it is."""
        await self.exchange.clock.sleep(len(text) * self._pace)

    async def fetch(self, url: str) -> FetchedSound:
        """As any carrier would; nothing is kept."""
        return await self.exchange.webhooks.fetch_sound(url)

    async def sound(self, leg: CarrierLeg, fetched: FetchedSound) -> None:
        """It takes as long as it is."""
        await self.exchange.clock.sleep(fetched.seconds)

    async def press(self, leg: CarrierLeg, key: str) -> None:
        """Heard by a number of the application's own; a handset does not listen to keys."""
        if leg.peer is not None:
            leg.peer.pressed.put_nowait(key)

    async def say_apart(
        self,
        legs: Sequence[CarrierLeg],
        text: str,
        *,
        language: str,
        voice: str,
    ) -> None:
        """As long as it is."""
        await self.exchange.clock.sleep(len(text) * self._pace)

    async def play_apart(self, legs: Sequence[CarrierLeg], url: str, loops: int) -> None:
        """As if all recordings were equally long."""
        if loops == 0:
            await asyncio.Event().wait()  # until it is taken away
        await self.exchange.clock.sleep(PLAY_S * loops)

    def arrange(self, conference: Conference) -> None:
        """Browsers are told by the journal who hears whom (`sockets`)."""
