"""The help group of a case: a part of its page, a member alone, and the form of an invitation.

The last two stand still while somebody writes in them; the part comes anew with each change.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.cases.queries import require_case, standing_case
from hotline.cases.timeline import keep_trace
from hotline.errors import NotFound
from hotline.escalations.queries import names_of
from hotline.handovers.model import Article, Basis
from hotline.helpgroups.grounds import consents_for
from hotline.helpgroups.queries import GroupEvent, group_of, member_row, read_notes
from hotline.helpgroups.rights import SEES, WRITTEN, GroupField, MemberKind
from hotline.helpgroups.service import MOST_DAYS, USUAL_DAYS
from hotline.i18n.case_words_group import GROUP_FACTS, GROUP_SENTENCES
from hotline.i18n.catalog import _
from hotline.i18n.words import label
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, may
from hotline.storage.tables import Case
from hotline.web.case_acts import act_of
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.case_seen import CaseSeen
from hotline.web.pages.frame import FrameDep

router = APIRouter(include_in_schema=False)


async def load_group(seen: CaseSeen) -> dict[str, Any] | None:
    """Who is in it. Names are read by this: it leaves a trace."""
    if not seen.may(Permission.READ_CASE):
        return None
    at = seen.backend.clock.now()
    members = await group_of(seen.work, seen.backend.vault, seen.case.id, at=at)
    if members:
        by = Actor.of_staff(seen.frame.who.staff_id)
        keep_trace(seen.work, seen.case.id, ["group"], by=by, at=at)
    return {"members": members, "may_work": seen.may(Permission.WORK_CASE)}


@router.get("/cases/{case_id}/group/invite")
async def invitation_form(
    frame: FrameDep, work: WorkDep, case_id: str, kind: str = MemberKind.CLASS_TEACHER
) -> HTMLResponse:
    """What has to be said about somebody of this kind: only what they may see is asked for."""
    await require_case(work, case_id, frame.who, Permission.WORK_CASE)
    if kind not in set(MemberKind):
        raise NotFound
    chosen = MemberKind(kind)
    return frame.page(
        "case_group_invite.html",
        case=await work.get_one(Case, await standing_case(work, case_id)),
        kind=chosen,
        kinds=list(MemberKind),
        fields=[one for one in GroupField if one in SEES[chosen]],
        written=WRITTEN,
        bases=list(Basis),
        articles=list(Article),
        consents=await consents_for(work, case_id, chosen),
        usual_days=USUAL_DAYS,
        most_days=MOST_DAYS,
    )


@router.get("/cases/{case_id}/group/members/{member_id}")
async def group_member(
    frame: FrameDep, backend: BackendDep, work: WorkDep, case_id: str, member_id: str
) -> HTMLResponse:
    """One member, with what they wrote: reading that is in the timeline of the case."""
    standing = await require_case(work, case_id, frame.who, Permission.READ_CASE)
    notes = await read_notes(work, act_of(backend, frame.who), case_id, member_id)
    at = backend.clock.now()
    member = await member_row(work, backend.vault, case_id, member_id, at=at)
    told = (one for one in member.events if one.actor.startswith("staff:"))
    names = await names_of(work, (Actor.parse(one.actor) for one in told))
    return frame.page(
        "case_group_member.html",
        case=await work.get_one(Case, await standing_case(work, case_id)),
        member=member,
        notes=notes,
        sentence=partial(_sentence, names),
        may_work=may(frame.who.roles, standing, Permission.WORK_CASE),
    )


def _sentence(names: Mapping[str, str], event: GroupEvent) -> str:
    """What happened, in the present language."""
    told = {"who": names.get(event.actor, _("热线"))}
    for fact, words in GROUP_FACTS.items():
        codes = event.facts.get(fact, ())
        codes = [codes] if isinstance(codes, str) else codes
        told[fact] = _("、").join(label(words, code) for code in codes) or _("什么也看不到")
    return _(GROUP_SENTENCES[event.kind]) % told
