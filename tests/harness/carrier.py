"""The simulator as its own process, and its handsets in words a story can use."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from hotline.carrier.webhooks import LIMIT_S
from tests.harness.house import PATIENCE_S

POLL_S = 5.0


class NeverHappened(AssertionError):
    """What a story waited for did not come. Shows what the carrier saw."""


@dataclass
class Carrier:
    """One simulated carrier, acted on over its control API."""

    http: httpx.AsyncClient
    handsets: dict[str, "Handset"] = field(default_factory=dict)
    _seen: list[dict[str, Any]] = field(default_factory=list)

    def handset(self, address: str) -> "Handset":
        """A phone."""
        return self.handsets.setdefault(address, Handset(self, address))

    async def reset(self, numbers: dict[str, dict[str, str]]) -> None:
        """An empty exchange with these numbers."""
        await self._did(self.http.post("/simulator/reset"))
        await self._did(self.http.put("/simulator/numbers", json=numbers))

    async def passes(self, seconds: float) -> None:
        """Move the carrier's clock and let everything come to rest."""
        await self._did(self.http.post("/simulator/clock", json={"advance": seconds}))

    async def faults(self, **faults: Any) -> None:
        """Switch faults on."""
        await self._did(self.http.put("/simulator/faults", json=faults))

    async def has_refused(self, what: str) -> None:
        """The fault was met: what was asked for is refused, and time may pass until it is again."""
        await self.until(lambda e: e["kind"] == "rest" and e["fault"] == what, f"refused: {what}")

    async def inbound_calls(self) -> list[dict[str, Any]]:
        """How each call that came in went, as the carrier saw it."""
        calls: list[dict[str, Any]] = await self._did(self.http.get("/simulator/calls"))
        return calls

    async def dialled(self, address: str) -> int:
        """How many legs were dialled to a phone."""
        await self.look()
        legs = [e for e in self._seen if e["kind"] == "leg" and e["address"] == address]
        return len({e["sid"] for e in legs if e["direction"] != "inbound"})

    async def ended(self, address: str) -> bool:
        """Whether the last call that came in from a phone is over."""
        calls = [call for call in await self.inbound_calls() if call["from"] == address]
        return bool(calls[-1]["ended"])

    async def rang(self) -> set[str]:
        """The legs that rang at somebody's phone."""
        await self.look()
        return {e["sid"] for e in self._seen if e["kind"] == "leg" and e["status"] == "ringing"}

    async def on_hold(self) -> set[str]:
        """The legs that hear music now."""
        await self.look()
        last: dict[str, bool] = {}
        for entry in self._seen:
            if entry["kind"] == "held":
                last[entry["sid"]] = entry["hold"]
            elif entry["kind"] in ("joined", "left"):
                last[entry["sid"]] = False
        return {sid for sid, hold in last.items() if hold}

    async def until_held(self, call: str, *, held: bool) -> None:
        """The caller of a call hears music, or talks again."""
        wanted = {"kind": "held", "conference": f"call-{call}", "hold": held}
        await self.until(lambda e: wanted.items() <= e.items(), f"hold={held}")

    async def conferences(self) -> dict[str, "Company"]:
        """The conferences that go on, by name."""
        told = await self._did(self.http.get("/simulator/conferences"))
        return {one["name"]: Company(one) for one in told}

    async def legs(self) -> list[dict[str, Any]]:
        """Where each leg is that is not over."""
        found: list[dict[str, Any]] = await self._did(self.http.get("/simulator/legs"))
        return found

    async def in_silence(self) -> set[str]:
        """The phones in conferences that hear nothing at all."""
        return {leg["address"] for leg in await self.legs() if leg["silence"]}

    async def still_ringing(self) -> set[str]:
        """The phones that are being rung."""
        ringing = ("queued", "initiated", "ringing")
        return {leg["address"] for leg in await self.legs() if leg["status"] in ringing}

    @property
    def journal(self) -> Sequence[dict[str, Any]]:
        """All that was read of it so far."""
        return self._seen

    async def look(self, patience_s: float = 0.0) -> bool:
        """Read what is new in the journal."""
        asked = {"after": len(self._seen), "patience_s": patience_s}
        said = await self._did(self.http.get("/simulator/journal", params=asked))
        self._seen += said["entries"]
        return bool(said["entries"])

    async def until(self, fits: Any, what: str, after: int = 0) -> dict[str, Any]:
        """The first event after number `after` that fits; waits for it."""
        checked = after
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    for entry in self._seen[checked:]:
                        if fits(entry):
                            return dict(entry)
                    checked = max(after, len(self._seen))
                    await self.look(POLL_S)
        except TimeoutError:
            raise NeverHappened(f"{what}\n{self.story()}") from None

    def story(self) -> str:
        """The journal's end, for a failed test."""
        return "\n".join(str(entry) for entry in self._seen[-60:])

    async def _did(self, request: Any) -> Any:
        answer = await request
        assert answer.is_success, f"{answer.request.url}: {answer.text}"
        return answer.json()


