"""The REST half: calls, conferences, participants, messages, in the carrier's shapes."""

import asyncio
import secrets
from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import parse_qs, urljoin

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from hotline.simulator.exchange import Exchange
from hotline.simulator.model import (
    CarrierLeg,
    CarrierParticipant,
    Conference,
    Target,
    call_json,
    conference_json,
    new_sid,
    participant_json,
    rfc2822,
)

API = "/2010-04-01/Accounts"
TIMEOUT_S = 30.0

basic = HTTPBasic(auto_error=False)


class Refused(Exception):
    """The carrier's error answer."""

    def __init__(self, status: int, code: int, message: str) -> None:
        """`code`: the carrier's own number."""
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def refused_json(status: int, code: int, message: str) -> JSONResponse:
    """As the carrier words an error."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": message, "more_info": more, "status": status}
    return JSONResponse(body, status_code=status)


async def on_refused(_request: Request, fault: Exception) -> Response:
    """Hung on the application."""
    assert isinstance(fault, Refused)  # noqa: S101 – registered for this class only
    return refused_json(fault.status, fault.code, fault.message)


def exchange_of(request: Request) -> Exchange:
    """The exchange behind this application."""
    exchange: Exchange = request.app.state.exchange
    return exchange


ExchangeDep = Annotated[Exchange, Depends(exchange_of)]
Form = dict[str, list[str]]


async def check_account(
    request: Request,
    exchange: ExchangeDep,
    credentials: Annotated[HTTPBasicCredentials | None, Depends(basic)],
) -> None:
    """Account SID and token, or refused."""
    token: str = request.app.state.settings.auth_token
    known = credentials is not None and secrets.compare_digest(credentials.password, token)
    if not known or request.path_params.get("account") != exchange.account:
        raise Refused(401, 20003, "Authenticate")


async def spoil(request: Request, exchange: ExchangeDep) -> None:
    """Faults that keep a request from having any effect."""
    faults = exchange.webhooks.faults
    exchange.journal.write("rest", method=request.method, path=request.url.path)
    if faults.rest_429 > 0:
        faults.rest_429 -= 1
        raise Refused(429, 20429, "Too Many Requests")
    if request.method == "GET":
        return
    if faults.rest_500_without_effect > 0:
        faults.rest_500_without_effect -= 1
        raise Refused(500, 20500, "Internal Server Error")
    if faults.rest_timeout_without_effect > 0:
        faults.rest_timeout_without_effect -= 1
        await asyncio.sleep(TIMEOUT_S)
        raise HTTPException(504)


async def spoil_after(exchange: Exchange) -> None:
    """Faults of a request that had its effect."""
    faults = exchange.webhooks.faults
    if faults.rest_500_with_effect > 0:
        faults.rest_500_with_effect -= 1
        raise Refused(500, 20500, "Internal Server Error")
    if faults.rest_timeout_with_effect > 0:
        faults.rest_timeout_with_effect -= 1
        await asyncio.sleep(TIMEOUT_S)
        raise HTTPException(504)


async def read_form(request: Request) -> Form:
    """Form fields; lists come as repeated fields."""
    return parse_qs((await request.body()).decode(), keep_blank_values=True)


FormDep = Annotated[Form, Depends(read_form)]
rest = APIRouter(prefix=f"{API}/{{account}}", dependencies=[Depends(check_account), Depends(spoil)])


def one(form: Form, name: str, default: str = "") -> str:
    """A single field."""
    return form.get(name, [default])[0]


def page(key: str, rows: Iterable[dict[str, Any]], uri: str) -> dict[str, Any]:
    """The list envelope: everything on one page."""
    found = list(rows)
    return {
        key: found,
        "page": 0,
        "page_size": 50,
        "start": 0,
        "end": max(len(found) - 1, 0),
        "uri": uri,
        "first_page_uri": uri,
        "next_page_uri": None,
        "previous_page_uri": None,
    }


# ── calls ───────────────────────────────────────────────────────────────────────────────────────


@rest.post("/Calls.json", status_code=201)
async def create_call(exchange: ExchangeDep, form: FormDep) -> dict[str, Any]:
    """Dial somebody."""
    if not one(form, "To"):
        raise Refused(400, 21201, "No 'To' number is specified")
    if not one(form, "From"):
        raise Refused(400, 21213, "No 'From' number is specified")
    if not one(form, "Url"):
        raise Refused(400, 21205, "Url parameter is required")
    leg = CarrierLeg(
        account=exchange.account,
        address=one(form, "To").partition("?")[0],
        from_=one(form, "From"),
        to=one(form, "To"),
        direction="outbound-api",
        answer=Target(one(form, "Url"), one(form, "Method", "POST")),
        status_callback=one(form, "StatusCallback"),
        status_events=tuple(form.get("StatusCallbackEvent", ["completed"])),
        ring_s=float(one(form, "Timeout", "60")),
    )
    exchange.dial_out(leg)
    await spoil_after(exchange)
    return call_json(leg, fresh=True)


@rest.get("/Calls.json")
async def list_calls(exchange: ExchangeDep, request: Request) -> dict[str, Any]:
    """Newest first, by To, From and Status."""
    wanted = {"To": "to", "From": "from_", "Status": "status"}
    asked = {field: request.query_params[key] for key, field in wanted.items()
             if key in request.query_params}  # fmt: skip
    legs = [
        leg
        for leg in reversed(exchange.legs.values())
        if all(getattr(leg, field) == value for field, value in asked.items())
    ]
    return page("calls", map(call_json, legs), request.url.path)


@rest.get("/Calls/{sid}.json")
async def fetch_call(exchange: ExchangeDep, sid: str) -> dict[str, Any]:
    """One leg."""
    return call_json(_leg(exchange, sid))


@rest.post("/Calls/{sid}.json")
async def update_call(exchange: ExchangeDep, sid: str, form: FormDep) -> dict[str, Any]:
    """End a leg, or give a live one another document."""
    leg = _leg(exchange, sid)
    if one(form, "Status") in ("completed", "canceled"):
        if not leg.over:
            exchange.hang_up(leg, by="application")
    elif one(form, "Url"):
        if leg.status != "in-progress":
            raise Refused(400, 21220, "Call is not in-progress. Cannot redirect.")
        exchange.run_player(leg, Target(one(form, "Url"), one(form, "Method", "POST")))
    await spoil_after(exchange)
    return call_json(leg)


def _leg(exchange: Exchange, sid: str) -> CarrierLeg:
    leg = exchange.legs.get(sid)
    if leg is None:
        raise Refused(404, 20404, f"The requested resource /Calls/{sid}.json was not found")
    return leg


# ── conferences ─────────────────────────────────────────────────────────────────────────────────


@rest.get("/Conferences.json")
async def list_conferences(exchange: ExchangeDep, request: Request) -> dict[str, Any]:
    """By FriendlyName and Status, newest first."""
    name, status = (request.query_params.get(key) for key in ("FriendlyName", "Status"))
    conferences = [
        conference
        for conference in reversed(exchange.conferences)
        if name in (None, conference.name) and status in (None, conference.status)
    ]
    rows = (conference_json(exchange.account, conference) for conference in conferences)
    return page("conferences", rows, request.url.path)


@rest.get("/Conferences/{sid}.json")
async def fetch_conference(exchange: ExchangeDep, sid: str) -> dict[str, Any]:
    """One conference."""
    return conference_json(exchange.account, _conference(exchange, sid))


@rest.post("/Conferences/{sid}.json")
async def update_conference(exchange: ExchangeDep, sid: str, form: FormDep) -> dict[str, Any]:
    """End a conference."""
    conference = _conference(exchange, sid)
    if one(form, "Status") == "completed":
        exchange.end_conference(conference)
    return conference_json(exchange.account, conference)


@rest.get("/Conferences/{sid}/Participants.json")
async def list_participants(exchange: ExchangeDep, sid: str, request: Request) -> dict[str, Any]:
    """Who is in a conference."""
    conference = _conference(exchange, sid)
    rows = (participant_json(exchange.account, conference, one) for one in conference.participants)
    return page("participants", rows, request.url.path)


@rest.get("/Conferences/{sid}/Participants/{who}.json")
async def fetch_participant(exchange: ExchangeDep, sid: str, who: str) -> dict[str, Any]:
    """One leg in a conference, by SID or label."""
    conference = _conference(exchange, sid)
    return participant_json(exchange.account, conference, _participant(exchange, conference, who))


@rest.post("/Conferences/{sid}/Participants/{who}.json")
async def update_participant(
    exchange: ExchangeDep, sid: str, who: str, form: FormDep
) -> dict[str, Any]:
    """Hold, mute, or change what leaving means."""
    conference = _conference(exchange, sid)
    found = _participant(exchange, conference, who)
    if "Hold" in form:
        exchange.set_hold(conference, found, hold=one(form, "Hold").lower() == "true")
    if "Muted" in form:
        found.muted = one(form, "Muted").lower() == "true"
    if "EndConferenceOnExit" in form:
        found.end_on_exit = one(form, "EndConferenceOnExit").lower() == "true"
    exchange.journal.write("participant", sid=found.leg.sid, conference=conference.name)
    await spoil_after(exchange)
    return participant_json(exchange.account, conference, found)


@rest.delete("/Conferences/{sid}/Participants/{who}.json", status_code=204)
async def remove_participant(exchange: ExchangeDep, sid: str, who: str) -> Response:
    """Out of the conference; the leg goes on with its document."""
    conference = _conference(exchange, sid)
    exchange.leave(_participant(exchange, conference, who).leg, "participant_updated_via_api")
    return Response(status_code=204)


def _conference(exchange: Exchange, sid: str) -> Conference:
    for conference in exchange.conferences:
        if conference.sid == sid or (conference.name == sid and conference.status != "completed"):
            return conference
    raise Refused(404, 20404, f"The requested resource /Conferences/{sid}.json was not found")


def _participant(exchange: Exchange, conference: Conference, who: str) -> CarrierParticipant:
    found = exchange.participant(conference, who)
    if found is None:
        raise Refused(404, 20404, f"The requested resource /Participants/{who}.json was not found")
    return found


# ── messages ────────────────────────────────────────────────────────────────────────────────────


@rest.post("/Messages.json", status_code=201)
async def create_message(exchange: ExchangeDep, form: FormDep) -> dict[str, Any]:
    """Text somebody: sent and delivered at once, and said so."""
    if not one(form, "To"):
        raise Refused(400, 21211, "A 'To' phone number is required.")
    sid, to, from_, body = new_sid("SM"), one(form, "To"), one(form, "From"), one(form, "Body")
    exchange.journal.write("message", sid=sid, address=to, text=body)
    for status in ("sent", "delivered"):
        fields = {"MessageSid": sid, "MessageStatus": status, "To": to, "From": from_}
        exchange.webhooks.report("status", one(form, "StatusCallback"), fields, sid=sid)
    return {
        "sid": sid,
        "account_sid": exchange.account,
        "to": to,
        "from": from_,
        "body": body,
        "status": "queued",
        "num_segments": "1",
        "direction": "outbound-api",
        "date_created": rfc2822(exchange.clock.now()),
        "date_updated": rfc2822(exchange.clock.now()),
        "date_sent": None,
        "error_code": None,
        "error_message": None,
        "price": None,
        "uri": urljoin("/", f"{API}/{exchange.account}/Messages/{sid}.json"),
    }
