"""One question by key after a talk, where the line asks: nobody but the caller is kept for it."""

from hotline.calls.model import CallState
from hotline.quality.by_key import ask_how_it_was, hear_key
from hotline.storage.tables import Call, Line
from hotline.web.voice.addresses import RATED, CallerAddress
from hotline.web.voice.answering import WebhookContext
from hotline.web.voice.documents import HOW_WAS_IT
from ivr.model import Utterance


async def ask_after_talk(context: WebhookContext, call: Call) -> Utterance | None:
    """The question; None: nothing but the last words."""
    line = await context.work.get_one(Line, call.line_id)
    asked = await ask_how_it_was(context.work, line, call, at=context.at)
    return Utterance(HOW_WAS_IT, call.language) if asked else None


async def hear_how_it_was(
    context: WebhookContext, call: Call, address: CallerAddress
) -> Utterance | None:
    """The key, and the last words. Before the end of the call is looked at: it may come first."""
    fits = (address.what, address.call_id, address.turn) == (RATED, call.id, call.turn)
    if not fits or call.state not in (CallState.CLOSING, CallState.ENDED):
        return None
    digits = context.webhook.leg.digits
    return Utterance(await hear_key(context.work, call, digits, at=context.at), call.language)
