"""The port to the telephones: the only way in which this package reaches one."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from hotline.carrier.model import CarrierLeg, Conference
from hotline.carrier.sounds import FetchedSound

PICKED_UP = "answer"


class RingEnd(NamedTuple):
    """What came of ringing somebody. `how`: `PICKED_UP`, or the status in which the leg ends."""

    how: str
    by: str


class Telephones(Protocol):
    """Handsets of a simulator, or an engine with lines of its own.

    Where a waiting method is cancelled, what it does ends at once: a sound is silent.
    """

    def address_of(self, dialled: str) -> str:
        """Under which address a phone is known here that is dialled so."""
        ...

    async def ring(self, leg: CarrierLeg) -> RingEnd:
        """Until somebody picks up or it came to nothing. Tells the exchange when it rings."""
        ...

    async def answer(self, leg: CarrierLeg) -> None:
        """Take a call that came in: a document wants it to hear something."""
        ...

    def let_go(self, leg: CarrierLeg, status: str) -> None:
        """The leg is over: its phone is free again."""
        ...

    async def say(self, leg: CarrierLeg, text: str, *, language: str, voice: str) -> None:
        """Speak, until it is said."""
        ...

    async def fetch(self, url: str) -> FetchedSound:
        """What a Play names, made ready."""
        ...

    async def sound(self, leg: CarrierLeg, fetched: FetchedSound) -> None:
        """Until it has been heard."""
        ...

    async def press(self, leg: CarrierLeg, key: str) -> None:
        """A key, heard by the other end."""
        ...

    async def say_apart(
        self, legs: Sequence[CarrierLeg], text: str, *, language: str, voice: str
    ) -> None:
        """To some in a conference, beside their talk or in place of it."""
        ...

    async def play_apart(self, legs: Sequence[CarrierLeg], url: str, loops: int) -> None:
        """The same with a recording. `loops` 0: until it is taken away."""
        ...

    def arrange(self, conference: Conference) -> None:
        """Somebody came, left, or is to hear others than before: make it so."""
        ...
