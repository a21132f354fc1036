"""What members are sent: neutral words, of which no row has any.

A telephone lies on tables: no name, no case, nothing of what kind of service this is. The address
is sealed with its member; a delivery holds its blind index, and it is opened when a try begins.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import col, select

from hotline.deliveries.by_text import text_event
from hotline.deliveries.channels import Letter
from hotline.deliveries.model import Channel, DeliveryEvent
from hotline.deliveries.service import (
    NewDelivery,
    ask_for_delivery,
    lock_delivery,
    move_delivery,
)
from hotline.helpgroups.codes import CODE_LASTS, new_code, new_link
from hotline.helpgroups.living import why_over
from hotline.helpgroups.timeline import tell_of
from hotline.ports import Clock
from hotline.storage.sealed import open_cell
from hotline.storage.session import Work
from hotline.storage.tables import Case, Delivery, GroupCode, GroupMember, Line
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

GROUP_LINK, GROUP_CODE = "group_link", "group_code"  # the purposes of these deliveries
PATH = "/voice/group-post"
LOST = (DeliveryEvent.FAILED, DeliveryEvent.GIVEN_UP)
ENGLISH = "eng"
MINUTES = int(CODE_LASTS.total_seconds() // 60)
MARKS: Mapping[tuple[str, bool], str] = {
    (GROUP_LINK, False): "有一件事请您协助。",
    (GROUP_LINK, True): "You are asked for your help.",
    (GROUP_CODE, False): "您的验证码是",
    (GROUP_CODE, True): "Your code is",
}


async def send_link(work: Work, case: Case, member: GroupMember, *, at: datetime) -> None:
    """By mail, where there is one, so that the code comes by another way; else by text."""
    by_mail = bool(member.mail_index)
    wanted = NewDelivery(
        purpose=GROUP_LINK,
        key=f"{GROUP_LINK}|{new_id()}",
        address=member.mail_index if by_mail else member.phone_index,
        sender=await _sender(work, case),
        channel=Channel.MAIL if by_mail else Channel.TEXT,
    )
    member.link_delivery_id = await ask_for_delivery(work, wanted, at=at) or ""


async def send_code(work: Work, case: Case, member: GroupMember, *, at: datetime) -> None:
    """A text with a code, which is drawn when it is sent."""
    kept = GroupCode(id=new_id(), member_id=member.id, asked_at=at)
    wanted = NewDelivery(
        purpose=GROUP_CODE,
        key=f"{GROUP_CODE}|{kept.id}",
        address=member.phone_index,
        sender=await _sender(work, case),
        channel=Channel.TEXT,
        urgent=True,  # somebody waits for it
    )
    kept.delivery_id = await ask_for_delivery(work, wanted, at=at) or ""
    work.add(kept)


async def _sender(work: Work, case: Case) -> str:
    line = await work.get_one(Line, case.line_id)
    return line.text_number or line.number_shown


class GroupPost:
    """Asks for these deliveries, opens their addresses and writes their words."""

    path = PATH
    ring_s = 0

    def __init__(self, base_url: str, vault: Vault, clock: Clock) -> None:
        """`base_url`: what links start with."""
        self._base_url, self._vault, self._clock = base_url, vault, clock

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """Hold the member. Who is none any more, or has a newer link, is sent nothing."""
        member = await member_behind(work, delivery_id, hold=True)
        if member is None:
            return False
        return await why_over(work, self._vault, member, at=self._clock.now()) is None

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """Into the timeline, where it did not arrive: somebody must find another way."""
        if event in LOST:
            await _tell_lost(work, delivery, at=at)

    async def open_address(self, work: Work, delivery: Delivery) -> str:
        """Where it goes; nowhere, where its member has a newer one."""
        member = await member_behind(work, delivery.id)
        if member is None:
            return ""
        column = "mail_sealed" if delivery.channel == Channel.MAIL else "phone_sealed"
        return open_cell(self._vault, member, column)

    async def mark(self, work: Work, delivery: Delivery) -> str:
        """How each try begins."""
        member = await member_behind(work, delivery.id)
        return MARKS[delivery.purpose, member is not None and member.language == ENGLISH]

    async def write(self, work: Work, delivery: Delivery, *, at: datetime) -> Letter:
        """With a link or a code of its own for each try."""
        member = await member_behind(work, delivery.id)
        if member is None:
            raise ValueError("nobody is written to who was not held before")
        begin = await self.mark(work, delivery)
        in_english = member.language == ENGLISH
        if delivery.purpose == GROUP_LINK:
            rest = self._about_link(new_link(work, member, at=at), in_english=in_english)
        else:
            kept = await _code_of(work, delivery.id)
            code = new_code(self._vault, kept, at=at, lasts=CODE_LASTS)
            rest = _about_code(code, in_english=in_english)
        return Letter(subject=begin, words=f"{begin}{rest}", payload={})

    def _about_link(self, token: str, *, in_english: bool) -> str:
        link = f"{self._base_url}/g/{token}"
        if in_english:
            return f" Please open this link. It is for you alone: {link}"
        return f"请打开链接查看，链接仅限您本人使用：{link}"


def _about_code(code: str, *, in_english: bool) -> str:
    if in_english:
        return f" {code}. It is good for {MINUTES} minutes. Tell it to nobody."
    return f"{code}，{MINUTES}分钟内有效，请不要告诉别人。"


async def _code_of(work: Work, delivery_id: str) -> GroupCode:
    return (await work.exec(select(GroupCode).where(GroupCode.delivery_id == delivery_id))).one()


async def member_behind(work: Work, delivery_id: str, *, hold: bool = False) -> GroupMember | None:
    """Whose link or code it is to be; None where a newer link took its place."""
    of_code = select(GroupCode.member_id).where(GroupCode.delivery_id == delivery_id)
    query = select(GroupMember).where(
        (col(GroupMember.link_delivery_id) == delivery_id) | col(GroupMember.id).in_(of_code)
    )
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await work.exec(query)).one_or_none()


async def _tell_lost(work: Work, delivery: Delivery, *, at: datetime) -> None:
    member = await member_behind(work, delivery.id)
    if member is not None:
        await tell_of(work, member, "not_reached", at=at, group_post=delivery.purpose)


async def post_reported(
    work: Work, delivery_id: str, status: str, *, at: datetime, sid: str = ""
) -> None:
    """What the carrier says of a text of ours."""
    member, event = await member_behind(work, delivery_id, hold=True), text_event(status)
    if member is None or event is None:
        return
    delivery = await lock_delivery(work, delivery_id)
    delivery.carrier_sid = delivery.carrier_sid or sid or None
    if move_delivery(delivery, event, at=at) and event in LOST:
        await _tell_lost(work, delivery, at=at)
