"""Changes to what we owe. Lock order: call, then the number (`hold_number`), then the callback."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlmodel import col, select

from hotline.callbacks.model import STILL_OWED, Why
from hotline.callbacks.policy import WEIGHT, first_due, first_try
from hotline.calls.model import Urgency
from hotline.calls.returning import hold_number
from hotline.calls.service import add_call_entry
from hotline.errors import Invalid, NotFound
from hotline.numbers import masked, normalised
from hotline.storage.sealed import place_in
from hotline.storage.session import Work
from hotline.storage.tables import Call, Callback, CallbackCause
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

log = structlog.get_logger()

NO_SUCH_NUMBER = "This is no number at which somebody can be called."


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """To whom a call is owed. Without a `call` their number is sealed
    here, for the callback `id` that it makes.
    """

    line_id: str
    from_index: str
    from_masked: str
    language: str
    urgency: str = Urgency.ROUTINE
    topic: str | None = None
    call: Call | None = None
    id: str = field(default_factory=new_id)
    number_sealed: str = ""
    place_at: datetime | None = None
    owner_id: str | None = None


def owed_to_caller(call: Call) -> Owed:
    """Whoever made this call; a withheld number gives a callback that can only be noted."""
    return Owed(
        line_id=call.line_id,
        from_index=call.from_index,
        from_masked=call.from_masked,
        language=call.language,
        urgency=call.urgency,
        topic=call.topic,
        call=call,
        place_at=call.ahead_at or call.queued_at,
    )


def owed_to_number(vault: Vault, number: str, *, line_id: str, language: str) -> Owed:
    """Whoever wrote to us from this number, in whatever form. Raises `Invalid`."""
    known = normalised(number)
    if known is None:
        raise Invalid(NO_SUCH_NUMBER)
    index, key = vault.index(known), new_id()
    place = place_in(Callback, "number_sealed", id=key, from_index=index)
    return Owed(
        id=key,
        line_id=line_id,
        from_index=index,
        from_masked=masked(number),
        language=language,
        number_sealed=vault.seal(number, place=place),
    )


async def owe_callback(work: Work, owed: Owed, *, why: Why, at: datetime) -> Callback:
    """We owe this person a call from now on. One that is owed to their number already is the same.

    `why` more than one holds, the heaviest counts, the earliest time, and danger stays danger.
    """
    found = await _owed_before(work, owed)
    callback = found or _new(owed, why, at=at)
    if found is None:
        work.add(callback)
        await work.flush()
    else:
        _join(found, owed, why, at=at)
    await _account_for(work, callback, owed.call, why, at=at)
    work.announce("callback", callback.id)
    log.info("callback.owed", callback_id=callback.id, why=why, again=found is not None)
    return callback


async def _owed_before(work: Work, owed: Owed) -> Callback | None:
    """Held, as is the number. A withheld number is nobody's, and each call its own."""
    if not owed.from_index:
        return None
    await hold_number(work, owed.from_index)
    return await still_owed(work, owed.from_index, line_id=owed.line_id)


async def still_owed(work: Work, from_index: str, *, line_id: str) -> Callback | None:
    """What a line owes to a number that is held, locked; None: nothing."""
    query = (
        select(Callback)
        .where(Callback.line_id == line_id, Callback.from_index == from_index)
        .where(col(Callback.state).in_(STILL_OWED), col(Callback.from_index) != "")
        .with_for_update()
    )
    return (await work.exec(query.execution_options(populate_existing=True))).one_or_none()


def _new(owed: Owed, why: Why, *, at: datetime) -> Callback:
    urgency = Urgency.CRISIS if why is Why.DROPPED else owed.urgency
    return Callback(
        id=owed.id,
        line_id=owed.line_id,
        call_id=owed.call.id if owed.call else None,
        from_index=owed.from_index,
        from_masked=owed.from_masked,
        number_sealed=owed.number_sealed,
        language=owed.language,
        topic=owed.topic,
        urgency=urgency,
        why=why,
        promised_at=at,
        place_at=owed.place_at or at,
        due_at=first_due(why, urgency, at),
        try_at=first_try(why, urgency, at) if owed.from_index else None,
        owner_id=owed.owner_id,
    )


def _join(callback: Callback, owed: Owed, why: Why, *, at: datetime) -> None:
    """They are owed a call already, and have told us of it once more."""
    new = _new(owed, why, at=at)
    callback.urgency = max(callback.urgency, new.urgency, key=Urgency.CRISIS.__eq__)
    callback.why = max(Why(callback.why), why, key=WEIGHT.index)
    callback.place_at = min(callback.place_at, new.place_at)
    callback.due_at = min(callback.due_at, new.due_at)
    callback.promised_at, callback.owner_id = at, callback.owner_id or new.owner_id
    tries = [one for one in (callback.try_at, new.try_at) if one is not None]
    callback.try_at = min(tries, default=None)


async def _account_for(
    work: Work, callback: Callback, call: Call | None, why: Why, *, at: datetime
) -> None:
    """The call that was lost is in the ledger, once. A message stays one, whatever came before."""
    if call is None:
        return
    cause = await work.get(CallbackCause, call.id)
    if cause is None:
        work.add(CallbackCause(call_id=call.id, callback_id=callback.id, why=why, at=at))
    elif why is Why.MESSAGE:
        cause.why = why
    note_in_call(work, call, "callback.owed", at=at, callback=callback, why=why)


def note_in_call(
    work: Work,
    call: Call,
    kind: str,
    *,
    at: datetime,
    callback: Callback,
    staff_id: str | None = None,
    **facts: Any,
) -> None:
    """The call's own timeline tells what became of it."""
    told = {"callback": callback.id, **facts}
    add_call_entry(work, call, kind, at=at, staff_id=staff_id, facts=told)


async def lock_callback(work: Work, callback_id: str) -> Callback:
    """The row, held for this unit of work. Raises `NotFound`."""
    query = select(Callback).where(Callback.id == callback_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found
