"""What people see of a call's recordings, and who may hear them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import col, select

from hotline.calls.model import CallState
from hotline.calls.queries import permitted_call
from hotline.errors import Forbidden, NotFound
from hotline.lines.recording import recording_rule
from hotline.recordings.model import CopyState
from hotline.recordings.service import PLAYED, is_wanted, recordings_of
from hotline.staff.permissions import Permission, Relation, may
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallEntry, CallRecording, Line, Staff

PLAYABLE = (CopyState.FETCHED, CopyState.DELETED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingRow:
    """One recording. `state`: at the carrier, `asked` while it was asked and has not said yes.

    `copy_state`: none, wanted (being fetched), fetched, deleted (at the carrier, so that only ours
    is left), erased, missing (the carrier had no sound). `gone_at`: when the carrier said that it
    has it no more. `may_play`: its sound is here, and the reader may hear it.
    `is_message`: spoken to the recorder, instead of a talk.
    """

    id: str
    wanted: str
    state: str
    copy_state: str
    started_at: datetime | None
    ended_at: datetime | None
    seconds: int | None
    fetched_at: datetime | None
    gone_at: datetime | None
    keep_until: datetime | None
    erased_at: datetime | None
    may_play: bool
    is_message: bool

    @property
    def length(self) -> timedelta | None:
        """How long it is, as far as that is known."""
        return None if self.seconds is None else timedelta(seconds=self.seconds)

    @property
    def shown(self) -> str:
        """Where it stands, in one word for people."""
        on_its_way = {"on": "running", "paused": "paused", "over": "wanted"}
        if self.copy_state == CopyState.NONE:
            return on_its_way.get(self.state, "starting")
        return "kept" if self.copy_state == CopyState.DELETED else self.copy_state


@dataclass(frozen=True, slots=True)
class Playing:
    """Somebody listened. `by`: by name."""

    by: str
    at: datetime


class DeskState(StrEnum):
    """What a counselor must know about recording while she talks. Each as it was seen."""

    NEVER = "never"  # this line records nothing
    NOT_TOLD = "not_told"  # the caller has not heard the notice, so nothing is recorded
    STARTING = "starting"
    ON = "on"
    PAUSING = "pausing"
    PAUSED = "paused"
    RESUMING = "resuming"
    DECLINED = "declined"  # the caller does not want it


@dataclass(frozen=True, slots=True)
class DeskRecording:
    """For the call bar. `talking`: the caller is in the talk."""

    state: DeskState
    talking: bool = True

    @property
    def shown(self) -> bool:
        """Whether there is anything to say."""
        return self.state is not DeskState.NEVER

    @property
    def may_pause(self) -> bool:
        """It runs, or is about to."""
        return self.state in (DeskState.ON, DeskState.STARTING, DeskState.RESUMING)

    @property
    def may_resume(self) -> bool:
        """It is paused, or is about to be."""
        return self.state in (DeskState.PAUSED, DeskState.PAUSING)

    @property
    def may_refuse(self) -> bool:
        """The caller can still say that they do not want it."""
        return self.shown and self.talking and self.state is not DeskState.DECLINED

    @property
    def may_tell(self) -> bool:
        """The counselor can say it herself: then it is recorded from there on."""
        return self.state is DeskState.NOT_TOLD and self.talking


async def desk_recording(work: Work, call: Call) -> DeskRecording:
    """How the recording of a talk stands, for whoever is in it."""
    running = [one for one in await recordings_of(work, call.id) if is_wanted(one)]
    if running:
        return DeskRecording(_seen(running[-1]))
    line = await work.get_one(Line, call.line_id)
    talking = call.state in (CallState.CONNECTING, CallState.TALKING)
    records = talking and recording_rule(line).records
    if records and call.recording_refused_at is not None:
        return DeskRecording(DeskState.DECLINED)
    silent = not records or call.notice_heard_at is not None
    state = DeskState.NEVER if silent else DeskState.NOT_TOLD
    return DeskRecording(state, talking=call.state == CallState.TALKING)


def _seen(one: CallRecording) -> DeskState:
    if one.wanted == "paused":
        quiet = one.state in ("paused", "none")
        return DeskState.PAUSED if quiet else DeskState.PAUSING
    if one.state == "on":
        return DeskState.ON
    return DeskState.STARTING if one.started_at is None else DeskState.RESUMING


async def recordings_shown(work: Work, call: Call, who: SignedIn) -> list[RecordingRow]:
    """All recordings of a call that somebody may see, in the order of their beginning."""
    line, rows = await work.get_one(Line, call.line_id), await recordings_of(work, call.id)
    return [_row(one, hears=may_hear(line, call, one, who)) for one in rows]


async def sounds_of(
    work: Work, calls: Mapping[str, tuple[Call, Line]], who: SignedIn
) -> dict[str, list[RecordingRow]]:
    """By call: what its caller said to the recorder, in the order of its beginning."""
    query = (
        select(CallRecording)
        .where(col(CallRecording.call_id).in_(calls), col(CallRecording.is_message))
        .order_by(col(CallRecording.created_at), col(CallRecording.id))
    )
    found: dict[str, list[RecordingRow]] = {}
    for one in (await work.exec(query)).all():
        call, line = calls[one.call_id]
        row = _row(one, hears=may_hear(line, call, one, who))
        found.setdefault(one.call_id, []).append(row)
    return found


async def playings_of(work: Work, calls: Collection[str]) -> dict[str, list[Playing]]:
    """By call: who played a recording of it, and when; the first of them first."""
    query = (
        select(CallEntry.call_id, Staff.name, CallEntry.at)
        .join(Staff, col(Staff.id) == col(CallEntry.staff_id))
        .where(col(CallEntry.call_id).in_(calls), CallEntry.kind == PLAYED)
        .order_by(col(CallEntry.id))
    )
    found: dict[str, list[Playing]] = {}
    for call_id, by, at in (await work.exec(query)).all():
        found.setdefault(call_id, []).append(Playing(by=by, at=at))
    return found


def may_hear(line: Line, call: Call, one: CallRecording, who: SignedIn) -> bool:
    """A supervisor of the line; who took the call where the line's rule allows it.

    A message was left for the counselors of the line: each of them hears it.
    """
    standing = set()
    if call.line_id in who.lines:
        standing.add(Relation.LINE)
        if one.is_message:
            standing.add(Relation.MESSAGE)
    if call.counselor_id == who.staff_id and recording_rule(line).counselor_may_hear:
        standing.add(Relation.OWN)
    return may(who.roles, standing, Permission.HEAR_RECORDING)


async def permitted_recording(
    work: Work, recording_id: str, who: SignedIn
) -> tuple[Call, CallRecording]:
    """A recording that somebody may hear. Raises `NotFound` or `Forbidden`."""
    one = await work.get(CallRecording, recording_id)
    if one is None:
        raise NotFound
    found = await work.get(Call, one.call_id)
    call = await permitted_call(work, found, who, Permission.HEAR_RECORDING)
    if not may_hear(await work.get_one(Line, call.line_id), call, one, who):
        raise Forbidden
    return call, one


def _row(one: CallRecording, *, hears: bool) -> RecordingRow:
    return RecordingRow(
        id=one.id,
        wanted=one.wanted,
        state=one.state,
        copy_state=one.copy_state,
        started_at=one.started_at,
        ended_at=one.ended_at,
        seconds=one.seconds,
        fetched_at=one.fetched_at,
        gone_at=one.gone_at,
        keep_until=one.keep_until,
        erased_at=one.erased_at,
        may_play=hears and one.copy_state in PLAYABLE,
        is_message=one.is_message,
    )
