"""Scripts and referral places beside a record, those that fit the call first."""

from datetime import datetime
from typing import Any

from hotline.calls.model import Urgency
from hotline.errors import Invalid
from hotline.floor.desk import OnTheLine
from hotline.floor.record_form import RecordForm
from hotline.materials.queries import places_for, scripts_for
from hotline.records.forms.checks import TOPICS
from hotline.risk.levels import ALARMING
from hotline.stations.divisions import find_division
from hotline.storage.session import Work
from hotline.storage.tables import Call


async def materials_beside(
    work: Work, seen: OnTheLine, form: RecordForm, *, at: datetime
) -> dict[str, Any]:
    """What the panel begins with."""
    call = seen.call
    in_danger = call.urgency == Urgency.CRISIS or form.risk in ALARMING or bool(seen.escalations)
    written = form.filled.values.get(TOPICS, ())
    topics = [code.partition(".")[0] for code in written] or [call.topic or ""]
    return {
        "in_danger": in_danger,
        "scripts": await scripts_for(work, call.line_id, topics, in_danger=in_danger),
        **await places_beside(work, call, "", at=at),
    }


async def places_beside(work: Work, call: Call, chosen: str, *, at: datetime) -> dict[str, Any]:
    """The places for where the caller is, or for the district chosen by hand, by its name."""
    division, is_unknown = call.place_code, False
    if chosen.strip():
        try:
            division = find_division(chosen)
        except Invalid:
            is_unknown = True
    found = await places_for(work, division, at=at)
    return {"places": found, "unknown_district": is_unknown, "call_id": call.id}
