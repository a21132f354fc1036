"""The record of a call: saved while one writes, read with a trace."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel, Field

from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.errors import NotFound
from hotline.escalations.of_risk import flag_for_level
from hotline.records.model import (
    ContactType,
    Disposition,
    Draft,
    Opened,
    SavedVersion,
    Topic,
)
from hotline.records.queries import opened, read_record, read_version, versions_of
from hotline.records.service import save_record
from hotline.risk.levels import Risk
from hotline.staff.permissions import Permission
from hotline.staff.presence import end_wrap_up
from hotline.storage.tables import Call
from hotline.web.auth import CallReader
from hotline.web.deps import BackendDep, WorkDep

ETAG = r'^(\*|"[0-9]{1,9}")$'

MOST_VERSIONS = 1_000_000  # far beyond, the database has no such number

router = APIRouter(prefix="/calls/{call_id}/record", tags=["calls"])


class RecordIn(BaseModel):
    """The record, or a draft of it. `ready`: and take the next call.

    `version`: of the record that was before its writer, 0 where there was none. With it, or with
    `If-Match`, nothing is overwritten that the writer has not seen.
    """

    contact_type: ContactType | None = None
    topics: list[Topic] = Field(default=[], max_length=3)
    risk: Risk = Risk.NOT_ASSESSED
    disposition: Disposition | None = None
    follow_up: bool = False
    narrative: str = Field(default="", max_length=20_000)
    ready: bool = False
    version: int | None = Field(default=None, ge=0)


class Etag:
    """The version in the headers. `seen`: what `If-Match` names, None for any."""

    def __init__(
        self, response: Response, if_match: Annotated[str, Header(pattern=ETAG)] = "*"
    ) -> None:
        """Of one request."""
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

    `risk` only rises by it: what was found stays, and the answer says what holds.

    409 with the newest one's `version`, `saved_by` and `saved_at` where another was saved since.
    """
    call, now = await lock_call(work, call_id), backend.clock.now()
    await permitted_call(work, call, who, Permission.WRITE_RECORD)
    draft = _draft(wanted, wanted.version if etag.seen is None else etag.seen)
    record = await save_record(work, backend.vault, call.id, who.staff_id, draft, at=now)
    await flag_for_level(work, backend.vault, call, at=now)
    if wanted.ready:
        await end_wrap_up(work, who.staff_id, call.id, at=now)
    return etag.of(opened(record, backend.vault))


def _draft(wanted: RecordIn, based_on: int | None) -> Draft:
    return Draft(
        contact_type=wanted.contact_type,
        topics=tuple(wanted.topics),
        risk=wanted.risk,
        disposition=wanted.disposition,
        follow_up=wanted.follow_up,
        narrative=wanted.narrative,
        based_on=based_on,
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
