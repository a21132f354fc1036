"""What recordings need of the telephone company. `hotline.telephony.recordings` has it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class AtCarrier(StrEnum):
    """How a recording stands at the carrier. `failed`: there is no sound, and will be none."""

    RUNNING = "running"
    PAUSED = "paused"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingReport:
    """What the carrier says of one recording. `seconds`: None while it is not over."""

    sid: str
    status: AtCarrier
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A recording as it is sent to us. `length` in bytes; None where the carrier did not say."""

    length: int | None
    chunks: AsyncIterator[bytes]


class RecordingCarrier(Protocol):
    """The carrier's recordings of single legs.

    Every call may raise `CarrierRefused`, `CarrierUnreachable` or, where it changes something,
    `CarrierUnclear`. Those that change something are safe to repeat, but for `start`.
    """

    async def start(self, leg_sid: str) -> str:
        """Record a leg, each side in a channel of its own. The recording's sid.

        Raises `LegGone`.
        """
        ...

    async def pause(self, leg_sid: str, sid: str) -> None:
        """Silence takes the place of what is said. Raises `LegGone`: it is over."""
        ...

    async def resume(self, leg_sid: str, sid: str) -> None:
        """What is said is recorded again. Raises `LegGone`."""
        ...

    async def stop(self, leg_sid: str, sid: str) -> None:
        """The end. Raises `LegGone` where it is over already."""
        ...

    async def of_leg(self, leg_sid: str) -> Sequence[RecordingReport]:
        """All that `start` ever made of a leg and that were not deleted."""
        ...

    async def messages_of_leg(self, leg_sid: str) -> Sequence[RecordingReport]:
        """All that a recorder, into which a document led, took of a leg and was not deleted."""
        ...

    async def report(self, sid: str) -> RecordingReport | None:
        """One of them; None where the carrier has it no more."""
        ...

    def sound(self, sid: str) -> AbstractAsyncContextManager[Media]:
        """The sound of a completed one, as WAV."""
        ...

    async def delete(self, sid: str) -> None:
        """Delete it. One that is not there is fine."""
        ...
