"""The ledger of what was handed to other bodies, for supervisors of the line."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from hotline.handovers.model import Basis, RecipientKind, ToldHow
from hotline.handovers.queries import LedgerAsked, ledger, owed
from hotline.i18n.catalog import HERE, midnight_before
from hotline.staff.permissions import Permission
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.moments import AFTER_LAST_YEAR, FIRST_YEAR
from hotline.web.pages.frame import FrameDep

router = APIRouter(include_in_schema=False)

LOOKED_BACK = timedelta(days=30)
YEARS = range(FIRST_YEAR, AFTER_LAST_YEAR)


class LedgerChoice(BaseModel):
    """What the reader filtered by. Empty: all, of the last month."""

    since: str = ""
    until: str = ""
    recipient_kind: str = ""
    basis: str = ""

    def asked(self, lines: frozenset[str], at: datetime) -> LedgerAsked:
        """Whole days; a day that is none counts as not given."""
        today = midnight_before(at)
        since, until = _day(self.since), _day(self.until)
        return LedgerAsked(
            lines=lines,
            since=since or today - LOOKED_BACK,
            until=(until or today) + timedelta(days=1),
            recipient_kind=self.recipient_kind,
            basis=self.basis,
        )


def _day(written: str) -> datetime | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return datetime.combine(day, time(), HERE) if day.year in YEARS else None


@router.get("/provisions")
async def provisions(
    frame: FrameDep, backend: BackendDep, work: WorkDep, choice: Annotated[LedgerChoice, Query()]
) -> HTMLResponse:
    """Who still has to be told, then what was handed over: no name in it."""
    frame.require(Permission.EXPORT_CASE)
    lines = frozenset(frame.who.lines)
    asked = choice.asked(lines, backend.clock.now())
    return frame.page(
        "provisions.html",
        rows=await ledger(work, asked),
        owed=await owed(work, lines),
        asked=asked,
        choice=choice,
        recipients=list(RecipientKind),
        bases=list(Basis),
        told_choices=list(ToldHow),
    )
