"""The rights desk: what is kept about somebody, and what they ask of it. Of supervisors."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlmodel import select

from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.cases.queries import require_case
from hotline.errors import IllegalMove, Invalid
from hotline.records.additions import NewAddition, add_to_record
from hotline.records.number_searches import index_of_number
from hotline.rights.holds import NewHold, hold, lift_hold
from hotline.rights.kept import (
    CopiedPart,
    KeptAbout,
    copy_of_call,
    copy_of_case,
    kept_of_case,
    kept_of_number,
)
from hotline.rights.model import AskerProof, RequestState, RightsAsker, RightsKind, RightsRefusal
from hotline.rights.queries import (
    OpenedRequest,
    RequestRow,
    answered_requests,
    erasures_of,
    leave_trace,
    open_request,
    require_keeper,
    require_request,
    row_of_request,
    waiting_requests,
)
from hotline.rights.requests import (
    NewRequest,
    RightsDeed,
    grant,
    is_suspected_since,
    lock_request,
    prove,
    refuse_request,
    take_down,
    withdraw_request,
)
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, Case, Erasure, LegalHold, RightsRequest
from hotline.web.auth import CallReader, CaseAdder, gate, recently_confirmed
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(tags=["rights"], route_class=IdempotentRoute)

NOT_COPIED = "A copy is taken out after a request for one was granted."
SUSPECTED_SINCE = (
    "A guardian of this case is suspected since this was granted: take the request down anew."
)
NOT_CORRECTED = "A correction is written after a request for one was granted."
NOT_BOTH = "Give a telephone number or the number of a case."


async def rights_keeper(
    who: Annotated[SignedIn, Depends(gate(Permission.KEEP_RIGHTS))],
) -> SignedIn:
    """Somebody who keeps the desk of any line."""
    return who


async def confirmed_keeper(
    who: Annotated[SignedIn, Depends(rights_keeper)], backend: BackendDep
) -> SignedIn:
    """The same, who has just proved to be who they are: for what leaves the house, or is gone."""
    return await recently_confirmed(who, backend)


RightsKeeper = Annotated[SignedIn, Depends(rights_keeper)]
ConfirmedKeeper = Annotated[SignedIn, Depends(confirmed_keeper)]


class SoughtIn(BaseModel):
    """Whose: by the number that they call from, or by the number of a case."""

    number: str = Field(default="", max_length=40)
    case: str = Field(default="", max_length=20)


class RequestIn(BaseModel):
    """As it was said. `who`: who asks and how they can be answered."""

    kind: RightsKind
    asker: RightsAsker
    proved: AskerProof = AskerProof.NOT_YET
    who: str = Field(min_length=1, max_length=400)
    words: str = Field(default="", max_length=4000)


class AskerProofIn(BaseModel):
    """How they showed who they are."""

    proved: AskerProof


class RightsAnswerIn(BaseModel):
    """The answer in the words in which they are told."""

    text: str = Field(min_length=1, max_length=4000)


class RefusalIn(RightsAnswerIn):
    """And why not."""

    refusal: RightsRefusal


class CorrectionIn(BaseModel):
    """What is true instead, beside the record of one call."""

    call_id: str
    text: str = Field(min_length=1, max_length=4000)


class HoldIn(BaseModel):
    """Why nothing may be erased, and when somebody asks again."""

    reason: str = Field(min_length=1, max_length=2000)
    review_on: date


class LiftIn(BaseModel):
    """Why it is not needed any more."""

    reason: str = Field(min_length=1, max_length=2000)


class HoldOut(BaseModel):
    """A hold by its id."""

    id: str


@router.post("/rights/find")
async def find(
    backend: BackendDep, work: CommandWork, who: RightsKeeper, sought: SoughtIn
) -> list[KeptAbout]:
    """What is kept, by table; of the lines of whoever asks. A look at each is kept."""
    if bool(sought.number.strip()) == bool(sought.case.strip()):
        raise Invalid(NOT_BOTH)
    if sought.number.strip():
        index = index_of_number(backend.vault, sought.number)
        found = await kept_of_number(work, index, who.lines)
    else:
        cases = await work.exec(select(Case).where(Case.number == sought.case.strip()))
        found = [await kept_of_case(work, one) for one in cases.all() if one.line_id in who.lines]
    at = backend.clock.now()
    for one in found:
        leave_trace(work, one.kind, one.id, "rights.shown", by_id=who.staff_id, at=at)
    return found


@router.get("/rights")
async def requests(
    work: WorkDep, who: RightsKeeper, show: Literal["waiting", "answered"] = "waiting"
) -> list[RequestRow]:
    """Those that wait, the next due first; or the last answered."""
    reading = waiting_requests if show == "waiting" else answered_requests
    return list(await reading(work, who.lines))


@router.get("/rights/erasures")
async def erasures(work: WorkDep, who: RightsKeeper) -> list[Erasure]:
    """The proofs of what was erased, the newest first."""
    return list(await erasures_of(work, who.lines))


@router.post("/calls/{call_id}/rights")
async def ask_of_call(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, asked: RequestIn
) -> RequestRow:
    """Taken down by whoever writes the record: the caller asks it of them."""
    call = await permitted_call(work, await work.get(Call, call_id), who, Permission.WRITE_RECORD)
    return await _taken(backend, work, who, ("call", call.id, call.line_id), asked)


@router.post("/cases/{case_id}/rights")
async def ask_of_case(
    backend: BackendDep,
    work: CommandWork,
    who: CaseAdder,
    case_id: str,
    asked: RequestIn,
) -> RequestRow:
    """Taken down by the station, a counselor of the case or a supervisor."""
    await require_case(work, case_id, who, Permission.ADD_TO_CASE)
    case = await work.get_one(Case, case_id)
    return await _taken(backend, work, who, ("case", case.id, case.line_id), asked)


async def _taken(
    backend: Backend, work: Work, who: SignedIn, of: tuple[str, str, str], asked: RequestIn
) -> RequestRow:
    kind, subject_id, line_id = of
    new = NewRequest(line_id=line_id, subject_kind=kind, subject_id=subject_id, **dict(asked))
    row = await take_down(work, new, deed_of(backend, who))
    leave_trace(work, kind, subject_id, "rights.asked", by_id=who.staff_id, at=row.received_at)
    return row_of_request(row)


@router.get("/rights/{request_id}")
async def show(
    backend: BackendDep, work: WorkDep, who: RightsKeeper, request_id: str
) -> OpenedRequest:
    """Who asks and what, opened. It leaves a trace."""
    row = await require_request(work, request_id, who)
    at = backend.clock.now()
    return open_request(work, backend.vault, row, by_id=who.staff_id, at=at)


@router.post("/rights/{request_id}/proved")
async def proved(
    backend: BackendDep,
    work: CommandWork,
    who: RightsKeeper,
    request_id: str,
    shown: AskerProofIn,
) -> RequestRow:
    """They showed who they are."""
    await require_request(work, request_id, who)
    row = await lock_request(work, request_id)
    prove(row, shown.proved)
    return _done(work, row, "proved", deed_of(backend, who))


@router.post("/rights/{request_id}/grant")
async def yes(
    backend: BackendDep,
    work: CommandWork,
    who: ConfirmedKeeper,
    request_id: str,
    said: RightsAnswerIn,
) -> RequestRow:
    """Yes. What may be deleted is deleted at once; what the law keeps stays until its time."""
    await require_request(work, request_id, who)
    row = await lock_request(work, request_id)
    deed = deed_of(backend, who)
    await grant(work, row, deed, words=said.text)
    return _done(work, row, row.state, deed)


@router.post("/rights/{request_id}/refuse")
async def no(
    backend: BackendDep, work: CommandWork, who: RightsKeeper, request_id: str, said: RefusalIn
) -> RequestRow:
    """No, for a reason, in writing."""
    await require_request(work, request_id, who)
    row = await lock_request(work, request_id)
    deed = deed_of(backend, who)
    refuse_request(row, deed, refusal=said.refusal, words=said.text)
    return _done(work, row, "refused", deed)


@router.post("/rights/{request_id}/withdraw")
async def withdraw(
    backend: BackendDep, work: CommandWork, who: RightsKeeper, request_id: str
) -> RequestRow:
    """They do not ask any more."""
    await require_request(work, request_id, who)
    row = await lock_request(work, request_id)
    deed = deed_of(backend, who)
    withdraw_request(row, deed)
    return _done(work, row, "withdrawn", deed)


def _done(work: Work, row: RightsRequest, what: str, deed: RightsDeed) -> RequestRow:
    """Told in the timeline of what it is about."""
    kind = f"rights.{what}"
    leave_trace(work, row.subject_kind, row.subject_id, kind, by_id=deed.by_id, at=deed.at)
    return row_of_request(row)


@router.get("/rights/{request_id}/copy.json")
async def copy(
    backend: BackendDep, work: WorkDep, who: ConfirmedKeeper, request_id: str
) -> list[CopiedPart]:
    """What is theirs, opened, to be handed to them. That it was taken out is in the audit."""
    row = await require_request(work, request_id, who)
    asked = row.kind in (RightsKind.COPY, RightsKind.VIEW)
    if not asked or row.state != RequestState.GRANTED:
        raise IllegalMove(NOT_COPIED)
    if await is_suspected_since(work, row):
        raise IllegalMove(SUSPECTED_SINCE)
    at = backend.clock.now()
    kind = "rights.exported"
    leave_trace(work, row.subject_kind, row.subject_id, kind, by_id=who.staff_id, at=at)
    if row.subject_kind == "case":
        return await copy_of_case(work, backend.vault, await work.get_one(Case, row.subject_id))
    return await copy_of_call(work, backend.vault, await work.get_one(Call, row.subject_id))


@router.post("/rights/{request_id}/correct")
async def correct(
    backend: BackendDep, work: CommandWork, who: RightsKeeper, request_id: str, said: CorrectionIn
) -> RequestRow:
    """What they say is true, beside the record: nothing that was written is changed."""
    row = await require_request(work, request_id, who)
    if row.kind != RightsKind.CORRECT or row.state != RequestState.GRANTED:
        raise IllegalMove(NOT_CORRECTED)
    if row.subject_kind == "call" and said.call_id != row.subject_id:
        raise Invalid(NOT_CORRECTED)
    call = await lock_call(work, said.call_id)
    await permitted_call(work, call, who, Permission.WRITE_RECORD)
    at = backend.clock.now()
    new = NewAddition(
        words=said.text, way="asked", author=who.username, typed_by=who.staff_id, happened_at=at
    )
    await add_to_record(work, backend.vault, call, new, at=at)
    return row_of_request(row)


@router.post("/calls/{call_id}/hold-back")
async def hold_call(
    backend: BackendDep, work: CommandWork, who: RightsKeeper, call_id: str, wished: HoldIn
) -> HoldOut:
    """Nothing of this call is erased."""
    call = await permitted_call(work, await work.get(Call, call_id), who)
    return await _held(backend, work, who, ("call", call.id, call.line_id), wished)


@router.post("/cases/{case_id}/hold-back")
async def hold_case(
    backend: BackendDep, work: CommandWork, who: RightsKeeper, case_id: str, wished: HoldIn
) -> HoldOut:
    """Nothing of this case, nor of its calls, is erased."""
    await require_case(work, case_id, who, Permission.KEEP_RIGHTS)
    case = await work.get_one(Case, case_id)
    return await _held(backend, work, who, ("case", case.id, case.line_id), wished)


async def _held(
    backend: Backend, work: Work, who: SignedIn, of: tuple[str, str, str], wished: HoldIn
) -> HoldOut:
    kind, subject_id, line_id = of
    require_keeper(who, line_id)
    new = NewHold(
        line_id=line_id,
        subject_kind=kind,
        subject_id=subject_id,
        reason=wished.reason,
        review_on=wished.review_on,
    )
    at = backend.clock.now()
    row = await hold(work, backend.vault, new, by=who.staff_id, at=at)
    leave_trace(work, kind, subject_id, "rights.held", by_id=who.staff_id, at=at)
    return HoldOut(id=row.id)


@router.post("/rights/holds/{hold_id}/lift")
async def lift(
    backend: BackendDep, work: CommandWork, who: RightsKeeper, hold_id: str, said: LiftIn
) -> HoldOut:
    """It is not needed any more."""
    row = await work.get(LegalHold, hold_id)
    require_keeper(who, row.line_id if row is not None else "")
    at = backend.clock.now()
    held = await lift_hold(work, backend.vault, hold_id, why=said.reason, by=who.staff_id, at=at)
    kind = "rights.hold_lifted"
    leave_trace(work, held.subject_kind, held.subject_id, kind, by_id=who.staff_id, at=at)
    return HoldOut(id=held.id)


def deed_of(backend: Backend, who: SignedIn) -> RightsDeed:
    """Who does it, now."""
    return RightsDeed(
        vault=backend.vault,
        by_id=who.staff_id,
        at=backend.clock.now(),
        kept_days=backend.settings.records_kept_days,
    )
