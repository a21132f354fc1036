"""Who did what to an account, kept for its owner and for administrators."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import col, select, update

from hotline.storage.session import Work
from hotline.storage.tables import AccountAct

LISTED = 20


class AccountActKind(StrEnum):
    """What was done."""

    INVITED = "invited"
    PASSWORD_RESET = "password_reset"  # noqa: S105 – a word for an act
    PASSWORD_CHOSEN = "password_chosen"  # noqa: S105 – likewise
    SESSIONS_ENDED = "sessions_ended"
    FACTOR_SET_UP = "factor_set_up"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    DISABLED = "disabled"
    ENABLED = "enabled"


def note_act(
    work: Work, staff_id: str, kind: AccountActKind, *, by: str = "", at: datetime
) -> None:
    """`by`: empty where they did it themselves."""
    work.add(AccountAct(staff_id=staff_id, by_id=by or staff_id, at=at, kind=kind))


def _untold(staff_id: str) -> tuple[ColumnElement[bool], ...]:
    others = col(AccountAct.by_id) != staff_id
    return col(AccountAct.staff_id) == staff_id, others, col(AccountAct.seen_at).is_(None)


async def untold(work: Work, staff_id: str) -> bool:
    """Whether others did something to this account that its owner was not told yet."""
    query = select(AccountAct.id).where(*_untold(staff_id)).limit(1)
    return (await work.exec(query)).first() is not None


async def note_told(work: Work, staff_id: str, *, at: datetime) -> None:
    """Its owner has read of it."""
    await work.exec(update(AccountAct).where(*_untold(staff_id)).values(seen_at=at))


async def acts_on(work: Work, staff_id: str) -> Sequence[AccountAct]:
    """The newest first."""
    query = select(AccountAct).where(AccountAct.staff_id == staff_id)
    newest = query.order_by(col(AccountAct.at).desc()).limit(LISTED)
    return (await work.exec(newest)).all()
