"""What no carrier has: phones to act on, time to move, faults to switch on, a journal to read."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel

from hotline.carrier.exchange import Exchange
from hotline.carrier.hearing import place_of, who_hears_whom
from hotline.carrier.model import CarrierLeg
from hotline.carrier.numbers import NumberSettings
from hotline.carrier.rest import ExchangeDep
from hotline.simulator.clock import ManualClock
from hotline.simulator.faults import Faults, FaultSwitch
from hotline.simulator.handsets import Handsets
from hotline.simulator.messages import CarrierMessage
from hotline.simulator.rest_messages import MessagesDep

control = APIRouter(prefix="/simulator")

QUIET_ROUNDS = 12


def handsets_of(request: Request) -> Handsets:
    """Those of this application's exchange."""
    found: Handsets = request.app.state.handsets
    return found


def switch_of(request: Request) -> FaultSwitch:
    """The faults of this application's exchange."""
    found: FaultSwitch = request.app.state.disturbance
    return found


HandsetsDep = Annotated[Handsets, Depends(handsets_of)]
SwitchDep = Annotated[FaultSwitch, Depends(switch_of)]


class HandsetAct(BaseModel):
    """What a handset does. `what`: dial, answer, decline, hang_up, press, speak, register…"""

    what: str
    to: str = ""
    digits: str = ""
    text: str = ""


class Moved(BaseModel):
    """How far to move the clock."""

    advance: float


class NoSuchCall(HTTPException):
    """The handset has no call for this act."""

    def __init__(self, what: str) -> None:
        """`what` was tried."""
        super().__init__(409, f"there is no call to {what}")


@control.post("/handsets/{address:path}")
async def act(handsets: HandsetsDep, address: str, wanted: HandsetAct) -> dict[str, Any]:
    """Let a handset do something."""
    leg = do(handsets, address, wanted)
    await settle(handsets.exchange)
    return {"sid": leg.sid if leg else None}


class Written(BaseModel):
    """A text from a handset. `sid`: sent once more under it. `said`: an opt-out word, as taken."""

    to: str
    text: str
    sid: str = ""
    said: Literal["", "STOP", "START", "HELP"] = ""


@control.post("/texts/{address:path}")
async def write(
    exchange: ExchangeDep, messages: MessagesDep, address: str, wanted: Written
) -> dict[str, str]:
    """A handset writes to a number of the application."""
    announced = exchange.numbers.get(wanted.to)
    if announced is None or not announced.sms_url:
        raise HTTPException(404, f"{wanted.to} takes no texts here")
    now = exchange.clock.now()
    message = CarrierMessage(wanted.to, address, wanted.text, announced.sms_url, now)
    message.sid = wanted.sid or message.sid
    messages.receive(message, wanted.said)
    await settle(exchange)
    return {"sid": message.sid}


def do(handsets: Handsets, address: str, wanted: HandsetAct) -> CarrierLeg | None:
    """The act itself, also for handsets in a browser."""
    phone = handsets.at(address)
    if wanted.what in ("register", "unregister"):
        phone.registered = wanted.what == "register"
        handsets.exchange.journal.write("handset", address=address, registered=phone.registered)
        return None
    if wanted.what in ("busy", "free"):
        phone.busy = wanted.what == "busy"
        return None
    if wanted.what == "dial":
        if wanted.to not in handsets.exchange.numbers:
            raise HTTPException(404, f"{wanted.to} is no number here")
        return handsets.dial_in(address, wanted.to)
    if wanted.what in ("answer", "decline"):
        return _pick_up(handsets, address, wanted.what)
    return _in_call(handsets, address, wanted)


def _pick_up(handsets: Handsets, address: str, what: str) -> CarrierLeg:
    ringing = handsets.at(address).incoming
    if not ringing:
        raise NoSuchCall(what)
    leg = ringing.pop(0)
    if leg.picked_up is not None and not leg.picked_up.done():
        leg.picked_up.set_result("answer" if what == "answer" else "busy")
    return leg


def _in_call(handsets: Handsets, address: str, wanted: HandsetAct) -> CarrierLeg:
    leg = handsets.at(address).leg
    if leg is None or leg.over:
        raise NoSuchCall(wanted.what)
    match wanted.what:
        case "hang_up":
            handsets.exchange.hang_up(leg, by="handset")
        case "press":
            for digit in wanted.digits:
                handsets.exchange.journal.write(
                    "pressed", sid=leg.sid, address=address, digits=digit
                )
                leg.pressed.put_nowait(digit)
        case "speak":
            leg.says_nothing = False
            leg.spoken.put_nowait(wanted.text)
        case "say_nothing":
            leg.says_nothing = True
        case _:
            raise HTTPException(422, f"a handset cannot {wanted.what}")
    return leg


