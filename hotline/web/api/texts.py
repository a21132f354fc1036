"""Texts: listed, read, dealt with, and neutral words sent to whoever wants them."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from hotline.callbacks.queries import permitted_callback
from hotline.callcontrol.whom import Whom, whom_of_call, whom_of_callback
from hotline.calls.queries import permitted_call
from hotline.calls.service import add_call_entry
from hotline.errors import IllegalMove
from hotline.quality.satisfaction import require_talk
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call
from hotline.texting.acts import deal_with, read_text
from hotline.texting.asking import NO_NEUTRAL_NUMBER, REFUSALS, Addressee, ask_by_person
from hotline.texting.consent import (
    ConsentGiven,
    ConsentWithdrawn,
    WhyNotText,
    give_consent,
    withdraw_consent,
)
from hotline.texting.queries import TextRow, list_texts, permitted_text
from hotline.texting.templates import Template
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallbackKeeper, CallReader
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(tags=["texts"], route_class=IdempotentRoute)

NOT_KNOWN = REFUSALS[WhyNotText.WITHHELD]
ONE_OF_BOTH = "Name the call, or the callback, that the text is about."


class TextOut(BaseModel):
    """The text that will be sent: at night, only in the morning. `segments`: as it is paid for."""

    id: str = Field(examples=["b7c1f0a2d94e4f0c8a3b6d15"])
    due_at: datetime | None
    segments: int


class TextAsk(BaseModel):
    """Which words, and about what: a call, or a call that is owed."""

    template: Template = Field(examples=[Template.TRIED])
    call_id: str = ""
    callback_id: str = Field(default="", examples=["5d1c5a1e0b8f4a7c9e2d3f40"])

    @model_validator(mode="after")
    def _about_one_thing(self) -> "TextAsk":
        if bool(self.call_id) == bool(self.callback_id):
            raise ValueError(ONE_OF_BOTH)
        return self


class WordsOut(BaseModel):
    """What was written."""

    words: str


class WantsTextsIn(BaseModel):
    """What the caller said of texts to their number."""

    wants: bool = Field(examples=[True])


@router.get("/texts")
async def texts(work: WorkDep, who: CallbackKeeper) -> list[TextRow]:
    """Of my lines, masked and without their words: what waits for a person first."""
    return await list_texts(work, who)


@router.post("/texts", status_code=201, responses=refuses(NO_NEUTRAL_NUMBER, NOT_KNOWN))
async def sends(
    backend: BackendDep, work: CommandWork, who: CallbackKeeper, wanted: TextAsk
) -> TextOut:
    """Write one of the neutral texts to a caller, by day, in their language.

    409 where they did not say that they want texts, or do not want them any more, where it is not
    safe, where the line has no neutral number, or the same was sent within the hour; and where
    `how_was_it` is asked of a call in which nobody talked.
    """
    to = await _addressee(backend, work, who, wanted)
    if wanted.template is Template.HOW_WAS_IT:
        await require_talk(work, to.call_id)
    now = backend.clock.now()
    by = who.staff_id
    text = await ask_by_person(work, backend.vault, to, wanted.template, by_id=by, at=now)
    if text.call_id is not None:
        call = await work.get_one(Call, text.call_id)
        facts = {"text": text.id, "template": wanted.template.value}
        add_call_entry(work, call, "text.asked", at=now, staff_id=by, facts=facts)
    return TextOut(id=text.id, due_at=text.due_at, segments=text.segments)


@router.get("/texts/{text_id}/words", responses={404: {"description": "Not there, or erased."}})
async def words(backend: BackendDep, work: WorkDep, who: CallbackKeeper, text_id: str) -> WordsOut:
    """What was written. Each reading leaves a trace."""
    text = await permitted_text(work, text_id, who)
    now = backend.clock.now()
    return WordsOut(words=read_text(work, backend.vault, text, who.staff_id, at=now))


@router.post("/texts/{text_id}/dealt-with", status_code=204)
async def dealt_with(
    backend: BackendDep, work: CommandWork, who: CallbackKeeper, text_id: str
) -> None:
    """I did what there was to do about it. Done already: fine."""
    deal_with(work, await permitted_text(work, text_id, who), who.staff_id, at=backend.clock.now())


@router.put("/calls/{call_id}/texts-wanted", status_code=204, responses=refuses(NOT_KNOWN))
async def texts_wanted(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: WantsTextsIn
) -> None:
    """The caller said whether they want texts. Counts for their number, on every line."""
    found = await work.get(Call, call_id)
    call = await permitted_call(work, found, who, Permission.WRITE_RECORD)
    if not call.from_index:
        raise IllegalMove(NOT_KNOWN)
    now, by = backend.clock.now(), who.staff_id
    if wanted.wants:
        await give_consent(work, call.from_index, ConsentGiven.SAID, at=now, by_id=by)
    else:
        await withdraw_consent(work, call.from_index, ConsentWithdrawn.SAID, at=now, by_id=by)
    kind = "text.wanted" if wanted.wants else "text.not_wanted"
    add_call_entry(work, call, kind, at=now, staff_id=by)


async def _addressee(backend: Backend, work: Work, who: SignedIn, wanted: TextAsk) -> Addressee:
    """Whom a text goes to, opened. Raises `NotFound`, `Forbidden`, `IllegalMove`."""
    if wanted.call_id:
        found = await work.get(Call, wanted.call_id)
        call = await permitted_call(work, found, who, Permission.CALL_BACK)
        return _to(whom_of_call(call, backend.vault), call_id=call.id)
    callback = await permitted_callback(work, wanted.callback_id, who)
    whom = await whom_of_callback(work, callback, backend.vault)
    return _to(whom, callback_id=callback.id, call_id=callback.call_id)


def _to(whom: Whom, *, call_id: str | None, callback_id: str | None = None) -> Addressee:
    if whom.number is None:
        raise IllegalMove(NOT_KNOWN)
    return Addressee(
        number=whom.number,
        number_index=whom.from_index,
        number_masked=whom.from_masked,
        language=whom.language,
        line_id=whom.line_id,
        callback_id=callback_id,
        call_id=call_id,
    )
