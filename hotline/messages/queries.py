"""The work list of messages: what callers left, who answers for it, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from hotline.callbacks.model import STILL_OWED, Why
from hotline.callbacks.queries import CallbackRow, has_message, list_owed
from hotline.recordings.queries import Playing, RecordingRow, playings_of, sounds_of
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, Callback, CallbackCause, Line, Staff

DONE_SINCE = timedelta(days=7)  # promised within them; what is older is found by its call
DONE_LISTED = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message that nobody has answered yet. `owed`: the callback that answers it, with its owner.

    `sounds`: what the caller said; none where only their silence was reported. Of several messages
    of one number each has a row, and all have the same callback. `heard`: who listened already.
    """

    call_id: str
    left_at: datetime
    sounds: tuple[RecordingRow, ...]
    heard: tuple[Playing, ...]
    owed: CallbackRow

    @property
    def length(self) -> timedelta | None:
        """Of all that was said; None where nothing is known of it."""
        known = [one.length for one in self.sounds if one.length is not None]
        return sum(known, timedelta()) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredRow:
    """A message that needs no answer any more: `state` and `closed_as` as of its callback.

    `by`: who closed it, by name; empty where they were reached, or the system closed it.
    """

    call_id: str
    left_at: datetime
    line_name: str
    line_name_en: str
    masked: str
    state: str
    closed_as: str
    closed_at: datetime | None
    by: str
    sounds: tuple[RecordingRow, ...]


async def list_messages(work: Work, who: SignedIn, *, at: datetime) -> list[MessageRow]:
    """Of their lines, unanswered; the oldest first."""
    owed = {one.id: one for one in await list_owed(work, who, at=at)}
    query = (
        select(CallbackCause, Call, Line)
        .join(Call, col(Call.id) == col(CallbackCause.call_id))
        .join(Line, col(Line.id) == col(Call.line_id))
        .where(col(CallbackCause.callback_id).in_(owed), CallbackCause.why == Why.MESSAGE)
        .order_by(col(CallbackCause.at), col(CallbackCause.call_id))
    )
    found = (await work.exec(query)).all()
    sounds = await sounds_of(work, {call.id: (call, line) for _, call, line in found}, who)
    heard = await playings_of(work, [call.id for _, call, _ in found])
    return [
        MessageRow(
            call_id=call.id,
            left_at=cause.at,
            sounds=tuple(sounds.get(call.id, ())),
            heard=tuple(heard.get(call.id, ())),
            owed=owed[cause.callback_id],
        )
        for cause, call, line in found
    ]


async def list_answered(work: Work, who: SignedIn, *, at: datetime) -> list[AnsweredRow]:
    """Of their lines, of the last days; the last that was answered first."""
    query = (
        select(CallbackCause, Callback, Call, Line)
        .join(Callback, col(Callback.id) == col(CallbackCause.callback_id))
        .join(Call, col(Call.id) == col(CallbackCause.call_id))
        .join(Line, col(Line.id) == col(Call.line_id))
        .where(col(Callback.line_id).in_(who.lines), col(Callback.state).not_in(STILL_OWED))
        .where(col(Callback.promised_at) >= at - DONE_SINCE)
        .where(col(CallbackCause.why) == Why.MESSAGE)
        .order_by(col(Callback.closed_at).desc(), col(CallbackCause.at).desc())
        .limit(DONE_LISTED)
    )
    found = (await work.exec(query)).all()
    sounds = await sounds_of(work, {call.id: (call, line) for _, _, call, line in found}, who)
    names = await _names(work, {one.closed_by_id for _, one, *_ in found if one.closed_by_id})
    return [
        AnsweredRow(
            call_id=call.id,
            left_at=cause.at,
            line_name=line.name,
            line_name_en=line.name_en,
            masked=call.from_masked,
            state=callback.state,
            closed_as=callback.closed_as,
            closed_at=callback.closed_at,
            by=names.get(callback.closed_by_id or "", ""),
            sounds=tuple(sounds.get(call.id, ())),
        )
        for cause, callback, call, line in found
    ]


async def _names(work: Work, ids: Collection[str]) -> dict[str, str]:
    query = select(Staff.id, Staff.name).where(col(Staff.id).in_(ids))
    return dict((await work.exec(query)).all())


async def count_messages(work: Work, who: SignedIn) -> int:
    """How many people wait on their lines for an answer to a message."""
    query = (
        select(func.count())
        .select_from(Callback)
        .where(col(Callback.line_id).in_(who.lines), col(Callback.state).in_(STILL_OWED))
        .where(has_message())
    )
    return (await work.exec(query)).one()
