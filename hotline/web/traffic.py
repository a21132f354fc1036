"""The carrier's webhooks that are being answered now, and who forged one a moment ago."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from cachetools import TTLCache

FORGED_FOR_S = 10.0
MOST_FORGERS = 10_000


class WebhookTraffic:
    """Shared by all that answer webhooks and all that let them pass."""

    def __init__(self) -> None:
        """None yet."""
        self._forged_lately: TTLCache[str, bool] = TTLCache(MOST_FORGERS, FORGED_FOR_S)
        self._under_way = 0
        self.none = asyncio.Event()
        self.none.set()

    def trusts(self, sender: str) -> bool:
        """Whether no signature of this sender was wrong a moment ago."""
        return sender not in self._forged_lately

    def note(self, sender: str, *, forged: bool) -> None:
        """What the newest signature of a sender was worth: one that fits ends all distrust."""
        if forged:
            self._forged_lately[sender] = True
        else:
            self._forged_lately.pop(sender, None)

    @contextmanager
    def one(self) -> Iterator[None]:
        """A webhook that is being answered."""
        self._under_way += 1
        self.none.clear()
        try:
            yield
        finally:
            self._under_way -= 1
            if not self._under_way:
                self.none.set()
