"""A member cannot do what they were asked, or sees danger: who answers for the case is told.

Danger is a flag like any other, on the newest call of the case: it rings stations and supervisors
until somebody has it, and only a person closes it. Those on duty at the station are told in writing
as well, by the ways of their roster, without a word of the child.

Locks are taken in the order member, call, escalation, case.
"""

from datetime import datetime

import structlog
from sqlmodel import col, select

from hotline.calls.service import lock_call
from hotline.cases.model import LinkKind
from hotline.cases.queries import standing_case, together
from hotline.cases.timeline import CaseAct
from hotline.deliveries.by_text import text_event
from hotline.deliveries.channels import Letter
from hotline.deliveries.model import Channel, DeliveryEvent
from hotline.deliveries.service import NewDelivery, ask_for_delivery, move_delivery
from hotline.escalations.model import Level
from hotline.escalations.on_call import supervisor_phones
from hotline.escalations.service import NewFlag, raise_flag
from hotline.escalations.ways import ways_of
from hotline.helpgroups.letters import LOST
from hotline.helpgroups.member import CANNOT, DANGER, keep_note
from hotline.helpgroups.timeline import tell_words_of
from hotline.stations.queries import contacts_now
from hotline.storage.session import Work
from hotline.storage.tables import (
    Call,
    Case,
    CaseLink,
    Delivery,
    GroupMember,
    Line,
    StationContact,
)

log = structlog.get_logger()

GROUP_NEWS = "group_news"  # the purpose of these deliveries
WRITTEN = (Channel.MAIL, Channel.TEXT)
ENGLISH = "eng"
FROM_GROUP = "帮扶小组成员："  # of whose words a flag is
MOST_SUPERVISORS = 3


async def say_cannot(
    work: Work, act: CaseAct, member: GroupMember, words: str, *, key: str
) -> None:
    """They cannot do what they were asked. The caller holds the member."""
    if await keep_note(work, act, member, CANNOT, words, key=key):
        await tell_words_of(work, act, member, CANNOT, words)
        await _tell_those_on_duty(work, member, key=key, urgent=False, at=act.at)


async def say_danger(
    work: Work, act: CaseAct, member: GroupMember, words: str, *, key: str
) -> None:
    """They see danger: the alarm is raised. The caller holds the member."""
    if not await keep_note(work, act, member, DANGER, words, key=key):
        return
    call = await _newest_call(work, member)
    if call is not None:
        flag = NewFlag(
            raised_by=None,
            level=Level.IMMINENT,
            summary=f"{FROM_GROUP}{words}",
            client_key=f"group|{member.id}|{key}",
        )
        await raise_flag(work, act.vault, call=call, flag=flag, at=act.at)
    await tell_words_of(work, act, member, DANGER, words)
    await _tell_those_on_duty(work, member, key=key, urgent=True, at=act.at)


async def _newest_call(work: Work, member: GroupMember) -> Call | None:
    """Of the case, held. None where every call was taken out of it."""
    query = (
        select(Call.id)
        .join(CaseLink, col(CaseLink.subject_id) == col(Call.id))
        .where(CaseLink.kind == LinkKind.CALL, col(CaseLink.ended_at).is_(None))
        .where(col(CaseLink.case_id).in_(await together(work, member.case_id)))
        .order_by(col(Call.arrived_at).desc(), col(Call.id))
    )
    newest = (await work.exec(query.limit(1))).one_or_none()
    return None if newest is None else await lock_call(work, newest)


async def _tell_those_on_duty(
    work: Work, member: GroupMember, *, key: str, urgent: bool, at: datetime
) -> None:
    """At the station that holds the case, each by their own ways; while none does, supervisors."""
    case = await work.get_one(Case, await standing_case(work, member.case_id))
    line = await work.get_one(Line, case.line_id)
    for contact_id, way, address in await _whom_to_tell(work, case, line, at=at):
        wanted = NewDelivery(
            purpose=GROUP_NEWS,
            key="|".join((GROUP_NEWS, case.id, contact_id, way, address, member.id, key)),
            address=address,
            sender=line.text_number or line.number_shown,
            channel=way,
            urgent=urgent,
        )
        await ask_for_delivery(work, wanted, at=at)


async def _whom_to_tell(
    work: Work, case: Case, line: Line, *, at: datetime
) -> list[tuple[str, Channel, str]]:
    """Contact, way and address. Whoever is only rung otherwise gets a text."""
    told: list[tuple[str, Channel, str]] = []
    for contact_id in await contacts_now(work, case.station_id or "", at):
        contact = await work.get_one(StationContact, contact_id)
        written = {way: to for way, to in ways_of(contact).items() if way in WRITTEN}
        for way, to in (written or {Channel.TEXT: contact.phone}).items():
            told.append((contact.id, way, to))
    if not told:
        phones = await supervisor_phones(work, line, at=at)
        told = [("", Channel.TEXT, phone) for phone in phones[:MOST_SUPERVISORS]]
    return told


class GroupNews:
    """Asks for these deliveries and writes their words, as `deliveries` wants to see it."""

    path = "/voice/group-news"
    ring_s = 0

    def __init__(self, base_url: str) -> None:
        """`base_url`: what links start with."""
        self._base_url = base_url

    async def lock(self, work: Work, delivery_id: str) -> bool:
        """What a member said is wanted, whatever became of them since."""
        return True

    async def told(
        self, work: Work, delivery: Delivery, event: DeliveryEvent, *, at: datetime, why: str
    ) -> None:
        """It stands in the case as well; that it did not arrive is for who runs this."""
        if event in LOST:
            _note_lost(delivery, why=why)

    async def mark(self, work: Work, delivery: Delivery) -> str:
        """A number and what to do: nothing of the child."""
        case_id, contact_id = delivery.dedupe_key.split("|")[1:3]
        number = (await work.get_one(Case, case_id)).number
        contact = await work.get(StationContact, contact_id)
        if contact is not None and contact.language == ENGLISH:
            urgent = "URGENT: " if delivery.urgent else ""
            return f"{urgent}Case {number}: a member of the help group wrote."
        urgent = "【紧急】" if delivery.urgent else ""
        return f"{urgent}个案{number}：帮扶小组成员有消息。"

    async def write(self, work: Work, delivery: Delivery, *, at: datetime) -> Letter:
        """With the address of the case, which opens after signing in."""
        mark = await self.mark(work, delivery)
        case_id = delivery.dedupe_key.split("|")[1]
        words = f"{mark} {self._base_url}/cases/{case_id}"
        return Letter(subject=mark, words=words, payload={})


def _note_lost(delivery: Delivery, *, why: str) -> None:
    log.warning("group.news_lost", delivery_id=delivery.id, why=why)


async def news_reported(
    work: Work, delivery_id: str, status: str, *, at: datetime, sid: str = ""
) -> None:
    """What the carrier says of such a text."""
    query = select(Delivery).where(Delivery.id == delivery_id, Delivery.purpose == GROUP_NEWS)
    delivery = (await work.exec(query.with_for_update())).one_or_none()
    event = text_event(status)
    if delivery is None or event is None:
        return
    delivery.carrier_sid = delivery.carrier_sid or sid or None
    if move_delivery(delivery, event, at=at) and event in LOST:
        _note_lost(delivery, why=status)
