"""Whether the process lives, whether the house works, and the figures a monitor wants."""

from datetime import timedelta
from functools import lru_cache

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from hotline.calls.model import CallState
from hotline.storage.migrations import schema_versions
from hotline.storage.tables import Beat
from hotline.switchboard.floor import floor_snapshot
from hotline.web.house import House, HouseDep

health_router = APIRouter(include_in_schema=False)

FRESH = timedelta(seconds=5)  # a full switchboard tick within this


@health_router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"state": "up"}


@health_router.get("/readyz")
async def readyz(house: HouseDep) -> JSONResponse:
    """The house works: database, schema, and a switchboard that finishes its rounds."""
    faults = await _faults(house)
    body = {"state": "not ready" if faults else "ready", "faults": faults}
    return JSONResponse(body, status_code=503 if faults else 200)


async def _faults(house: House) -> list[str]:
    try:
        async with house.database.work() as work:
            beat = await work.get(Beat, "switchboard")
    except (SQLAlchemyError, OSError):
        return ["The database does not answer, or has no schema: run `hotline migrate`."]
    faults = _schema_faults(house.database.url)
    if beat is None or house.clock.now() - beat.at > FRESH:
        faults.append("No switchboard has finished a round lately: is `hotline switchboard` up?")
    return faults


@lru_cache(maxsize=1)
def _versions(url: str) -> tuple[str | None, str | None]:
    return schema_versions(url)


def _schema_faults(url: str) -> list[str]:
    has, needs = _versions(url)
    if has == needs:
        return []
    _versions.cache_clear()
    return [f"The schema is {has}, this program needs {needs}: run `hotline migrate`."]


@health_router.get("/metrics")
async def metrics(house: HouseDep) -> Response:
    """For Prometheus. Ages rather than counts: an age that grows is what should wake somebody."""
    registry = CollectorRegistry()
    now = house.clock.now()
    async with house.database.work() as work:
        floor = await floor_snapshot(work, at=now)
    waiting = Gauge("hotline_waiting_callers", "Callers who wait", ["line"], registry=registry)
    oldest = Gauge("hotline_longest_wait_seconds", "Longest wait", ["line"], registry=registry)
    lost = Gauge("hotline_unbalanced", "1 where in is not out", ["line"], registry=registry)
    for line in floor.lines:
        waiting.labels(line.id).set(line.waiting)
        since = line.longest_since or now
        oldest.labels(line.id).set((now - since).total_seconds())
        lost.labels(line.id).set(0 if line.in_equals_out else 1)
    talking = Gauge("hotline_talking_callers", "Callers who talk", registry=registry)
    talking.set(sum(1 for one in floor.callers if one.state == CallState.TALKING))
    opened = Gauge("hotline_open_escalations", "Escalations nobody closed", registry=registry)
    opened.set(len(floor.escalations))
    overdue = Gauge("hotline_oldest_overdue_seconds", "Oldest missed deadline", registry=registry)
    dues = [one.next_due_at for one in floor.escalations if one.next_due_at is not None]
    overdue.set(max([(now - due).total_seconds() for due in dues], default=0.0))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
