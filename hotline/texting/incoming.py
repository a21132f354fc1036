"""A text comes in: opt-out first, then danger, then what it answers, then a wish to be called.

Lock order: the number, then the text, then the callback.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from hotline.callbacks.model import Why
from hotline.callbacks.service import owe_callback, owed_to_number, still_owed
from hotline.calls.model import Urgency
from hotline.calls.returning import hold_number
from hotline.lines.numbers import can_call_back, line_of_number, no_line
from hotline.numbers import as_dialled, masked, normalised
from hotline.storage.session import Work
from hotline.storage.tables import Callback, Line, TextMessage
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault
from hotline.texting.asking import (
    TOPIC,
    Addressee,
    NewText,
    ask_for_text,
    body_place,
    number_place,
)
from hotline.texting.consent import (
    ConsentGiven,
    ConsentWithdrawn,
    give_consent,
    is_blocked,
    note_wrote,
    why_no_text,
    withdraw_consent,
)
from hotline.texting.model import TextState
from hotline.texting.policy import REPLY_WITHIN
from hotline.texting.segments import size_of
from hotline.texting.templates import Template
from hotline.texting.words import Meaning, language_of, meaning_of, rating_of

log = structlog.get_logger()

WAS_SENT = (TextState.SENDING, TextState.UNCLEAR, TextState.SENT, TextState.DELIVERED,
            TextState.UNDELIVERED)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TextIn:
    """As the carrier tells it. `said_by_carrier`: how it took an opt-out word, if it did."""

    sid: str
    to: str
    from_: str
    body: str
    said_by_carrier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What it takes to read texts. `duty_phone`: a number of ours, which is never called back."""

    vault: Vault
    duty_phone: str
    at: datetime


async def take_text(work: Work, reader: Reader, new: TextIn) -> TextMessage | None:
    """Keep a text and do what it asks for. Told again under one sid, it is one text: then None."""
    number = normalised(new.from_) or ""
    index = reader.vault.index(number)
    if index:
        await hold_number(work, index)
    answered = await _answered(work, index, new, at=reader.at)
    line_id = answered.line_id if answered else await line_of_number(work, new.to)
    text = _row(reader, new, line_id or await no_line(work), answered)
    try:
        async with work.begin_nested():
            work.add(text)
            await work.flush()
    except IntegrityError:
        log.info("text.told_again", sid=new.sid)
        return None
    await _heed(_Heard(work, reader, text, number, answered))
    work.announce(TOPIC, text.id)
    log.info("text.received", text_id=text.id, line_id=text.line_id, why=text.why)
    return text


def _row(reader: Reader, new: TextIn, line_id: str, answered: TextMessage | None) -> TextMessage:
    text_id, size, vault = new_id(), size_of(new.body), reader.vault
    return TextMessage(
        id=text_id,
        line_id=line_id,
        direction="in",
        our_number=as_dialled(new.to),
        number_index=vault.index(normalised(new.from_) or ""),
        number_masked=masked(new.from_),
        number_sealed=vault.seal(new.from_, place=number_place(text_id)),
        body_sealed=vault.seal(new.body, place=body_place(text_id)),
        why=_meaning(new, answered),
        language=language_of(new.body),
        callback_id=answered.callback_id if answered else None,
        call_id=answered.call_id if answered else None,
        answers_id=answered.id if answered else None,
        state=TextState.RECEIVED,
        encoding=size.encoding,
        segments=size.segments,
        carrier_sid=new.sid or None,
        created_at=reader.at,
    )


def _meaning(new: TextIn, answered: TextMessage | None) -> Meaning:
    """A digit alone is a time, unless we asked how a call was."""
    asked = answered is not None and answered.why == Template.HOW_WAS_IT
    if asked and rating_of(new.body) and not new.said_by_carrier:
        return Meaning.RATED
    return meaning_of(new.body, said_by_carrier=new.said_by_carrier)


async def _answered(work: Work, index: str, new: TextIn, *, at: datetime) -> TextMessage | None:
    """The newest text of ours that this can be an answer to."""
    if not index:
        return None
    query = (
        select(TextMessage)
        .where(TextMessage.number_index == index, TextMessage.direction == "out")
        .where(TextMessage.our_number == as_dialled(new.to))
        .where(col(TextMessage.state).in_(WAS_SENT))
        .where(TextMessage.created_at > at - REPLY_WITHIN)
        .order_by(col(TextMessage.created_at).desc())
    )
    return (await work.exec(query.limit(1))).first()


