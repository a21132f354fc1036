"""The group of a case as those see it who answer for it: who is in it, and what each read when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import col, func, select

from hotline.cases.queries import together
from hotline.cases.timeline import CaseAct
from hotline.errors import NotFound
from hotline.helpgroups.living import WhyOver, why_over
from hotline.helpgroups.member import NoteSeen, TaskSeen, notes_of, tasks_of
from hotline.helpgroups.rights import SEES, GroupField, MemberKind, may_see
from hotline.helpgroups.service import lock_member_of
from hotline.helpgroups.timeline import tell_of
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import CaseEntry, Delivery, GroupMember, GroupNote
from hotline.storage.vault import Vault

MOST_EVENTS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEvent:
    """Something that a member did, or that was done about them."""

    at: datetime
    kind: str
    actor: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One member. `state`: invited, joined, locked or ended; `why`: it ended.

    `sees` is what is left of what their kind may see. `link`: what became of the last one.
    """

    id: str
    kind: str
    name: str
    body: str
    phone_masked: str
    has_mail: bool
    state: str
    why: WhyOver | None
    sees: Sequence[GroupField]
    whole: bool
    at: datetime
    ends_at: datetime
    joined_at: datetime | None
    seen_at: datetime | None
    visit_on: date | None
    tasks: Sequence[TaskSeen]
    notes: int
    link: str
    events: Sequence[GroupEvent]


async def group_of(work: Work, vault: Vault, case_id: str, *, at: datetime) -> list[MemberRow]:
    """Everybody who was ever in it, those who are members still first. Notes are counted only."""
    ids = await together(work, case_id)
    query = select(GroupMember).where(col(GroupMember.case_id).in_(ids))
    members = (await work.exec(query.order_by(col(GroupMember.at), GroupMember.id))).all()
    found = [await _row(work, vault, one, ids, at=at) for one in members]
    return sorted(found, key=lambda one: one.state == "ended")


async def member_row(
    work: Work, vault: Vault, case_id: str, member_id: str, *, at: datetime
) -> MemberRow:
    """One of them. Raises `NotFound`."""
    ids = await together(work, case_id)
    member = await work.get(GroupMember, member_id)
    if member is None or member.case_id not in ids:
        raise NotFound
    return await _row(work, vault, member, ids, at=at)


async def _row(
    work: Work, vault: Vault, member: GroupMember, ids: frozenset[str], *, at: datetime
) -> MemberRow:
    why = await why_over(work, vault, member, at=at)
    sees = may_see(member.kind, member.fields)
    link = await work.get(Delivery, member.link_delivery_id)
    notes = select(func.count()).select_from(GroupNote).where(GroupNote.member_id == member.id)
    return MemberRow(
        id=member.id,
        kind=member.kind,
        name=open_cell(vault, member, "name_sealed"),
        body=member.body,
        phone_masked=member.phone_masked,
        has_mail=bool(member.mail_index),
        state=_state(member, why),
        why=why,
        sees=[one for one in GroupField if one in sees],
        whole=sees == SEES[MemberKind(member.kind)],
        at=member.at,
        ends_at=member.ends_at,
        joined_at=member.joined_at,
        seen_at=member.seen_at,
        visit_on=member.visit_on,
        tasks=await tasks_of(work, vault, member),
        notes=(await work.exec(notes)).one(),
        link=link.state if link is not None else "",
        events=await _events(work, member, ids),
    )


def _state(member: GroupMember, why: WhyOver | None) -> str:
    if why is not None:
        return "ended"
    if member.locked_at is not None:
        return "locked"
    return "joined" if member.joined_at is not None else "invited"


async def _events(work: Work, member: GroupMember, ids: frozenset[str]) -> list[GroupEvent]:
    query = (
        select(CaseEntry)
        .where(col(CaseEntry.case_id).in_(ids), col(CaseEntry.kind).startswith("group."))
        .where(col(CaseEntry.facts)["member_id"].astext == member.id)
        .order_by(col(CaseEntry.id).desc())
    )
    found = (await work.exec(query.limit(MOST_EVENTS))).all()
    return [GroupEvent(at=one.at, kind=one.kind, actor=one.actor, facts=one.facts) for one in found]


async def read_notes(work: Work, act: CaseAct, case_id: str, member_id: str) -> list[NoteSeen]:
    """What a member wrote; that it was read, and by whom, is kept. Raises `NotFound`."""
    member = await lock_member_of(work, case_id, member_id)
    notes = await notes_of(work, act.vault, member)
    await tell_of(work, member, "notes_read", at=act.at, actor=act.by)
    return notes
