"""Telling people by mail that a report can be read: a link and the period, and not one figure.

A mail server belongs to somebody, so what is told there is told everybody. Once for each period;
who has lost the right by then is sent nothing, and why stands with the schedule.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

import structlog
from sqlmodel import col, or_, select

from hotline.deliveries.channels import Letter
from hotline.deliveries.model import Channel, DeliveryEvent
from hotline.deliveries.service import NewDelivery, ask_for_delivery, subject_behind
from hotline.i18n.catalog import CHINESE, _, speaking
from hotline.i18n.words import label
from hotline.ports import Clock
from hotline.reports.periods import PeriodKind, newest_told
from hotline.staff.permissions import Permission, Relation, may
from hotline.storage.session import Database, Work
from hotline.storage.tables import Delivery, ReportMail, Staff

log = structlog.get_logger()

PURPOSE = "report"
MAILS_A_LOOK = 100
WHOLE = (PeriodKind.MONTH, PeriodKind.YEAR)
NOT_REACHED = (DeliveryEvent.FAILED, DeliveryEvent.GIVEN_UP)


class MailFault(StrEnum):
    """Why a mail was not sent."""

    NO_RIGHT = "no_right"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """Who wants to hear of what, and where."""

    staff_id: str
    kind: PeriodKind
    address: str
    language: str


def may_hear(roles: Collection[str], kind: PeriodKind) -> bool:
    """Whether somebody with these roles may read reports of a kind at all."""
    relations = (Relation.LINE,)
    wanted = Permission.READ_REPORTS if kind in WHOLE else Permission.SEE_CALL
    return may(roles, relations, Permission.READ_REPORTS) and may(roles, relations, wanted)


async def schedule_mail(work: Work, wanted: NewMail, *, at: datetime) -> ReportMail:
    """From the next period on. Asked again, the address is another one."""
    query = select(ReportMail).where(
        ReportMail.staff_id == wanted.staff_id, ReportMail.kind == wanted.kind
    )
    mail = (await work.exec(query.with_for_update())).one_or_none() or ReportMail(
        staff_id=wanted.staff_id, kind=wanted.kind, address="", language="", created_at=at,
        told_of=newest_told(wanted.kind, at).name,
    )  # fmt: skip
    mail.address, mail.language, mail.fault = wanted.address, wanted.language, ""
    work.add(mail)
    await work.flush()
    return mail


async def mails_of(work: Work, staff_id: str) -> list[ReportMail]:
    """What somebody is told of."""
    query = select(ReportMail).where(ReportMail.staff_id == staff_id)
    found = (await work.exec(query)).all()
    return sorted(found, key=lambda one: list(PeriodKind).index(PeriodKind(one.kind)))


# ── asked for ───────────────────────────────────────────────────────────────────────────────────


class ReportMailLook:
    """Asks for the mails whose time has come. Any number may look at once."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Joined to the loop in `bootstrap`."""
        self._database = database
        self._clock = clock

    async def tick(self) -> None:
        """One look."""
        now = self._clock.now()
        newest = {kind: newest_told(kind, now).name for kind in PeriodKind}
        due = (
            (ReportMail.kind == kind) & (ReportMail.told_of < name) for kind, name in newest.items()
        )
        query = select(ReportMail).where(or_(*due)).order_by(col(ReportMail.id))
        async with self._database.work() as work:
            held = query.limit(MAILS_A_LOOK).with_for_update(skip_locked=True)
            for mail in (await work.exec(held)).all():
                await _ask(work, mail, newest[PeriodKind(mail.kind)], at=now)


async def _ask(work: Work, mail: ReportMail, period: str, *, at: datetime) -> None:
    mail.told_of = period
    if not await _still_may(work, mail):
        mail.fault = MailFault.NO_RIGHT
        return
    wanted = NewDelivery(
        purpose=PURPOSE,
        key=f"{PURPOSE}|{mail.id}|{mail.kind}|{period}",
        address=mail.address,
        sender="",
        channel=Channel.MAIL,
    )
    await ask_for_delivery(work, wanted, at=at)


async def _still_may(work: Work, mail: ReportMail) -> bool:
    staff = await work.get_one(Staff, mail.staff_id)
    return staff.active and bool(staff.lines) and may_hear(staff.roles, PeriodKind(mail.kind))


# ── written ─────────────────────────────────────────────────────────────────────────────────────


class ReportLetters:
    """Writes for these deliveries, as `deliveries.channels.Writer` wants to see it."""

    def __init__(self, base_url: str) -> None:
        """`base_url`: what links start with."""
        self._base_url = base_url

    async def mark(self, work: Work, delivery: Delivery) -> str:
        """The same for each try."""
        mail = await _behind(work, delivery.id)
        kind, period = _of(delivery)
        with speaking(mail.language if mail else CHINESE):
            return _("报表可以看了：%(period)s", period=f"{label('period_kind', kind)} {period}")

    async def write(self, work: Work, delivery: Delivery, *, at: datetime) -> Letter:
        """The period and a link; whoever opens it signs in."""
        mark = await self.mark(work, delivery)
        mail = await _behind(work, delivery.id)
        kind, period = _of(delivery)
        link = f"{self._base_url}/reports?{urlencode({'kind': kind.value, 'on': period})}"
        with speaking(mail.language if mail else CHINESE):
            how = _("请登录后查看：%(link)s", link=link)
            stop = _("不想再收到，请登录后停止：%(link)s", link=f"{self._base_url}/reports/mails")
        return Letter(subject=mark, words=f"{mark}\n{how}\n\n{stop}", payload={})


def _of(delivery: Delivery) -> tuple[PeriodKind, str]:
    """Which report, out of its key."""
    _purpose, _mail, kind, period = delivery.dedupe_key.split("|")
    return PeriodKind(kind), period


# ── sent, and what became of it ─────────────────────────────────────────────────────────────────


class ReportMails:
    """Who asks for these deliveries, as `deliveries.asker` wants to see it."""

    path = "/voice/reports"
    ring_s = 0  # nobody's phone rings

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold the schedule. Who stopped it is sent nothing, nor who may not read it any more."""
        mail = await _behind(work, delivery_id, hold=True)
        if mail is None or await _still_may(work, mail):
            return mail is not None
        mail.fault = MailFault.NO_RIGHT
        return False

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """Whether it went stands with the schedule."""
        mail = await _behind(work, delivery.id, hold=True)
        if mail is None:
            return
        if event == DeliveryEvent.TAKEN:
            mail.sent_at, mail.fault = at, ""
        elif event in NOT_REACHED:
            mail.fault = MailFault.NOT_SENT
            log.info("report.mail_not_sent", mail_id=mail.id, why=why)


async def _behind(work: Work, delivery_id: str, *, hold: bool = False) -> ReportMail | None:
    """The schedule of a delivery; None: it was stopped."""
    mail_id = await subject_behind(work, delivery_id, PURPOSE)
    query = select(ReportMail).where(ReportMail.id == mail_id)
    query = query.with_for_update().execution_options(populate_existing=True) if hold else query
    return (await work.exec(query)).one_or_none()
