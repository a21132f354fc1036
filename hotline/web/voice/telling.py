"""What a caller's request tells, whatever the caller hears: kept while it cannot be stored.

A round of waiting in which nothing was pressed tells nothing, and is not kept.
"""

from dataclasses import replace

from hotline.callcontrol.talks import caller_left
from hotline.lines.numbers import NO_LINE
from hotline.web.deps import Backend
from hotline.web.replaying import Replay
from hotline.web.voice.addresses import CallerAddress
from hotline.web.voice.answering import WebhookContext, WebhookHandler
from hotline.web.voice.arrivals import call_asking, line_dialled, write_down
from hotline.web.voice.heard import CHANGES, hear_danger, hear_late_refusal, hear_message
from hotline.web.voice.how_it_was import hear_how_it_was
from hotline.web.voice.safe_answers import hears_danger
from hotline.web.voice.webhook import Webhook

MESSAGE = "message"


def tells_the_end(webhook: Webhook) -> bool:
    """The caller's leg is over."""
    return webhook.leg.status is not None and webhook.leg.status.over


async def keep_what_it_tells(backend: Backend, webhook: Webhook, address: CallerAddress) -> None:
    """A new call, danger, a key or words, a message, an end; each once, as often as it is told."""
    danger = hears_danger(backend, webhook, address)
    name = _name(webhook, address, danger=danger)
    if name and webhook.leg.sid:
        await backend.unstored.keep(webhook.entry(name, at=backend.clock.now(), danger=danger))


def _name(webhook: Webhook, address: CallerAddress, *, danger: bool) -> str:
    """Empty where nothing is told."""
    leg = webhook.leg
    if danger and not tells_the_end(webhook):
        return f"danger {leg.sid}"
    if leg.digits or leg.speech or address.what == MESSAGE or tells_the_end(webhook):
        return webhook.dedupe_key
    return "" if address.call_id else f"arrived {leg.sid}"


def replayed(again: Replay, address: CallerAddress) -> WebhookHandler:
    """What was told counts, where it still fits; the caller's next round says where they are."""
    told = replace(address, danger=again.entry.danger)

    async def handle(context: WebhookContext) -> str:
        call = await call_asking(context, told)
        call = call or await write_down(context, await line_dialled(context))
        if call is None or call.line_id == NO_LINE:
            return ""
        call.arrived_at = min(call.arrived_at, context.at)
        await hear_danger(context, call, told)
        await hear_late_refusal(context, call, told)
        if told.what == MESSAGE:
            await hear_message(context, call)
        await hear_how_it_was(context, call, told)
        if tells_the_end(context.webhook):
            await caller_left(context.work, call, at=context.at)
        elif told.what in CHANGES and (told.call_id, told.turn) == (call.id, call.turn):
            await CHANGES[told.what](context, call)
            call.turn += 1
        return ""

    return handle
