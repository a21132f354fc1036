"""Whom the system called back says by a key that it is them, and is in line where they stood."""

from hotline.callbacks.model import Why
from hotline.callbacks.service import owe_callback, owed_to_caller
from hotline.callcontrol.owed import confirm_person
from hotline.calls.model import CallState, Outcome
from hotline.calls.service import make_urgent
from hotline.storage.tables import Call, Line, Participant
from hotline.web.voice import documents, leg_documents
from hotline.web.voice.answering import WebhookContext
from ivr.model import DANGER, Utterance

KEY_IT_IS_ME = "1"
CONFIRMED = "called_back.confirmed"


async def hear_key(context: WebhookContext, leg: Participant, pressed: str) -> str:
    """The key, or another one: no mailbox presses any, so they are asked once more."""
    call = await context.work.get_one(Call, leg.call_id)
    if pressed not in (KEY_IT_IS_ME, DANGER):
        return leg_documents.ask_called_back(leg, call)
    in_danger = pressed == DANGER
    if not await confirm_person(context.work, call, at=context.at, in_danger=in_danger):
        return documents.hang_up()
    call.turn += 1
    said = Utterance("wait.crisis" if in_danger else CONFIRMED, call.language)
    return documents.for_caller(await context.work.get_one(Line, call.line_id), call, said)


async def lead_on(context: WebhookContext, leg: Participant, pressed: str) -> str:
    """Nobody is asked for a key there any more: they are in line by now, or the call is over.

    The first where the answer to their key was late and never reached them.
    """
    call = await context.work.get_one(Call, leg.call_id)
    if call.state != CallState.ENDED:
        return documents.ask_as_caller(call)
    if pressed == DANGER and call.outcome == Outcome.NOT_REACHED:
        await _call_in_danger(context, call)
    return documents.hang_up()


async def _call_in_danger(context: WebhookContext, call: Call) -> None:
    """They pressed it, and were gone before we could store that."""
    make_urgent(context.work, call, at=context.at, why="key_when_called_back")
    await owe_callback(context.work, owed_to_caller(call), why=Why.DROPPED, at=context.at)
