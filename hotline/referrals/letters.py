"""What a receiver is told in writing: that a referral waits, with a link; apart from it, a code.

A telephone lies on tables and a mail server belongs to somebody: there is nothing of the child in
any of these words. Links and codes are made when they are sent, and only their hashes are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import col, select

from hotline.cases.queries import standing_case
from hotline.deliveries.by_text import text_event
from hotline.deliveries.channels import Letter
from hotline.deliveries.model import LIVE, Channel, DeliveryEvent, DeliveryState
from hotline.deliveries.service import (
    NewDelivery,
    ask_for_delivery,
    lock_delivery,
    move_delivery,
)
from hotline.i18n.catalog import moment
from hotline.materials.receivers import ReferralReceiver
from hotline.referrals.codes import CODE_LASTS, make_code, make_link
from hotline.referrals.handing import is_carried
from hotline.referrals.model import WITH_RECEIVER
from hotline.referrals.policy import ToldAgain
from hotline.referrals.telling import tell_unasked
from hotline.storage.session import Work
from hotline.storage.tables import Case, Delivery, Line, Referral, ReferralLetter, ReferralLink
from hotline.storage.vault import Vault

log = structlog.get_logger()

PURPOSE = "referral"
LINK, CODE = "link", "code"
MINUTES = int(CODE_LASTS.total_seconds() // 60)
URGENCIES: Mapping[str, str] = {"today": "今天", "this_week": "本周", "planned": "按预约"}
NOT_REACHED = (DeliveryEvent.FAILED, DeliveryEvent.GIVEN_UP)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One letter: by which way, to whom, and the key under which it is asked for once."""

    kind: str
    channel: Channel
    address: str
    key: str
    link_hash: str = ""


# ── asked for ───────────────────────────────────────────────────────────────────────────────────


async def send_link(
    work: Work, referral: Referral, receiver: ReferralReceiver, *, why: str, at: datetime
) -> None:
    """A letter by each way that the receiver has. `why`: for one reason it is sent once."""
    ways = {Channel.TEXT: receiver.text, Channel.MAIL: receiver.mail}
    for channel, address in ways.items():
        if address:
            key = f"{LINK}|{why}|{channel}"
            await _ask(work, referral, _Wanted(LINK, channel, address, key), at=at)


async def send_code(
    work: Work, referral: Referral, receiver: ReferralReceiver, link: ReferralLink, *, at: datetime
) -> None:
    """To the telephone that codes go to. Asked again, there is another one."""
    key = f"{CODE}|{link.hash[:16]}|{at.isoformat()}"
    wanted = _Wanted(CODE, Channel.TEXT, receiver.code_to, key, link_hash=link.hash)
    await _ask(work, referral, wanted, at=at)


async def _ask(work: Work, referral: Referral, wanted: _Wanted, *, at: datetime) -> None:
    _, line = await _about(work, referral)
    delivery_id = await ask_for_delivery(
        work,
        NewDelivery(
            purpose=PURPOSE,
            key=f"{PURPOSE}|{referral.id}|{wanted.key}",
            address=wanted.address,
            sender=line.text_number or line.number_shown,
            channel=wanted.channel,
            urgent=referral.urgency == "today",
        ),
        at=at,
    )
    if delivery_id is not None:
        letter = ReferralLetter(
            id=delivery_id,
            referral_id=referral.id,
            kind=wanted.kind,
            link_hash=wanted.link_hash,
        )
        work.add(letter)
        await work.flush()


async def _about(work: Work, referral: Referral) -> tuple[Case, Line]:
    case = await work.get_one(Case, await standing_case(work, referral.case_id))
    return case, await work.get_one(Line, case.line_id)


# ── written ─────────────────────────────────────────────────────────────────────────────────────


