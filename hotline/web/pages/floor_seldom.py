"""What the floor shows beside calls and people: each is read anew when its own topic has moved.

Between two draws a moment apart most of it stays; all of it is read at least with each whole draw.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from hotline.alerts.queries import AlertShown, alerts_now
from hotline.calls.last_hour import LastHour, last_hour
from hotline.directing.lines import QueueNow, queues_elsewhere
from hotline.escalations.queries import list_open
from hotline.escalations.rows import EscalationRow
from hotline.floor.carrier import CarrierNow, carrier_now
from hotline.floor.help_wanted import HelpWanted, help_wanted
from hotline.incidents.queries import open_incidents
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Incident
from hotline.web.pages.escalations import holders_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SeldomMoved:
    """For one kind of reader. `hours`: by line; `elsewhere`: queues that are diverted or closed."""

    help_wanted: Sequence[HelpWanted]
    hours: Mapping[str, LastHour]
    escalations: Sequence[EscalationRow]
    holders: Mapping[str, str]
    elsewhere: Mapping[str, QueueNow]
    incidents: Sequence[Incident]
    alerts: Sequence[AlertShown]
    carrier: CarrierNow | None


async def seldom_moved(
    work: Work,
    who: SignedIn,
    *,
    at: datetime,
    before: SeldomMoved | None = None,
    topics: Collection[str] = (),
) -> SeldomMoved:
    """All of it. `before`: what was read already; since then only these `topics` have moved."""
    found: dict[str, Any] = {}
    for topic, read in _BY_TOPIC.items():
        if before is None or topic in topics:
            found |= await read(work, who, at)
    return SeldomMoved(**found) if before is None else replace(before, **found)


async def _with_calls(work: Work, who: SignedIn, at: datetime) -> dict[str, object]:
    return {
        "help_wanted": await help_wanted(work, who.lines),
        "hours": await last_hour(work, who.lines, at=at),
    }


async def _escalations(work: Work, who: SignedIn, _at: datetime) -> dict[str, object]:
    found = await list_open(work, who)
    return {"escalations": found, "holders": await holders_of(work, found)}


async def _queues(work: Work, who: SignedIn, _at: datetime) -> dict[str, object]:
    return {"elsewhere": {one.line_id: one for one in await queues_elsewhere(work, who.lines)}}


async def _incidents(work: Work, _who: SignedIn, _at: datetime) -> dict[str, object]:
    return {"incidents": await open_incidents(work)}


async def _alerts(work: Work, who: SignedIn, _at: datetime) -> dict[str, object]:
    return {"alerts": await alerts_now(work, who.lines)}


async def _carrier(work: Work, _who: SignedIn, at: datetime) -> dict[str, object]:
    return {"carrier": await carrier_now(work, at=at)}


ONLY_WITH_ALL = ""  # no change is announced of it
_BY_TOPIC: Mapping[str, Callable[[Work, SignedIn, datetime], Awaitable[dict[str, object]]]] = {
    "call": _with_calls,
    "escalation": _escalations,
    "line": _queues,
    "incident": _incidents,
    "alert": _alerts,
    ONLY_WITH_ALL: _carrier,
}
