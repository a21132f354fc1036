"""Parts of ours that were away for 30 minutes or more."""

from fastapi import APIRouter

from hotline.incidents.queries import IncidentNow, list_incidents
from hotline.web.auth import IncidentReader
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import IdempotentRoute

router = APIRouter(prefix="/incidents", tags=["incidents"], route_class=IdempotentRoute)


@router.get("")
async def incidents(backend: BackendDep, work: WorkDep, _who: IncidentReader) -> list[IncidentNow]:
    """The newest first; one that goes on has no end. `part`: database, switchboard, redis, carrier,
    account (our calls differ from the carrier's, or nobody compares them), or what the auditor
    finds: auditor, escalations, deliveries, dispatcher, callers, spool, disk, clocks, audit, drill.
    """
    return await list_incidents(work, at=backend.clock.now())
