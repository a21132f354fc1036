"""A call that we owe is given to a colleague, who is told of it on the desk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.callbacks.acts import take
from hotline.callbacks.attempts import require_open
from hotline.callbacks.model import Why
from hotline.callbacks.queries import has_message
from hotline.callbacks.service import lock_callback
from hotline.directing.notices import NoticeKind, Telling, tell
from hotline.errors import Invalid
from hotline.staff.permissions import Permission, Relation, may
from hotline.staff.revocation import works_for
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Callback, Staff

NOT_OF_LINE = "This person answers for no callbacks of the line."


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackOwner:
    """Somebody to whom what is owed on one of their lines can be handed."""

    id: str
    name: str
    lines: tuple[str, ...]


async def colleagues_of(work: Work, lines: Collection[str]) -> list[CallbackOwner]:
    """Who answers for what is owed on any of these lines, by name."""
    query = (
        select(Staff)
        .where(col(Staff.active), works_for(lines))
        .order_by(col(Staff.name), col(Staff.id))
    )
    found = (await work.exec(query)).all()
    return [
        CallbackOwner(id=one.id, name=one.name, lines=tuple(one.lines))
        for one in found
        if may(one.roles, (Relation.LINE, Relation.OWED), Permission.CALL_BACK)
    ]


async def hand_on(
    work: Work, callback_id: str, to_id: str, who: SignedIn, *, at: datetime
) -> Callback:
    """They answer for it from now on. Theirs already: fine. Raises `IllegalMove`, `Invalid`."""
    callback = await lock_callback(work, callback_id)
    require_open(callback)
    people = {one.id: one for one in await colleagues_of(work, [callback.line_id])}
    if to_id not in people:
        raise Invalid(NOT_OF_LINE)
    if callback.owner_id != to_id:
        before = callback.owner_id or ""
        await take(work, callback_id, to_id, at=at)
        await _tell(work, callback, people[to_id], before, who, at=at)
    return callback


async def _tell(
    work: Work, callback: Callback, to: CallbackOwner, before: str, who: SignedIn, *, at: datetime
) -> None:
    of_call = callback.call_id is not None
    new = NewAct(
        by_id=who.staff_id,
        kind=ActKind.CALLBACK_HANDED,
        subject=SubjectKind.CALL if of_call else SubjectKind.LINE,
        subject_id=callback.call_id or callback.line_id,
        lines=frozenset({callback.line_id}),
        before={"owner_id": before},
        after={"owner_id": to.id, "name": to.name, "callback": callback.id},
    )
    act = await record_act(work, new, at=at)
    query = select(Callback.id).where(Callback.id == callback.id, has_message())
    is_message = (await work.exec(query)).first() is not None or callback.why == Why.MESSAGE
    facts = {"masked": callback.from_masked, "is_message": is_message}
    tell(work, act, [to.id], Telling(kind=NoticeKind.CALLBACK, facts=facts), at=at)
