"""A line with two counselors and two supervisors, and calls of last month."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from hotline.quality.look import QualityLook
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Database
from hotline.storage.tables import (
    Call,
    CallEntry,
    CallReview,
    Line,
    Presence,
    Record,
    RiskAssessment,
    Staff,
)
from hotline.storage.vault import Vault, make_key
from hotline.supervision import RowFaults
from tests.fakes import FakeClock
from tests.hotline.rows import StoredScene

PEOPLE = {
    "li": ["counselor"],
    "wong": ["counselor"],
    "he": ["supervisor"],
    "sun": ["supervisor", "counselor"],
}


@dataclass
class QualityScene(StoredScene):
    """The rows, and time that passes."""

    database: Database
    clock: FakeClock
    vault: Vault

    @property
    def now(self) -> datetime:
        """On the clock."""
        return self.clock.now()

    async def call(self, call_id: str, counselor: str = "li", **values: Any) -> None:
        """Somebody talked with somebody, and it is over. `contact`: what the record says."""
        contact, imminent = values.pop("contact", "self"), values.pop("imminent", False)
        at = values.pop("at", self.now)
        fields = {"line_id": "youth", "state": "ended", "outcome": "talked", **values}
        await self.add(
            Call(id=call_id, carrier_sid=f"CA-{call_id}", counselor_id=counselor, arrived_at=at,
                 heard_at=at, joined_at=at, ended_at=at, **fields)
        )  # fmt: skip
        if contact is not None:
            await self.add(
                Record(call_id=call_id, staff_id=counselor, contact_type=contact, risk="low",
                       disposition="listened", saved_at=at)
            )  # fmt: skip
        if imminent:
            await self.add(
                RiskAssessment(call_id=call_id, version=1, kind="chosen", at=at, level="imminent")
            )

    async def looks(self) -> None:
        """As the switchboard does each minute."""
        faults = RowFaults()
        self.clock.advance(60)
        await QualityLook(self.database, faults).look(at=self.now)

    async def next_month(self) -> None:
        """The seeds of this month are published, and its lots drawn when it is over."""
        await self.looks()
        self.clock.advance(33 * 86400)
        await self.looks()

    async def reads(self, reviewer: str, call_id: str) -> None:
        """Somebody reads the record of a call, which leaves a trace."""
        await self.add(
            CallEntry(call_id=call_id, at=self.now, kind="record.read", staff_id=reviewer)
        )

    async def review_of(self, call_id: str) -> CallReview:
        """The review of a call that was drawn."""
        found: list[CallReview] = await self.all(CallReview)
        return next(one for one in found if one.call_id == call_id and not one.calibration_id)

    def who(self, staff_id: str) -> SignedIn:
        """Somebody who is signed in."""
        return SignedIn(
            staff_id=staff_id,
            username=staff_id,
            name=staff_id.title(),
            roles=tuple(PEOPLE[staff_id]),
            station_id=None,
            lines=("youth",),
        )

    def ago(self, **long: int) -> datetime:
        """So long before now."""
        return self.now - timedelta(**long)


@pytest.fixture
async def scene(database: Database, clock: FakeClock) -> QualityScene:
    """At noon of the first of March."""
    made = QualityScene(database, clock, Vault(make_key()))
    await made.add(Line(id="youth", name="青少年", name_en="Youth", number_shown="12355"))
    for name, roles in PEOPLE.items():
        await made.add(
            Staff(id=name, username=name, name=name.title(), password_hash="", roles=roles,
                  lines=["youth"], skills={"languages": {"cmn": 5}, "certified": True}),
            Presence(staff_id=name, state="ready", since=clock.now(), idle_since=clock.now()),
        )  # fmt: skip
    return made