@control.get("/journal")
async def journal(exchange: ExchangeDep, after: int = 0, patience_s: float = 0.0) -> dict[str, Any]:
    """Events later than `after`; waits for the first one for `patience_s`."""
    entries = await exchange.journal.after(after, patience_s)
    return {"entries": entries, "last": len(exchange.journal.entries)}


@control.get("/calls")
async def inbound_calls(exchange: ExchangeDep) -> list[dict[str, Any]]:
    """Every call that came in, and how it went from the carrier's side."""
    return [
        {
            "sid": leg.sid,
            "from": leg.from_,
            "to": leg.to,
            "status": leg.status,
            "ended": leg.over,
            "ended_by": leg.ended_by,
            "talked": leg.talked,
            "refused": leg.answered is None and leg.over,
            "last_words": leg.last_words,
        }
        for leg in exchange.legs.values()
        if leg.direction == "inbound"
    ]


@control.get("/conferences")
async def conferences(exchange: ExchangeDep) -> list[dict[str, Any]]:
    """Each conference that goes on: who hears whom, and who hears music or nothing."""
    live = [one for one in exchange.conferences if one.status != "completed"]
    return [who_hears_whom(conference) for conference in live]


@control.get("/legs")
async def legs(exchange: ExchangeDep) -> list[dict[str, Any]]:
    """Each leg that is not over: where it is, and whether it hears anything."""
    live = [leg for leg in exchange.legs.values() if not leg.over]
    return [place_of(leg, exchange.conferences) for leg in live]


@control.get("/handsets/{address:path}")
async def handset(handsets: HandsetsDep, address: str) -> dict[str, Any]:
    """What a phone does now."""
    phone, exchange = handsets.at(address), handsets.exchange
    held = {
        one.leg.sid: one.hold
        for conference in exchange.conferences
        for one in conference.participants
    }
    inside = {
        one.leg.sid: conference
        for conference in exchange.conferences
        for one in conference.participants
        if len(conference.participants) > 1
    }
    leg = phone.leg
    return {
        "registered": phone.registered,
        "ringing": [ringing.sid for ringing in phone.incoming],
        "sid": leg.sid if leg else None,
        "status": leg.status if leg else "idle",
        "gathering": leg.gathering if leg else None,
        "with_others": leg is not None and leg.sid in inside,
        "held": bool(leg and held.get(leg.sid)),
    }


@control.post("/clock")
async def move_clock(exchange: ExchangeDep, moved: Moved) -> dict[str, str]:
    """Let time pass; answers when everything has come to rest."""
    if not isinstance(exchange.clock, ManualClock):
        raise HTTPException(409, "this clock runs by itself: start with SIMULATOR_CLOCK=manual")

    async def rest() -> None:
        await settle(exchange)

    await exchange.clock.advance(moved.advance, rest)
    await rest()
    return {"now": exchange.clock.now().isoformat()}


@control.put("/faults")
async def set_faults(switch: SwitchDep, faults: Faults) -> Faults:
    """Switch faults on; what is not named is off."""
    switch.set(faults)
    return faults


@control.put("/numbers")
async def set_numbers(
    exchange: ExchangeDep, numbers: dict[str, NumberSettings]
) -> dict[str, NumberSettings]:
    """Which numbers there are, and where their calls are announced."""
    exchange.numbers = numbers
    return numbers


@control.post("/reset")
async def reset(handsets: HandsetsDep, messages: MessagesDep, switch: SwitchDep) -> dict[str, str]:
    """An empty exchange with an empty journal, all faults off, at the present."""
    exchange = handsets.exchange
    await exchange.reset()
    handsets.forget()
    messages.by_sid.clear()
    switch.set(Faults())
    exchange.webhooks.under_way = 0
    if isinstance(exchange.clock, ManualClock):
        exchange.clock.begin_anew()
    exchange.journal.entries.clear()
    return {"state": "empty"}


async def settle(exchange: Exchange) -> None:
    """Until nothing is under way and nothing wants to run."""
    quiet = 0
    while quiet < QUIET_ROUNDS:
        seen = len(exchange.journal.entries)
        await asyncio.sleep(0 if exchange.webhooks.under_way == 0 else 0.002)
        busy = exchange.webhooks.under_way > 0 or len(exchange.journal.entries) > seen
        quiet = 0 if busy else quiet + 1
