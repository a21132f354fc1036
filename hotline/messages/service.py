"""A message is taken: its sound is fetched as any recording is, and its caller is owed a call.

Lock order: the call, then its recordings, then the number.
"""

from datetime import datetime, timedelta

from sqlmodel import select

from hotline.callbacks.model import Why
from hotline.callbacks.service import owe_callback, owed_to_caller
from hotline.calls.service import add_call_entry, keep_message
from hotline.recordings.model import CopyState, RecordingState, RecordingWish
from hotline.recordings.service import TOPIC
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallEntry, CallRecording

ASKED_AGAIN = "message.asked_again"


async def take_message(work: Work, call: Call, sid: str, seconds: int, *, at: datetime) -> None:
    """The carrier has a message of this caller, who is held. Reported again: nothing new.

    Its sound is fetched also where the caller went on to people in danger: what was said stays at
    the carrier in no case.
    """
    facts = {"recording": sid, "seconds": str(seconds)}
    is_first = keep_message(work, call, at=at, facts=facts)
    if sid:
        await _keep_sound(work, call, sid, seconds, at=at)
    if is_first:
        await owe_callback(work, owed_to_caller(call), why=Why.MESSAGE, at=at)


async def hear_silence(work: Work, call: Call, *, at: datetime) -> bool:
    """The recorder heard nothing. True: they are asked once more; False: they were already.

    Who said nothing twice is owed a call as is whoever left the queue: some cannot speak.
    """
    query = select(CallEntry.id).where(CallEntry.call_id == call.id, CallEntry.kind == ASKED_AGAIN)
    if (await work.exec(query.limit(1))).first() is None:
        add_call_entry(work, call, ASKED_AGAIN, at=at)
        return True
    await owe_callback(work, owed_to_caller(call), why=Why.HUNG_UP, at=at)
    return False


async def _keep_sound(work: Work, call: Call, sid: str, seconds: int, *, at: datetime) -> None:
    """From here on the collector has it fetched, sealed, deleted at the carrier and erased."""
    query = select(CallRecording).where(CallRecording.carrier_sid == sid)
    found = (await work.exec(query)).one_or_none()
    if found is None:
        found = _sound(call, sid, seconds, at=at)
        work.add(found)
    found.is_message = True
    work.announce(TOPIC, found.id)


def _sound(call: Call, sid: str, seconds: int, *, at: datetime) -> CallRecording:
    return CallRecording(
        call_id=call.id,
        leg_sid=call.carrier_sid,
        carrier_sid=sid,
        wanted=RecordingWish.OFF,
        state=RecordingState.OVER,
        copy_state=CopyState.WANTED,
        due_at=at,
        created_at=at,
        started_at=at - timedelta(seconds=seconds),
        ended_at=at,
        seconds=seconds,
    )
