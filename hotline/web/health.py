"""Whether the process lives, whether the backend works, and the figures a monitor wants."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from hotline.background import result_within
from hotline.calls.model import OF_ARRIVALS, CallState
from hotline.clock import WatchedClock
from hotline.errors import DatabaseAway, Forbidden
from hotline.floor.snapshot import EscalationNow, FloorSnapshot, LineNow, floor_snapshot
from hotline.ports import Clock
from hotline.storage.clocks import agrees, clock_ahead
from hotline.storage.migrations import needed_version
from hotline.storage.session import Work
from hotline.web.addresses import on_loopback
from hotline.web.deps import Backend, BackendDep

VERSION = text("select version_num from alembic_version")
SOMEBODY_LEADS = text(
    "select from leadership where name = 'switchboard' and expires_at > clock_timestamp()"
)

health_router = APIRouter(include_in_schema=False)

KNOWN_WITHIN_S = 1.8  # the whole answer within two seconds
NO_DATABASE = "The database does not answer."
NO_SCHEMA = "The database has no schema: run `hotline migrate`."
CLOCKS_DIFFER = (
    "The clock of this machine is {:.1f} s ahead of the database's: deadlines are wrong by that."
    " Let both keep time with the same server."
)
FOR_MONITORS = "The figures are for whoever has the token: see HOTLINE_METRICS_TOKEN."
KEPT_FOR = timedelta(seconds=5)
NO_SWITCHBOARD = "No switchboard has finished a round lately: is `hotline switchboard` up?"


@health_router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"state": "up"}


@dataclass
class Readiness:
    """What keeps us from working, and what somebody should see to."""

    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def told(self) -> JSONResponse:
        """A warning wakes somebody and takes no process away from callers."""
        state = "not ready" if self.faults else "ready"
        body = {"state": state, "faults": self.faults, "warnings": self.warnings}
        return JSONResponse(body, status_code=503 if self.faults else 200)


@health_router.get("/readyz")
async def readyz(request: Request, backend: BackendDep) -> JSONResponse:
    """The backend works: database, schema, and a switchboard that finishes its rounds."""
    ready = Readiness(warnings=backend.unstored.warnings)
    try:
        await result_within(KNOWN_WITHIN_S, _look(request, backend, ready))
    except (DatabaseAway, TimeoutError):  # a part that hangs is left to itself
        ready.faults = [NO_DATABASE]
    except ProgrammingError:  # the table that is asked for does not exist
        ready.faults = [NO_SCHEMA]
    return ready.told()


async def _look(request: Request, backend: Backend, ready: Readiness) -> None:
    async with backend.database.work() as work:
        ahead = await clock_ahead(work, backend.clock)
        if not agrees(ahead):
            ready.warnings.append(CLOCKS_DIFFER.format(ahead.total_seconds()))
        ready.faults += await _schema_faults(request, work)
        if not ready.faults and (await work.sql(SOMEBODY_LEADS, {})).first() is None:
            ready.faults.append(NO_SWITCHBOARD)


async def _schema_faults(request: Request, work: Work) -> list[str]:
    """Looked up until it fits, then never again: a schema does not go back under a process."""
    if getattr(request.app.state, "schema_fits", False):
        return []
    needs = await asyncio.to_thread(needed_version)  # reads files; the webhooks must not wait
    row = (await work.sql(VERSION, {})).first()
    has = None if row is None else row[0]
    if has != needs:
        return [f"The schema is {has}, this program needs {needs}: run `hotline migrate`."]
    request.app.state.schema_fits = True
    return []


@health_router.get("/metrics")
async def metrics(request: Request, backend: BackendDep) -> Response:
    """For Prometheus. Ages rather than counts: an age that grows is what should wake somebody."""
    _require_token(request, backend.settings.metrics_token)
    if not hasattr(request.app.state, "scrape"):
        request.app.state.scrape = Scrape(backend)
    return Response(await request.app.state.scrape.text(), media_type=CONTENT_TYPE_LATEST)


def _require_token(request: Request, token: str) -> None:
    """The token that was set; where none was, a request of this machine. Raises `Forbidden`."""
    given = request.headers.get("Authorization", "")
    if token:
        known = secrets.compare_digest(given.encode(), f"Bearer {token}".encode())
    else:
        known = on_loopback(request.scope)
    if not known:
        raise Forbidden(FOR_MONITORS)


class Scrape:
    """The figures of this moment, kept for some seconds: many monitors cost what one does."""

    def __init__(self, backend: Backend) -> None:
        """Nothing is read yet."""
        self._backend, self._lock = backend, asyncio.Lock()
        self._kept, self._read_at = b"", datetime.min.replace(tzinfo=UTC)

    async def text(self) -> bytes:
        """As Prometheus reads it. Those who come while it is read wait for the same."""
        async with self._lock:
            now = self._backend.clock.now()
            if not timedelta() <= now - self._read_at < KEPT_FOR:
                self._kept, self._read_at = await self._read(now), now
            return self._kept

    async def _read(self, now: datetime) -> bytes:
        async with self._backend.database.work() as work:
            floor = await floor_snapshot(work, at=now)
            ahead = await clock_ahead(work, self._backend.clock)
        figures = Figures(now)
        figures.clock(self._backend.clock, ahead)
        for line in floor.lines:
            figures.line(line)
        figures.people(floor)
        figures.escalations(floor.escalations)
        return figures.text()


class Figures:
    """One scrape."""

    def __init__(self, now: datetime) -> None:
        """A registry for this scrape alone: the database is the truth, not the process."""
        self._now, self._registry = now, CollectorRegistry()
        by_line, by_outcome, whole = ["line"], ["line", "outcome"], list[str]()
        self._waiting = self._gauge("waiting_callers", "Callers who wait", by_line)
        self._longest = self._gauge("longest_wait_seconds", "Longest wait now", by_line)
        self._lost = self._gauge("unbalanced", "1 where in is not out", by_line)
        self._came_in = self._gauge("calls_in_today", "Calls that came in today", by_line)
        self._calls = self._gauge("calls_today", "Calls that ended today, by outcome", by_outcome)
        self._talking = self._gauge("talking_callers", "Callers who talk", whole)
        self._states = self._gauge("counselors", "Counselors on duty, by state", ["state"])
        self._left_out = self._gauge("counselors_left_out", "On duty, account unreadable", whole)
        self._steps_back = self._gauge("clock_steps_back", "Times the clock was set back", whole)
        self._open = self._gauge("open_escalations", "Escalations nobody closed", whole)
        self._oldest = self._gauge("oldest_escalation_seconds", "Age of the oldest open", whole)
        self._overdue = self._gauge("oldest_overdue_seconds", "Oldest missed deadline", whole)
        self._ahead = self._gauge("clock_ahead_seconds", "Our clock minus the database's", whole)

    def _gauge(self, name: str, what: str, labels: list[str]) -> Gauge:
        return Gauge(f"hotline_{name}", what, labels, registry=self._registry)

    def line(self, line: LineNow) -> None:
        """One line's queue and account."""
        self._waiting.labels(line.id).set(line.waiting)
        self._longest.labels(line.id).set(self._age(line.longest_since))
        self._lost.labels(line.id).set(0 if line.in_equals_out else 1)
        self._came_in.labels(line.id).set(line.came_in)
        for outcome in OF_ARRIVALS:
            self._calls.labels(line.id, outcome.value).set(line.outcomes.get(outcome, 0))

    def people(self, floor: FloorSnapshot) -> None:
        """Who talks, and who is there."""
        self._talking.set(sum(1 for one in floor.callers if one.state == CallState.TALKING))
        for one in floor.counselors:
            self._states.labels(one.state).inc()
        self._left_out.set(sum(1 for one in floor.counselors if one.left_out))

    def clock(self, clock: Clock, ahead: timedelta) -> None:
        """What this process noticed, and whether deadlines mean the same to everybody."""
        self._ahead.set(ahead.total_seconds())
        self._steps_back.set(clock.steps_back if isinstance(clock, WatchedClock) else 0)

    def escalations(self, escalations: list[EscalationNow]) -> None:
        """Open escalations, and whether the dispatcher keeps up with their deadlines."""
        self._open.set(len(escalations))
        self._oldest.set(max((self._age(one.created_at) for one in escalations), default=0.0))
        self._overdue.set(max((self._age(one.next_due_at) for one in escalations), default=0.0))

    def _age(self, since: datetime | None) -> float:
        return max(0.0, (self._now - since).total_seconds()) if since is not None else 0.0

    def text(self) -> bytes:
        """As Prometheus reads it."""
        return generate_latest(self._registry)