@dataclass(frozen=True, slots=True)
class _Heard:
    """A text that was kept, and from whom. `number`: in one form; empty: none to be called."""

    work: Work
    reader: Reader
    text: TextMessage
    number: str
    answered: TextMessage | None


async def _heed(heard: _Heard) -> None:
    """What the words ask for is done, in the order in which a mistake would do harm."""
    work, text, at = heard.work, heard.text, heard.reader.at
    if not heard.number:  # a word in place of a number: only a person can judge it
        text.for_person = True
    elif text.why == Meaning.STOP:
        await withdraw_consent(work, text.number_index, ConsentWithdrawn.WROTE, at=at)
    elif text.why == Meaning.START:
        await give_consent(work, text.number_index, ConsentGiven.RESUMED, at=at)
    else:
        await note_wrote(work, text.number_index, at=at)
        await _heed_wish(heard)


async def _heed_wish(heard: _Heard) -> None:
    work, text, at = heard.work, heard.text, heard.reader.at
    if text.why == Meaning.DANGER:
        text.for_person = True
        await _owe(heard, Urgency.CRISIS)
    elif await is_blocked(work, text.number_index, at=at):
        text.for_person = True
    elif text.why == Meaning.RATED:
        return  # an answer, and no wish: whoever asked hears of it (`hotline.quality`)
    elif text.why in (Meaning.NO, Meaning.TIME):
        await _leave_to_people(heard)
    elif heard.answered is None or text.why == Meaning.CALL_ME:
        await _owe_if_it_can_be(heard)
    else:
        owed = await _owed_now(heard)
        text.for_person = owed is None or text.why != Meaning.YES


async def _owed_now(heard: _Heard) -> Callback | None:
    """What is owed to them on this line, held. The text belongs to it from then on."""
    text = heard.text
    callback = await still_owed(heard.work, text.number_index, line_id=text.line_id)
    if callback is not None:
        text.callback_id = callback.id
    return callback


async def _leave_to_people(heard: _Heard) -> None:
    """Not now, or not at all: the system rings them no more. Danger is called all the same.

    Somebody else may hold the phone: only a person closes what is owed.
    """
    heard.text.for_person = True
    if heard.text.why == Meaning.TIME and heard.answered is None:
        await _owe_if_it_can_be(heard)
    callback = await _owed_now(heard)
    if callback is not None and callback.urgency != Urgency.CRISIS:
        callback.try_at = None


async def _owe_if_it_can_be(heard: _Heard) -> None:
    """A number that takes no calls, or is ours, is left to people; all others are called."""
    line = await heard.work.get_one(Line, heard.text.line_id)
    duty_phone = heard.reader.duty_phone
    if not await can_call_back(heard.work, line, heard.number, duty_phone=duty_phone):
        heard.text.for_person = True
        return
    callback = await _owe(heard, Urgency.ROUTINE)
    if callback.urgency != Urgency.CRISIS and heard.text.why != Meaning.TIME:
        await _confirm(heard, callback)


async def _owe(heard: _Heard, urgency: Urgency) -> Callback:
    text = heard.text
    owed = owed_to_number(
        heard.reader.vault, heard.number, line_id=text.line_id, language=text.language
    )
    callback = await owe_callback(
        heard.work, replace(owed, urgency=urgency), why=Why.TEXT, at=heard.reader.at
    )
    text.callback_id = callback.id
    return callback


async def _confirm(heard: _Heard, callback: Callback) -> None:
    """Whoever wrote first is told once that it was read; not in danger, where a beep may harm."""
    text = heard.text
    if await why_no_text(heard.work, text.number_index) is not None:
        return
    to = Addressee(
        number=heard.number,
        number_index=text.number_index,
        number_masked=text.number_masked,
        language=text.language,
        line_id=text.line_id,
        callback_id=callback.id,
    )
    new = NewText(
        to=to,
        our_number=text.our_number,
        template=Template.RECEIVED,
        key=f"received:{callback.id}",
    )
    await ask_for_text(heard.work, heard.reader.vault, new, at=heard.reader.at)
