"""What staff do with a help group: invite, send a new link, show less, ask for more, end.

Lock order: member, call, escalation, case, delivery. No case is held here: whether a membership is
over is asked at each step, so an invitation that crosses the closing of its case is worth nothing.
Who may is asked before (`cases.queries.require_case`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import structlog
from sqlmodel import col, delete, select

from hotline.cases.model import CaseState
from hotline.cases.queries import standing_case, together
from hotline.cases.timeline import CaseAct
from hotline.errors import GroupRefused, Invalid, NotFound
from hotline.helpgroups.grounds import Ground, hand_over
from hotline.helpgroups.letters import send_link
from hotline.helpgroups.living import INVITED, is_suspect, why_over
from hotline.helpgroups.rights import (
    SEES,
    WRITTEN,
    GroupField,
    MemberKind,
    may_see,
    narrowed,
)
from hotline.helpgroups.timeline import tell_of, tell_words_of
from hotline.numbers import masked, normalised
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import (
    Case,
    GroupLink,
    GroupMember,
    GroupSession,
    GroupTask,
)
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

log = structlog.get_logger()

USUAL_DAYS, MOST_DAYS = 90, 365
NOWHERE = "Give a phone number or a mail address: the link is sent there."
NO_NUMBER = "This is no phone number that a text can be sent to."
NO_MAIL = "This is no mail address."
CLOSED = "This case is closed: open it again before somebody is invited."
SUSPECT = (
    "This is the name or the number of somebody in the case who is suspected of the harm: they are"
    " not invited, and nothing is sent there."
)
OVER = "They are no member any more: invite them anew."
MORE = "Words for a field that somebody of this kind does not see: leave them out."
NO_REASON = "Write why it ends."


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Who is invited, what they see and what is written for them. `days`: until it ends.

    `words`: by field; only what they see has any.
    """

    kind: MemberKind
    name: str
    body: str
    phone: str = ""
    mail: str = ""
    language: str = "cmn"
    fields: frozenset[GroupField]
    words: Mapping[GroupField, str] = field(default_factory=dict)
    visit_on: date | None = None
    tasks: tuple[str, ...] = ()
    days: int = USUAL_DAYS
    ground: Ground


async def invite(work: Work, act: CaseAct, case_id: str, invited: Invited) -> GroupMember:
    """They are a member, and a link is on its way. Raises `GroupRefused`, `Invalid`."""
    case = await work.get_one(Case, await standing_case(work, case_id))
    if case.state == CaseState.CLOSED:
        raise GroupRefused("case_closed", CLOSED)
    member = _member(act, case.id, invited)
    if invited.tasks and GroupField.TASKS not in may_see(member.kind, member.fields):
        raise Invalid(MORE)
    if await is_suspect(work, act.vault, member):
        raise GroupRefused("suspect", SUSPECT)
    await hand_over(work, member, invited.ground, by=act.by, at=act.at)
    work.add(member)
    await work.flush()
    for words in invited.tasks:
        work.add(_task(act, member, words, None))
    facts = {"group_fields": member.fields, "legal_basis": invited.ground.basis}
    await tell_of(work, member, INVITED, at=act.at, actor=act.by, **facts)
    await send_link(work, case, member, at=act.at)
    log.info("group.invited", member_id=member.id, case_id=case.id)
    return member


def _member(act: CaseAct, case_id: str, invited: Invited) -> GroupMember:
    phone, mail = _phone(invited.phone), _mail(invited.mail)
    if not (phone or mail):
        raise Invalid(NOWHERE)
    member = GroupMember(
        id=new_id(),
        case_id=case_id,
        kind=invited.kind,
        body=invited.body.strip(),
        language=invited.language,
        phone_index=act.vault.index(phone),
        phone_masked=masked(phone) if phone else "",
        mail_index=act.vault.index(mail),
        fields=narrowed(invited.kind, SEES[invited.kind], invited.fields),
        visit_on=invited.visit_on if GroupField.VISIT in invited.fields else None,
        provision_id="",  # by `hand_over`
        by=str(act.by),
        at=act.at,
        ends_at=act.at + timedelta(days=min(max(invited.days, 1), MOST_DAYS)),
    )
    for column, said in {"name": invited.name.strip(), "phone": phone, "mail": mail}.items():
        setattr(member, f"{column}_sealed", seal_cell(act.vault, member, f"{column}_sealed", said))
    _write(act.vault, member, invited.words)
    return member


def _write(vault: Vault, member: GroupMember, words: Mapping[GroupField, str]) -> None:
    """What is written for them alone. Raises `Invalid` for what they do not see."""
    given = {one: said.strip() for one, said in words.items() if said.strip()}
    if not may_see(member.kind, member.fields).intersection(WRITTEN).issuperset(given):
        raise Invalid(MORE)
    for one, said in given.items():
        column = f"{one}_sealed"
        setattr(member, column, seal_cell(vault, member, column, said))


