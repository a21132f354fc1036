"""Where the plan of a trial would have decided otherwise: kept beside what was decided."""

from collections.abc import Mapping
from datetime import datetime

from hotline.lines.plans import version_of
from hotline.storage.session import Database
from hotline.storage.tables import Line, PlanDifference
from hotline.switchboard.leadership import Lead, require_lead
from hotline.switchboard.teller import Teller
from routing.shadow import Difference, PlanChoice


async def keep_differences(
    database: Database, lead: Lead, lines: Mapping[str, Line], teller: Teller, *, at: datetime
) -> None:
    """Keep where a shadow plan would have decided otherwise. Raises `NoLongerLeading`."""
    differences = teller.take_differences()
    if not differences:
        return
    async with database.work() as work:
        await require_lead(work, lead.epoch)
        for one in differences:
            line = lines[one.need.line]
            version = teller.shadow_version(line.id)
            work.add(_difference_row(one, line, shadow_version=version, at=at))


def _difference_row(
    one: Difference, line: Line, *, shadow_version: str, at: datetime
) -> PlanDifference:
    return PlanDifference(
        at=at,
        line_id=line.id,
        call_id=one.call,
        version=version_of(line),
        shadow_version=shadow_version,
        live=_offer_said(one.live),
        shadow=_offer_said(one.shadow),
    )


def _offer_said(offer: PlanChoice | None) -> dict[str, object]:
    if offer is None:
        return {}
    return {
        "counselors": list(offer.counselors),
        "stage": offer.stage,
        "waited_s": round(offer.waited_s, 1),
    }
