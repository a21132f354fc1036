"""A supervisor hears by mail that a report can be read: once, without a figure, while they may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hotline.deliveries.by_mail import ByMail, MailServer
from hotline.deliveries.dispatcher import Dispatcher
from hotline.deliveries.model import Channel
from hotline.deliveries.sending import Askers, Sender
from hotline.reports.mails import (
    PURPOSE,
    NewMail,
    ReportLetters,
    ReportMailLook,
    ReportMails,
    schedule_mail,
)
from hotline.reports.periods import PeriodKind
from hotline.storage.session import Database
from hotline.storage.tables import Delivery, ReportMail, Staff
from tests.fakes import FakeCarrier, FakeClock, FakeJobs
from tests.hotline.reports.conftest import FiguresScene
from tests.loopback_mail import LoopbackMail, loopback_mail

pytestmark = pytest.mark.anyio

DAY_S = 86_400.0
BASE = "https://hotline.test"


class MailedScene(FiguresScene):
    """He is a supervisor of the youth line; what is due is sent to a mail server of our own."""

    def __init__(self, database: Database, clock: FakeClock, server: LoopbackMail) -> None:
        super().__init__(database, clock)
        self.server = server
        mail = MailServer(host="127.0.0.1", port=server.port, tls=False, start_tls=False,
                          sender="hotline@hotline.test")  # fmt: skip
        askers = Askers(
            by_purpose={PURPOSE: ReportMails()},
            base_url=BASE,
            writers={PURPOSE: ReportLetters(BASE)},
            channels={Channel.MAIL: ByMail(mail)},
        )
        sender = Sender(database=database, carrier=FakeCarrier(clock), clock=clock, askers=askers)
        jobs = FakeJobs()
        jobs.reachable = False
        self.dispatcher = Dispatcher(database=database, sender=sender, jobs=jobs, clock=clock)
        self.look = ReportMailLook(database=database, clock=clock)

    async def wants(self, kind: PeriodKind = PeriodKind.WEEK) -> None:
        async with self.database.work() as work:
            wanted = NewMail(staff_id="he", kind=kind, address="he@gd.test", language="zh")
            await schedule_mail(work, wanted, at=self.clock.now())

    async def passes(self, days: float) -> None:
        """So much time; then everything is looked at, twice as two processes might."""
        self.clock.advance(days * DAY_S)
        await self.look.tick()
        await self.look.tick()
        await self.dispatcher.tick()
        await self.dispatcher.settled()

    async def mail(self) -> ReportMail:
        (found,) = await self.all(ReportMail)
        assert isinstance(found, ReportMail)
        return found


@asynccontextmanager
async def _post(database: Database, clock: FakeClock) -> AsyncIterator[MailedScene]:
    async with loopback_mail() as server:
        scene = MailedScene(database, clock, server)
        await scene.furnish()
        await scene.add(Staff(id="he", username="he", name="He", password_hash="",
                              roles=["supervisor"], lines=["youth"]))  # fmt: skip
        yield scene


@pytest.fixture
async def post(database: Database, clock: FakeClock) -> AsyncIterator[MailedScene]:
    async with _post(database, clock) as scene:
        yield scene


async def test_a_week_is_told_once_with_a_link_and_not_one_figure(post: MailedScene) -> None:
    await post.came("call")
    await post.wants()

    await post.passes(1)
    await post.passes(1)

    (taken,) = post.server.taken
    body = taken.get_content()  # type: ignore[attr-defined]
    week = (await post.mail()).told_of
    assert taken["To"] == "he@gd.test"
    assert taken["Subject"] == f"报表可以看了：周报 {week}"
    assert f"{BASE}/reports?kind=week&on={week}" in body
    assert f"{BASE}/reports/mails" in body
    assert "1" not in body.replace(week, "")
    assert (await post.mail()).sent_at is not None


async def test_what_was_over_before_it_was_wanted_is_not_told(post: MailedScene) -> None:
    await post.wants(PeriodKind.MONTH)

    await post.passes(0)

    assert await post.all(Delivery) == []


async def test_whoever_may_not_read_it_any_more_is_sent_nothing_and_the_page_says_so(
    post: MailedScene,
) -> None:
    await post.wants(PeriodKind.DAY)
    await post.change(Staff, "he", roles=["counselor"])

    await post.passes(1)

    assert post.server.taken == []
    assert (await post.mail()).fault == "no_right"


async def test_a_right_that_is_lost_between_asking_and_sending_counts(post: MailedScene) -> None:
    await post.wants(PeriodKind.DAY)
    post.clock.advance(DAY_S)
    await post.look.tick()
    await post.change(Staff, "he", active=False)

    await post.passes(0)

    assert post.server.taken == []
    assert (await post.mail()).fault == "no_right"


async def test_a_server_that_says_no_stands_with_the_schedule(post: MailedScene) -> None:
    post.server.answers["RCPT"] = "550 nobody of this name"
    await post.wants(PeriodKind.DAY)

    await post.passes(1)

    mail = await post.mail()
    assert (mail.fault, mail.sent_at) == ("not_sent", None)