def _phone(said: str) -> str:
    number = normalised(said) if said.strip() else ""
    if number is None or (number and not number.startswith("+")):
        raise Invalid(NO_NUMBER)
    return number


def _mail(said: str) -> str:
    mail = said.strip()
    name, at, host = mail.partition("@")
    whole = name and at and "." in host and not any(one.isspace() for one in mail)
    if mail and (not whole or "," in mail or "<" in mail):
        raise Invalid(NO_MAIL)
    return mail.lower()


def _task(act: CaseAct, member: GroupMember, words: str, due_on: date | None) -> GroupTask:
    task = GroupTask(id=new_id(), member_id=member.id, due_on=due_on, by=str(act.by), at=act.at)
    task.words_sealed = seal_cell(act.vault, task, "words_sealed", words.strip())
    return task


# ── later ───────────────────────────────────────────────────────────────────────────────────────


async def lock_member(work: Work, member_id: str) -> GroupMember:
    """Held until the unit ends. Raises `NotFound`."""
    query = select(GroupMember).where(GroupMember.id == member_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def lock_member_of(work: Work, case_id: str, member_id: str) -> GroupMember:
    """The same of a case, or of one that is read with it. Raises `NotFound`."""
    member = await lock_member(work, member_id)
    if member.case_id not in await together(work, case_id):
        raise NotFound
    return member


async def lock_live_member(work: Work, act: CaseAct, case_id: str, member_id: str) -> GroupMember:
    """The same of somebody who is a member still. Raises `GroupRefused`."""
    member = await lock_member_of(work, case_id, member_id)
    if await why_over(work, act.vault, member, at=act.at) is not None:
        raise GroupRefused("over", OVER)
    return member


async def renew_link(work: Work, act: CaseAct, case_id: str, member_id: str) -> None:
    """A new link; the old one, and every browser that came in by it, is worth nothing."""
    member = await lock_live_member(work, act, case_id, member_id)
    case = await work.get_one(Case, await standing_case(work, case_id))
    member.tries, member.locked_at = 0, None
    await work.exec(delete(GroupLink).where(col(GroupLink.member_id) == member.id))
    await shut(work, member)
    await tell_of(work, member, "renewed", at=act.at, actor=act.by)
    await send_link(work, case, member, at=act.at)


async def shut(work: Work, member: GroupMember) -> None:
    """No browser of theirs goes on: their link asks for a code, or says that it is over."""
    await work.exec(delete(GroupSession).where(col(GroupSession.member_id) == member.id))


async def narrow(
    work: Work, act: CaseAct, case_id: str, member_id: str, fields: frozenset[GroupField]
) -> None:
    """They see less from now on. Raises `GroupRefused` for more."""
    member = await lock_live_member(work, act, case_id, member_id)
    member.fields = narrowed(member.kind, member.fields, fields)
    await tell_of(work, member, "narrowed", at=act.at, actor=act.by, group_fields=member.fields)


async def ask_for(
    work: Work, act: CaseAct, case_id: str, member_id: str, words: str, due_on: date | None
) -> None:
    """One more thing to do. Raises `GroupRefused` where they see no tasks."""
    member = await lock_live_member(work, act, case_id, member_id)
    narrowed(member.kind, member.fields, [GroupField.TASKS])
    task = _task(act, member, words, due_on)
    work.add(task)
    await tell_of(work, member, "task_asked", at=act.at, actor=act.by, task_id=task.id)


async def set_visit(
    work: Work, act: CaseAct, case_id: str, member_id: str, visit_on: date | None
) -> None:
    """When they go along the next time; None: not known. Raises `GroupRefused`."""
    member = await lock_live_member(work, act, case_id, member_id)
    narrowed(member.kind, member.fields, [GroupField.VISIT])
    member.visit_on = visit_on
    await tell_of(work, member, "visit_set", at=act.at, actor=act.by)


async def end_member(work: Work, act: CaseAct, case_id: str, member_id: str, reason: str) -> None:
    """They are no member from now on; again: fine. Raises `Invalid` without a reason."""
    if not reason.strip():
        raise Invalid(NO_REASON)
    member = await lock_member_of(work, case_id, member_id)
    if member.ended_at is None:
        member.ended_at, member.ended_by, member.ended_why = act.at, str(act.by), "by_hand"
        await shut(work, member)
        await tell_words_of(work, act, member, "ended", reason.strip())


async def leave(work: Work, act: CaseAct, member: GroupMember) -> None:
    """They do not want to be in it any more. The caller holds the member."""
    member.ended_at, member.ended_by, member.ended_why = act.at, str(act.by), "left"
    await shut(work, member)
    await tell_of(work, member, "left", at=act.at, actor=act.by)
