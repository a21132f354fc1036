"""Asking for a text to be sent: a row that is due, from the words of a template alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from hotline.calls.returning import hold_number
from hotline.errors import GuardianIsBlocked, IllegalMove, Invalid
from hotline.storage.sealed import place_in
from hotline.storage.session import Work
from hotline.storage.tables import Line, TextMessage
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault
from hotline.texting.consent import WhyNotText, why_no_text
from hotline.texting.model import TextState
from hotline.texting.policy import out_of_quiet
from hotline.texting.segments import size_of
from hotline.texting.templates import BY_PEOPLE, Template, words_of

TOPIC = "text"
NOT_AGAIN_FOR = timedelta(hours=1)
NO_NEUTRAL_NUMBER = (
    "This line has no number that texts may come from (`text_number`), and they did not write to it"
    " first."
)
SENT_LATELY = "The same words were sent to them within the last hour."
NOT_FOR_PEOPLE = "The system alone says that a text came in."
REFUSALS = {
    WhyNotText.WITHHELD: "This caller's number is not known.",
    WhyNotText.NO_CONSENT: "They did not say that they want texts. Ask them first, then note it.",
    WhyNotText.WITHDRAWN: "They do not want texts from us any more.",
    WhyNotText.NOT_SAFE: "It is not safe to write to this number.",
}


def number_place(text_id: str) -> str:
    """Where the other number of a text is sealed for."""
    return place_in(TextMessage, "number_sealed", id=text_id)


def body_place(text_id: str) -> str:
    """Where the words of a text are sealed for."""
    return place_in(TextMessage, "body_sealed", id=text_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Whom we write to, and about what. `number`: in the one form of `hotline.numbers`."""

    number: str
    number_index: str
    number_masked: str
    language: str
    line_id: str
    callback_id: str | None = None
    call_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewText:
    """`key`: asked for twice under one, it is sent once. `by_id`: who asks; None: the system."""

    to: Addressee
    our_number: str
    template: Template
    by_id: str | None = None
    key: str | None = None


async def ask_for_text(work: Work, vault: Vault, new: NewText, *, at: datetime) -> str | None:
    """Queue a text, in the daytime. Its id; None where its key was used before."""
    body = words_of(new.template, new.to.language)
    size, text_id = size_of(body), new_id()
    values = {
        "id": text_id,
        "line_id": new.to.line_id,
        "direction": "out",
        "our_number": new.our_number,
        "number_index": new.to.number_index,
        "number_masked": new.to.number_masked,
        "number_sealed": vault.seal(new.to.number, place=number_place(text_id)),
        "body_sealed": vault.seal(body, place=body_place(text_id)),
        "why": new.template,
        "language": new.to.language,
        "callback_id": new.to.callback_id,
        "call_id": new.to.call_id,
        "state": TextState.QUEUED,
        "encoding": size.encoding,
        "segments": size.segments,
        "asked_key": new.key,
        "by_id": new.by_id,
        "created_at": at,
        "due_at": out_of_quiet(at),
    }
    adding = insert(TextMessage).values(values).on_conflict_do_nothing(index_elements=["asked_key"])
    made = (await work.exec(adding.returning(col(TextMessage.id)))).scalar_one_or_none()
    if made is not None:
        work.announce(TOPIC, made)
    return made


async def ask_by_person(
    work: Work, vault: Vault, to: Addressee, template: Template, *, by_id: str, at: datetime
) -> TextMessage:
    """A counselor writes to somebody. Raises `Conflict`, `Invalid`."""
    if template not in BY_PEOPLE:
        raise Invalid(NOT_FOR_PEOPLE)
    await hold_number(work, to.number_index)
    hindrance = await why_no_text(work, to.number_index)
    if hindrance is WhyNotText.GUARDIAN:
        raise GuardianIsBlocked
    if hindrance is not None:
        raise IllegalMove(REFUSALS[hindrance])
    if await _was_sent_lately(work, to, template, at=at):
        raise IllegalMove(SENT_LATELY)
    our_number = await _sender(work, to)
    new = NewText(to=to, our_number=our_number, template=template, by_id=by_id)
    text_id = await ask_for_text(work, vault, new, at=at)
    return await work.get_one(TextMessage, text_id)


async def _was_sent_lately(work: Work, to: Addressee, template: str, *, at: datetime) -> bool:
    query = (
        select(TextMessage.id)
        .where(TextMessage.number_index == to.number_index, TextMessage.why == template)
        .where(TextMessage.direction == "out", TextMessage.created_at > at - NOT_AGAIN_FOR)
        .where(col(TextMessage.state).not_in((TextState.DROPPED, TextState.FAILED)))
    )
    return (await work.exec(query.limit(1))).first() is not None


async def _sender(work: Work, to: Addressee) -> str:
    """The number that they wrote to and know; else one that says nothing. Raises `IllegalMove`."""
    query = (
        select(TextMessage.our_number)
        .where(TextMessage.number_index == to.number_index, TextMessage.line_id == to.line_id)
        .where(TextMessage.direction == "in")
        .order_by(col(TextMessage.created_at).desc())
    )
    known = (await work.exec(query.limit(1))).first()
    line = await work.get_one(Line, to.line_id)
    if not (known or line.text_number):
        raise IllegalMove(NO_NEUTRAL_NUMBER)
    return known or line.text_number