class ReceiverLetters:
    """Writes for the deliveries of referrals, as `deliveries.channels.Writer` wants to see it."""

    def __init__(self, base_url: str, vault: Vault) -> None:
        """`base_url`: what links start with. `vault` keys what is kept of codes."""
        self._base_url = base_url
        self._vault = vault

    async def mark(self, work: Work, delivery: Delivery) -> str:
        """The same for each try."""
        letter, referral = await _behind(work, delivery.id)
        case, line = await _about(work, referral)
        if letter.kind == CODE:
            return f"【{line.name}】转介{case.number}的验证码："
        urgency = URGENCIES[referral.urgency]
        return f"【{line.name}】转介{case.number}（{urgency}）待您答复。"

    async def write(self, work: Work, delivery: Delivery, *, at: datetime) -> Letter:
        """Each try has a link or a code of its own."""
        mark = await self.mark(work, delivery)
        letter, referral = await _behind(work, delivery.id)
        if letter.kind == CODE:
            link = await work.get_one(ReferralLink, letter.link_hash)
            code = make_code(self._vault, link, at=at)
            words = f"{mark}{code}，{MINUTES}分钟内有效。只在您收到的链接里填写，不要转告他人。"
            return Letter(subject=mark, words=words, payload={})
        address = f"{self._base_url}/f/{make_link(work, referral.id, at=at)}"
        until = moment(referral.promised_at or at, "M月d日HH:mm")
        words = f"{mark}请在{until}前打开，验证码另发：{address}"
        return Letter(subject=mark, words=words, payload={})


async def _behind(work: Work, delivery_id: str) -> tuple[ReferralLetter, Referral]:
    query = (
        select(ReferralLetter, Referral)
        .join(Referral, col(Referral.id) == col(ReferralLetter.referral_id))
        .where(ReferralLetter.id == delivery_id)
    )
    return (await work.exec(query)).one()


# ── sent, and what became of it ─────────────────────────────────────────────────────────────────


class ReceiverDeliveries:
    """Who asks for these deliveries, as `deliveries.asker` wants to see it."""

    path = "/voice/referrals"
    ring_s = 0  # nobody's phone rings

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold the referral. What is over, or carried by nothing any more, is told nobody."""
        referral = await _lock_behind(work, delivery_id)
        if referral is None or referral.state not in WITH_RECEIVER:
            return False
        return await is_carried(work, referral)

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """Where a receiver cannot be reached, whoever referred hears of it at the next look."""
        referral = await _lock_behind(work, delivery.id)
        if referral is None or event not in NOT_REACHED or referral.state not in WITH_RECEIVER:
            return
        if await _is_told_otherwise(work, delivery):
            return
        await tell_unasked(work, referral, "referral.not_reached", at=at)
        referral.told = max(referral.told, ToldAgain.RECEIVER)
        referral.due_at = at
        log.info("referral.not_reached", referral_id=referral.id, why=why)


async def _is_told_otherwise(work: Work, delivery: Delivery) -> bool:
    """Whether another way of the same letter reached them, or still may."""
    mine = select(ReferralLetter.referral_id).where(ReferralLetter.id == delivery.id)
    query = (
        select(Delivery.id)
        .join(ReferralLetter, col(ReferralLetter.id) == col(Delivery.id))
        .where(col(ReferralLetter.referral_id).in_(mine), ReferralLetter.kind == LINK)
        .where(Delivery.id != delivery.id, Delivery.created_at == delivery.created_at)
        .where(col(Delivery.state).in_((*LIVE, DeliveryState.DELIVERED)))
    )
    return (await work.exec(query.limit(1))).first() is not None


async def text_reported(
    work: Work, delivery_id: str, status: str, *, at: datetime, sid: str
) -> None:
    """What the carrier says of a text."""
    event = text_event(status)
    if event is None or await _lock_behind(work, delivery_id) is None:
        return
    delivery = await lock_delivery(work, delivery_id)
    delivery.carrier_sid = delivery.carrier_sid or sid or None
    if move_delivery(delivery, event, at=at):
        await ReceiverDeliveries().told(work, delivery, event, at=at, why=status)


async def _lock_behind(work: Work, delivery_id: str) -> Referral | None:
    """The referral of a delivery, held; it is always held before the delivery itself."""
    query = (
        select(Referral)
        .join(ReferralLetter, col(ReferralLetter.referral_id) == col(Referral.id))
        .where(ReferralLetter.id == delivery_id)
        .with_for_update(of=Referral)
    )
    return (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
