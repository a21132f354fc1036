"""A line, a child on the telephone, two counselors, and the carrier that signs for them all."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest
from sqlmodel import SQLModel, col, select
from structlog.testing import capture_logs
from structlog.typing import EventDict

from hotline.calls.model import CallState
from hotline.calls.service import lock_call
from hotline.carrier.grammar import faults_of
from hotline.errors import NotStored
from hotline.i18n.prompts import spoken_prompts
from hotline.settings import Settings
from hotline.storage.session import Database
from hotline.storage.tables import (
    Call,
    CallEntry,
    Line,
    Offer,
    Participant,
    PhoneNumber,
    Presence,
    Staff,
)
from hotline.telephony.signature import sign
from hotline.web.app import create_app
from hotline.web.deps import Backend
from hotline.web.spool import SpoolEntry
from ivr.twiml import readable
from ivr.wording import spoken
from tests.fakes import NOON, FakeClock
from tests.hotline.web.api.conftest import SITE, client_of, house_on, places, talkers

ACCOUNT, TOKEN = "AC" + "0" * 32, "a-scene-of-its-own"
CHILD, DIALLED, DUTY_PHONE = "13800138000", "12355", "02000000001"
NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:1/none"
FORM = "application/x-www-form-urlencoded"

FLOW: dict[str, Any] = {
    "name": "youth",
    "language": "cmn",
    "start": "welcome",
    "danger_words": ["救命"],
    "steps": {
        "welcome": {"say": "greeting.line", "next": "menu"},
        "menu": {
            "choices": {
                "1": {"say": "language.cmn", "next": "human"},
                "2": {"say": "language.yue", "language": "yue", "next": "human"},
                "3": {"say": "language.hak", "language": "yue", "next": "recorder"},
                "4": {"say": "language.nan", "next": "elsewhere"},
                "5": {
                    "say": "language.eng",
                    "language": "eng",
                    "topic": "school",
                    "age_group": "child",
                    "gender": "f",
                    "words": ["english"],
                    "next": "human",
                },
            },
            "silence": "human",
        },
        "human": {"say": "menu.to_human", "enqueue": "routine"},
        "recorder": {"say": "message.please_leave", "voicemail": True},
        "elsewhere": {"say": "closed", "hang_up": "other_line"},
    },
}
"""A way to every end that a flow can have."""


def says(document: str, prompt: str, language: str = "cmn", **values: str | int) -> bool:
    """Whether these words are in a document, as a voice reads them."""
    words = spoken(spoken_prompts(), prompt, language, values)
    return readable(words.text) in unescape(document)


def silent(document: str) -> bool:
    """Whether a document says nothing at all."""
    return "<Say" not in document


def leads_to(document: str) -> str:
    """The address that the carrier asks after a document."""
    found = re.search(r'\saction="([^"]+)"|<Redirect[^>]*>([^<]+)<', document)
    assert found is not None, document
    return unescape(found[1] or found[2])


def asks_again_at(document: str) -> str:
    """The same, without what makes each address one that was never given out before."""
    return re.sub(r"[?&]once=[0-9a-f]+$", "", leads_to(document))


@dataclass
class VoiceScene:
    """The application, and short words for a story. `document`: what the child heard last."""

    backend: Backend
    clock: FakeClock
    http: httpx.AsyncClient
    document: str = ""

    # ── what the carrier asks and reports ───────────────────────────────────────────────────────

    async def posts(self, path: str, form: dict[str, str], **headers: str) -> httpx.Response:
        """A signed request; `headers` replace those that belong to it."""
        body = urlencode(form)
        signature = sign(SITE + path, parse_qsl(body, keep_blank_values=True), TOKEN)
        own = {"X-Twilio-Signature": signature, "Content-Type": FORM}
        return await self.http.post(path, content=body, headers=own | headers)

    async def asks(self, path: str, **form: str) -> str:
        """A leg asks what to do, the child's where nothing else is said. Returns the document."""
        leg = {"AccountSid": ACCOUNT, "CallSid": "CA-child", "CallStatus": "in-progress"}
        answer = await self.posts(path, leg | form)
        assert answer.status_code == httpx.codes.OK, answer.text
        assert answer.headers["Content-Type"].startswith("text/xml")
        assert faults_of(answer.text) == []
        self.document = answer.text
        return answer.text

    async def reports(self, path: str, **form: str) -> int:
        """The carrier reports something that nobody waits for. Returns the status."""
        return (
            await self.posts(path, {"AccountSid": ACCOUNT, "CallSid": "CA-child"} | form)
        ).status_code

    # ── what the child does ─────────────────────────────────────────────────────────────────────

    async def child_calls(self, **form: str) -> str:
        """The child dials the line."""
        return await self.asks("/voice/incoming", **({"From": CHILD, "To": DIALLED} | form))

    async def child_presses(self, key: str) -> str:
        """One key, at whatever the child heard last."""
        return await self.asks(leads_to(self.document), Digits=key)

    async def child_says(self, words: str) -> str:
        """Words instead of a key."""
        return await self.asks(leads_to(self.document), SpeechResult=words)

    async def child_is_silent(self) -> str:
        """The document is over, and nothing was pressed."""
        return await self.asks(leads_to(self.document))

    # ── where things stand ──────────────────────────────────────────────────────────────────────

    async def add(self, *rows: SQLModel) -> None:
        """Rows, each after those before it."""
        async with self.backend.database.work() as work:
            for row in rows:
                work.add(row)
                await work.flush()

    async def get(self, table: type[SQLModel], key: str) -> Any:
        """A row as it is now."""
        async with self.backend.database.work() as work:
            return await work.get_one(table, key)

    async def change(self, table: type[SQLModel], key: str, **values: Any) -> None:
        """Set columns of a row."""
        async with self.backend.database.work() as work:
            row = await work.get_one(table, key)
            for name, value in values.items():
                setattr(row, name, value)

    async def calls(self) -> list[Call]:
        """All calls there are."""
        async with self.backend.database.work() as work:
            return list((await work.exec(select(Call))).all())

    async def call(self) -> Call:
        """The only call there is."""
        (call,) = await self.calls()
        return call

    async def told(self, kind: str) -> list[dict[str, Any]]:
        """The facts of each entry of one kind in the timeline."""
        query = select(CallEntry.facts).where(CallEntry.kind == kind).order_by(col(CallEntry.id))
        async with self.backend.database.work() as work:
            return [dict(facts) for facts in (await work.exec(query)).all()]

    async def kinds(self) -> list[str]:
        """What the timeline tells, in order."""
        query = select(CallEntry.kind).order_by(col(CallEntry.id))
        async with self.backend.database.work() as work:
            return list((await work.exec(query)).all())

    # ── how far the story is ────────────────────────────────────────────────────────────────────

    async def furnish(self) -> None:
        """The line with its flow and number, and two counselors who are ready."""
        await self.add(*places(), PhoneNumber(number=DIALLED, line_id="youth"))
        await self.change(Line, "youth", flow=FLOW, flow_version="voice-tests")
        for name in ("li", "chen"):
            await self.add(
                Staff(
                    id=name,
                    username=name,
                    name=name,
                    password_hash="",
                    roles=["counselor"],
                    lines=["youth"],
                ),
                Presence(staff_id=name, state="ready", since=NOON, idle_since=NOON),
            )

    async def call_stands(self, state: CallState, **values: Any) -> None:
        """The child's call `c1`, put at a point of its life; its next turn is 3."""
        fields: dict[str, Any] = {
            "arrived_at": NOON,
            "heard_at": NOON,
            "turn": 3,
            "from_index": "i",
            "from_sealed": self.backend.vault.seal(CHILD, place="call.from.c1"),
        }
        await self.add(Call(id="c1", carrier_sid="CA-child", line_id="youth", state=state,
                            **(fields | values)))  # fmt: skip

    async def rings_at(self, name: str, address: str, state: str = "dialing") -> None:
        """The child's call is offered to a counselor, whose phone was dialled."""
        expires_at = NOON + timedelta(seconds=20)
        await self.add(
            Offer(id=f"offer-{name}", call_id="c1", staff_id=name, offered_at=NOON,
                  expires_at=expires_at),
            Participant(id=name, call_id="c1", offer_id=f"offer-{name}", staff_id=name,
                        role="counselor", address=address, state=state, created_at=NOON),
        )  # fmt: skip
        await self.change(Presence, name, state="offered", call_id="c1")

    async def is_offered(self, address: str = "client:li", **values: Any) -> None:
        """The child waits, and li's phone was dialled."""
        await self.call_stands(CallState.WAITING, queued_at=NOON, **values)
        await self.rings_at("li", address)

    async def talks(self, **values: Any) -> None:
        """The child and li are in a talk. Their participants are `caller` and `counselor`."""
        taken: dict[str, Any] = {"counselor_id": "li", "queued_at": NOON, "accepted_at": NOON}
        fields = taken | {"joined_at": NOON} | values
        await self.call_stands(CallState.TALKING, **fields)
        caller, counselor = talkers("c1", "li", at=NOON)
        caller.carrier_sid = "CA-child"
        await self.add(caller, counselor)
        await self.change(Presence, "li", state="talking", call_id="c1")


