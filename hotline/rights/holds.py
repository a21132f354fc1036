"""What must not be erased, and why: a person says so, and a person ends it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, select

from hotline.calls.service import lock_call
from hotline.cases.consents import calls_of
from hotline.cases.queries import together
from hotline.cases.service import lock_kept_case
from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.storage.erased import require_kept
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import LegalHold
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

LONGEST = timedelta(days=366)
WHY = "Write why nothing of it may be erased: which court, office or complaint needs it."
WHY_NOT = "Write why it is not needed any more."
WHEN = "Choose a day within a year on which somebody asks whether it is still needed."
LIFTED = "This hold was lifted already."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHold:
    """On what, why, and when somebody asks again."""

    line_id: str
    subject_kind: str
    subject_id: str
    reason: str
    review_on: date


async def hold(work: Work, vault: Vault, new: NewHold, *, by: str, at: datetime) -> LegalHold:
    """Nothing of it is erased from now on. Raises `Invalid`, and `IllegalMove` where it was."""
    if not new.reason.strip():
        raise Invalid(WHY)
    if not at.date() < new.review_on <= (at + LONGEST).date():
        raise Invalid(WHEN)
    await _lock_subject(work, new)
    row = LegalHold(
        id=new_id(),
        line_id=new.line_id,
        subject_kind=new.subject_kind,
        subject_id=new.subject_id,
        by=by,
        at=at,
        review_on=new.review_on,
    )
    row.reason_sealed = seal_cell(vault, row, "reason_sealed", new.reason.strip())
    work.add(row)
    return row


async def _lock_subject(work: Work, new: NewHold) -> None:
    """Whoever erases it locks it too: they see the hold, or were first. Calls before cases."""
    if new.subject_kind == "call":
        require_kept(await lock_call(work, new.subject_id))
        return
    for call_id in sorted(await calls_of(work, await together(work, new.subject_id))):
        await lock_call(work, call_id)
    await lock_kept_case(work, new.subject_id)


async def lift_hold(
    work: Work, vault: Vault, hold_id: str, *, why: str, by: str, at: datetime
) -> LegalHold:
    """It is not needed any more. Raises `NotFound`, `Invalid`, `IllegalMove`."""
    if not why.strip():
        raise Invalid(WHY_NOT)
    row = (
        await work.exec(select(LegalHold).where(LegalHold.id == hold_id).with_for_update())
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.lifted_at is not None:
        raise IllegalMove(LIFTED)
    row.lifted_at, row.lifted_by = at, by
    row.lifted_sealed = seal_cell(vault, row, "lifted_sealed", why.strip())
    return row


async def is_held(work: Work, subjects: Collection[str]) -> bool:
    """Whether any of these calls and cases must not be erased."""
    query = select(LegalHold.id).where(
        col(LegalHold.subject_id).in_(subjects), col(LegalHold.lifted_at).is_(None)
    )
    return (await work.exec(query.limit(1))).one_or_none() is not None
