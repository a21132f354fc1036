"""Mails that say that a report can be read: who wants them, and who does not any more."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from hotline.errors import Forbidden, Invalid, NotFound
from hotline.reports.mails import NewMail, mails_of, may_hear, schedule_mail
from hotline.reports.periods import PeriodKind
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.tables import ReportMail
from hotline.web.auth import gate
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(prefix="/report-mails", tags=["reports"], route_class=IdempotentRoute)

MailReader = Annotated[SignedIn, Depends(gate(Permission.READ_REPORTS))]
NO_MAIL = "No mail server is set up here: ask whoever runs this service."


class ReportMailIn(BaseModel):
    """One of each kind. Asked again, the address is another one."""

    kind: PeriodKind
    address: str = Field(max_length=200, pattern=r"^[^@\s|]+@[^@\s|]+\.[^@\s|]+$")
    language: Literal["zh", "en"] = "zh"


class ReportMailOut(BaseModel):
    """`told_of`: the newest period that was told. `fault`: why it was not sent."""

    id: str
    kind: PeriodKind
    address: str
    language: str
    told_of: str
    sent_at: datetime | None
    fault: str


@router.get("")
async def mine(work: WorkDep, who: MailReader) -> list[ReportMailOut]:
    """Of what I am told."""
    return [_out(one) for one in await mails_of(work, who.staff_id)]


@router.post("", status_code=201)
async def schedule(
    backend: BackendDep, work: CommandWork, who: MailReader, wanted: ReportMailIn
) -> ReportMailOut:
    """Tell me of each new one: a link, and not one figure."""
    if not backend.settings.mail_host:
        raise Invalid(NO_MAIL)
    if not may_hear(who.roles, wanted.kind):
        raise Forbidden
    new = NewMail(staff_id=who.staff_id, **wanted.model_dump())
    return _out(await schedule_mail(work, new, at=backend.clock.now()))


@router.delete("/{mail_id}", status_code=204)
async def stop(work: WorkDep, who: MailReader, mail_id: str) -> None:
    """Tell me no more."""
    found = await work.get(ReportMail, mail_id)
    if found is None or found.staff_id != who.staff_id:
        raise NotFound
    await work.delete(found)


def _out(mail: ReportMail) -> ReportMailOut:
    return ReportMailOut.model_validate(mail, from_attributes=True)
