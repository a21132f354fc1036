"""Rings people past queue, deliveries and web: the auditor's own word with the carrier.

The words travel with the dial, so a web process that is away keeps nobody from hearing them; only
the key needs one. Who does not press it is written to, and the next one is rung.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from hotline.errors import CarrierError
from hotline.i18n.words import WORDS
from hotline.ports import Dial
from hotline.watching.ledger import PageLedger
from hotline.watching.model import FindingKind
from hotline.watching.paging import RING_S, PhonePage, pages_to_text, place_to_ring
from ivr.twiml import Quiet, ask_for_key, say_then_hang_up
from ivr.wording import Spoken

log = structlog.get_logger()

PATH = "/voice/watch"
WITHIN_S = 10.0  # the looks go on: a carrier that hangs must not make the auditor silent


class PagingCarrier(Protocol):
    """As much of the carrier as rings and writes. Raises as `ports.Carrier` does."""

    async def dial(self, dial: Dial) -> str:
        """Start a leg."""
        ...

    async def send_message(self, *, to: str, from_: str, body: str, status_url: str) -> str:
        """Send a text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged:
    """Who is rung, in this order, from which number. `base_url`: where the carrier finds us."""

    phones: Sequence[str]
    sender: str
    base_url: str


class Pager:
    """Of one auditor."""

    def __init__(self, carrier: PagingCarrier, paged: Paged) -> None:
        """Where nobody is to be rung, nothing is."""
        self._carrier, self._paged = carrier, paged

    async def look(
        self, found: Mapping[FindingKind, datetime], ledger: PageLedger, *, at: datetime
    ) -> None:
        """Ring the next phone and write to those that rang in vain, where it is time for that.

        `found`: since when each kind is known that somebody is rung for.
        """
        if not found or not self._paged.phones:
            return
        pages = await ledger.pages(at)
        for page in pages_to_text(pages, at):
            await self._text(page, ledger, at=at)
        place = place_to_ring(found, pages, len(self._paged.phones), at)
        if place is not None:
            await self._ring(place, list(found), ledger, at=at)

    async def _ring(
        self, place: int, kinds: Collection[FindingKind], ledger: PageLedger, *, at: datetime
    ) -> None:
        page = await ledger.begin(place, self._paged.phones[place], kinds, at=at)
        way = f"{self._paged.base_url}{PATH}/{page.id}"
        dial = Dial(
            to=self._paged.phones[place],
            from_=self._paged.sender,
            answer_url=f"{way}/answer",
            status_url=f"{way}/status",
            ring_s=RING_S,
            document=spoken_page(kinds, f"{way}/key"),
        )
        try:
            async with asyncio.timeout(WITHIN_S):
                await self._carrier.dial(dial)
        except (CarrierError, TimeoutError) as fault:
            log.error("watch.not_rung", place=place, error=type(fault).__name__)  # noqa: TRY400 – its words may hold a number
            await ledger.note(page, ended_at=at)
        else:
            log.warning("watch.rung", place=place, kinds=sorted(kinds))

    async def _text(self, page: PhonePage, ledger: PageLedger, *, at: datetime) -> None:
        """Noted first: nobody is written to again and again where the answer is lost."""
        if page.place >= len(self._paged.phones):  # the list has become shorter
            return
        await ledger.note(page, texted_at=at)
        words = "、".join(words_of(page.kinds))
        try:
            async with asyncio.timeout(WITHIN_S):
                await self._carrier.send_message(
                    to=self._paged.phones[page.place],
                    from_=self._paged.sender,
                    body=f"热线系统告警：{words}。请打开 {self._paged.base_url}/floor 查看。",
                    status_url=f"{self._paged.base_url}{PATH}/{page.id}/status",
                )
        except (CarrierError, TimeoutError) as fault:
            log.error("watch.not_texted", place=page.place, error=type(fault).__name__)  # noqa: TRY400 – the same


def spoken_page(kinds: Collection[str], action: str) -> str:
    """Twice, since a phone has to be lifted. Says what is wrong with us, and nothing of anybody."""
    words = Spoken(
        f"这是热线系统的自动告警：{'；'.join(words_of(kinds))}。知道了请按1，不按会呼叫下一位。",
        "cmn",
    )
    return ask_for_key((words, Quiet(1), words), action=action)


def heard_page() -> str:
    """After the key."""
    return say_then_hang_up((Spoken("已记录，谢谢。请尽快处理。", "cmn"),))


def words_of(kinds: Collection[str]) -> list[str]:
    """In Chinese, the gravest first."""
    return [WORDS["finding"][kind] for kind in FindingKind if kind in kinds]
