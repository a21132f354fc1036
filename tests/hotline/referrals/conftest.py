"""A case with a child and her mother, a clinic that is told by text, and a station of its own."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from hotline.cases.timeline import CaseAct
from hotline.deliveries.by_text import ByText
from hotline.deliveries.model import Channel
from hotline.deliveries.sending import Askers, Sender
from hotline.handovers.consents import GivenConsent, give
from hotline.handovers.model import (
    Article,
    Basis,
    ConsentAge,
    DataKind,
    GivenHow,
    Giver,
    GiverRelation,
    Purpose,
    RecipientKind,
    Scope,
)
from hotline.referrals.handing import Grounds
from hotline.referrals.late import ReferralLook
from hotline.referrals.letters import PURPOSE, ReceiverDeliveries, ReceiverLetters
from hotline.referrals.model import MayTell, ReferralReason, ReferralUrgency
from hotline.referrals.service import NewReferral, refer
from hotline.staff.actor import Actor
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Database
from hotline.storage.tables import Case, CaseEntry, CasePerson, DataConsent, Referral, ReferralPlace
from tests.fakes import FakeCarrier, FakeClock, FakeJobs, FakeTextCarrier
from tests.hotline.escalations.conftest import BASE, EscalationScene
from tests.hotline.rows import StoredScene

LI = Actor.of_staff("li")
NAME, NUMBER, STREET = "canary child", "15400000999", "canary street 1"
WORDS = "a sentence of the canary"
CLINIC_TEXT, CLINIC_CODES = "+8615400000801", "+8615400000802"
DUTY = Grounds(basis=Basis.STATUTORY_DUTY, article=Article.MINORS_97)
HOUR, DAY = 3600, 86400


def receives(**other: Any) -> dict[str, Any]:
    """What the clinic promised."""
    return {
        "takes": ["mental_health"], "from_age": 0, "to_age": 120, "limits": None, "station": "",
        "text": CLINIC_TEXT, "mail": "", "code_to": CLINIC_CODES, "answer_within_h": 24,
        "result_within_days": 30, **other,
    }  # fmt: skip


def a_place(key: str, **other: Any) -> ReferralPlace:
    """A hospital of the district; what it promised is given with it."""
    what: dict[str, Any] = {
        "position": 0, "name": {"zh": f"{key} 医院", "en": f"{key} hospital"},
        "kinds": ["hospital"], "districts": ["440106"], "number": "02000000401",
        "languages": ["cmn"], "notes": {"zh": "注意", "en": "note"}, "receives": receives(),
        **other,
    }  # fmt: skip
    return ReferralPlace(id=key, **what)


class ReferralScene(EscalationScene, StoredScene):
    """The scene of an escalation, whose case can be referred."""

    case_id = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.texts = FakeTextCarrier(self.clock)
        askers = Askers(
            by_purpose={PURPOSE: ReceiverDeliveries()},
            base_url=BASE,
            writers={PURPOSE: ReceiverLetters(BASE, self.vault)},
            channels={Channel.TEXT: ByText(self.texts)},
        )
        self.sender = Sender(
            database=self.database, carrier=self.carrier, clock=self.clock, askers=askers
        )
        self.dispatcher = self.another_dispatcher()
        self.look = ReferralLook(database=self.database, clock=self.clock)
        self.jobs.reachable = False  # no worker is about: the dispatcher sends

    async def open(self) -> None:
        """A flag opens the case; people are in it; three places take referrals, one does not."""
        await self.furnish()
        await self.flag()
        async with self.work() as work:
            self.case_id = (await work.exec(select(Case.id))).one()
        child = CasePerson(id="child", case_id=self.case_id, role="at_risk", by="staff:li",
                           at=self.clock.now())  # fmt: skip
        for column, said in (("name", NAME), ("phone", NUMBER), ("address", STREET)):
            setattr(
                child, f"{column}_sealed", seal_cell(self.vault, child, f"{column}_sealed", said)
            )
        mother = CasePerson(id="mother", case_id=self.case_id, role="guardian", by="staff:li",
                            at=self.clock.now())  # fmt: skip
        mother.name_sealed = seal_cell(self.vault, mother, "name_sealed", "canary mother")
        await self.add(
            child, mother, a_place("clinic"),
            a_place("ward", receives=receives(station="district", text="", code_to="")),
            a_place("elsewhere", districts=["440305"]), a_place("advice", receives={}),
        )  # fmt: skip

    @property
    def act(self) -> CaseAct:
        """Li does something now."""
        return CaseAct(vault=self.vault, by=LI, at=self.clock.now())

    def of_receiver(self, place: str = "clinic") -> CaseAct:
        """The receiver does."""
        return CaseAct(vault=self.vault, by=Actor.of_receiver(place), at=self.clock.now())

    def new(self, **other: Any) -> NewReferral:
        """To the clinic, planned, with name and words."""
        what: dict[str, Any] = {
            "place_id": "clinic", "reason": ReferralReason.MOOD, "words": WORDS,
            "urgency": ReferralUrgency.PLANNED, "kinds": {DataKind.IDENTITY, DataKind.STORY},
            "may_tell": MayTell.WORDS,
        }  # fmt: skip
        return NewReferral(**{**what, **other})

    async def refers(self, grounds: Grounds = DUTY, **other: Any) -> str:
        """Li refers. Returns the id."""
        async with self.work() as work:
            return (await refer(work, self.act, self.case_id, self.new(**other), grounds)).id

    async def consents(self, **other: Any) -> Grounds:
        """The child of 15 agrees that a hospital hears it."""
        what: dict[str, Any] = {
            "case_id": self.case_id, "call_id": None, "given_by": Giver.PERSON,
            "relation": GiverRelation.SELF, "how": GivenHow.WRITTEN,
            "given_at": self.clock.now(), "age": ConsentAge.FROM_14,
            "scope": Scope.of([RecipientKind.HOSPITAL], [Purpose.TREATMENT], list(DataKind)),
        }  # fmt: skip
        async with self.work() as work:
            given = GivenConsent(**{**what, **other})
            consent: DataConsent = await give(work, self.vault, given, by=LI, at=self.clock.now())
        basis = Basis.CONSENT if consent.given_by == "person" else Basis.GUARDIAN_CONSENT
        return Grounds(basis=basis, consent_id=consent.id)

    async def referral(self, referral_id: str) -> Referral:
        """The row as it is now."""
        async with self.work() as work:
            return await work.get_one(Referral, referral_id)

    async def state(self, referral_id: str) -> tuple[str, int]:
        """Whose turn it is, and whom a missed time has reached."""
        row = await self.referral(referral_id)
        return row.state, row.told

    async def goes_by(self, seconds: float) -> None:
        """Time passes; the looks are made, and what they ask for is sent."""
        self.clock.advance(seconds)
        await self.looks()

    async def looks(self) -> None:
        """Now."""
        await self.look.tick()
        await self.dispatcher.tick()
        await self.dispatcher.settled()

    async def told(self) -> list[str]:
        """What the case's timeline tells of referrals, in order."""
        query = select(CaseEntry.kind).where(col(CaseEntry.kind).startswith("referral."))
        async with self.work() as work:
            return list((await work.exec(query.order_by(col(CaseEntry.id)))).all())

    async def link(self) -> str:
        """The token of the newest link that was sent."""
        await self.looks()
        links = [found[1] for one in self.texts.sent if (found := re.search(r"/f/(\S+)", one.body))]
        return links[-1]

    async def code(self) -> str:
        """The newest code that was sent."""
        await self.looks()
        found: list[str] = re.findall(r"验证码：(\d{6})", self.texts.sent[-1].body)
        return found[0]

    def later(self, **time: float) -> None:
        """Time passes, and nobody looks."""
        self.clock.advance(timedelta(**time).total_seconds())


@pytest.fixture
async def scene(
    database: Database, carrier: FakeCarrier, jobs: FakeJobs, clock: FakeClock
) -> ReferralScene:
    """The case with its people."""
    made = ReferralScene(database, carrier, jobs, clock)
    await made.open()
    return made
