"""The record of a call: saved while one writes, read with a trace."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import AwareDatetime, BaseModel, Field, JsonValue

from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.cases.timeline import CaseAct
from hotline.errors import Invalid, NotFound, SomebodyElse
from hotline.escalations.of_risk import flag_for_level
from hotline.records.forms.checks import CONTACT_TYPE, FOLLOW_UP, TOPICS
from hotline.records.forms.model import YES
from hotline.records.forms.rules import REFUSED, answers_asked_for, faults_of
from hotline.records.kept_forms import find_form
from hotline.records.model import (
    ContactType,
    Disposition,
    Draft,
    Opened,
    SavedVersion,
    Topic,
)
from hotline.records.queries import MOST_VERSIONS, opened, read_record, read_version, versions_of
from hotline.records.saves import key_of
from hotline.records.service import save_record
from hotline.records.unfinished import require_finished
from hotline.risk.levels import Risk
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.staff.presence import end_wrap_up
from hotline.staff.sign_in import SignedIn
from hotline.statutory.sources import suspect_from_record
from hotline.storage.session import Work
from hotline.storage.tables import Call
from hotline.web.auth import CallReader
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import HEADER

SaveKey = Annotated[str, Header(alias=HEADER, max_length=200)]
ETAG = r'^(\*|"[0-9]{1,9}")$'


router = APIRouter(prefix="/calls/{call_id}/record", tags=["calls"])


class RecordIn(BaseModel):
    """The record, or a draft of it. `ready`: and take the next call.

    `version`: of the record that was before its writer, 0 where there was none. With it, or with
    `If-Match`, nothing is overwritten that the writer has not seen.

    `writer`: the id of who wrote it, where another may have signed in since; `written_at`: when.
    `form`: the version of the form that `answers` are to, field by field, contact type, topics and
    follow-up among them; then these three are taken from there. Without, the record is on no form.
    """

    contact_type: ContactType | None = None
    topics: list[Topic] = Field(default=[], max_length=3)
    risk: Risk = Risk.NOT_ASSESSED
    disposition: Disposition | None = None
    follow_up: bool = False
    narrative: str = Field(default="", max_length=20_000)
    ready: bool = False
    version: int | None = Field(default=None, ge=0)
    writer: str = Field(default="", max_length=64)
    written_at: AwareDatetime | None = None
    form: str = Field(default="", max_length=40)
    answers: dict[str, JsonValue] = Field(default={}, max_length=80)


class Etag:
    """What headers say. `seen`: the version `If-Match` names, None for any; `key`: of a save."""

    def __init__(
        self,
        response: Response,
        if_match: Annotated[str, Header(pattern=ETAG)] = "*",
        key: SaveKey = "",
    ) -> None:
        """Of one request."""
        self.key = key
        self.seen = None if if_match == "*" else int(if_match.strip('"'))
        self._headers = response.headers

    def of(self, record: Opened) -> Opened:
        """The answer, with its version in the headers too."""
        self._headers["ETag"] = f'"{record.version}"'
        return record


EtagDep = Annotated[Etag, Depends()]


@router.put("")
async def put_record(
    backend: BackendDep,
    work: WorkDep,
    who: CallReader,
    call_id: str,
    wanted: RecordIn,
    etag: EtagDep,
) -> Opened:
    """Save the record as its next version; all are kept. With `ready`, wrap-up ends.

    `risk` only rises by it: what was found stays, and the answer says what holds. The same
    `Idempotency-Key` and body again make no second version.

    409 with the newest one's `version`, `saved_by` and `saved_at` where another was saved since;
    with `ready`, also where something that must be known is `missing`. Nothing is saved then.
    """
    if wanted.writer not in ("", who.staff_id):
        raise SomebodyElse
    call, now = await lock_call(work, call_id), backend.clock.now()
    await permitted_call(work, call, who, Permission.WRITE_RECORD)
    draft = _draft(wanted, etag, who)
    if wanted.form:
        draft = await _on_its_form(work, wanted, draft)
    if wanted.ready:
        await require_finished(work, draft)
    record = await save_record(work, backend.vault, call.id, who.staff_id, draft, at=now)
    await flag_for_level(work, backend.vault, call, at=now)
    act = CaseAct(vault=backend.vault, by=Actor.of_staff(who.staff_id), at=now)
    await suspect_from_record(work, act, call, backend.settings)
    if wanted.ready:
        await end_wrap_up(work, who.staff_id, call.id, at=now)
    return etag.of(opened(record, backend.vault))


def _draft(wanted: RecordIn, etag: Etag, who: SignedIn) -> Draft:
    return Draft(
        contact_type=wanted.contact_type,
        topics=tuple(wanted.topics),
        risk=wanted.risk,
        disposition=wanted.disposition,
        follow_up=wanted.follow_up,
        narrative=wanted.narrative,
        based_on=wanted.version if etag.seen is None else etag.seen,
        key=key_of(who.staff_id, etag.key),
        written_at=wanted.written_at,
    )


async def _on_its_form(work: Work, wanted: RecordIn, draft: Draft) -> Draft:
    """What is not finished is kept as well; what no page sends is refused, by field."""
    form = await find_form(work, wanted.form)
    refused = [(key, why) for key, why in faults_of(form, wanted.answers) if why in REFUSED]
    if refused:
        told = ", ".join(f"{key if key in form.by_key else '?'} ({why})" for key, why in refused)
        raise Invalid(f"These answers do not belong to the form: {told}.")
    answers: dict[str, Any] = answers_asked_for(form, wanted.answers)
    contact_type = answers.pop(CONTACT_TYPE, None)
    return replace(
        draft,
        contact_type=ContactType(contact_type) if contact_type else None,
        topics=tuple(answers.pop(TOPICS, ())),
        disposition=None,
        follow_up=answers.get(FOLLOW_UP) == YES,
        form=wanted.form,
        answers=answers,
    )


@router.get("")
async def get_record(
    backend: BackendDep,
    work: WorkDep,
    who: CallReader,
    call_id: str,
    etag: EtagDep,
    version: Annotated[int | None, Query(ge=1, le=MOST_VERSIONS)] = None,
) -> Opened:
    """The record, for the call's counselor and for supervisors. Reading leaves a trace.

    `version`: as it was saved once.
    """
    found_call = await work.get(Call, call_id)
    call = await permitted_call(work, found_call, who, Permission.READ_RECORD)
    at, vault = backend.clock.now(), backend.vault
    if version is None:
        found = await read_record(work, vault, call.id, reader=who.staff_id, at=at)
    else:
        found = await read_version(work, vault, (call.id, version), reader=who.staff_id, at=at)
    if found is None:
        raise NotFound("No such record was written for this call yet.")
    return etag.of(found)


@router.get("/versions")
async def get_versions(work: WorkDep, who: CallReader, call_id: str) -> list[SavedVersion]:
    """Who saved the record and when, the newest first."""
    found_call = await work.get(Call, call_id)
    call = await permitted_call(work, found_call, who, Permission.READ_RECORD)
    return await versions_of(work, call.id)
