"""Sends the texts that are due, looks into what is doubtful, and erases what is old.

Needs no leader: each text is claimed under a fence, so any number may run at once. Truth and
time-outs live in the rows.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import col, select, update

from hotline.background import BackgroundJobs
from hotline.ports import Clock
from hotline.storage.held import HELD_CALLS
from hotline.storage.session import Database
from hotline.storage.tables import Callback, TextMessage
from hotline.texting.model import TextState
from hotline.texting.policy import KEPT_FOR, LEASE, LONGEST_PAUSE
from hotline.texting.sending import TextSender

ROWS_A_TICK = 50
SENDS_AT_ONCE = 4


class TextDispatcher:
    """One of possibly several."""

    def __init__(self, *, database: Database, sender: TextSender, clock: Clock) -> None:
        """`sender` does what the rows ask for."""
        self._database, self._sender, self._clock = database, sender, clock
        self._sending = BackgroundJobs(at_once=SENDS_AT_ONCE)

    async def tick(self) -> None:
        """One look at everything that is due; the carrier is asked in the background."""
        now = self._clock.now()
        await self._clamp_pauses(now)
        for text_id in await self._read(_doubtful(now)):
            self._sending.start(f"look:{text_id}", self._sender.look(text_id))
        due = and_(col(TextMessage.state) == TextState.QUEUED, col(TextMessage.due_at) <= now)
        for text_id in await self._read(due):
            self._sending.start(f"send:{text_id}", self._sender.send(text_id))
        await self._erase_old(now)

    async def settled(self) -> None:
        """Wait until nothing is being sent."""
        await self._sending.settled()

    async def stop(self) -> None:
        """End what is being sent. It stays `sending` in its row: whoever comes next looks."""
        await self._sending.stop()

    async def _read(self, wanted: ColumnElement[bool]) -> Sequence[str]:
        query = select(TextMessage.id).where(wanted).order_by(col(TextMessage.due_at))
        async with self._database.work() as work:
            return (await work.exec(query.limit(ROWS_A_TICK))).all()

    async def _clamp_pauses(self, now: datetime) -> None:
        """After a clock was set back, pauses and leases from the future count as over."""
        late = (
            (TextState.UNCLEAR, TextMessage.due_at, LONGEST_PAUSE),
            (TextState.SENDING, TextMessage.lease_until, LEASE),
        )
        async with self._database.work() as work:
            for state, moment, longest in late:
                far = update(TextMessage).where(
                    col(TextMessage.state) == state, col(moment) > now + longest
                )
                far = far.values({col(moment): now})
                await work.exec(far.execution_options(synchronize_session=False))

    async def _erase_old(self, now: datetime) -> None:
        """The words and the number; what happened, and when, stays. Not of a call that is held."""
        old = update(TextMessage).where(
            col(TextMessage.created_at) < now - KEPT_FOR,
            col(TextMessage.body_sealed) != "",
            _its_call().not_in(HELD_CALLS),
        )
        old = old.values(body_sealed="", number_sealed="")
        async with self._database.work() as work:
            await work.exec(old.execution_options(synchronize_session=False))


def _its_call() -> ColumnElement[str]:
    """Its own, or the one that the callback it is about was owed for; empty: it has none."""
    owed = select(Callback.call_id).where(col(Callback.id) == col(TextMessage.callback_id))
    return func.coalesce(col(TextMessage.call_id), owed.scalar_subquery(), "")


def _doubtful(now: datetime) -> ColumnElement[bool]:
    """As `sending.is_doubtful` says of one row."""
    state, due = col(TextMessage.state), col(TextMessage.due_at)
    left = and_(state == TextState.SENDING, col(TextMessage.lease_until) <= now)
    return or_(left, and_(state == TextState.UNCLEAR, due <= now))
