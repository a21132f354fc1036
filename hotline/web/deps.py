"""What every endpoint may need, joined in `hotline.bootstrap` and hung on the application."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated, cast

from fastapi import Depends, Request

from hotline.forecasting.asking import WhatIfs
from hotline.incidents.watch import IncidentWatch
from hotline.lines.known import KnownLines
from hotline.ports import Clock
from hotline.prompts.known import KnownPrompts
from hotline.settings import Settings
from hotline.staff.provider import Provider
from hotline.storage.session import Database, Work
from hotline.storage.vault import Vault
from hotline.web.live import LiveHub
from hotline.web.session_looks import SessionLooks
from hotline.web.unstored import Unstored


@dataclass(kw_only=True)
class Backend:
    """The joined parts of the web process.

    `voice_database`: the same database through a pool of its own, so that no page, however slow,
    keeps a webhook from a connection. `webhook_budget_s`: past it, safe TwiML. `answer_within_s`:
    past it, people and other software are told that there is no answer. `incidents`: None watches
    nothing. `provider`: of people's identities, where there is one.
    """

    settings: Settings
    database: Database
    voice_database: Database
    vault: Vault
    clock: Clock
    live: LiveHub = field(default_factory=LiveHub)
    session_looks: SessionLooks = field(default_factory=SessionLooks)
    lines: KnownLines = field(default_factory=KnownLines)
    prompts: KnownPrompts = field(default_factory=KnownPrompts)
    webhook_budget_s: float = 2.5  # reliability research §4.2
    unstored: Unstored = field(default_factory=Unstored)
    incidents: IncidentWatch | None = None
    provider: Provider | None = None
    answer_within_s: float = 8.0  # everything else but streams, which only have to begin
    what_ifs: WhatIfs = field(init=False)

    def __post_init__(self) -> None:
        """What-ifs are read from the same database, by a process of their own."""
        self.what_ifs = WhatIfs(self.database.url)


def backend_of(request: Request) -> Backend:
    """The parts behind this application."""
    return cast(Backend, request.app.state.backend)


BackendDep = Annotated[Backend, Depends(backend_of)]


async def open_work(request: Request, backend: BackendDep) -> AsyncIterator[Work]:
    """One unit of work for this request."""
    async with backend.database.work() as work:
        request.state.work = work
        yield work


# scope="function": the commit runs before the answer leaves. With FastAPI's default scope a
# commit that fails would still have answered 200.
WorkDep = Annotated[Work, Depends(open_work, scope="function")]
