"""Calls, over REST."""

from typing import Any

from fastapi import Request

from hotline.carrier.exchange import Exchange
from hotline.carrier.model import FINAL, CarrierLeg, Target, call_json
from hotline.carrier.rest import (
    INVALID,
    ExchangeDep,
    Form,
    FormDep,
    Refused,
    check_dial,
    leg_in,
    not_found,
    one,
    rest_router,
    target_in,
)
from hotline.carrier.rest_lists import asked_for, in_time, page

BAD_URL, LONGEST_TWIML = 21205, 4000
STATUSES = ("queued", "ringing", "in-progress", *sorted(FINAL))

calls = rest_router()


@calls.post("/Calls.json", status_code=201)
async def create_call(exchange: ExchangeDep, form: FormDep) -> dict[str, Any]:
    """Dial somebody."""
    check_dial(exchange, form)
    leg = leg_in(exchange, form)
    leg.answer = _document_in(form)
    if leg.answer is None:
        raise Refused(400, BAD_URL, "Url parameter is required")
    exchange.dial_out(leg)
    return call_json(leg, fresh=True)


@calls.get("/Calls.json")
async def list_calls(exchange: ExchangeDep, request: Request) -> dict[str, Any]:
    """Newest first, by To, From, ParentCallSid, Status, StartTime and EndTime."""
    wanted = {"To": "to", "From": "from_", "ParentCallSid": "parent"}
    asked = {
        field: value
        for name, field in wanted.items()
        if (value := asked_for(request, name)) is not None
    }
    if (status := asked_for(request, "Status", STATUSES)) is not None:
        asked["shown_status"] = status
    begun, ended = in_time(request, "StartTime"), in_time(request, "EndTime")
    legs = [
        leg
        for leg in reversed(exchange.legs.values())
        if all(getattr(leg, field) == value for field, value in asked.items())
        and begun(leg.started)
        and ended(leg.ended)
    ]
    return page("calls", map(call_json, legs), request)


@calls.get("/Calls/{sid}.json")
async def fetch_call(exchange: ExchangeDep, sid: str) -> dict[str, Any]:
    """One leg."""
    return call_json(_leg(exchange, sid))


@calls.post("/Calls/{sid}.json")
async def update_call(exchange: ExchangeDep, sid: str, form: FormDep) -> dict[str, Any]:
    """End a leg, or give a live one another document."""
    leg, status = _leg(exchange, sid), one(form, "Status")
    document = _document_in(form)
    if status not in ("", "completed", "canceled"):
        raise Refused(400, INVALID, "Status must be completed or canceled")
    if status:
        if not leg.over and (status == "completed" or leg.answered is None):
            exchange.hang_up(leg, by="application")
    elif document is not None:
        _redirect(exchange, leg, document, form)
    return call_json(leg)


def _redirect(exchange: Exchange, leg: CarrierLeg, document: Target, form: Form) -> None:
    if leg.status != "in-progress":
        raise Refused(400, 21220, "Call is not in-progress. Cannot redirect.")
    fallback = target_in(form, "FallbackUrl")
    if fallback.url:
        leg.fallback = fallback
    exchange.run_player(leg, document)


def _document_in(form: Form) -> Target | None:
    """An address, or else the document itself."""
    named, written = target_in(form, "Url", code=BAD_URL), one(form, "Twiml")
    if named.url:
        return named
    if len(written) > LONGEST_TWIML:
        raise Refused(400, INVALID, "Twiml is longer than 4000 characters")
    return Target("", document=written) if written else None


def _leg(exchange: Exchange, sid: str) -> CarrierLeg:
    leg = exchange.legs.get(sid)
    if leg is None:
        raise not_found(f"/Calls/{sid}")
    return leg
