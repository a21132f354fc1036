"""What was agreed to and handed over: of one case, and the ledger of a line."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from hotline.handovers.consents import is_live, of_any
from hotline.handovers.model import Basis
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, Consent, Provision

BY_CONSENT = (Basis.CONSENT, Basis.GUARDIAN_CONSENT)


async def consents_of(
    work: Work, case_ids: Collection[str], calls: Collection[str] = ()
) -> Sequence[Consent]:
    """All of them, withdrawn or not, the newest first."""
    query = select(Consent).where(of_any(list(case_ids), calls))
    return (await work.exec(query.order_by(col(Consent.given_at).desc(), col(Consent.id)))).all()


async def provisions_of(
    work: Work, case_ids: Collection[str], calls: Collection[str] = ()
) -> Sequence[Provision]:
    """What was handed over of a case, the newest first."""
    of = col(Provision.case_id).in_(case_ids) | col(Provision.call_id).in_(calls)
    query = select(Provision).where(of)
    return (await work.exec(query.order_by(col(Provision.at).desc(), col(Provision.id)))).all()


async def still_stands(work: Work, provision_id: str) -> bool:
    """Whether what goes on because of it may go on: a withdrawn consent carries nothing."""
    provision = await work.get(Provision, provision_id)
    if provision is None or provision.consent_id is None:
        return provision is not None
    return await is_live(work, provision.consent_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerAsked:
    """Which part of the ledger. Empty words: all."""

    lines: Collection[str]
    since: datetime
    until: datetime
    recipient_kind: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A hand-over, with the number of its case: nothing of whom it is about."""

    provision: Provision
    case_number: str
    line_id: str


async def ledger(work: Work, asked: LedgerAsked) -> list[LedgerRow]:
    """The newest first."""
    wanted = [col(Provision.at) >= asked.since, col(Provision.at) < asked.until]
    if asked.recipient_kind:
        wanted.append(col(Provision.recipient_kind) == asked.recipient_kind)
    if asked.basis:
        wanted.append(col(Provision.basis) == asked.basis)
    return await _rows(work, asked.lines, *wanted)


async def owed(work: Work, lines: Collection[str]) -> list[LedgerRow]:
    """Of whom somebody still has to be told that their data were handed over in an emergency."""
    open_ = (
        col(Provision.tell_due_at).is_not(None),
        col(Provision.told_at).is_(None),
        col(Provision.not_told_at).is_(None),
    )
    found = await _rows(work, lines, *open_)
    return sorted(found, key=lambda row: (row.provision.tell_due_at, row.provision.id))


async def _rows(
    work: Work, lines: Collection[str], *wanted: ColumnElement[bool]
) -> list[LedgerRow]:
    line_id = func.coalesce(col(Case.line_id), col(Call.line_id))
    query = (
        select(Provision, func.coalesce(col(Case.number), ""), line_id)
        .outerjoin(Case, col(Case.id) == col(Provision.case_id))
        .outerjoin(Call, col(Call.id) == col(Provision.call_id))
        .where(line_id.in_(list(lines)), *wanted)
        .order_by(col(Provision.at).desc(), col(Provision.id))
    )
    return [LedgerRow(*row) for row in (await work.exec(query)).all()]
