"""The help group of a case: invite somebody, send a new link, show them less, ask for more, end."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.cases.queries import require_case
from hotline.cases.timeline import CaseAct
from hotline.handovers.model import Article, Basis
from hotline.helpgroups.grounds import Ground
from hotline.helpgroups.rights import GroupField, MemberKind
from hotline.helpgroups.service import (
    MOST_DAYS,
    USUAL_DAYS,
    Invited,
    ask_for,
    end_member,
    invite,
    narrow,
    renew_link,
    set_visit,
)
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.web.auth import CaseWorker
from hotline.web.case_acts import act_of
from hotline.web.deps import Backend, BackendDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(prefix="/cases/{case_id}/group", tags=["cases"], route_class=IdempotentRoute)

GroupWords = Annotated[str, Field(max_length=4000)]
SomeWords = Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]
ShortName = Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]


class InvitationIn(BaseModel):
    """Whom, as what, until when, on which basis; and what they see, in words written for them.

    `fields`: all that their kind may see, or less.
    """

    kind: MemberKind
    name: ShortName
    body: ShortName
    phone: str = Field(default="", max_length=40)
    mail: str = Field(default="", max_length=200)
    language: Literal["cmn", "eng"] = "cmn"
    fields: frozenset[GroupField]
    called: GroupWords = ""
    asked: GroupWords = ""
    known: GroupWords = ""
    place: GroupWords = ""
    health: GroupWords = ""
    visit_on: date | None = None
    tasks: list[GroupWords] = Field(default_factory=list, max_length=20)
    days: int = Field(default=USUAL_DAYS, ge=1, le=MOST_DAYS)
    basis: Basis
    consent_id: str | None = Field(default=None, max_length=40)
    article: Article | None = None

    def invited(self) -> Invited:
        """As the group understands it."""
        words = {
            GroupField.CALLED: self.called,
            GroupField.ASKED: self.asked,
            GroupField.KNOWN: self.known,
            GroupField.PLACE: self.place,
            GroupField.HEALTH: self.health,
        }
        return Invited(
            kind=self.kind,
            name=self.name,
            body=self.body,
            phone=self.phone,
            mail=self.mail,
            language=self.language,
            fields=self.fields,
            words=words,
            visit_on=self.visit_on,
            tasks=tuple(one for one in self.tasks if one.strip()),
            days=self.days,
            ground=Ground(basis=self.basis, consent_id=self.consent_id, article=self.article),
        )


class MemberOut(BaseModel):
    """Who was invited."""

    id: str


class FieldsIn(BaseModel):
    """What they see from now on."""

    fields: frozenset[GroupField] = frozenset()


class TaskIn(BaseModel):
    """One thing to do, perhaps by a day."""

    words: SomeWords
    due_on: date | None = None


class GroupVisitIn(BaseModel):
    """The day of the next visit they take part in; null: not known."""

    visit_on: date | None = None


class EndingIn(BaseModel):
    """Why it ends."""

    text: SomeWords


async def act_on(work: Work, backend: Backend, who: SignedIn, case_id: str) -> CaseAct:
    """Somebody who may work on this case, now. Raises `NotFound`, `Forbidden`."""
    await require_case(work, case_id, who, Permission.WORK_CASE)
    return act_of(backend, who)


@router.post("/members", status_code=201)
async def invite_somebody(
    backend: BackendDep, work: CommandWork, who: CaseWorker, case_id: str, wanted: InvitationIn
) -> MemberOut:
    """A member from now on; a link is sent to them. A hand-over: the basis has to carry it."""
    act = await act_on(work, backend, who, case_id)
    return MemberOut(id=(await invite(work, act, case_id, wanted.invited())).id)


@router.post("/members/{member_id}/link", status_code=204)
async def send_new_link(
    backend: BackendDep, work: CommandWork, who: CaseWorker, case_id: str, member_id: str
) -> None:
    """The old one is worth nothing any more, and wrong codes are forgotten."""
    await renew_link(work, await act_on(work, backend, who, case_id), case_id, member_id)


@router.post("/members/{member_id}/narrow", status_code=204)
async def show_less(
    backend: BackendDep,
    work: CommandWork,
    who: CaseWorker,
    case_id: str,
    member_id: str,
    wanted: FieldsIn,
) -> None:
    """They see no more than these. More than they have is refused: that is a new invitation."""
    act = await act_on(work, backend, who, case_id)
    await narrow(work, act, case_id, member_id, wanted.fields)


@router.post("/members/{member_id}/tasks", status_code=204)
async def ask_for_more(
    backend: BackendDep,
    work: CommandWork,
    who: CaseWorker,
    case_id: str,
    member_id: str,
    wanted: TaskIn,
) -> None:
    """One more thing to do."""
    act = await act_on(work, backend, who, case_id)
    await ask_for(work, act, case_id, member_id, wanted.words, wanted.due_on)


@router.post("/members/{member_id}/visit", status_code=204)
async def tell_visit(
    backend: BackendDep,
    work: CommandWork,
    who: CaseWorker,
    case_id: str,
    member_id: str,
    wanted: GroupVisitIn,
) -> None:
    """When they go along the next time."""
    act = await act_on(work, backend, who, case_id)
    await set_visit(work, act, case_id, member_id, wanted.visit_on)


@router.post("/members/{member_id}/end", status_code=204)
async def end(
    backend: BackendDep,
    work: CommandWork,
    who: CaseWorker,
    case_id: str,
    member_id: str,
    why: EndingIn,
) -> None:
    """No link and no browser of theirs opens anything any more."""
    act = await act_on(work, backend, who, case_id)
    await end_member(work, act, case_id, member_id, why.text)
