"""Text messages, over REST."""

from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response

from hotline.carrier.exchange import Exchange
from hotline.carrier.rest import (
    ADDRESS,
    ExchangeDep,
    Form,
    FormDep,
    Refused,
    not_found,
    one,
    ours,
    rest_router,
    target_in,
)
from hotline.carrier.rest_lists import asked_for, in_time, page
from hotline.simulator.messages import CarrierMessage, Messages, message_json

LONGEST_BODY = 1600
BAD_CALLBACK = 21609

messages = rest_router()


def messages_of(request: Request) -> Messages:
    """Those of this application's exchange."""
    found: Messages = request.app.state.messages
    return found


MessagesDep = Annotated[Messages, Depends(messages_of)]


@messages.post("/Messages.json", status_code=201)
async def create_message(exchange: ExchangeDep, kept: MessagesDep, form: FormDep) -> dict[str, Any]:
    """Text somebody."""
    _check_message(exchange, form)
    callback = target_in(form, "StatusCallback", code=BAD_CALLBACK).url
    to, from_, body = one(form, "To"), one(form, "From"), one(form, "Body")
    message = CarrierMessage(to, from_, body, callback, exchange.clock.now())
    kept.send(message)
    return message_json(exchange.account, message) | {"date_created": None, "date_updated": None}


def _check_message(exchange: Exchange, form: Form) -> None:
    if not one(form, "To"):
        raise Refused(400, 21604, "A 'To' phone number is required.")
    if not ADDRESS.fullmatch(one(form, "To")):
        raise Refused(400, 21211, "The 'To' number is not a valid phone number.")
    if not one(form, "From"):
        raise Refused(400, 21603, "A 'From' phone number is required.")
    if not ours(exchange, one(form, "From")):
        raise Refused(400, 21606, "The 'From' phone number cannot send messages.")
    if not one(form, "Body").strip():
        raise Refused(400, 21602, "Message body is required.")
    if len(one(form, "Body")) > LONGEST_BODY:
        raise Refused(400, 21617, "The concatenated message body exceeds the 1600 character limit.")


@messages.get("/Messages.json")
async def list_messages(
    exchange: ExchangeDep, kept: MessagesDep, request: Request
) -> dict[str, Any]:
    """Newest first, by To, From and DateSent."""
    to, from_ = asked_for(request, "To"), asked_for(request, "From")
    sent = in_time(request, "DateSent")
    found = [
        message_json(exchange.account, message)
        for message in reversed(kept.by_sid.values())
        if to in (None, message.to) and from_ in (None, message.from_) and sent(message.sent)
    ]
    return page("messages", found, request)


@messages.get("/Messages/{sid}.json")
async def fetch_message(exchange: ExchangeDep, kept: MessagesDep, sid: str) -> dict[str, Any]:
    """One of them."""
    return message_json(exchange.account, _message(kept, sid))


@messages.delete("/Messages/{sid}.json", status_code=204)
async def delete_message(exchange: ExchangeDep, kept: MessagesDep, sid: str) -> Response:
    """Forget it. One that is still on its way cannot be."""
    if not _message(kept, sid).over:
        raise Refused(409, 20009, "Delivery has not been completed: it cannot be deleted yet.")
    del kept.by_sid[sid]
    return Response(status_code=204)


def _message(kept: Messages, sid: str) -> CarrierMessage:
    found = kept.by_sid.get(sid)
    if found is None:
        raise not_found(f"/Messages/{sid}")
    return found
