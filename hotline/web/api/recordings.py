"""The recording of a call: paused and resumed while one talks, listed and played after it."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Annotated

import structlog
from anyio import to_thread
from fastapi import APIRouter, Depends, Header, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.errors import NothingRecorded, NotKept
from hotline.recordings.consent import refuse_recording
from hotline.recordings.queries import (
    PLAYABLE,
    RecordingRow,
    permitted_recording,
    recordings_shown,
)
from hotline.recordings.sealing import SealedFile
from hotline.recordings.service import (
    caller_was_told,
    note_playing,
    pause_recording,
    resume_recording,
)
from hotline.recordings.telling import NOTHING_OWED, TellingEnd, close_notice
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallRecording
from hotline.storage.vault import SealBroken
from hotline.web.api.refusals import Responses, refuses
from hotline.web.auth import CallReader, gate
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.errors import problem
from hotline.web.idempotency import CommandWork, IdempotentRoute

log = structlog.get_logger()

ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
OUT_OF_RANGE = "This recording is shorter than that."
SOUND = "audio/wav"
EXAMPLE = {
    "id": "5d1c5a1e0b8f4a7c9e2d3f40",
    "wanted": "off",
    "state": "over",
    "copy_state": "deleted",
    "started_at": "2026-03-01T12:00:08Z",
    "ended_at": "2026-03-01T12:21:40Z",
    "seconds": 1292,
    "fetched_at": "2026-03-01T12:21:45Z",
    "gone_at": "2026-03-01T12:21:46Z",
    "keep_until": "2029-02-28T12:21:40Z",
    "erased_at": None,
    "may_play": True,
    "is_message": False,
}


NOT_RECORDED = refuses(NothingRecorded.public, kind="NothingRecorded")
LISTED: Responses = {200: {"content": {"application/json": {"example": [EXAMPLE]}}}}
PLAYED: Responses = {
    200: {"description": "All of it.", "content": {SOUND: {}}},
    206: {"description": "The stretch that was asked for.", "content": {SOUND: {}}},
    409: {"description": "Not fetched yet, or erased."},
    416: {"description": OUT_OF_RANGE},
}


class RefusedIn(BaseModel):
    """`erase`: what was recorded so far is not kept either."""

    erase: bool = False


class ToldIn(BaseModel):
    """What came of telling them."""

    how: TellingEnd


Listener = Annotated[SignedIn, Depends(gate(Permission.HEAR_RECORDING))]

router = APIRouter(tags=["calls"], route_class=IdempotentRoute)


@router.post("/calls/{call_id}/recording/pause", status_code=204, responses=NOT_RECORDED)
async def pause(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """From now on silence is recorded, until it is resumed. Paused already: fine."""
    call = await _locked(work, call_id, who)
    await pause_recording(work, call, at=backend.clock.now(), staff_id=who.staff_id)


@router.post("/calls/{call_id}/recording/resume", status_code=204, responses=NOT_RECORDED)
async def resume(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """What is said is recorded again. Going on already: fine."""
    call = await _locked(work, call_id, who)
    await resume_recording(work, call, at=backend.clock.now(), staff_id=who.staff_id)


@router.post("/calls/{call_id}/recording/told", status_code=204, responses=NOT_RECORDED)
async def told(backend: BackendDep, work: CommandWork, who: CallReader, call_id: str) -> None:
    """You told the caller that talks are recorded: from now on this one is. Told already: fine.

    For whoever heard no notice, since nothing stands between a counselor and a child in danger.
    """
    call = await _locked(work, call_id, who)
    await caller_was_told(work, call, at=backend.clock.now(), staff_id=who.staff_id)


@router.post("/calls/{call_id}/recording/refused", status_code=204)
async def refused(
    backend: BackendDep,
    work: CommandWork,
    who: CallReader,
    call_id: str,
    wanted: RefusedIn | None = None,
) -> None:
    """The caller does not want to be recorded: the talk goes on, and is not. For good.

    `erase`: nor do they want what was recorded to be kept. Also after the talk.
    """
    call = await _locked(work, call_id, who)
    erase = wanted is not None and wanted.erase
    now = backend.clock.now()
    await refuse_recording(work, call, erase=erase, at=now, staff_id=who.staff_id)


@router.post("/calls/{call_id}/notice", status_code=204, responses=refuses(NOTHING_OWED))
async def told_afterwards(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: ToldIn
) -> None:
    """Whoever was recorded in an emergency was told afterwards, or could not be."""
    call = await _locked(work, call_id, who)
    await close_notice(work, call, wanted.how, at=backend.clock.now(), by=who.staff_id)


@router.get("/calls/{call_id}/recordings", responses=LISTED)
async def list_recordings(work: WorkDep, who: CallReader, call_id: str) -> list[RecordingRow]:
    """The recordings of a call: one for each counselor who had it."""
    call = await permitted_call(work, await work.get(Call, call_id), who)
    return await recordings_shown(work, call, who)


@router.get("/recordings/{recording_id}/media", responses=PLAYED, response_class=StreamingResponse)
async def play(
    backend: BackendDep,
    work: WorkDep,
    who: Listener,
    recording_id: str,
    asked: Annotated[str, Header(alias="Range")] = "",
) -> Response:
    """The sound, or a stretch of it. Each playing is written into the call's timeline."""
    call, one = await permitted_recording(work, recording_id, who)
    if one.copy_state not in PLAYABLE:
        raise NotKept
    stretch = read_range(asked, one.size)
    if stretch is None:
        return problem(416, OUT_OF_RANGE, headers={"Content-Range": f"bytes */{one.size}"})
    begin, end = stretch
    pieces = await _opened(backend, one, begin, end)
    await note_playing(work, call, one, at=backend.clock.now(), staff_id=who.staff_id)
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(end - begin)}
    whole = not is_range(asked)
    if not whole:
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{one.size}"
    return StreamingResponse(pieces, 200 if whole else 206, headers=headers, media_type=SOUND)


def is_range(asked: str) -> bool:
    """Whether one stretch is asked for; of several, all of it is given."""
    found = ONE_RANGE.fullmatch(asked)
    return found is not None and found.groups() != ("", "")


def read_range(asked: str, size: int) -> tuple[int, int] | None:
    """First byte, and the one after the last. All of it where no single range is asked for.

    None: there is nothing at that place.
    """
    found = ONE_RANGE.fullmatch(asked)
    if found is None or not is_range(asked):
        return 0, size
    first, last = found.groups()
    if not first:
        return (max(0, size - int(last)), size) if int(last) and size else None
    begin, end = int(first), min(int(last) + 1, size) if last else size
    return (begin, end) if begin < end else None


async def _opened(backend: Backend, one: CallRecording, begin: int, end: int) -> Iterator[bytes]:
    """The first piece is opened before anything is answered. Raises `NotKept`."""
    path = backend.settings.recordings_dir / one.path
    file = SealedFile(path, one.id, key_id=one.key_id, size=one.size)
    pieces = file.read(backend.vault, begin, end)
    try:
        first = await to_thread.run_sync(next, pieces)
    except (OSError, SealBroken) as fault:
        log.error("recording.not_opened", recording_id=one.id, error=type(fault).__name__)  # noqa: TRY400 – its words name a path
        raise NotKept from fault
    return chain([first], pieces)


async def _locked(work: Work, call_id: str, who: SignedIn) -> Call:
    """A call to act in, locked until the unit of work ends."""
    return await permitted_call(work, await lock_call(work, call_id), who, Permission.ACT_IN_CALL)
