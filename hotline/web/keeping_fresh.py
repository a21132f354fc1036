"""What this process knows by heart, so that no webhook need ask for it: read anew as it changes."""

from typing import Protocol

from hotline.storage.news import Change, NextChanges
from hotline.storage.session import Database
from hotline.web.deps import Backend

READ_AGAIN_S = 30.0  # an announcement may be lost


class KnownByHeart(Protocol):
    """The lines, say, or what is recorded."""

    async def keep_fresh(self, database: Database, next_changes: NextChanges) -> None:
        """Read again with each change that concerns it, until cancelled."""


async def keep_fresh(backend: Backend, known: KnownByHeart) -> None:
    """By what is announced to this process, until cancelled."""
    with backend.live.listen() as changes:

        async def next_changes() -> list[Change]:
            return await backend.live.next_changes(changes, READ_AGAIN_S)

        await known.keep_fresh(backend.voice_database, next_changes)
