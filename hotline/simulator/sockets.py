"""Handsets in a browser: the phone page and the counselor's softphone, over a WebSocket.

What a page is sent is worked out from the journal; sound goes from browser to browser, this half
only carries the messages with which they find each other.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, WebSocket, WebSocketDisconnect

from hotline.carrier.hearing import may_hear
from hotline.carrier.model import CarrierLeg, CarrierParticipant
from hotline.simulator.control import HandsetAct, do
from hotline.simulator.handsets import Handsets

sockets = APIRouter()

GRACE_S = 3.0  # a page that reloads keeps its call
REPLACED, LOOPBACK = 4000, ("127.0.0.1", "localhost", "[::1]")

STATES = {
    "queued": "dialing",
    "initiated": "dialing",
    "ringing": "ringing",
    "in-progress": "talking",
}
HANDSET_ACTS = {
    "dial": "dial",
    "answer": "answer",
    "reject": "decline",
    "hangup": "hang_up",
    "digits": "press",
    "speech": "speak",
}
HEARING = {"joined", "left", "held", "muted", "modified", "apart"}  # may change who hears whom
SHOWN = {
    "said": ("text", "language", "voice"),
    "played": ("url",),
    "gathering": ("input", "num_digits"),
}


@dataclass(eq=False)
class Page:
    """One connected browser handset."""

    address: str
    socket: WebSocket
    outbox: asyncio.Queue[dict[str, Any]]
    muted: bool = False
    peers: str = ""


class Pages:
    """All connected browser handsets of one exchange."""

    def __init__(self, handsets: Handsets) -> None:
        """Watches the exchange's journal."""
        self._handsets = handsets
        self._exchange = exchange = handsets.exchange
        self._pages: dict[str, Page] = {}
        exchange.journal.watchers.append(self._on_event)

    async def serve(self, address: str, socket: WebSocket) -> None:
        """One connection, from its opening to its end."""
        await socket.accept()
        page = Page(address, socket, asyncio.Queue())
        before, self._pages[address] = self._pages.get(address), page
        if before is not None:
            before.outbox.put_nowait({"type": "replaced"})
        do(self._handsets, address, HandsetAct(what="register"))
        self._tell_state(page)
        self._tell_peers()
        sending = asyncio.ensure_future(self._send(page))
        try:
            while True:
                self._obey(page, await socket.receive_json())
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            sending.cancel()
            if self._pages.get(address) is page:
                del self._pages[address]
                self._exchange.start(self._after_grace(address))

    async def _send(self, page: Page) -> None:
        while True:
            message = await page.outbox.get()
            await page.socket.send_json(message)
            if message["type"] == "replaced":
                await page.socket.close(REPLACED)
                return

    async def _after_grace(self, address: str) -> None:
        await asyncio.sleep(GRACE_S)
        if address in self._pages:
            return
        phone = self._handsets.at(address)
        phone.registered = not address.startswith("client:")
        if phone.leg is not None:
            self._exchange.hang_up(phone.leg, by="handset")

    def _obey(self, page: Page, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "signal":
            self._relay(page, str(message.get("to")), message.get("data"))
        elif kind == "mute":
            page.muted = bool(message.get("muted"))
            self._tell_peers()
        elif kind in HANDSET_ACTS:
            said = {name: str(message.get(name, "")) for name in ("to", "digits", "text")}
            wanted = HandsetAct(what=HANDSET_ACTS[kind], **said)
            try:
                do(self._handsets, page.address, wanted)
            except HTTPException as fault:
                page.outbox.put_nowait({"type": "error", "detail": str(fault.detail)})
                self._tell_state(page)

    def _relay(self, page: Page, to: str, data: object) -> None:
        sender, receiver = self._leg_of(page.address), self._exchange.legs.get(to)
        other = self._pages.get(receiver.address) if receiver else None
        if sender is not None and other is not None:
            other.outbox.put_nowait({"type": "signal", "from": sender.sid, "data": data})

    # ── telling ─────────────────────────────────────────────────────────────────────────────

    def _on_event(self, entry: dict[str, Any]) -> None:
        page = self._pages.get(str(entry.get("address", "")))
        kind = entry["kind"]
        if page is not None and kind in SHOWN:
            shown = {name: entry[name] for name in SHOWN[kind]}
            page.outbox.put_nowait({"type": kind, "sid": entry["sid"], **shown})
        elif page is not None and kind == "pressed":
            told = {"type": "digits", "sid": entry["sid"], "digits": entry["digits"]}
            page.outbox.put_nowait(told)
        elif page is not None and kind == "leg":
            # After the exchange has finished with this event: the leg is in its place then.
            asyncio.get_running_loop().call_soon(self._tell_state, page)
        if kind in HEARING:
            asyncio.get_running_loop().call_soon(self._tell_peers)

    def _leg_of(self, address: str) -> CarrierLeg | None:
        phone = self._handsets.at(address)
        return phone.leg or (phone.incoming[0] if phone.incoming else None)

    def _tell_state(self, page: Page) -> None:
        leg = self._leg_of(page.address)
        if leg is None:
            page.outbox.put_nowait({"type": "state", "state": "idle", "call": None})
            return
        inbound = leg.direction == "inbound"
        state = STATES.get(leg.status, "ended")
        if inbound and state == "ringing":
            state = "dialing"
        call = {"sid": leg.sid, "from": leg.from_, "to": leg.to, "parameters": {},
                "direction": "outgoing" if inbound else "incoming"}  # fmt: skip
        page.outbox.put_nowait({"type": "state", "state": state, "call": call})

    def _tell_peers(self) -> None:
        for page in self._pages.values():
            told = self._peers_of(page)
            if told is not None and repr(told) != page.peers:
                page.peers = repr(told)
                page.outbox.put_nowait(told)

    def _peers_of(self, page: Page) -> dict[str, Any] | None:
        leg = self._handsets.at(page.address).leg
        if leg is None:
            page.peers = ""
            return None
        for conference in self._exchange.conferences:
            me = next((one for one in conference.participants if one.leg is leg), None)
            if me is None:
                continue
            peers = [
                self._peer(leg, one)
                for one in conference.participants
                if one is not me and one.leg.address in self._pages and may_hear(me, one)
            ]
            if conference.status == "init":
                peers = []
            mine = {"muted": me.muted or page.muted, "hold": me.hold, "music": me.music}
            return {"type": "peers", "sid": leg.sid, "conference": conference.name, "me": mine,
                    "peers": peers}  # fmt: skip
        return {"type": "peers", "sid": leg.sid, "conference": "",
                "me": {"muted": page.muted, "hold": False, "music": ""}, "peers": []}  # fmt: skip

    def _peer(self, leg: CarrierLeg, one: CarrierParticipant) -> dict[str, Any]:
        return {
            "leg": one.leg.sid,
            "address": one.leg.address,
            "hold": one.hold,
            "muted": one.muted or self._muted(one.leg),
            "polite": leg.sid < one.leg.sid,
        }

    def _muted(self, leg: CarrierLeg) -> bool:
        page = self._pages.get(leg.address)
        return page is not None and page.muted


@sockets.websocket("/handsets/{address:path}")
async def handset_socket(socket: WebSocket, address: str) -> None:
    """A browser's handset. Only pages from this machine may connect."""
    host = socket.headers.get("origin", "").rpartition("//")[2].rpartition(":")[0]
    if host not in LOOPBACK:
        await socket.close()
        return
    pages: Pages = socket.app.state.pages
    await pages.serve(address, socket)
