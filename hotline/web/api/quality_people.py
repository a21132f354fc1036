"""Care of staff: supervision that is due, sessions that were held, courses and certificates."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.errors import NotFound
from hotline.quality.certificates import (
    ENDS_BEFORE,
    NOT_YET,
    NewCertificate,
    Noting,
    note_certificate,
    note_course,
    take_certificate_back,
)
from hotline.quality.model import CertificateKind, SupervisionWay
from hotline.quality.queries import (
    CertificateRow,
    certificate_rows,
    people_of_lines,
    require_person,
)
from hotline.quality.supervising import (
    NOT_THEN,
    SessionHeld,
    SupervisedRow,
    note_session,
    supervision_of,
    supervision_of_lines,
)
from hotline.storage.tables import StaffCertificate
from hotline.web.auth import CallTaker, QualityKeeper
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import MomentHere

router = APIRouter(tags=["quality"], route_class=IdempotentRoute)

PersonId = Annotated[str, Field(max_length=40)]
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)
CertificateDay = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]


class SessionIn(BaseModel):
    """With whom, and when: without a zone, as clocks show it here. No `by`: I held it."""

    person: PersonId = Field(examples=["li"])
    by: PersonId = ""
    way: SupervisionWay = SupervisionWay.ALONE
    held_at: MomentHere
    minutes: int = Field(ge=5, le=480, examples=[50])


class CourseIn(BaseModel):
    """A course that they have done."""

    person: PersonId = Field(examples=["li"])
    title: str = Field(min_length=1, max_length=120, examples=["危机干预基础培训"])
    hours: int = Field(ge=1, le=2000, examples=[16])
    done_on: CertificateDay


class CertificateIn(BaseModel):
    """A certificate that they hold. `valid_until`: its last day; null: without an end."""

    person: PersonId = Field(examples=["li"])
    kind: CertificateKind = Field(examples=[CertificateKind.CRISIS])
    issued_on: CertificateDay
    valid_until: CertificateDay | None = None


class NotedOut(BaseModel):
    """What was written down."""

    id: str


class SupervisedOut(BaseModel):
    """Somebody who takes calls. `due_at`: null while they have not begun."""

    staff_id: str
    name: str
    held_at: datetime | None
    due_at: datetime | None
    every_days: int | None
    overdue: bool
    soon: bool


class CareOut(BaseModel):
    """My own: the next supervision, and certificates."""

    supervision: SupervisedOut
    certificates: list[CertificateRow]


@router.get("/quality/supervision")
async def supervision(
    backend: BackendDep, work: WorkDep, who: QualityKeeper
) -> list[SupervisedOut]:
    """Of everybody who takes calls on my lines; who is late first."""
    rows = await supervision_of_lines(work, who.lines, at=backend.clock.now())
    return [_supervised(row) for row in rows]


def _supervised(row: SupervisedRow) -> SupervisedOut:
    return SupervisedOut(
        staff_id=row.staff_id,
        name=row.name,
        held_at=row.held_at,
        due_at=row.due.due_at if row.due else None,
        every_days=row.due.every.days if row.due else None,
        overdue=row.overdue,
        soon=row.soon,
    )


@router.post("/quality/supervision", status_code=201, responses={422: {"description": NOT_THEN}})
async def holds(
    backend: BackendDep, work: CommandWork, who: QualityKeeper, held: SessionIn
) -> NotedOut:
    """A session was held: with whom, by whom, when. No word of what was said."""
    await require_person(work, held.person, who)
    if held.by:
        await require_person(work, held.by, who)
    session = SessionHeld(
        staff_id=held.person,
        by_id=held.by or who.staff_id,
        way=held.way,
        held_at=held.held_at,
        minutes=held.minutes,
    )
    row = await note_session(work, session, noted_by_id=who.staff_id, at=backend.clock.now())
    return NotedOut(id=row.id)


@router.get("/quality/certificates")
async def certificates(
    backend: BackendDep, work: WorkDep, who: QualityKeeper
) -> list[CertificateRow]:
    """Of everybody on my lines; what ends first stands first."""
    people = await people_of_lines(work, who.lines)
    return await certificate_rows(work, people, at=backend.clock.now())


@router.post("/quality/courses", status_code=201, responses={422: {"description": NOT_YET}})
async def course(
    backend: BackendDep, work: CommandWork, who: QualityKeeper, done: CourseIn
) -> NotedOut:
    """They have done it. Nobody writes down their own."""
    await require_person(work, done.person, who)
    noting = Noting(staff_id=done.person, by_id=who.staff_id, at=backend.clock.now())
    row = await note_course(work, noting, title=done.title, hours=done.hours, done_on=done.done_on)
    return NotedOut(id=row.id)


@router.post(
    "/quality/certificates", status_code=201, responses={422: {"description": ENDS_BEFORE}}
)
async def certificate(
    backend: BackendDep, work: CommandWork, who: QualityKeeper, held: CertificateIn
) -> NotedOut:
    """They hold it. One for danger whose end has come takes calls in danger away."""
    await require_person(work, held.person, who)
    noting = Noting(staff_id=held.person, by_id=who.staff_id, at=backend.clock.now())
    new = NewCertificate(kind=held.kind, issued_on=held.issued_on, valid_until=held.valid_until)
    row = await note_certificate(work, noting, new)
    return NotedOut(id=row.id)


@router.post("/quality/certificates/{certificate_id}/take-back", status_code=204)
async def takes_back(
    backend: BackendDep, work: CommandWork, who: QualityKeeper, certificate_id: str
) -> None:
    """It was a mistake, or was withdrawn: it counts no more. Done already: fine."""
    row = await work.get(StaffCertificate, certificate_id)
    if row is None:
        raise NotFound
    await require_person(work, row.staff_id, who)
    now = backend.clock.now()
    await take_certificate_back(work, row.id, by_id=who.staff_id, at=now)


@router.get("/me/care")
async def my_care(backend: BackendDep, work: WorkDep, who: CallTaker) -> CareOut:
    """When my next supervision is due, and my certificates."""
    now = backend.clock.now()
    return CareOut(
        supervision=_supervised(await supervision_of(work, who.staff_id, at=now)),
        certificates=await certificate_rows(work, {who.staff_id: who.name}, at=now),
    )
