"""What every endpoint may need, joined in `hotline.bootstrap` and hung on the application."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from hotline.ports import Clock
from hotline.settings import Settings
from hotline.storage.session import Database, Work
from hotline.storage.vault import Vault
from hotline.web.live import LiveHub


@dataclass(kw_only=True)
class Backend:
    """The joined parts of the web process. `webhook_budget_s`: past it, safe TwiML.

    `voice_database`: the same database through a pool of its own, so that no page, however slow,
    keeps a webhook from a connection.
    """

    settings: Settings
    database: Database
    voice_database: Database
    vault: Vault
    clock: Clock
    live: LiveHub = field(default_factory=LiveHub)
    webhook_budget_s: float = 2.5  # reliability research §4.2


def backend_of(request: Request) -> Backend:
    """The parts behind this application."""
    return cast(Backend, request.app.state.backend)


BackendDep = Annotated[Backend, Depends(backend_of)]


async def open_work(backend: BackendDep) -> AsyncIterator[Work]:
    """One unit of work for this request."""
    async with backend.database.work() as work:
        yield work


# scope="function": the commit runs before the answer leaves. With FastAPI's default scope a
# commit that fails would still have answered 200.
WorkDep = Annotated[Work, Depends(open_work, scope="function")]