@dataclass(frozen=True)
class Company:
    """Who hears whom in one conference, as the carrier lets them."""

    told: dict[str, Any]

    def one(self, address: str) -> dict[str, Any]:
        """What the carrier says of a phone in it."""
        return next(dict(one) for one in self.told["participants"] if one["address"] == address)

    def hears(self, address: str) -> set[str]:
        """The phones whose words reach this one."""
        return set(self.one(address)["hears"])

    def heard_by(self, address: str) -> set[str]:
        """The phones that this one's words reach."""
        everybody = {one["address"] for one in self.told["participants"]}
        return {other for other in everybody if address in self.hears(other)}

    def hears_music(self, address: str) -> bool:
        """Whether a document or music is played to this one alone, its pauses included."""
        return bool(self.one(address)["plays"])

    def in_silence(self) -> set[str]:
        """The phones that hear nothing at all."""
        return {one["address"] for one in self.told["participants"] if one["silence"]}


@dataclass
class Handset:
    """One phone. What it did and heard is read from the journal, in order."""

    carrier: Carrier
    address: str
    heard: int = 0
    rung: int = 0

    async def writes(self, text: str, *, to: str = "12355", sid: str = "") -> None:
        """A text to a number. `sid`: the same one once more."""
        asked = {"to": to, "text": text, "sid": sid}
        answer = await self.carrier.http.post(f"/simulator/texts/{self.address}", json=asked)
        assert answer.is_success, answer.text

    async def texts(self) -> list[str]:
        """The texts that came to it, in order: however its number was written."""
        await self.carrier.look()
        ours = [e for e in self.carrier.journal if e["kind"] == "message"]
        return [e["text"] for e in ours if e["address"].endswith(self.address)]

    async def is_written_to(self, pattern: str) -> None:
        """A text with these words comes."""

        def fits(entry: dict[str, Any]) -> bool:
            ours = entry["kind"] == "message" and entry["address"].endswith(self.address)
            return ours and re.search(pattern, entry["text"]) is not None

        await self.carrier.until(fits, f"{self.address} is written to: {pattern}")

    async def dials(self, number: str) -> None:
        """Call a number."""
        self.heard = self.rung = len(self.carrier._seen)
        await self._does("dial", to=number)

    async def registers(self) -> None:
        """A softphone comes on line."""
        await self._does("register")

    async def unregisters(self) -> None:
        """A softphone goes off line; a call it is in goes on."""
        await self._does("unregister")

    async def is_busy(self) -> None:
        """Every call to it finds it busy."""
        await self._does("busy")

    async def answers(self) -> None:
        """Pick up."""
        await self._does("answer")

    async def declines(self) -> None:
        """Refuse the ringing call."""
        await self._does("decline")

    async def hangs_up(self) -> None:
        """Put the receiver down."""
        await self._does("hang_up")

    async def presses(self, digits: str) -> None:
        """Keys, once the house listens."""
        await self._is_listened_to()
        await self._does("press", digits=digits)

    async def says(self, text: str) -> None:
        """Speech, once the house listens."""
        await self._is_listened_to()
        await self._does("speak", text=text)

    async def says_nothing(self) -> None:
        """Not a word from now on, also to a recorder."""
        await self._does("say_nothing")

    async def speaks_at_once(self, text: str) -> None:
        """Whoever listens: a person, or a recorder."""
        await self._does("speak", text=text)

    async def hears(self, pattern: str) -> None:
        """Something that is said, in order."""

        def fits(entry: dict[str, Any]) -> bool:
            ours = entry["kind"] == "said" and entry["address"] == self.address
            return ours and re.search(pattern, entry["text"]) is not None

        found = await self.carrier.until(fits, f"{self.address} hears {pattern}", self.heard)
        self.heard = found["n"]

    async def plays(self, url: str) -> dict[str, Any]:
        """A sound, in order. Returns what came of fetching it."""
        found = await self._until({"kind": "played", "url": url}, f"plays {url}", after=self.heard)
        self.heard = found["n"]
        return found

    async def rings(self, by: str = "outbound-api") -> None:
        """It rings, once more than it was known to. `by`: `outbound-dial` where a document did."""
        wanted = {"kind": "leg", "status": "ringing", "direction": by}
        found = await self._until(wanted, "rings", after=self.rung)
        self.heard = self.rung = found["n"]

    async def was_rung(self) -> bool:
        """Whether it ever rang."""
        await self.carrier.look()
        return any(
            e["kind"] == "leg" and e["address"] == self.address and e["status"] == "ringing"
            for e in self.carrier._seen
        )

    async def is_talking_to_somebody(self) -> None:
        """It is in a room with another."""

        def fits(entry: dict[str, Any]) -> bool:
            return entry["kind"] == "joined" and int(entry["inside"]) > 1

        after = 0
        while not (await self._now())["with_others"]:
            found = await self.carrier.until(fits, f"{self.address} talks to somebody", after)
            after = found["n"]

    async def is_hung_up(self) -> None:
        """Its last leg is over."""
        final = ("completed", "busy", "no-answer", "failed", "canceled")

        def fits(entry: dict[str, Any]) -> bool:
            return (
                entry["kind"] == "leg"
                and entry["address"] == self.address
                and entry["status"] in final
            )

        await self.carrier.until(fits, f"{self.address} is hung up", self.rung)

    async def sid(self) -> str:
        """The carrier's id of its newest call that it dialled."""
        calls = await self.carrier.inbound_calls()
        return str([call["sid"] for call in calls if call["from"] == self.address][-1])

    async def _is_listened_to(self) -> None:
        after = 0
        while not (await self._now())["gathering"]:
            found = await self._until({"kind": "gathering"}, "the house listens", after=after)
            after = found["n"]

    async def _now(self) -> dict[str, Any]:
        answer = await self.carrier.http.get(f"/simulator/handsets/{self.address}")
        return dict(answer.json())

    async def _until(self, wanted: dict[str, Any], what: str, *, after: int) -> dict[str, Any]:
        full = wanted | {"address": self.address}
        return await self.carrier.until(
            lambda entry: full.items() <= entry.items(), f"{self.address}: {what}", after
        )

    async def _does(self, what: str, **how: str) -> None:
        path = f"/simulator/handsets/{self.address}"
        answer = await self.carrier.http.post(path, json={"what": what, **how})
        assert answer.is_success, f"{self.address} cannot {what}: {answer.text}"


def start_carrier(
    bind: str, sid: str, token: str, log: Path, *, limit_s: float = LIMIT_S
) -> "subprocess.Popen[bytes]":
    """The simulator as a separate process, set up by its environment alone."""
    env: dict[str, str] = {
        **os.environ,
        "SIMULATOR_BIND": bind,
        "SIMULATOR_ACCOUNT_SID": sid,
        "SIMULATOR_AUTH_TOKEN": token,
        "SIMULATOR_CLOCK": "manual",
        "SIMULATOR_SAY_SECONDS_PER_CHARACTER": "0",
        "SIMULATOR_ANSWER_LIMIT_S": str(limit_s),
    }
    argv: Sequence[str] = [sys.executable, "-m", "hotline.simulator"]
    with log.open("ab") as output:
        return subprocess.Popen(argv, env=env, stdout=output, stderr=output)  # noqa: S603 – ours
