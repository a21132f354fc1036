"""A case with a child, her mother and her father, that a flag opened; and short words for it."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from hotline.handovers.consents import GivenConsent, give
from hotline.handovers.model import (
    Basis,
    ConsentAge,
    DataKind,
    GivenHow,
    Giver,
    GiverRelation,
    Opinion,
    Purpose,
    RecipientKind,
    Scope,
)
from hotline.handovers.provision import provide
from hotline.staff.actor import Actor
from hotline.storage.session import Database
from hotline.storage.tables import Case, CasePerson, DataConsent, Provision, Staff
from tests.fakes import FakeCarrier, FakeClock, FakeJobs
from tests.hotline.escalations.conftest import EscalationScene
from tests.hotline.rows import StoredScene

LI = Actor.of_staff("li")
TO_SCHOOL = Scope.of([RecipientKind.SCHOOL], [Purpose.SUPPORT], [DataKind.IDENTITY, DataKind.RISK])
WORDS = "the sentence of a canary"


class HandoverScene(EscalationScene, StoredScene):
    """The scene of an escalation, whose case has people in it."""

    case_id = ""

    async def open(self) -> None:
        """A flag opens the case; people are in it."""
        await self.furnish()
        await self.flag()
        await self.add(
            Staff(id="su", username="su", name="Su", password_hash="", roles=["supervisor"])
        )
        async with self.work() as work:
            self.case_id = (await work.exec(select(Case.id))).one()
        await self.person("child", "at_risk")
        await self.person("mother", "guardian")
        await self.person("father", "guardian")

    async def person(self, key: str, role: str, case_id: str = "") -> None:
        """Somebody of the case, whose number's index is their name."""
        await self.add(
            CasePerson(
                id=key, case_id=case_id or self.case_id, role=role, phone_index=f"index of {key}",
                by="staff:li", at=self.clock.now(),
            )
        )  # fmt: skip

    def said(self, **other: Any) -> GivenConsent:
        """The child, 15, agrees in the call that the school hears of it."""
        what: dict[str, Any] = {
            "case_id": self.case_id,
            "call_id": None,
            "given_by": Giver.PERSON,
            "relation": GiverRelation.SELF,
            "how": GivenHow.SAID,
            "said_in_id": "call",
            "given_at": self.clock.now(),
            "age": ConsentAge.FROM_14,
            "scope": TO_SCHOOL,
        }
        return GivenConsent(**{**what, **other})

    def by_mother(self, **other: Any) -> GivenConsent:
        """A guardian agrees for a child under 14, who was heard."""
        what: dict[str, Any] = {
            "given_by": Giver.GUARDIAN,
            "relation": GiverRelation.MOTHER,
            "person_id": "mother",
            "giver_index": "index of mother",
            "age": ConsentAge.UNDER_14,
            "opinion": Opinion.AGREES,
            "opinion_words": WORDS,
        }
        return self.said(**{**what, **other})

    async def given(self, given: GivenConsent) -> DataConsent:
        """It is kept."""
        async with self.work() as work:
            return await give(work, self.vault, given, by=LI, at=self.clock.now())

    async def hand_over(
        self,
        basis: Basis,
        consent: DataConsent | None = None,
        *,
        to: RecipientKind = RecipientKind.SCHOOL,
        purpose: Purpose = Purpose.SUPPORT,
        kinds: Collection[DataKind] = (DataKind.IDENTITY,),
        **other: Any,
    ) -> Provision:
        """To the school, unless said otherwise."""
        async with self.work() as work:
            return await provide(
                work,
                **{
                    "case_id": self.case_id,
                    "call_id": None,
                    "recipient_kind": to,
                    "recipient": "第一中学",
                    "purpose": purpose,
                    "kinds": kinds,
                    "basis": basis,
                    "consent_id": consent.id if consent else None,
                    "by": LI,
                    "at": self.clock.now(),
                    **other,
                },
            )

    def later(self, **time: float) -> None:
        """Time passes."""
        self.clock.advance(timedelta(**time).total_seconds())


@pytest.fixture
async def scene(
    database: Database, carrier: FakeCarrier, jobs: FakeJobs, clock: FakeClock
) -> HandoverScene:
    """The case with its people."""
    made = HandoverScene(database, carrier, jobs, clock)
    await made.open()
    return made
