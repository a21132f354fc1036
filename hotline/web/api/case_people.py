"""The people of a case: added, changed, gone, marked; and a number opened for a reason.

Whoever may add what they know adds and corrects people, and marks who may harm the child; only
supervisors of the line take the mark back, or let the station know a reporter.
"""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.callers.of_cases import open_number_in_case
from hotline.cases import people
from hotline.cases.model import IsMinor, Kinship, PersonRole
from hotline.cases.queries import require_case
from hotline.cases.refusals import REFUSALS
from hotline.staff.permissions import Permission
from hotline.storage.tables import CasePerson
from hotline.web.api.numbers import OpenNumberIn
from hotline.web.api.refusals import refuses
from hotline.web.auth import CaseAdder, CaseReader, CaseReleaser, CaseWorker
from hotline.web.case_acts import act_of
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(prefix="/cases/{case_id}/people", tags=["cases"], route_class=IdempotentRoute)
numbers_router = APIRouter(prefix="/cases/{case_id}/people", tags=["cases"])

PersonName = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=4000)]
REFUSED = refuses(REFUSALS["changed"], people.NO_NUMBER, kind="CaseRefused", reason="changed")
NOT_WHY = refuses(REFUSALS["gone"], people.NO_REASON, kind="CaseRefused", reason="gone")


class PersonIn(BaseModel):
    """What is known. What is left out is left as it is; an empty text says that nothing is."""

    role: PersonRole | None = None
    relation: Kinship | None = None
    minor: IsMinor | None = None
    name: PersonName | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    address: Annotated[str, Field(max_length=400)] | None = None
    note: Long | None = None


class PersonChangeIn(PersonIn):
    """`based_on`: the version that the writer has seen."""

    based_on: int = Field(ge=0)


class WhyIn(BaseModel):
    """Why. It is sealed into the timeline."""

    text: Annotated[str, Field(min_length=1, max_length=4000)]


class PersonOut(BaseModel):
    """Who it is now, without a word of them."""

    id: str
    role: str
    version: int
    suspected_abuser: bool


class OpenedPhone(BaseModel):
    """A number, for this answer only."""

    number: str
    sent: dict[str, str] = Field(default_factory=dict)


@router.post("", responses=refuses(REFUSALS["at_risk_known"], people.NO_NUMBER, kind="CaseRefused"))
async def add(
    backend: BackendDep, work: CommandWork, who: CaseAdder, case_id: str, person: PersonIn
) -> PersonOut:
    """Somebody more."""
    await require_case(work, case_id, who, Permission.ADD_TO_CASE)
    return out(await people.add_person(work, act_of(backend, who), case_id, _words(person)))


@router.put("/{person_id}", responses=REFUSED)
async def change(
    backend: BackendDep,
    work: WorkDep,
    who: CaseAdder,
    case_id: str,
    person_id: str,
    person: PersonChangeIn,
) -> PersonOut:
    """What is known of them by now. The timeline says which fields, and no word of them.

    A reporter becomes somebody else only by whoever may let the station know of them.
    """
    key = case_id, person_id
    known = await people.visible_person(work, key, who, Permission.ADD_TO_CASE)
    if people.would_reveal(known, person.role):
        await require_case(work, case_id, who, Permission.RELEASE_REPORTER)
    act, words, seen = act_of(backend, who), _words(person), person.based_on
    return out(await people.change_person(work, act, key, words, based_on=seen))


@router.post("/{person_id}/leave", responses=NOT_WHY)
async def leave(
    backend: BackendDep,
    work: CommandWork,
    who: CaseWorker,
    case_id: str,
    person_id: str,
    why: WhyIn,
) -> PersonOut:
    """They have no part in it any more."""
    key = case_id, person_id
    await people.visible_person(work, key, who, Permission.WORK_CASE)
    return out(await people.leave(work, act_of(backend, who), key, why.text))


@router.post("/{person_id}/suspected", responses=NOT_WHY)
async def suspect(
    backend: BackendDep, work: CommandWork, who: CaseAdder, case_id: str, person_id: str, why: WhyIn
) -> PersonOut:
    """They may be who harms the child: nobody rings or writes to them from now on."""
    key = case_id, person_id
    await people.visible_person(work, key, who, Permission.ADD_TO_CASE)
    return out(await people.mark_suspected(work, act_of(backend, who), key, why.text))


@router.post("/{person_id}/cleared", responses=NOT_WHY)
async def clear(
    backend: BackendDep,
    work: CommandWork,
    who: CaseWorker,
    case_id: str,
    person_id: str,
    why: WhyIn,
) -> PersonOut:
    """The mark is taken back, by a supervisor of the line."""
    key = case_id, person_id
    await people.visible_person(work, key, who, Permission.WORK_CASE, of_line=True)
    return out(await people.clear_suspicion(work, act_of(backend, who), key, why.text))


@router.post("/{person_id}/release", responses=NOT_WHY)
async def release(
    backend: BackendDep,
    work: CommandWork,
    who: CaseReleaser,
    case_id: str,
    person_id: str,
    why: WhyIn,
) -> PersonOut:
    """Whoever works the case may know who reported it, from now on: by a supervisor of the line."""
    key = case_id, person_id
    await people.visible_person(work, key, who, Permission.RELEASE_REPORTER)
    return out(await people.release_reporter(work, act_of(backend, who), key, why.text))


@numbers_router.post("/{person_id}/number")
async def opens_number(
    backend: BackendDep,
    work: WorkDep,
    who: CaseReader,
    case_id: str,
    person_id: str,
    wanted: OpenNumberIn,
) -> OpenedPhone:
    """Their number, for this answer only; who asked and why is in the audit from then on.

    No answer is kept for repeats, since the number would stand in it.
    """
    key = case_id, person_id
    person = await people.visible_person(work, key, who, Permission.READ_CASE)
    at, by = backend.clock.now(), who.staff_id
    number = await open_number_in_case(work, backend.vault, person, wanted.reason, at=at, by=by)
    return OpenedPhone(number=number)


def out(person: CasePerson) -> PersonOut:
    """As every command answers."""
    return PersonOut(
        id=person.id,
        role=person.role,
        version=person.version,
        suspected_abuser=person.suspected_abuser,
    )


def _words(person: PersonIn) -> people.PersonWords:
    return people.PersonWords(**person.model_dump(exclude={"based_on"}))
