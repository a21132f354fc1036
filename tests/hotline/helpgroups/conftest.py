"""A case whose school is told of it: a class teacher is invited, opens a link and enters a code."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from sqlmodel import col, select

from hotline.cases.timeline import CaseAct
from hotline.deliveries.by_text import ByText
from hotline.deliveries.channels import Parcel
from hotline.deliveries.model import Channel, DeliveryEvent
from hotline.deliveries.sending import Askers, Sender
from hotline.escalations.attempts import PURPOSE
from hotline.escalations.station_call import StationCalls
from hotline.handovers.model import Article, Basis
from hotline.helpgroups.door import Door, DoorState, ask_for_code, enter, look, member_of_session
from hotline.helpgroups.grounds import Ground
from hotline.helpgroups.letters import GROUP_CODE, GROUP_LINK, GroupPost
from hotline.helpgroups.living import WhyOver, why_over
from hotline.helpgroups.rights import SEES, WRITTEN, MemberKind
from hotline.helpgroups.service import Invited, invite, lock_member
from hotline.helpgroups.telling import GROUP_NEWS, GroupNews
from hotline.storage.session import Database
from hotline.storage.tables import CaseEntry, GroupMember
from tests.fakes import FakeCarrier, FakeClock, FakeJobs, FakeText, FakeTextCarrier
from tests.hotline.escalations.conftest import BASE
from tests.hotline.handovers.conftest import LI, HandoverScene

TEACHER_PHONE, TEACHER_MAIL = "15400000901", "teacher@school.example"
LINK = re.compile(rf"{BASE}/g/(\S+)")
CODE = re.compile(r"\d{6}")
DUTY_OF_LAW = Ground(basis=Basis.STATUTORY_DUTY, article=Article.MINORS_11)
DAY_S = 24 * 3600


class FakeMail:
    """What was handed in."""

    repeatable, taken_as = True, DeliveryEvent.TAKEN

    def __init__(self) -> None:
        self.had: list[Parcel] = []

    async def send(self, parcel: Parcel) -> str:
        self.had.append(parcel)
        return parcel.delivery_id

    async def find(self, parcel: Parcel) -> tuple[()]:
        return ()


class GroupScene(HandoverScene):
    """The case, and short words for what members and those who invite them do."""

    texts: FakeTextCarrier
    mails: FakeMail

    def can_send(self) -> None:
        """Texts and mails leave the house."""
        self.texts, self.mails = FakeTextCarrier(self.clock), FakeMail()
        post, news = GroupPost(BASE, self.vault, self.clock), GroupNews(BASE)
        mine: dict[str, Any] = {GROUP_LINK: post, GROUP_CODE: post, GROUP_NEWS: news}
        askers = Askers(
            by_purpose={PURPOSE: StationCalls(), **mine},
            base_url=BASE,
            writers=mine,
            channels={Channel.TEXT: ByText(self.texts), Channel.MAIL: self.mails},
            addresses={GROUP_LINK: post, GROUP_CODE: post},
        )
        self.sender = Sender(
            database=self.database, carrier=self.carrier, clock=self.clock, askers=askers
        )
        self.dispatcher = self.another_dispatcher()

    def act(self) -> CaseAct:
        """Something li does now."""
        return CaseAct(vault=self.vault, by=LI, at=self.clock.now())

    def invited(self, kind: MemberKind = MemberKind.CLASS_TEACHER, **other: Any) -> Invited:
        """A class teacher with a phone, unless said otherwise; words for all that they see."""
        sees = other.get("fields", SEES[kind])
        what: dict[str, Any] = {
            "kind": kind,
            "name": "name of the member",
            "body": "第一中学",
            "phone": TEACHER_PHONE,
            "fields": SEES[kind],
            "words": {one: f"words of {one}" for one in WRITTEN if one in sees},
            "ground": DUTY_OF_LAW,
        }
        return Invited(**{**what, **other})

    async def invites(
        self, kind: MemberKind = MemberKind.CLASS_TEACHER, **other: Any
    ) -> GroupMember:
        """They are, and the link is sent."""
        async with self.work() as work:
            wanted = self.invited(kind, **other)
            member = await invite(work, self.act(), self.case_id, wanted)
        await self.sends()
        return member

    async def sends(self) -> None:
        """Whatever is due leaves."""
        self.clock.advance(4)  # no worker takes it
        await self.dispatcher.tick()
        await self.dispatcher.settled()

    def to_member(self) -> list[FakeText]:
        """Texts to the teacher."""
        return [one for one in self.texts.sent if one.to == f"+86{TEACHER_PHONE}"]

    @property
    def token(self) -> str:
        """What stands in the newest link."""
        sent = [one.body for one in self.to_member()]
        sent += [one.written.words for one in self.mails.had]
        return next(found[1] for one in reversed(sent) if (found := LINK.search(one)))

    @property
    def code(self) -> str:
        """The newest one that came by text."""
        sent = [one.body for one in self.to_member() if "/g/" not in one.body]
        found = CODE.search(sent[-1])
        assert found is not None
        return found[0]

    async def looks(self, token: str | None = None) -> Door:
        """Somebody opens a link."""
        async with self.work() as work:
            return await look(work, self.vault, token or self.token, at=self.clock.now())

    async def asks(self, token: str | None = None) -> DoorState:
        """A code is asked for, and sent."""
        async with self.work() as work:
            door = await ask_for_code(work, self.vault, token or self.token, at=self.clock.now())
        await self.sends()
        return door.state

    async def enters(self, code: str, token: str | None = None) -> Door:
        """A code is typed."""
        async with self.work() as work:
            return await enter(work, self.vault, token or self.token, code, at=self.clock.now())

    async def comes_in(self) -> str:
        """With the newest link and a code of its own; the session."""
        assert await self.asks() is DoorState.SENT
        door = await self.enters(self.code)
        assert door.state is DoorState.OPEN
        return door.session

    async def is_in(self, session: str, member: GroupMember) -> bool:
        """Whether this browser goes on."""
        async with self.work() as work:
            at = self.clock.now()
            return await member_of_session(work, self.vault, session, member.id, at=at) is not None

    async def why(self, member: GroupMember) -> WhyOver | None:
        """Why they are no member any more."""
        async with self.work() as work:
            held = await lock_member(work, member.id)
            return await why_over(work, self.vault, held, at=self.clock.now())

    async def told(self) -> Sequence[CaseEntry]:
        """What the timeline says of the group."""
        query = select(CaseEntry).where(col(CaseEntry.kind).startswith("group."))
        async with self.work() as work:
            return (await work.exec(query.order_by(col(CaseEntry.id)))).all()

    async def kinds(self) -> list[str]:
        """The same in short."""
        return [one.kind for one in await self.told()]


@pytest.fixture
async def group(
    database: Database, carrier: FakeCarrier, jobs: FakeJobs, clock: FakeClock
) -> GroupScene:
    """Nobody is invited yet."""
    made = GroupScene(database, carrier, jobs, clock)
    await made.open()
    made.can_send()
    return made
