"""Undo of a supervisor's act: what each kind needs for it, and when it is too late."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from sqlmodel import col, select

from hotline.audit.model import ActKind
from hotline.audit.service import note_undone
from hotline.callers.blocks import undo_block
from hotline.directing.callers import undo_ahead, undo_move
from hotline.directing.hindrances import ActRefused, Hindrance
from hotline.directing.lines import undo_diversion
from hotline.directing.messages import undo_message
from hotline.directing.people import undo_presence
from hotline.directing.reach import may_direct
from hotline.directing.shift_skills import undo_skills
from hotline.errors import Conflict, NotFound
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import SupervisorAct

Undo = Callable[..., Awaitable[None]]

UNDO: Mapping[str, Undo] = {
    ActKind.CALLER_MOVED: undo_move,
    ActKind.CALLER_AHEAD: undo_ahead,
    ActKind.LINE_DIVERTED: undo_diversion,
    ActKind.LINE_CLOSED: undo_diversion,
    ActKind.PRESENCE_SET: undo_presence,
    ActKind.SKILLS_SET: undo_skills,
    ActKind.MESSAGE_SENT: undo_message,
    ActKind.CALLER_BLOCKED: undo_block,
}


def can_be_undone(kind: str) -> bool:
    """Whether the world allows it at all for acts of this kind."""
    return kind in UNDO


async def undo_act(
    work: Work, act_id: str, who: SignedIn, *, together: bool = False, at: datetime
) -> list[SupervisorAct]:
    """Take an act back; `together`: with all that were done at once with it, as far as possible.

    Raises `ActRefused` with a sentence where it is too late, for all of them.
    """
    acts = await _acts(work, act_id, who, together=together)
    undone = list[SupervisorAct]()
    hindrance: Conflict = ActRefused(Hindrance.UNDONE_ALREADY)
    for act in acts:
        try:
            async with work.begin_nested():
                await _undo(work, act, who, at=at)
        except Conflict as fault:
            hindrance = fault
        else:
            undone.append(act)
    if not undone:
        raise hindrance
    return undone


async def _undo(work: Work, act: SupervisorAct, who: SignedIn, *, at: datetime) -> None:
    if act.undone_at is not None:
        raise ActRefused(Hindrance.UNDONE_ALREADY)
    undo = UNDO.get(act.kind)
    if undo is None:
        raise ActRefused(Hindrance.ONE_WAY)
    await undo(work, act, who, at=at)
    note_undone(work, act, by_id=who.staff_id, at=at)


async def _acts(
    work: Work, act_id: str, who: SignedIn, *, together: bool
) -> Sequence[SupervisorAct]:
    """Those to undo, held, of the same subjects in the order of ids. Raises `NotFound`."""
    act = await work.get(SupervisorAct, act_id, with_for_update=True)
    if act is None or not may_direct(who, act.lines):
        raise NotFound
    if not together:
        return [act]
    query = (
        select(SupervisorAct)
        .where(SupervisorAct.group_id == act.group_id, col(SupervisorAct.undone_at).is_(None))
        .order_by(col(SupervisorAct.subject_id))
    )
    return (await work.exec(query.with_for_update())).all()
