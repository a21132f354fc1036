"""The level of a risk: beside the record while it is written, and its steps on the call's page."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.calls.queries import may_do, permitted_call
from hotline.records.queries import keep_trace
from hotline.records.risk_queries import (
    RATING_SCALES,
    lowerings_of,
    ratings_of,
    standing_of,
    steps_of,
    still_asked,
)
from hotline.risk.instruments import Instrument, every_version, in_use
from hotline.risk.levels import ALARMING, LADDER
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.storage.tables import Call
from hotline.storage.vault import Vault
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import FragmentDep

router = APIRouter(include_in_schema=False)


async def risk_beside_record(
    work: Work, vault: Vault, call_id: str, staff_id: str
) -> dict[str, Any]:
    """What the card beside a record begins with."""
    return {
        **await risk_as_it_is(work, vault, call_id, staff_id),
        "instruments": in_use(),
        "rated": await ratings_of(work, call_id),
        "scales": RATING_SCALES,
        "ladder": LADDER,
    }


async def risk_as_it_is(work: Work, vault: Vault, call_id: str, staff_id: str) -> dict[str, Any]:
    """The level, until when this reader may take it back, and what waits for a supervisor."""
    standing = await standing_of(work, call_id)
    return {
        "standing": standing,
        "slip_until": standing.slip_until(staff_id),
        "asked": still_asked(await lowerings_of(work, vault, call_id)),
        "alarming": ALARMING,
    }


@router.get("/calls/{call_id}/risk")
async def risk_steps(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, call_id: str
) -> HTMLResponse:
    """Each step with answers and reasons, and what waits for a supervisor. Leaves a trace."""
    frame.require(Permission.SEE_CALL)
    found, who = await work.get(Call, call_id), frame.who
    call = await permitted_call(work, found, who, Permission.READ_RECORD)
    keep_trace(work, call.id, "record.read", who.staff_id, at=backend.clock.now())
    lowerings = await lowerings_of(work, backend.vault, call.id)
    asked = still_asked(lowerings)
    answers = asked is not None and asked.asked_by_id != who.staff_id
    return frame.page(
        "call_risk.html",
        call=call,
        standing=await standing_of(work, call.id),
        steps=await steps_of(work, backend.vault, call.id),
        asked=asked,
        lowerings=lowerings,
        may_answer=answers and await may_do(work, call, who, Permission.LOWER_RISK),
        rated=await ratings_of(work, call.id),
        scales=RATING_SCALES,
        alarming=ALARMING,
        instruments=_by_name(),
    )


def _by_name() -> Mapping[tuple[str, int | None], Instrument]:
    """Also versions that are not in use any more: an old assessment is shown by its own."""
    return {(name, version): one for (name, version), one in every_version().items()}
