"""The ledger of hand-overs to other bodies: listed, taken out of the house, told afterwards."""

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from io import StringIO
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.calls.queries import permitted_call
from hotline.cases.consents import left_untold, told_afterwards
from hotline.cases.queries import require_case
from hotline.errors import NotFound
from hotline.handovers.model import Basis, RecipientKind, ToldHow
from hotline.handovers.provision import NOT_OWED
from hotline.handovers.queries import LedgerAsked, LedgerRow, ledger
from hotline.handovers.refusals import SENTENCES, WhyRefused
from hotline.i18n.catalog import speaking
from hotline.i18n.words import label
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, Provision
from hotline.texts import plain_cell
from hotline.web.api.refusals import refuses
from hotline.web.auth import CaseAdder, gate, recently_confirmed
from hotline.web.case_acts import act_of
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import Moment
from hotline.web.pages.rendering import language_of

router = APIRouter(prefix="/provisions", tags=["provisions"], route_class=IdempotentRoute)

LOOKED_BACK = timedelta(days=31)
COLUMNS = (
    "at", "case", "line", "recipient_kind", "recipient", "purpose", "kinds", "basis", "article",
    "urgency", "consent", "by", "told",
)  # fmt: skip


async def confirmed_auditor(
    who: Annotated[SignedIn, Depends(gate(Permission.EXPORT_CASE))], backend: BackendDep
) -> SignedIn:
    """Whoever may not do it at all is told so first."""
    return await recently_confirmed(who, backend)


LedgerReader = Annotated[SignedIn, Depends(gate(Permission.EXPORT_CASE))]
ConfirmedAuditor = Annotated[SignedIn, Depends(confirmed_auditor)]


class LedgerWish(BaseModel):
    """Which part of it; without `since`, the last month."""

    since: Moment | None = None
    until: Moment | None = None
    recipient_kind: RecipientKind | None = None
    basis: Basis | None = None

    def asked(self, who: SignedIn, at: datetime) -> LedgerAsked:
        """Of one's own lines."""
        until = self.until or at + timedelta(seconds=1)
        return LedgerAsked(
            lines=who.lines,
            since=self.since or until - LOOKED_BACK,
            until=until,
            recipient_kind=self.recipient_kind or "",
            basis=self.basis or "",
        )


class LedgerLine(BaseModel):
    """One hand-over, as an auditor reads it: nobody's name, number or words."""

    id: str
    at: datetime
    case: str
    line: str
    recipient_kind: str
    recipient: str
    purpose: str
    kinds: list[str]
    basis: str
    article: str
    urgency: str
    consent: str
    by: str
    told: str


class ProvisionToldIn(BaseModel):
    """How the person was told; `told_at` empty: now."""

    how: ToldHow
    told_at: Moment | None = None


class NotToldIn(BaseModel):
    """Why a supervisor decides that they are not told."""

    reason: str = Field(min_length=1, max_length=1000)


class ToldOut(BaseModel):
    """How it stands after the command."""

    id: str
    told: str


@router.get("")
async def listed(
    backend: BackendDep, work: WorkDep, who: LedgerReader, wish: Annotated[LedgerWish, Query()]
) -> list[LedgerLine]:
    """Of my lines, the newest first."""
    return [line_of(row) for row in await ledger(work, wish.asked(who, backend.clock.now()))]


@router.get("/export.json")
async def export_json(
    response: Response,
    backend: BackendDep,
    work: WorkDep,
    who: ConfirmedAuditor,
    wish: Annotated[LedgerWish, Query()],
) -> list[LedgerLine]:
    """For an audit. That it was taken is in the audit of the house."""
    found = await _taken(backend, work, who, wish)
    response.headers["Content-Disposition"] = 'attachment; filename="provisions.json"'
    return found


@router.get(
    "/export.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "A table in words."}},
)
async def export_csv(
    request: Request,
    backend: BackendDep,
    work: WorkDep,
    who: ConfirmedAuditor,
    wish: Annotated[LedgerWish, Query()],
) -> Response:
    """The same as a table, in words; no cell is read as a formula."""
    found = await _taken(backend, work, who, wish)
    with speaking(language_of(request)):
        body = table_of(found)
    headers = {"Content-Disposition": 'attachment; filename="provisions.csv"'}
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


