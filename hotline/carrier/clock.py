"""The carrier's time. The simulator has one that a test moves."""

import asyncio
from datetime import datetime
from typing import Protocol

from hotline.clock import SystemClock


class CarrierClock(Protocol):
    """What every wait of the carrier goes through."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...

    async def sleep(self, seconds: float, *, asked: bool = False) -> None:
        """Let time pass. `asked`: the backend asked for what begins now."""
        ...


class RealClock:
    """The system's clock."""

    def now(self) -> datetime:
        """The present moment."""
        return SystemClock().now()

    async def sleep(self, seconds: float, *, asked: bool = False) -> None:
        """Really wait."""
        del asked  # its clock and ours are one
        await asyncio.sleep(seconds)
