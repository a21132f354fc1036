"""Whatever happens, in any order, on the real database: a raised flag never goes silent, nobody is
told after somebody has acknowledged, and nobody outside the chain is ever told anything.

Each run is drawn by hypothesis, which prints how to make a failing one again.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import col, select

from hotline.calls.service import lock_call
from hotline.errors import (
    CarrierBusy,
    CarrierRefused,
    CarrierUnclear,
    CarrierUnreachable,
    HotlineError,
)
from hotline.escalations import acts, service
from hotline.escalations.ack_links import LinkWish, answer_link
from hotline.escalations.acts import HandOver
from hotline.escalations.in_the_field import Contact, SetOut, make_contact, set_out
from hotline.escalations.late import DoneInField
from hotline.escalations.model import Level
from hotline.escalations.progress import lock_escalation
from hotline.escalations.rescue import Confirmation, confirm_rescue, leave_rescue
from hotline.escalations.service import NewFlag, raise_flag
from hotline.escalations.station_call import call_answered, call_ended, key_pressed
from hotline.ports import LegStatus
from hotline.staff.actor import Actor
from hotline.storage.session import Database, Work
from hotline.storage.tables import Delivery, Escalation, StationContact
from tests.fakes import FakeClock, FakeJobs, Fault
from tests.hotline.conftest import PATIENT, Emptying
from tests.hotline.escalations.conftest import PIN
from tests.hotline.escalations.watchful import WatchedLegs, WatchfulScene

WRONG_PIN = "9998"
LINK = re.compile(r"/a/([\w-]+)")
STATIONS = st.sampled_from(["district", "city", "next", "alone"])
CONTACTS = st.sampled_from(["duty", "head", "city", "of-next", "police"])
SOMEBODY = st.sampled_from(
    [Actor.of_staff("li"), Actor.of_staff("he"), *(Actor.of_contact(c) for c in ("duty", "head"))]
)
ENDS = st.sampled_from([status for status in LegStatus if status.over])
FAULTS = st.sampled_from(
    [
        Fault(CarrierRefused(21211)),
        Fault(CarrierBusy()),
        Fault(CarrierUnreachable()),
        Fault(CarrierUnclear()),
        Fault(CarrierUnclear(), after_effect=True),
    ]
)
PICK = st.integers(0, 99)
PINS = st.sampled_from([PIN, PIN, WRONG_PIN])

Act = Callable[[Work, Escalation], Awaitable[Any]]


class WhateverHappens(RuleBasedStateMachine):
    """Everybody who has to do with escalations, one act at a time, and the clock."""

    runner: asyncio.Runner
    database: Database
    empty: Callable[[], None]

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    @initialize()
    def begins(self) -> None:
        self.empty()
        clock = FakeClock()
        jobs = FakeJobs(reachable=False)
        self.scene = WatchfulScene(self.database, WatchedLegs(clock), jobs, clock)
        self.run(self.scene.furnish())
        self.flag(level=Level.IMMINENT, call_id="call", another_child=False)

    def does(self, pick: int, act: Act) -> None:
        """An act on one of the escalations. It may be refused, and then nothing was done."""
        self.run(self._does(pick, act))

    async def _does(self, pick: int, act: Act) -> None:
        async with self.scene.work() as work:
            query = select(Escalation.id).order_by(col(Escalation.created_at), col(Escalation.id))
            found = (await work.exec(query)).all()
        with suppress(HotlineError):
            async with self.scene.work() as work:
                await act(work, await work.get_one(Escalation, found[pick % len(found)]))

    # ── the hotline ─────────────────────────────────────────────────────────────────────────

    @rule(
        level=st.sampled_from(Level),
        call_id=st.sampled_from(["call", "again", "other"]),
        another_child=st.booleans(),
    )
    def flag(self, *, level: Level, call_id: str, another_child: bool) -> None:
        """A flag is raised: the first, again, louder, of another call of the number."""
        self.number += 1
        self.run(self._flag(f"key-{self.number}", level, call_id, another_child=another_child))

    @rule(level=st.sampled_from(Level))
    def the_same_flag_is_sent_again(self, level: Level) -> None:
        """The answer was lost. With another call it is another flag, and refused."""
        self.run(self._flag("key-1", level, "call"))
        self.run(self._flag("key-1", level, "other"))

    async def _flag(
        self, key: str, level: Level, call_id: str, *, another_child: bool = False
    ) -> None:
        flag = NewFlag(raised_by="li", level=level, summary="says so", client_key=key,
                       another_child=another_child)  # fmt: skip
        now = self.scene.clock.now()
        with suppress(HotlineError):
            async with self.scene.work() as work:
                call = await lock_call(work, call_id)
                made = await raise_flag(work, self.scene.vault, call=call, flag=flag, at=now)
            assert self.scene.flags.setdefault(key, made.id) == made.id

    # ── time and the carrier ────────────────────────────────────────────────────────────────

    @rule(seconds=st.sampled_from([0, 1, 5, 20, 45, 91, 121, 181, 700, 2000]))
    def time_passes(self, seconds: int) -> None:
        self.scene.clock.advance(seconds)
        self.run(self.scene.looks())

    @rule(seconds=st.sampled_from([-2, -60, -7200]))
    def the_clock_is_set_back(self, seconds: int) -> None:
        self.scene.clock.advance(seconds)
        self.run(self.scene.looks())

    @rule(faults=st.lists(FAULTS, min_size=1, max_size=3))
    def the_carrier_has_faults(self, faults: list[Fault]) -> None:
        self.scene.carrier.fails(*faults)
        self.scene.texts.faults.extend(faults[:1])

    @rule()
    def two_dispatchers_look_at_once(self) -> None:
        async def both() -> None:
            two = [self.scene.another_dispatcher() for _ in range(2)]
            await asyncio.gather(*(one.tick() for one in two), self.scene.deadlines.tick())
            await asyncio.gather(*(one.settled() for one in two))

        self.run(both())

    # ── telephones and links ────────────────────────────────────────────────────────────────

    async def _ever_asked(self, pick: int) -> str:
        """A delivery of any age, by telephone: news may be late, repeated, in any order."""
        async with self.scene.work() as work:
            query = select(Delivery.id).where(
                Delivery.purpose == "escalation", Delivery.channel == "phone"
            )
            found = (await work.exec(query.order_by(col(Delivery.created_at), Delivery.id))).all()
        return found[-1 - pick % len(found)]

    @rule(pick=PICK, answered=st.booleans(), status=ENDS)
    def news_of_a_call(self, pick: int, status: LegStatus, *, answered: bool) -> None:
        async def news() -> None:
            delivery_id, now = await self._ever_asked(pick), self.scene.clock.now()
            async with self.scene.work() as work:
                if answered:
                    await call_answered(work, delivery_id, now)
                else:
                    await call_ended(work, delivery_id, status, now)

        self.run(news())

    @rule(pick=PICK, pin=PINS)
    def keys_are_pressed(self, pick: int, pin: str) -> None:
        async def press() -> None:
            delivery_id = await self._ever_asked(pick)
            async with self.scene.work() as work:
                await key_pressed(work, delivery_id, pin, self.scene.clock.now())

        self.run(press())

    @rule(pick=PICK, pin=PINS, wish=st.sampled_from(LinkWish))
    def a_link_is_opened(self, pick: int, pin: str, wish: LinkWish) -> None:
        links = [found[1] for one in self.scene.texts.sent if (found := LINK.search(one.body))]

        async def answer(token: str) -> None:
            async with self.scene.work() as work:
                await answer_link(work, token, pin, wish, at=self.scene.clock.now())

        if links:
            self.run(answer(links[-1 - pick % len(links)]))

    @rule(pick=PICK, by=SOMEBODY)
    def somebody_acknowledges_while_a_phone_is_dialled(self, pick: int, by: Actor) -> None:
        """The carrier has heard of it and has not answered: that one may ring, and no other."""

        async def both() -> None:
            self.scene.carrier.hold()
            await self.scene.deadlines.tick()
            await self.scene.dispatcher.tick()
            await self._does(pick, self._acknowledge(by))
            self.scene.carrier.gate.set()
            await self.scene.dispatcher.settled()

        self.run(both())

    # ── stations ────────────────────────────────────────────────────────────────────────────

    def _acknowledge(self, by: Actor) -> Act:
        return lambda work, one: service.acknowledge(work, one.id, by=by, at=self.scene.clock.now())

    @rule(pick=PICK, by=SOMEBODY)
    def an_officer_acknowledges(self, pick: int, by: Actor) -> None:
        self.does(pick, self._acknowledge(by))

    @rule(pick=PICK, by=SOMEBODY)
    def accept(self, pick: int, by: Actor) -> None:
        now = self.scene.clock.now()
        self.does(pick, lambda work, one: service.accept(work, one.id, by=by, at=now))

    @rule(pick=PICK, by=SOMEBODY, act=st.sampled_from([service.give_back, service.close]))
    def give_back_or_close(self, pick: int, by: Actor, act: Callable[..., Any]) -> None:
        now, vault = self.scene.clock.now(), self.scene.vault
        self.does(pick, lambda work, one: act(work, vault, one.id, by=by, reason="so", at=now))

    @rule(pick=PICK, by=SOMEBODY)
    def report(self, pick: int, by: Actor) -> None:
        now, vault = self.scene.clock.now(), self.scene.vault
        self.does(
            pick,
            lambda work, one: service.report(
                work, vault, one.id, by=by, done=DoneInField("so"), at=now
            ),
        )

    @rule(pick=PICK, by=SOMEBODY, met=st.booleans())
    def somebody_sets_out_or_makes_contact(self, pick: int, by: Actor, *, met: bool) -> None:
        now, vault = self.scene.clock.now(), self.scene.vault

        async def act(work: Work, one: Escalation) -> None:
            due = one.next_due_at
            if met:
                contact = Contact(child="not_seen", done=DoneInField("nobody opened"))
                await make_contact(work, vault, one.id, by=by, met=contact, at=now)
            else:
                await set_out(work, vault, one.id, by=by, going=SetOut(), at=now)
            assert one.next_due_at is not None
            assert due is not None
            assert one.next_due_at <= due, "a promise looks fresh"

        self.does(pick, act)

    @rule(pick=PICK, station=STATIONS)
    def hand_to(self, pick: int, station: str) -> None:
        now, vault = self.scene.clock.now(), self.scene.vault
        to, by = HandOver(station, "theirs"), Actor.of_staff("he")
        self.does(pick, lambda work, one: acts.hand_to(work, vault, one.id, to=to, by=by, at=now))

    @rule(pick=PICK)
    def remind(self, pick: int) -> None:
        now, vault, by = self.scene.clock.now(), self.scene.vault, Actor.of_staff("he")
        self.does(pick, lambda work, one: acts.remind(work, vault, one.id, by=by, at=now))

    @rule(pick=PICK, contact=st.none() | CONTACTS)
    def ring_now(self, pick: int, contact: str | None) -> None:
        now, by = self.scene.clock.now(), Actor.of_staff("he")
        self.does(
            pick, lambda work, one: acts.ring_now(work, one.id, by=by, contact_id=contact, at=now)
        )

    @rule(pick=PICK)
    def reopen(self, pick: int) -> None:
        now, vault, by = self.scene.clock.now(), self.scene.vault, Actor.of_staff("he")
        self.does(
            pick, lambda work, one: acts.reopen(work, vault, one.id, by=by, reason="so", at=now)
        )

    @rule(pick=PICK, confirmed=st.booleans())
    def the_rescue_is_confirmed_or_left(self, pick: int, *, confirmed: bool) -> None:
        now, vault, by = self.scene.clock.now(), self.scene.vault, Actor.of_staff("he")
        said = Confirmation(agency="120", contacted_at=now, reference="")

        async def act(work: Work, one: Escalation) -> None:
            held = await lock_escalation(work, one.id)
            if confirmed:
                await confirm_rescue(work, vault, held, said=said, by=by, at=now)
            else:
                await leave_rescue(work, held, by=by, at=now)
                await service.close(work, vault, one.id, by=by, reason="left", at=now)

        self.does(pick, act)

    @rule(contact=CONTACTS, active=st.booleans())
    def the_roster_changes(self, contact: str, *, active: bool) -> None:
        self.run(self.scene.change(StationContact, contact, active=active))

    @rule(contact=CONTACTS)
    def somebody_has_another_phone(self, contact: str) -> None:
        self.number += 1
        self.run(self.scene.change(StationContact, contact, phone=f"154000{self.number:05d}"))

    # ── what must hold ──────────────────────────────────────────────────────────────────────

    @invariant()
    def what_was_promised_is_kept(self) -> None:
        self.run(self.scene.check())


def test_whatever_happens_a_raised_flag_never_goes_silent(
    postgres_url: str, empty: Emptying
) -> None:
    """One loop for all runs: what was compiled into SQL for the first is known to the others."""
    database = Database(postgres_url, bounds=PATIENT)
    with asyncio.Runner() as runner:
        WhateverHappens.runner, WhateverHappens.database = runner, database
        WhateverHappens.empty = staticmethod(empty.__call__)
        try:
            run_state_machine_as_test(
                WhateverHappens,
                settings=settings(
                    max_examples=12,
                    stateful_step_count=25,
                    deadline=None,
                    derandomize=True,  # the same runs everywhere; `--hypothesis-seed` draws others
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(database.close())
