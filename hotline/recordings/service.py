"""What is wanted of a call's recording, written in the unit of work that decides it.

Whoever wants something writes it here and is done; the reconciler asks the carrier until it is so.
Lock order: the call, then its recordings.
"""

from datetime import datetime, timedelta

from sqlmodel import col, select

from hotline.calls.model import CallState, Urgency
from hotline.calls.service import add_call_entry, lock_call
from hotline.errors import NothingRecorded
from hotline.lines.recording import recording_rule
from hotline.recordings.model import (
    CopyEvent,
    RecordingEvent,
    RecordingState,
    RecordingWish,
    copy_after,
    recording_after,
)
from hotline.recordings.policy import PLAYED_FOR
from hotline.recordings.telling import TellingEnd, owe_notice, settle_notice
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallEntry, CallRecording, Line

TOPIC = "recording"
PLAYED = "recording.played"


async def hear_notice(work: Work, call: Call, *, at: datetime) -> None:
    """The caller has heard to the end that talks are recorded: from now on this one may be."""
    await settle_notice(work, call, TellingEnd.TOLD, at=at, by=None)
    if call.notice_heard_at is None:
        call.notice_heard_at = at
        add_call_entry(work, call, "recording.notice_heard", at=at)
    if call.state == CallState.TALKING:
        await begin_recording(work, call, at=at)


async def caller_was_told(work: Work, call: Call, *, at: datetime, staff_id: str) -> None:
    """A counselor has said it herself, as to a child in danger who heard no notice.

    Said before: fine. Raises `NothingRecorded` where nobody talks or the line does not record.
    """
    line = await work.get_one(Line, call.line_id)
    refused = call.recording_refused_at is not None
    if call.state != CallState.TALKING or refused or not recording_rule(line).records:
        raise NothingRecorded
    await settle_notice(work, call, TellingEnd.TOLD, at=at, by=staff_id)
    if call.notice_heard_at is None:
        call.notice_heard_at = at
        add_call_entry(work, call, "recording.told", at=at, staff_id=staff_id)
    await begin_recording(work, call, at=at)


async def begin_recording(work: Work, call: Call, *, at: datetime) -> None:
    """A talk begins: it is recorded where the line says so and the caller has heard it.

    Nothing is done where it is recorded already. What was paused when the last counselor left
    stays paused with the next: perhaps it was the caller who asked for that.
    """
    rule = recording_rule(await work.get_one(Line, call.line_id))
    was_told = call.notice_heard_at is not None
    skipped = call.urgency == Urgency.CRISIS and rule.in_danger == "at_once"
    if not rule.records or call.recording_refused_at is not None or not (was_told or skipped):
        return
    if any(is_wanted(one) for one in await recordings_of(work, call.id)):
        return
    one = CallRecording(
        call_id=call.id,
        leg_sid=call.carrier_sid,
        wanted=RecordingWish.PAUSED if call.recording_paused else RecordingWish.ON,
        due_at=at,
        created_at=at,
    )
    work.add(one)
    work.announce(TOPIC, one.id)
    if not was_told:
        await owe_notice(work, call, at=at)


async def end_recording(work: Work, call: Call, *, at: datetime) -> None:
    """The caller is gone, or the last counselor is: nothing is recorded any more."""
    for one in await recordings_of(work, call.id, locked=True):
        if not is_wanted(one):
            continue
        one.wanted, one.due_at, one.tries = RecordingWish.OFF, at, 0
        if one.state == RecordingState.NONE:  # the carrier never heard of it
            await work.delete(one)
        work.announce(TOPIC, one.id)


async def pause_recording(work: Work, call: Call, *, at: datetime, staff_id: str) -> None:
    """Silence takes the place of what is said. Paused already: fine. Raises `NothingRecorded`."""
    await _wish(work, call, RecordingWish.PAUSED, at=at, staff_id=staff_id)


async def resume_recording(work: Work, call: Call, *, at: datetime, staff_id: str) -> None:
    """What is said is recorded again. Going on already: fine. Raises `NothingRecorded`."""
    await _wish(work, call, RecordingWish.ON, at=at, staff_id=staff_id)


async def _wish(
    work: Work, call: Call, wish: RecordingWish, *, at: datetime, staff_id: str
) -> None:
    running = [one for one in await recordings_of(work, call.id, locked=True) if is_wanted(one)]
    if call.state != CallState.TALKING or not running:
        raise NothingRecorded
    call.recording_paused = wish is RecordingWish.PAUSED
    for one in running:
        if one.wanted == wish:
            continue
        one.wanted, one.due_at, one.tries = wish, at, 0
        kind = "recording.paused" if call.recording_paused else "recording.resumed"
        add_call_entry(work, call, kind, at=at, staff_id=staff_id)
        work.announce(TOPIC, one.id)


async def note_playing(
    work: Work, call: Call, one: CallRecording, *, at: datetime, staff_id: str
) -> None:
    """Somebody plays a recording: one entry for one playing, in however many parts it is asked for.

    Which ends when its own length and a little more have passed since it began.
    """
    begun = at - PLAYED_FOR - timedelta(seconds=one.seconds or 0)
    query = select(CallEntry.id).where(
        CallEntry.call_id == call.id,
        CallEntry.kind == PLAYED,
        CallEntry.staff_id == staff_id,
        col(CallEntry.facts)["recording"].astext == one.id,
        CallEntry.at > begun,
    )
    if (await work.exec(query.limit(1))).first() is None:
        facts = {"recording": one.id}
        add_call_entry(work, call, PLAYED, at=at, staff_id=staff_id, facts=facts)


def is_wanted(one: CallRecording) -> bool:
    """Whether it runs, or is to run as soon as the carrier does it."""
    return one.state != RecordingState.OVER and one.wanted != RecordingWish.OFF


async def recordings_of(work: Work, call_id: str, *, locked: bool = False) -> list[CallRecording]:
    """Those of a call, in the order of their beginning."""
    query = select(CallRecording).where(CallRecording.call_id == call_id)
    query = query.order_by(col(CallRecording.created_at), col(CallRecording.id))
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    return list((await work.exec(query)).all())


async def hold_recording(
    work: Work, recording_id: str, *, fence: int | None = None
) -> tuple[Call, CallRecording] | None:
    """Call and recording, locked in this order. None where it is gone, or claimed by another.

    `fence`: of the claim under which something is to be written down.
    """
    found = await work.get(CallRecording, recording_id)
    if found is None:
        return None
    call = await lock_call(work, found.call_id)
    query = select(CallRecording).where(CallRecording.id == recording_id).with_for_update()
    query = query.execution_options(populate_existing=True)
    one = (await work.exec(query)).one_or_none()
    if one is None or (fence is not None and one.fence != fence):
        return None
    return call, one


def move_recording(
    work: Work, call: Call, one: CallRecording, event: RecordingEvent, *, at: datetime
) -> bool:
    """Let something happen to it at the carrier. False, and nothing done, where it is too late."""
    state = recording_after(one.state, event)
    if state is None:
        return False
    one.state = state
    if state is RecordingState.ON and one.started_at is None:
        one.started_at = at
        add_call_entry(work, call, "recording.started", at=at)
    elif state is RecordingState.OVER:
        one.ended_at = at
        move_copy(one, CopyEvent.OVER)
        add_call_entry(work, call, "recording.ended", at=at)
    work.announce("call", call.id)
    return True


def move_copy(one: CallRecording, event: CopyEvent) -> bool:
    """Let something happen to its sound. False, and nothing done, where it comes too late."""
    state = copy_after(one.copy_state, event)
    if state is None:
        return False
    one.copy_state = state
    return True