@pytest.fixture
async def scene(database: Database, clock: FakeClock) -> AsyncIterator[VoiceScene]:
    """The furnished line, at noon."""
    settings = Settings(
        public_url=SITE,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        duty_phone=DUTY_PHONE,
    )
    backend = house_on(database, clock, settings)
    async with client_of(create_app(backend)) as http:
        made = VoiceScene(backend, clock, http)
        await made.furnish()
        yield made
    await backend.unstored.stop(patience_s=0)


@pytest.fixture
def logged() -> Iterator[list[EventDict]]:
    """What is logged meanwhile; not printed, since a traceback takes a second to draw."""
    with capture_logs() as lines:
        yield lines


@pytest.fixture
async def without_database(clock: FakeClock, logged: list[EventDict]) -> AsyncIterator[VoiceScene]:
    """The application while its database cannot be reached."""
    database = Database(NOWHERE)
    settings = Settings(
        public_url=SITE,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        duty_phone=DUTY_PHONE,
    )
    backend = house_on(database, clock, settings)
    async with client_of(create_app(backend)) as http:
        yield VoiceScene(backend, clock, http)
    await backend.unstored.stop(patience_s=0)
    await database.close()


@asynccontextmanager
async def somebody_holds_the_call(scene: VoiceScene) -> AsyncIterator[None]:
    """The row is locked elsewhere, and we have only a moment to answer."""
    usual, scene.backend.webhook_budget_s = scene.backend.webhook_budget_s, 0.05
    async with scene.backend.database.work() as work:
        await lock_call(work, "c1")
        yield
    scene.backend.webhook_budget_s = usual


def nothing_is_stored_by_ourselves(scene: VoiceScene) -> None:
    """Only the caller's next request brings what was not stored, as if ours always came later."""

    async def not_yet(_: SpoolEntry) -> None:
        raise NotStored

    scene.backend.unstored.replays_by(not_yet)