@router.post(
    "/{provision_id}/told",
    responses=refuses(NOT_OWED, SENTENCES[WhyRefused.BEFORE_HANDED]),
)
async def told(
    backend: BackendDep, work: CommandWork, who: CaseAdder, provision_id: str, said: ProvisionToldIn
) -> ToldOut:
    """The person has heard that their data were handed over in the emergency."""
    await _require(work, provision_id, who, Permission.ADD_TO_CASE)
    act = act_of(backend, who)
    made = await told_afterwards(
        work, act, provision_id, how=said.how, told_at=said.told_at or act.at
    )
    return ToldOut(id=made.id, told=told_word(made))


@router.post(
    "/{provision_id}/not-told",
    responses=refuses(NOT_OWED, SENTENCES[WhyRefused.WHY_NOT_TOLD]),
)
async def not_told(
    backend: BackendDep, work: CommandWork, who: CaseAdder, provision_id: str, said: NotToldIn
) -> ToldOut:
    """They are not told, and why: a supervisor decides."""
    await _require(work, provision_id, who, Permission.KEEP_RIGHTS)
    made = await left_untold(work, act_of(backend, who), provision_id, why=said.reason)
    return ToldOut(id=made.id, told=told_word(made))


async def _require(work: Work, provision_id: str, who: SignedIn, wanted: Permission) -> None:
    """Through its case; without one, through its call. Raises `NotFound`, `Forbidden`."""
    made = await work.get(Provision, provision_id)
    if made is None:
        raise NotFound
    if made.case_id is not None:
        await require_case(work, made.case_id, who, wanted)
    else:
        await permitted_call(work, await work.get(Call, made.call_id), who, wanted)


async def _taken(backend: Backend, work: Work, who: SignedIn, wish: LedgerWish) -> list[LedgerLine]:
    asked = wish.asked(who, backend.clock.now())
    found = [line_of(row) for row in await ledger(work, asked)]
    act = NewAct(
        by_id=who.staff_id,
        kind=ActKind.LEDGER_EXPORTED,
        subject=SubjectKind.LEDGER,
        subject_id=asked.since.date().isoformat(),
        lines=frozenset(who.lines),
        after={"until": asked.until.isoformat(), "rows": len(found)},
    )
    await record_act(work, act, at=backend.clock.now())
    return found


def line_of(row: LedgerRow) -> LedgerLine:
    """As it is shown."""
    made = row.provision
    shared = made.model_dump(
        include={"id", "at", "recipient_kind", "recipient", "purpose", "kinds", "basis", "article",
                 "urgency", "by"}
    )  # fmt: skip
    consent = made.consent_id or ""
    return LedgerLine(
        **shared, case=row.case_number, line=row.line_id, consent=consent, told=told_word(made)
    )


def told_word(made: Provision) -> str:
    """What became of the duty to tell the person; empty: there was none."""
    if made.told_at is not None:
        return "told"
    if made.not_told_at is not None:
        return "not_told"
    return "" if made.tell_due_at is None else "owed"


def table_of(lines: Iterable[LedgerLine]) -> str:
    """As CSV with a mark by which spreadsheets know its encoding."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow([label("ledger_column", name) for name in COLUMNS])
    for line in lines:
        writer.writerow([plain_cell(cell) for cell in _cells(line)])
    return "\ufeff" + written.getvalue()


def _cells(line: LedgerLine) -> list[str]:
    return [
        line.at.isoformat(),
        line.case,
        line.line,
        label("recipient_kind", line.recipient_kind),
        line.recipient,
        label("handover_purpose", line.purpose),
        " ".join(label("data_kind", kind) for kind in line.kinds),
        label("handover_basis", line.basis),
        label("handover_article", line.article) if line.article else "",
        label("handover_urgency", line.urgency) if line.urgency else "",
        line.consent,
        line.by,
        label("told_word", line.told) if line.told else "",
    ]
