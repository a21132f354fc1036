"""The live floor, for supervisors and counselors, and for a wall that reads JSON."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from hotline.switchboard.floor import floor_snapshot
from hotline.web.auth import Desk
from hotline.web.house import HouseDep, WorkDep
from hotline.web.idempotency import IdempotentRoute

router = APIRouter(tags=["floor"], route_class=IdempotentRoute)


@router.get("/floor")
async def floor(house: HouseDep, work: WorkDep, _who: Desk) -> dict[str, Any]:
    """Lines, callers, counselors and open escalations at this moment."""
    snapshot = await floor_snapshot(work, at=house.clock.now())
    shown = asdict(snapshot)
    for line, facts in zip(snapshot.lines, shown["lines"], strict=True):
        facts["in_equals_out"] = line.in_equals_out
    return shown
