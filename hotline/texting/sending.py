"""One text at the carrier: claimed in the database before, settled in it after.

`sending` is committed before the carrier hears anything: whoever finds it so after a crash looks
into the carrier's list before repeating. The fence in the row is raised by each claim; what an
earlier claimant still has to say is not written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlmodel import col, select

from hotline.callbacks.model import STILL_OWED
from hotline.errors import CarrierError, CarrierRefused, CarrierUnclear, CarrierUnreachable
from hotline.numbers import as_dialled, normalised
from hotline.ports import Clock, ListedText, TextCarrier
from hotline.storage.session import Database, Work
from hotline.storage.tables import Callback, TextMessage
from hotline.storage.vault import Vault
from hotline.texting.asking import body_place, number_place
from hotline.texting.consent import why_no_text
from hotline.texting.model import TextEvent, TextState
from hotline.texting.moving import lock_text, move_text, note_refused
from hotline.texting.policy import (
    LEASE,
    LOOK_EVERY,
    LOOK_FOR,
    LOOK_WITHIN_S,
    MOST_TRIES,
    SEND_WITHIN_S,
    STALE_AFTER,
    UNCLEAR_FOR,
    back_off,
    out_of_quiet,
)
from hotline.texting.reports import hear_report
from hotline.texting.templates import Template

log = structlog.get_logger()

ABOUT_A_CALL = (Template.RECEIVED, Template.WILL_CALL, Template.TRIED)
"""Words that are only true while we owe them the call."""

TextChange = Callable[[Work, TextMessage], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextClaim:
    """The right to act for a text, while its row still bears this fence."""

    text_id: str
    fence: int
    since: datetime
    from_: str
    to: str = field(repr=False)
    body: str = field(repr=False)


class TextSender:
    """Sends texts, and finds out what became of the doubtful ones."""

    def __init__(
        self,
        *,
        database: Database,
        carrier: TextCarrier,
        clock: Clock,
        vault: Vault,
        base_url: str,
        send_within_s: float = SEND_WITHIN_S,
    ) -> None:
        """`base_url`: what the carrier's webhooks start with."""
        self._database, self._carrier, self._clock = database, carrier, clock
        self._vault, self._base_url, self._send_within_s = vault, base_url, send_within_s

    # ── sending ─────────────────────────────────────────────────────────────────────────────

    async def send(self, text_id: str) -> None:
        """Send a queued text. Does nothing where somebody else does, or nobody wants it now."""
        claim = await self._claim(text_id, self._begin)
        if claim is None:
            return
        try:
            async with asyncio.timeout(self._send_within_s):
                sid = await self._carrier.send_message(
                    to=claim.to,
                    from_=claim.from_,
                    body=claim.body,
                    status_url=f"{self._base_url}/texts/status?text={claim.text_id}",
                )
        except CarrierRefused as no:
            await self._settle(claim, self._refused(no.code))
        except CarrierUnreachable:
            await self._settle(claim, self._unreachable)
        except (CarrierUnclear, TimeoutError):
            await self._settle(claim, self._unclear)
        else:
            await self._settle(claim, self._taken(sid))

    async def _begin(self, work: Work, text: TextMessage) -> bool:
        """Whether it is to be sent now: wanted, by day, and nothing stands against it."""
        now = self._clock.now()
        if text.state != TextState.QUEUED or (text.due_at or now) > now:
            return False
        if out_of_quiet(now) > now:
            text.due_at = out_of_quiet(now)
            return False
        against = await self._against(work, text, now)
        if against:
            move_text(work, text, TextEvent.DROPPED, at=now, why=against)
            return False
        move_text(work, text, TextEvent.CLAIMED, at=now)
        text.tries, text.tried_at, text.lease_until = text.tries + 1, now, now + LEASE
        return True

    async def _against(self, work: Work, text: TextMessage, now: datetime) -> str:
        """Why it is not sent any more, in a word; empty: nothing stands against it."""
        hindrance = await why_no_text(work, text.number_index)
        if hindrance is not None:
            return hindrance.value
        if now - text.created_at > STALE_AFTER:
            return "stale"
        if text.callback_id is not None and text.why in ABOUT_A_CALL:
            callback = await work.get_one(Callback, text.callback_id)
            return "" if callback.state in STILL_OWED else "call_not_owed"
        return ""

    def _refused(self, code: int) -> TextChange:
        async def change(work: Work, text: TextMessage) -> None:
            await note_refused(work, text, code, at=self._clock.now())

        return change

    async def _unreachable(self, work: Work, text: TextMessage) -> None:
        self._retry(work, text, why="unreachable")

    async def _unclear(self, work: Work, text: TextMessage) -> None:
        move_text(work, text, TextEvent.UNCLEAR, at=self._clock.now())
        text.due_at = self._clock.now()

    def _taken(self, sid: str) -> TextChange:
        async def change(work: Work, text: TextMessage) -> None:
            self._sent(work, text, sid)

        return change

    def _sent(self, work: Work, text: TextMessage, sid: str) -> None:
        text.carrier_sid = text.carrier_sid or sid
        move_text(work, text, TextEvent.TAKEN, at=self._clock.now())

    def _retry(self, work: Work, text: TextMessage, *, why: str) -> None:
        """It was not taken. Once more after a pause, but not for ever: then a person knows."""
        now = self._clock.now()
        if text.tries >= MOST_TRIES:
            move_text(work, text, TextEvent.FAILED, at=now, why=why)
        elif move_text(work, text, TextEvent.NOT_TAKEN, at=now, why=why):
            text.due_at = now + back_off(text.tries)

    # ── looking ─────────────────────────────────────────────────────────────────────────────

    async def look(self, text_id: str) -> None:
        """Find out whether a doubtful text was sent: adopt it, or send it anew, or give it up."""
        claim = await self._claim(text_id, self._begin_look)
        if claim is None:
            return
        try:
            async with asyncio.timeout(LOOK_WITHIN_S):
                listed = await self._carrier.find_messages(to=claim.to, since=claim.since)
        except (CarrierError, TimeoutError):
            await self._settle(claim, self._not_known)
        else:
            await self._settle(claim, self._found(claim, listed))

    async def _begin_look(self, work: Work, text: TextMessage) -> bool:
        now = self._clock.now()
        if not is_doubtful(text, now):
            return False
        move_text(work, text, TextEvent.UNCLEAR, at=now)
        text.due_at = now + LOOK_EVERY
        return True

    def _found(self, claim: TextClaim, listed: Sequence[ListedText]) -> TextChange:
        async def change(work: Work, text: TextMessage) -> None:
            one = await _one_of(work, claim, listed)
            if one is not None:
                self._sent(work, text, one.sid)
                await hear_report(work, text, one.status, one.error, at=self._clock.now())
            elif self._clock.now() - claim.since >= LOOK_FOR:
                self._retry(work, text, why="not_found")

        return change

    async def _not_known(self, work: Work, text: TextMessage) -> None:
        """The list could not be read. In the end a person decides: it is not repeated blindly."""
        if self._clock.now() - (text.tried_at or text.created_at) >= UNCLEAR_FOR:
            text.due_at, text.for_person, text.last_error = None, True, "not_known"

    # ── both ────────────────────────────────────────────────────────────────────────────────

    async def _claim(
        self, text_id: str, begin: Callable[[Work, TextMessage], Awaitable[bool]]
    ) -> TextClaim | None:
        async with self._database.work() as work:
            text = await lock_text(work, text_id)
            if not await begin(work, text):
                return None
            text.fence += 1
            number = self._vault.open(text.number_sealed, place=number_place(text.id))
            return TextClaim(
                text_id=text.id,
                fence=text.fence,
                since=text.tried_at or text.created_at,
                from_=text.our_number,
                to=normalised(number) or number,
                body=self._vault.open(text.body_sealed, place=body_place(text.id)),
            )

    async def _settle(self, claim: TextClaim, change: TextChange) -> None:
        async with self._database.work() as work:
            text = await lock_text(work, claim.text_id)
            if text.fence != claim.fence:
                log.info("text.claim_lost", text_id=text.id)
                return
            await change(work, text)


def is_doubtful(text: TextMessage, now: datetime) -> bool:
    """Its sender is gone, or could not tell, and it is time to look."""
    if text.state == TextState.SENDING:
        return (text.lease_until or now) <= now
    return text.state == TextState.UNCLEAR and text.due_at is not None and text.due_at <= now


async def _one_of(work: Work, claim: TextClaim, listed: Sequence[ListedText]) -> ListedText | None:
    """The same words to the same number that no other row of ours has: of two such, either."""
    query = select(TextMessage.carrier_sid).where(
        col(TextMessage.carrier_sid).in_([one.sid for one in listed])
    )
    known = set((await work.exec(query)).all())
    for one in listed:
        is_same = one.body == claim.body and as_dialled(one.from_) == as_dialled(claim.from_)
        if is_same and one.sid not in known:
            return one
    return None
