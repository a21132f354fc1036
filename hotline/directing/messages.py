"""A supervisor's words to counselors on duty, shown on their desks until they are read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.directing.hindrances import ActRefused, Hindrance
from hotline.directing.notices import NoticeKind, Telling, take_back, tell
from hotline.directing.reach import line_to_direct, on_duty_of, staff_to_direct
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import SupervisorAct

TEXT_LENGTH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorMessage:
    """`people`: to these alone; else to all on duty on `line_id`, None: on the writer's lines."""

    text: str
    line_id: str | None = None
    people: Iterable[str] = ()


async def write_to_floor(
    work: Work, message: FloorMessage, who: SignedIn, *, at: datetime
) -> SupervisorAct:
    """Put it on their desks. Raises `ActRefused` where nobody is there to read it."""
    named = sorted({*message.people})
    for staff_id in named:
        await staff_to_direct(work, staff_id, who)
    lines = [message.line_id] if message.line_id else list(who.lines)
    if message.line_id:
        await line_to_direct(work, message.line_id, who)
    readers = {*(named or await on_duty_of(work, lines))} - {who.staff_id}
    if not readers:
        raise ActRefused(Hindrance.NOBODY_THERE)
    new = NewAct(
        by_id=who.staff_id,
        kind=ActKind.MESSAGE_SENT,
        subject=SubjectKind.LINE if message.line_id else SubjectKind.FLOOR,
        subject_id=message.line_id or "",
        lines=frozenset(lines),
        after={"people": sorted(readers)},
        reason=message.text,
    )
    act = await record_act(work, new, at=at)
    tell(work, act, readers, Telling(kind=NoticeKind.MESSAGE, text=message.text), at=at)
    return act


async def undo_message(work: Work, act: SupervisorAct, who: SignedIn, *, at: datetime) -> None:
    """Who has not read it need not. Raises `ActRefused` where everybody has."""
    if not await take_back(work, act, by_id=who.staff_id, at=at):
        raise ActRefused(Hindrance.ALL_READ)
