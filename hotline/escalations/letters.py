"""What a station is told in writing: of which line, which number, how urgent, and what to do.

A telephone lies on tables, a mail server belongs to somebody, and neither is ours: there is nothing
of the child in any of these words. Whoever may read more signs in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from hotline.deliveries.channels import Letter
from hotline.deliveries.model import Channel
from hotline.escalations.ack_links import LINK_LASTS, make_token
from hotline.escalations.webhook_secrets import webhook_secret_of
from hotline.storage.session import Work
from hotline.storage.tables import (
    Attempt,
    Call,
    Delivery,
    Escalation,
    Line,
    Station,
    StationContact,
)
from hotline.storage.vault import Vault

ENGLISH = "eng"
LEVELS: Mapping[bool, Mapping[str, str]] = {
    False: {"imminent": "紧急", "high": "高"},
    True: {"imminent": "imminent", "high": "high"},
}
MINUTES = int(LINK_LASTS.total_seconds() // 60)
WRITTEN = (Channel.TEXT, Channel.MAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What stands behind one delivery."""

    escalation: Escalation
    line: Line
    station: Station
    contact: StationContact

    @property
    def in_english(self) -> bool:
        """All others read Chinese."""
        return self.contact.language == ENGLISH

    @property
    def mark(self) -> str:
        """How the words begin, whatever link follows."""
        level = LEVELS[self.in_english][self.escalation.level]
        if self.in_english:
            line = self.line.name_en or self.line.name
            return f"{line}: case {self.escalation.number} ({level}) waits for you."
        return f"【{self.line.name}】个案{self.escalation.number}（{level}）待您确认。"


class StationLetters:
    """Writes for the deliveries of escalations, as `deliveries.channels.Writer` wants to see it."""

    def __init__(self, base_url: str, vault: Vault) -> None:
        """`base_url`: what links start with. `vault` opens the secrets of stations' systems."""
        self._base_url = base_url
        self._vault = vault

    async def mark(self, work: Work, delivery: Delivery) -> str:
        """The same for each try."""
        return (await _about(work, delivery.id)).mark

    async def write(self, work: Work, delivery: Delivery, *, at: datetime) -> Letter:
        """With a link of its own for each try; their own system is given none."""
        about = await _about(work, delivery.id)
        if delivery.channel == Channel.PUSH:
            payload = _shown(about, self._base_url)
            return Letter(subject=about.mark, words="", payload=payload)
        if delivery.channel not in WRITTEN:
            payload = _payload(about, delivery.id, at=at)
            return Letter(
                subject=about.mark,
                words="",
                payload=payload,
                secret=webhook_secret_of(self._vault, about.contact),
            )
        link = f"{self._base_url}/a/{await make_token(work, delivery.id, at=at)}"
        words = f"{about.mark}{_what_to_do(link, in_english=about.in_english)}"
        return Letter(subject=about.mark, words=words, payload={})


def _what_to_do(link: str, *, in_english: bool) -> str:
    if in_english:
        return f" Confirm with your PIN within {MINUTES} minutes: {link}"
    return f"请在{MINUTES}分钟内打开，凭密码确认：{link}"


def _shown(about: _About, base_url: str) -> Mapping[str, str]:
    """On a screen that anybody may see, locked or not: number, level, and where to go."""
    escalation = about.escalation
    level = LEVELS[about.in_english][escalation.level]
    title, body = f"上报 {escalation.number}（{level}）", "有孩子需要你：打开后登录，确认接收。"
    if about.in_english:
        title = f"Escalation {escalation.number} ({level})"
        body = "A child needs you: open it, sign in, and confirm."
    where = f"{base_url}/escalations/{escalation.id}"
    return {"tag": escalation.number, "title": title, "body": body, "url": where}


def _payload(about: _About, delivery_id: str, *, at: datetime) -> Mapping[str, Any]:
    """For machines: ids, codes and moments."""
    escalation = about.escalation
    return {
        "kind": "escalation",
        "delivery_id": delivery_id,
        "escalation_id": escalation.id,
        "number": escalation.number,
        "level": escalation.level,
        "line": {"id": about.line.id, "kind": about.line.kind, "name": about.line.name},
        "division": about.station.division,
        "station": about.contact.station_id,
        "raised_at": escalation.created_at.isoformat(),
        "sent_at": at.isoformat(),
        "answer_by": escalation.next_due_at.isoformat() if escalation.next_due_at else None,
    }


async def _about(work: Work, attempt_id: str) -> _About:
    query = (
        select(Escalation, Line, Station, StationContact)
        .join(Attempt, col(Attempt.escalation_id) == col(Escalation.id))
        .join(StationContact, col(StationContact.id) == col(Attempt.contact_id))
        .join(Station, col(Station.id) == col(Escalation.station_id))
        .join(Call, col(Call.id) == col(Escalation.call_id))
        .join(Line, col(Line.id) == col(Call.line_id))
        .where(Attempt.id == attempt_id)
    )
    escalation, line, station, contact = (await work.exec(query)).one()
    return _About(escalation=escalation, line=line, station=station, contact=contact)
