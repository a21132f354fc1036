"""What a member reads and does. Each read is in the timeline of the case, with what was shown."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.cases.queries import standing_case
from hotline.cases.timeline import CaseAct
from hotline.errors import GroupRefused, NotFound
from hotline.helpgroups.living import why_over
from hotline.helpgroups.rights import WRITTEN, GroupField, may_see
from hotline.helpgroups.service import OVER, lock_member
from hotline.helpgroups.timeline import tell_of
from hotline.staff.actor import Actor
from hotline.storage.sealed import open_cell, seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Case, GroupMember, GroupNote, GroupTask, Line, Station
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

NOTE, CANNOT, DANGER = "note", "cannot", "danger"
NO_NOTES = "Notes are not part of what you were asked for."


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSeen:
    """One thing to do."""

    id: str
    words: str
    due_on: date | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSeen:
    """What a member wrote."""

    id: str
    kind: str
    words: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPart:
    """All of a case that one member sees. `words`: by field. `phone`: of who answers for it.

    `number`: of the case, to say on the telephone.
    """

    member_id: str
    kind: str
    number: str
    phone: str
    ends_at: datetime
    sees: frozenset[GroupField]
    words: dict[str, str] = field(default_factory=dict)
    visit_on: date | None = None
    tasks: list[TaskSeen] = field(default_factory=list)
    notes: list[NoteSeen] = field(default_factory=list)


async def read_part(work: Work, vault: Vault, member: GroupMember, *, at: datetime) -> MemberPart:
    """What they see now; that they saw it is kept."""
    case = await work.get_one(Case, await standing_case(work, member.case_id))
    sees = may_see(member.kind, member.fields)
    words = {one: open_cell(vault, member, f"{one}_sealed") for one in WRITTEN if one in sees}
    tasks = await tasks_of(work, vault, member) if GroupField.TASKS in sees else []
    notes = await notes_of(work, vault, member) if GroupField.NOTES in sees else []
    member.seen_at = at
    by = Actor.of_member(member.id)
    await tell_of(work, member, "read", at=at, actor=by, group_fields=sorted(sees))
    return MemberPart(
        member_id=member.id,
        kind=member.kind,
        number=case.number,
        phone=await _phone_of(work, case),
        ends_at=member.ends_at,
        sees=sees,
        words={one: said for one, said in words.items() if said},
        visit_on=member.visit_on if GroupField.VISIT in sees else None,
        tasks=tasks,
        notes=notes,
    )


async def _phone_of(work: Work, case: Case) -> str:
    """The station's that holds it; the hotline's own, while nobody does."""
    if case.station_id is not None:
        return (await work.get_one(Station, case.station_id)).phone
    return (await work.get_one(Line, case.line_id)).number_shown


async def tasks_of(work: Work, vault: Vault, member: GroupMember) -> list[TaskSeen]:
    """What they are asked to do, what is open first."""
    query = select(GroupTask).where(GroupTask.member_id == member.id)
    in_order = query.order_by(col(GroupTask.done_at).is_not(None), col(GroupTask.at), GroupTask.id)
    return [
        TaskSeen(
            id=one.id,
            words=open_cell(vault, one, "words_sealed"),
            due_on=one.due_on,
            done_at=one.done_at,
        )
        for one in (await work.exec(in_order)).all()
    ]


async def notes_of(work: Work, vault: Vault, member: GroupMember) -> list[NoteSeen]:
    """What they wrote, the newest first. Whoever else reads it leaves a trace of that."""
    query = select(GroupNote).where(GroupNote.member_id == member.id)
    in_order = query.order_by(col(GroupNote.at).desc(), col(GroupNote.id))
    return [
        NoteSeen(id=one.id, kind=one.kind, words=open_cell(vault, one, "words_sealed"), at=one.at)
        for one in (await work.exec(in_order)).all()
    ]


# ── what they do ────────────────────────────────────────────────────────────────────────────────


async def hold_live(work: Work, vault: Vault, member_id: str, *, at: datetime) -> GroupMember:
    """The member, held, so that nobody ends the membership meanwhile. Raises `GroupRefused`."""
    member = await lock_member(work, member_id)
    if await why_over(work, vault, member, at=at) is not None:
        raise GroupRefused("over", OVER)
    return member


async def write_note(
    work: Work, act: CaseAct, member: GroupMember, words: str, *, key: str
) -> None:
    """For whoever answers for the case. Raises `GroupRefused` where notes are not asked of them."""
    if GroupField.NOTES not in may_see(member.kind, member.fields):
        raise GroupRefused("no_notes", NO_NOTES)
    if await keep_note(work, act, member, NOTE, words, key=key):
        await tell_of(work, member, "noted", at=act.at, actor=act.by)


async def keep_note(
    work: Work, act: CaseAct, member: GroupMember, kind: str, words: str, *, key: str
) -> bool:
    """Keep what they wrote. False where the same try came before. The caller holds the member."""
    note = GroupNote(id=new_id(), member_id=member.id, kind=kind, key=key, at=act.at)
    note.words_sealed = seal_cell(act.vault, note, "words_sealed", words.strip())
    adding = insert(GroupNote).values(note.model_dump())
    adding = adding.on_conflict_do_nothing(index_elements=["member_id", "key"])
    made = (await work.exec(adding.returning(col(GroupNote.id)))).scalar_one_or_none()
    return made is not None


async def tick_task(
    work: Work, act: CaseAct, member: GroupMember, task_id: str, *, done: bool
) -> None:
    """Done, or not yet after all; again: fine. Raises `NotFound` for somebody else's."""
    task = await work.get(GroupTask, task_id)
    if task is None or task.member_id != member.id:
        raise NotFound
    if GroupField.TASKS not in may_see(member.kind, member.fields):
        raise NotFound
    if done == (task.done_at is not None):
        return
    task.done_at = act.at if done else None
    kind = "task_done" if done else "task_open"
    await tell_of(work, member, kind, at=act.at, actor=act.by, task_id=task.id)
