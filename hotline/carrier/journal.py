"""Everything that happened, in order. Tests wait on it instead of sleeping."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

BAD_DOCUMENT = 12200  # the carrier's number for what its schema does not allow

Watcher = Callable[[dict[str, Any]], None]


@dataclass
class Journal:
    """Events with a growing number. `kind` says which; `sid` and `address` say whose."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    watchers: list[Watcher] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _told: set[asyncio.Task[None]] = field(default_factory=set)

    def write(self, kind: str, **facts: Any) -> None:
        """Add an event and wake whoever waits."""
        entry = {"n": len(self.entries) + 1, "kind": kind, **facts}
        self.entries.append(entry)
        for watcher in self.watchers:
            watcher(entry)
        task = asyncio.ensure_future(self._notify())
        self._told.add(task)
        task.add_done_callback(self._told.discard)

    def warn(self, sid: str, faults: list[str]) -> None:
        """Of each fault in a document that a leg was given."""
        for fault in faults:
            self.write("warning", sid=sid, code=BAD_DOCUMENT, fault=fault)

    async def after(self, number: int, patience_s: float) -> list[dict[str, Any]]:
        """Events later than a number; waits for the first one, but not for ever."""
        async with self._news:
            try:
                async with asyncio.timeout(patience_s):
                    await self._news.wait_for(lambda: len(self.entries) > number)
            except TimeoutError:
                return []
        return self.entries[number:]

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()
