"""A call that is over, and short words for what people do with its record."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from hotline.calls.model import CallState
from hotline.records.model import ContactType, Disposition, Draft, Opened, Topic
from hotline.records.queries import opened, read_record
from hotline.records.service import save_record
from hotline.risk.levels import Risk
from hotline.storage.session import Database
from hotline.storage.tables import CallEntry, Record
from hotline.storage.vault import Vault, make_key
from tests.fakes import NOON
from tests.hotline.calls.conftest import CallsScene

STORY = "他说家里很吵。"


def draft(narrative: str = STORY, **values: Any) -> Draft:
    """What somebody writes: the same each time, unless told otherwise."""
    written: dict[str, Any] = {
        "contact_type": ContactType.SELF,
        "topics": (Topic.FAMILY, Topic.STUDY),
        "risk": Risk.LOW,
        "disposition": Disposition.LISTENED,
        "follow_up": True,
    }
    return Draft(narrative=narrative, **{**written, **values})


@dataclass
class RecordsScene(CallsScene):
    """The call `c1`, and the key that seals."""

    vault: Vault = field(default_factory=lambda: Vault(make_key()))

    async def saves(
        self, what: Draft, by: str = "li", *, call: str = "c1", later_s: float = 0
    ) -> Opened:
        """Somebody saves the record, so long after noon. What they see of it then."""
        at = NOON + timedelta(seconds=later_s)
        async with self.work() as work:
            return opened(await save_record(work, self.vault, call, by, what, at=at), self.vault)

    async def reads(self, reader: str, *, later_s: float = 0) -> Opened | None:
        """Somebody opens it."""
        at = NOON + timedelta(seconds=later_s)
        async with self.work() as work:
            return await read_record(work, self.vault, "c1", reader=reader, at=at)

    async def kept(self, call: str = "c1") -> Record:
        """The row as it is now."""
        async with self.work() as work:
            return await work.get_one(Record, call)

    async def traces(self) -> list[tuple[str, str | None]]:
        """Who did what with the record, in order."""
        async with self.work() as work:
            query = select(CallEntry.kind, CallEntry.staff_id).order_by(col(CallEntry.id))
            return list((await work.exec(query)).all())


@pytest.fixture
async def scene(database: Database) -> RecordsScene:
    """A call that is over."""
    made = RecordsScene(database)
    await made.furnish()
    await made.call(CallState.ENDED, counselor_id="li")
    return made
