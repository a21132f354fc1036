"""A line, a child's phone, and a carrier that takes texts as it is told to."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from hotline.ports import ListedText
from hotline.storage.session import Database
from hotline.storage.tables import Line, PhoneNumber, Staff, TextMessage
from hotline.storage.vault import Vault, make_key
from hotline.texting.asking import Addressee, NewText, ask_for_text
from hotline.texting.consent import ConsentGiven, give_consent
from hotline.texting.dispatcher import TextDispatcher
from hotline.texting.incoming import Reader, TextIn, take_text
from hotline.texting.sending import TextSender
from hotline.texting.templates import Template
from tests.fakes import FakeClock
from tests.hotline.rows import StoredScene

CHILD, OURS = "+8615400000001", "12355"


@dataclass
class FakeTexts:
    """Takes every text at once. `faults` are used up in turn: an error, and whether it was sent."""

    clock: FakeClock
    faults: deque[tuple[Exception, bool] | None] = field(default_factory=deque)
    list_error: Exception | None = None
    sent: list[tuple[str, str, str, str]] = field(default_factory=list)
    asked_for: int = 0

    async def send_message(self, *, to: str, from_: str, body: str, status_url: str) -> str:
        self.asked_for += 1
        fault = self.faults.popleft() if self.faults else None
        if fault is not None and not fault[1]:
            raise fault[0]
        self.sent.append((to, from_, body, status_url))
        if fault is not None:
            raise fault[0]
        return f"SM{len(self.sent)}"

    async def find_messages(self, *, to: str, since: datetime) -> Sequence[ListedText]:
        if self.list_error is not None:
            raise self.list_error
        return [
            ListedText(sid=f"SM{place}", from_=from_, body=body, status="sent", error=0)
            for place, (whom, from_, body, _) in enumerate(self.sent, start=1)
            if whom == to and since <= self.clock.now()
        ]


@dataclass
class TextScene(StoredScene):
    """The rows, the carrier, and short words for both."""

    database: Database
    clock: FakeClock
    carrier: FakeTexts
    vault: Vault = field(default_factory=lambda: Vault(make_key(), index_secret="s" * 32))
    told: int = 0

    def __post_init__(self) -> None:
        sender = TextSender(
            database=self.database,
            carrier=self.carrier,
            clock=self.clock,
            vault=self.vault,
            base_url="https://line.example",
        )
        self.dispatcher = TextDispatcher(database=self.database, sender=sender, clock=self.clock)

    @property
    def index(self) -> str:
        """By what the child's number is known."""
        return self.vault.index(CHILD)

    def to(self, **values: Any) -> Addressee:
        """The child, on the line."""
        known: dict[str, Any] = {"number": CHILD, "number_index": self.index,
                                 "number_masked": "154****0001", "language": "cmn",
                                 "line_id": "youth"}  # fmt: skip
        return Addressee(**(known | values))

    async def furnish(self) -> None:
        """The line with its number, and a counselor of it."""
        await self.add(
            Line(id="youth", name="青少年", name_en="Youth", number_shown="12355", languages=[]),
            PhoneNumber(number=OURS, line_id="youth"),
            Staff(id="li", username="li", name="Li", password_hash="", lines=["youth"]),
        )

    async def writes(self, body: str, *, from_: str = CHILD, to: str = OURS, sid: str = "") -> None:
        """The child writes to the line."""
        self.told += 1
        new = TextIn(sid=sid or f"SMin{self.told}", to=to, from_=from_, body=body)
        async with self.database.work() as work:
            reader = Reader(vault=self.vault, duty_phone="", at=self.clock.now())
            await take_text(work, reader, new)

    async def wants_texts(self) -> None:
        """The child said so to a counselor."""
        async with self.database.work() as work:
            await give_consent(work, self.index, ConsentGiven.SAID, at=self.clock.now(), by_id="li")

    async def asks(self, template: Template = Template.WHEN, **values: Any) -> str:
        """A text to the child is queued, whatever stands against it."""
        values = {"to": self.to(), "our_number": OURS, "template": template, **values}
        async with self.database.work() as work:
            text_id = await ask_for_text(work, self.vault, NewText(**values), at=self.clock.now())
        assert text_id is not None
        return text_id

    async def text(self, text_id: str) -> TextMessage:
        """A row as it is now."""
        async with self.database.work() as work:
            return await work.get_one(TextMessage, text_id)

    async def texts(self, direction: str) -> list[TextMessage]:
        """All that came in, or went out; the first one first."""
        found = [one for one in await self.all(TextMessage) if one.direction == direction]
        return sorted(found, key=lambda one: one.created_at)

    async def ticks(self, seconds: float = 0) -> None:
        """Time passes, and the dispatcher looks."""
        self.clock.advance(seconds)
        await self.dispatcher.tick()
        await self.dispatcher.settled()


@pytest.fixture
async def texting(database: Database, clock: FakeClock) -> TextScene:
    """Eight in the evening, and nobody has written yet."""
    scene = TextScene(database, clock, FakeTexts(clock))
    await scene.furnish()
    return scene
