"""The TwiML player: what a leg does with the documents it is given."""

import asyncio
from datetime import datetime
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from hotline.carrier.exchange import Exchange
from hotline.carrier.grammar import faults_of
from hotline.carrier.model import CarrierLeg, CarrierParticipant, Target
from hotline.carrier.recordings import Recordings
from hotline.carrier.webhooks import FetchFailed

PAUSE_S, GATHER_S, RECORD_S, RING_S = 1, 5, 5, 30
PAUSES_S = {"w": 0.5, "W": 1.0}  # between keys that are played
LONGEST_S = 24 * 3600
NO_SOUND = 12300  # the carrier's number for what it cannot play
ERROR_WORDS = "We are sorry, an application error has occurred. Goodbye."
NESTED = {"Say", "Play", "Pause"}


class GoTo(Exception):
    """A verb handed control to another document."""

    def __init__(self, target: Target, fields: dict[str, str]) -> None:
        """`fields` are sent along with the request."""
        super().__init__()
        self.target, self.fields = target, fields


class Player:
    """Plays documents on one exchange."""

    def __init__(self, exchange: Exchange, recordings: Recordings) -> None:
        """`recordings`: where messages are filed."""
        self._exchange = exchange
        self._recordings = recordings

    async def play(self, leg: CarrierLeg, target: Target) -> None:
        """Follow documents until they end or the leg does."""
        fields: dict[str, str] = {}
        try:
            while not leg.over:
                text, url = await self._fetch(leg, target, fields)
                try:
                    await self._document(leg, text, url)
                except GoTo as goes:
                    target, fields = goes.target, goes.fields
                else:
                    break
        except FetchFailed as fault:
            await self._say(leg, ERROR_WORDS, "en", "man")
            self._exchange.journal.write("error", sid=leg.sid, code=fault.code)
        if not leg.over:
            self._exchange.hang_up(leg, by="document")

    async def _fetch(
        self, leg: CarrierLeg, target: Target, fields: dict[str, str]
    ) -> tuple[str, str]:
        if target.document:
            return target.document, ""
        sent = self._exchange.fields(leg) | fields
        try:
            return await self._exchange.webhooks.ask(leg, target, sent)
        except FetchFailed as fault:
            if leg.fallback is None:
                raise
            errors = {"ErrorCode": str(fault.code), "ErrorUrl": target.url}
            self._exchange.journal.write("fallback", sid=leg.sid, code=fault.code)
            return await self._exchange.webhooks.ask(leg, leg.fallback, sent | errors)

    async def _document(self, leg: CarrierLeg, text: str, url: str) -> None:
        self._exchange.journal.warn(leg.sid, faults_of(text))
        for verb in read_document(text):
            if verb.tag == "Reject":
                self._exchange.end(leg, "busy" if verb.get("reason") == "busy" else "no-answer",
                                   by="document")  # fmt: skip
                return
            await self._exchange.answer_inbound(leg)
            await self._verb(leg, verb, url)

    async def _verb(self, leg: CarrierLeg, verb: ET.Element, url: str) -> None:
        match verb.tag:
            case "Say" | "Play" | "Pause":
                await self._sound(leg, verb, url)
            case "Gather":
                await self._gather(leg, verb, url)
            case "Redirect":
                raise GoTo(_target(verb, "", url, text=verb.text or ""), {})
            case "Dial":
                await self._dial(leg, verb, url)
            case "Record":
                await self._record(leg, verb, url)
            case "Hangup":
                self._exchange.hang_up(leg, by="document")
            case _:
                return  # was warned of

    # ── sounds ──────────────────────────────────────────────────────────────────────────────

    async def _sound(self, leg: CarrierLeg, verb: ET.Element, url: str) -> None:
        if verb.tag == "Say":
            words = (verb.text or "").strip()
            await self._say(leg, words, verb.get("language", "en-US"), verb.get("voice", ""))
        elif verb.get("digits"):
            await self._press(leg, verb.get("digits", ""))
        elif verb.tag == "Play":
            await self._play(leg, (verb.text or "").strip(), url)
        else:
            await self._exchange.clock.sleep(number_in(verb, "length", PAUSE_S))

    async def _press(self, leg: CarrierLeg, keys: str) -> None:
        """Keys, heard by the other end alone; `w` and `W` are pauses."""
        for key in keys:
            if key in PAUSES_S:
                await self._exchange.clock.sleep(PAUSES_S[key])
            else:
                await self._exchange.telephones.press(leg, key)
        self._exchange.journal.write("pressed", sid=leg.sid, address=leg.address, keys=len(keys))

    async def _play(self, leg: CarrierLeg, named: str, url: str) -> None:
        """Fetched as the carrier fetches it; what cannot be had is warned of and passed over.

        It takes as long as it is.
        """
        fetched = await self._exchange.telephones.fetch(urljoin(url, named))
        self._exchange.journal.write("played", sid=leg.sid, address=leg.address, url=named,
                                     status=fetched.status, seconds=fetched.seconds)  # fmt: skip
        if not fetched.usable:
            fault = f"Play of {named}: {fetched.status}, and no sound"
            self._exchange.journal.write("warning", sid=leg.sid, code=NO_SOUND, fault=fault)
        await self._exchange.telephones.sound(leg, fetched)

    async def _say(self, leg: CarrierLeg, text: str, language: str, voice: str) -> None:
        leg.last_words = text
        self._exchange.journal.write("said", sid=leg.sid, address=leg.address, text=text,
                                     language=language, voice=voice)  # fmt: skip
        await self._exchange.telephones.say(leg, text, language=language, voice=voice)

    # ── Gather ──────────────────────────────────────────────────────────────────────────────

    async def _gather(self, leg: CarrierLeg, verb: ET.Element, url: str) -> None:
        wanted = int(number_in(verb, "numDigits", 0))
        leg.gathering = {"input": verb.get("input", "dtmf"), "num_digits": wanted}
        self._exchange.journal.write("gathering", sid=leg.sid, address=leg.address,
                                     **leg.gathering)  # fmt: skip
        try:
            heard = await self._listen(leg, verb, wanted, url)
        finally:
            leg.gathering = None
        if heard or verb.get("actionOnEmptyResult") == "true":
            raise GoTo(_target(verb, "action", url), {"Digits": "", **heard})

    async def _listen(
        self, leg: CarrierLeg, verb: ET.Element, wanted: int, url: str
    ) -> dict[str, str]:
        """The first key stops the prompt; the time-out runs from the prompt's end or a key."""
        first = asyncio.ensure_future(self._first_input(leg, "speech" in verb.get("input", "")))
        prompt = asyncio.ensure_future(self._nested(leg, verb, url))
        quiet: asyncio.Future[None] | None = None
        try:
            await asyncio.wait({first, prompt}, return_when=asyncio.FIRST_COMPLETED)
            if not first.done():
                quiet = asyncio.ensure_future(self._silence(verb))
                await asyncio.wait({first, quiet}, return_when=asyncio.FIRST_COMPLETED)
            if not first.done():
                return {}
            kind, value = first.result()
            if kind == "speech":
                return {"SpeechResult": value, "Confidence": "0.9"}
            return await self._digits(leg, verb, wanted, value)
        finally:
            for task in (first, prompt, quiet):
                if task is not None:
                    task.cancel()

    async def _nested(self, leg: CarrierLeg, verb: ET.Element, url: str) -> None:
        for inner in verb:
            if inner.tag in NESTED:
                await self._sound(leg, inner, url)

    async def _silence(self, verb: ET.Element) -> None:
        await self._exchange.clock.sleep(number_in(verb, "timeout", GATHER_S))

    async def _first_input(self, leg: CarrierLeg, speech: bool) -> tuple[str, str]:  # noqa: FBT001 – one caller
        key = asyncio.ensure_future(leg.pressed.get())
        word = asyncio.ensure_future(leg.spoken.get()) if speech else None
        tasks = {task for task in (key, word) if task is not None}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if key.done():
                return "digits", key.result()
            assert word is not None  # noqa: S101 – one of the two is done
            return "speech", word.result()
        finally:
            for task in tasks:
                task.cancel()

    async def _digits(
        self, leg: CarrierLeg, verb: ET.Element, wanted: int, first: str
    ) -> dict[str, str]:
        finish = verb.get("finishOnKey", "#")
        digits, key = "", first
        while True:
            if finish and key == finish:
                return {"Digits": digits, "FinishedOnKey": key} if digits else {}
            digits += key
            if wanted and len(digits) >= wanted:
                return {"Digits": digits}
            pressed = asyncio.ensure_future(leg.pressed.get())
            quiet = asyncio.ensure_future(self._silence(verb))
            try:
                await asyncio.wait({pressed, quiet}, return_when=asyncio.FIRST_COMPLETED)
                if not pressed.done():
                    return {"Digits": digits}
                key = pressed.result()
            finally:
                pressed.cancel()
                quiet.cancel()

    # ── Dial ────────────────────────────────────────────────────────────────────────────────

    async def _dial(self, leg: CarrierLeg, verb: ET.Element, url: str) -> None:
        noun = next(iter(verb), None)
        if noun is not None and noun.tag == "Conference":
            fields = await self._conference(leg, noun, url)
        else:
            number = noun is None or noun.tag == "Number"
            words = (verb.text if noun is None else noun.text) or ""
            address = words.strip() if number else f"client:{words.strip()}"
            fields = await self._bridge(leg, verb, address, url)
        if verb.get("action"):
            raise GoTo(_target(verb, "action", url), fields)

    async def _conference(self, leg: CarrierLeg, noun: ET.Element, url: str) -> dict[str, str]:
        conference = self._exchange.conferences.open((noun.text or "").strip())
        if not conference.callback and noun.get("statusCallback"):
            conference.callback = urljoin(url, noun.get("statusCallback", ""))
            conference.events = tuple(noun.get("statusCallbackEvent", "").split())
        one = CarrierParticipant(
            leg,
            noun.get("participantLabel", ""),
            start_on_enter=noun.get("startConferenceOnEnter", "true") == "true",
            end_on_exit=noun.get("endConferenceOnExit", "false") == "true",
            muted=noun.get("muted") == "true",
            coaching=noun.get("coach"),
            wait=_music_until_start(noun, url),
            beep_on_enter=noun.get("beep", "true") in ("true", "onEnter"),
            beep_on_exit=noun.get("beep", "true") in ("true", "onExit"),
        )
        code = self._exchange.conferences.reason_to_refuse(conference, one)
        if code is not None:
            self._exchange.journal.write("error", sid=leg.sid, code=code)
            return {"DialCallStatus": "failed"}
        await self._exchange.conferences.stay(conference, one)
        return {"DialCallStatus": "answered"}

    async def _bridge(
        self, leg: CarrierLeg, verb: ET.Element, address: str, url: str
    ) -> dict[str, str]:
        """One called party, connected through a conference of their own."""
        child = CarrierLeg(
            account=leg.account,
            address=address,
            from_=verb.get("callerId", leg.from_),
            to=address,
            direction="outbound-dial",
            parent=leg.sid,
            ring_s=number_in(verb, "timeout", RING_S),
            **self._reports(next(iter(verb), None), url),
        )
        self._exchange.dial_out(child)
        await self._exchange.until(lambda: child.status == "in-progress" or child.over)
        if child.over:
            status = {"failed": "failed", "busy": "busy"}.get(child.status, "no-answer")
            return {"DialCallStatus": status, "DialCallSid": child.sid, "DialBridged": "false"}
        conference = self._exchange.conferences.open(f"bridge-{child.sid}")
        ends = [
            CarrierParticipant(one, "", start_on_enter=True, end_on_exit=True)
            for one in (child, leg)
        ]
        for one in ends:
            self._exchange.conferences.enter(conference, one)
        try:
            await ends[1].left.wait()
        finally:  # also where the caller hangs up: nobody stays on a line alone
            self._exchange.hang_up(child, by="bridge")
        return {"DialCallStatus": "completed", "DialCallSid": child.sid, "DialBridged": "true",
                "DialCallDuration": str(child.duration())}  # fmt: skip

    def _reports(self, noun: ET.Element | None, url: str) -> dict[str, Any]:
        """Whom the called party's leg is told of, and which of its changes."""
        if noun is None or not noun.get("statusCallback"):
            return {}
        events = noun.get("statusCallbackEvent", "completed").split()
        return {
            "status_callback": urljoin(url, noun.get("statusCallback", "")),
            "status_events": tuple(events),
        }

    # ── Record ──────────────────────────────────────────────────────────────────────────────

    async def _record(self, leg: CarrierLeg, verb: ET.Element, url: str) -> None:
        """Ends with a key, with silence after the message, or when the caller hangs up.

        Whoever said nothing has left none: the application hears of it by the next verb.
        """
        started, ends = self._exchange.clock.now(), verb.get("finishOnKey", "1234567890*#")
        self._exchange.journal.write("recording", sid=leg.sid, address=leg.address)
        key = asyncio.ensure_future(leg.pressed.get())
        limit = number_in(verb, "timeout", RECORD_S)
        quiet = asyncio.ensure_future(self._exchange.clock.sleep(limit))
        try:
            await asyncio.wait({key, quiet}, return_when=asyncio.FIRST_COMPLETED)
            digits = key.result() if key.done() and key.result() in ends else ""
        except asyncio.CancelledError:
            if leg.over and not leg.says_nothing:
                self._take_message(leg, verb, url, began=started, digits="hangup")
            raise
        finally:
            key.cancel()
            quiet.cancel()
        if leg.says_nothing and not digits:
            return
        fields = self._take_message(leg, verb, url, began=started, digits=digits)
        raise GoTo(_target(verb, "action", url), fields)

    def _take_message(
        self, leg: CarrierLeg, verb: ET.Element, url: str, *, began: datetime, digits: str
    ) -> dict[str, str]:
        """File what was spoken, and report it to whom the verb says. Returns what is told of it."""
        seconds = int((self._exchange.clock.now() - began).total_seconds())
        sid = self._recordings.file_message(leg, began)
        fields = {"RecordingSid": sid, "RecordingDuration": str(seconds), "Digits": digits,
                  "RecordingUrl": f"{url}#{sid}"}  # fmt: skip
        status = verb.get("recordingStatusCallback", "")
        if status:
            done: dict[str, Any] = {"CallSid": leg.sid, "RecordingStatus": "completed"}
            target = urljoin(url, status)
            self._exchange.webhooks.report("status", target, fields | done, sid=leg.sid)
        return fields


def read_document(text: str) -> ET.Element:
    """Its root. Raises `FetchFailed` where it is none."""
    try:
        root = ET.fromstring(text)  # noqa: S314 – our own application, on loopback
    except ET.ParseError:
        raise FetchFailed(12100) from None
    if root.tag != "Response":
        raise FetchFailed(12100)
    return root


def _music_until_start(noun: ET.Element, url: str) -> Target | None:
    """The carrier's own where nothing is said of it; none where it is said to be empty."""
    named = noun.get("waitUrl")
    if named is None:
        return Target("")
    return Target(urljoin(url, named), noun.get("waitMethod", "POST")) if named else None


def number_in(verb: ET.Element, attribute: str, default: float) -> float:
    """What the attribute says; the default where it is missing or no number that can be waited."""
    try:
        given = float(verb.get(attribute, default))
    except ValueError:
        return default
    return given if 0 <= given <= LONGEST_S else default


def _target(verb: ET.Element, attribute: str, url: str, *, text: str = "") -> Target:
    """An address relative to the document it stands in; none means the document itself."""
    named = verb.get(attribute, "") if attribute else text.strip()
    return Target(urljoin(url, named) if named else url, verb.get("method", "POST"))
