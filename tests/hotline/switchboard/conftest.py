"""The line `youth`, its counselors and callers: as rows, and as the engine is told of them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import inspect, text
from sqlmodel import SQLModel, select

from hotline.callcontrol.model import Proof
from hotline.callcontrol.offers import accept_offer
from hotline.callcontrol.participants import prove_person
from hotline.ports import Dial
from hotline.storage.connection import Connection
from hotline.storage.documents import version_of_document
from hotline.storage.news import Change, changes_on, listen
from hotline.storage.session import Database
from hotline.storage.tables import (
    Call,
    Leadership,
    Line,
    Participant,
    Presence,
    Staff,
)
from hotline.storage.vault import Vault, make_key
from hotline.switchboard.claims import Proposal
from hotline.switchboard.leadership import Lead, leadership
from hotline.switchboard.mirror import Mirror, PersonOnDuty, Rows
from hotline.switchboard.needs import InLine
from hotline.switchboard.process import Switchboard
from hotline.switchboard.teller import Teller, Told, plans_in_force
from routing.engine import Flag
from tests.fakes import NOON, FakeCarrier, FakeClock
from tests.hotline.locks import PATIENCE_S
from tests.hotline.rows import StoredScene
from tests.hotline.switchboard.alarm_scene import (
    BASE,
    DUTY,
    SUPERVISOR,
    AlarmScene,
    new_dialler,
)

Row = TypeVar("Row", bound=SQLModel)
Read = TypeVar("Read")


END = Change("end", "of what was announced so far")
ALL_OTHERS = text(
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where pid <> pg_backend_pid() and backend_type = 'client backend'"
)


CRISIS = {"stages": [{"name": "anyone"}]}
ANYONE = {"routine": {"stages": [{"name": "anyone"}]}, "crisis": CRISIS}
OWN_LANGUAGE_FIRST = {
    "ring_s": 25,
    "routine": {
        "stages": [
            {"name": "own", "language": "own"},
            {"name": "anyone", "after_s": 30, "interpreter": True},
        ]
    },
    "crisis": CRISIS,
}
SPEAKS_HAKKA = {"skills": {"languages": {"hak": 5}}}


def a_line(**values: Any) -> Line:
    """The line `youth`, unless told otherwise; with the default plan, or the one that is given."""
    if "plan" in values:
        values["plan_version"] = version_of_document(values["plan"])
    named = {"id": "youth", "name": "青少年", "name_en": "Youth", "number_shown": "12355"}
    return Line(**{**named, **values})


def a_counselor(staff_id: str, state: str = "ready", **values: Any) -> tuple[Presence, Staff]:
    """Somebody on the line who speaks Mandarin. `staff`: columns of the account."""
    account = {
        "roles": ["counselor"],
        "lines": ["youth"],
        "skills": {"languages": {"cmn": 5}},
        **values.pop("staff", {}),
    }
    staff = Staff(
        id=staff_id, username=staff_id, name=staff_id.title(), password_hash="", **account
    )
    since = {"since": NOON, "idle_since": NOON, "working_since": NOON}
    return Presence(staff_id=staff_id, state=state, **{**since, **values}), staff


def a_caller(call_id: str, **values: Any) -> Call:
    """Somebody who waits since noon."""
    waits = {"line_id": "youth", "state": "waiting", "queued_at": NOON}
    moments = {"arrived_at": NOON, "heard_at": NOON}
    return Call(id=call_id, carrier_sid=f"CA-{call_id}", **{**waits, **moments, **values})


def in_line(call_id: str, **values: Any) -> InLine:
    """The same as routing reads it."""
    call = a_caller(call_id, **values)
    return InLine._make(getattr(call, name) for name in InLine._fields)


def a_proposal(call_id: str = "c1", staff_id: str = "li", **values: Any) -> Proposal:
    """What an engine decides when somebody is ready."""
    decided = {"stage": "language", "flag": Flag.READY, "facts": {"waited_s": 7.5}, **values}
    return Proposal(call_id=call_id, staff_id=staff_id, **decided)


@dataclass
class SwitchboardScene(StoredScene):
    """The rows, and who hears of their changes."""

    database: Database
    clock: FakeClock
    listener: Connection

    async def counselor(self, staff_id: str, state: str = "ready", **values: Any) -> None:
        """An account and its presence."""
        presence, staff = a_counselor(staff_id, state, **values)
        await self.add(staff, presence)

    async def caller(self, call_id: str, **values: Any) -> None:
        """Somebody waits."""
        await self.add(a_caller(call_id, **values))

    async def announce(self, topic: str, row_id: str = "") -> None:
        """Everybody who listens is told of a change."""
        async with self.database.work() as work:
            work.announce(topic, row_id)

    async def all_of(self, table: type[Row]) -> list[Row]:
        """Every row, in the order of the primary key."""
        in_order = select(table).order_by(*inspect(table).primary_key)
        async with self.database.work() as work:
            return list((await work.exec(in_order)).all())

    async def until_brought_back(self, call_id: str) -> None:
        """A caller's time in the line is not in the future: each question is a pause."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                async with self.database.work() as work:
                    queued_at = (await work.get_one(Call, call_id)).queued_at
                if queued_at is not None and queued_at <= self.clock.now():
                    return

    async def presence(self, staff_id: str = "li") -> Presence:
        """What somebody does now."""
        async with self.database.work() as work:
            return await work.get_one(Presence, staff_id)

    async def heard(self) -> list[Change]:
        """What was announced since the last time."""
        await self.announce(*END)
        heard = []
        async for change in changes_on(self.listener):
            if change == END:
                break
            heard.append(change)
        return heard

    async def database_goes_away(self) -> None:
        """Every connection breaks, as when a server is replaced."""
        async with self.database.work() as work:
            await work.sql(ALL_OTHERS, {})


@pytest.fixture
async def floor(database: Database, clock: FakeClock) -> AsyncIterator[SwitchboardScene]:
    """The line, nobody on duty, nobody waiting; what is announced is heard."""
    connection = await database.connect()
    async with connection:
        await listen(connection)
        made = SwitchboardScene(database, clock, connection)
        await made.add(a_line())
        yield made


@pytest.fixture
async def lead(floor: SwitchboardScene) -> AsyncIterator[Lead]:
    """The right to decide."""
    async with leadership(floor.database) as lead:
        yield lead


class MirrorScene:
    """Rows as they were read, without a database, and what the engine is told of them."""

    def __init__(self, *lines: Line) -> None:
        by_id = {line.id: line for line in lines or [a_line()]}
        self.teller = Teller(plans_in_force(by_id))
        self.mirror = Mirror(self.teller, by_id)
        self.calls: dict[str, InLine] = {}
        self.counselors: dict[str, PersonOnDuty] = {}

    def waits(self, call_id: str, **values: Any) -> None:
        """Somebody waits from the next look on."""
        self.calls[call_id] = in_line(call_id, **values)

    def is_on_duty(self, staff_id: str, state: str = "ready", **values: Any) -> None:
        """Somebody does something else from the next look on."""
        self.counselors[staff_id] = a_counselor(staff_id, state, **values)

    def looks(
        self, at_s: float = 0, *, calls: set[str] | None = None, counselors: set[str] | None = None
    ) -> list[tuple[str, str]]:
        """At these rows, or at all: who is offered to whom."""
        rows = Rows(_of(self.calls, calls), _of(self.counselors, counselors))
        told = self.mirror.follow(rows, calls=calls, counselors=counselors, at=later(at_s))
        return pairs(told)

    def passes(self, at_s: float) -> list[tuple[str, str]]:
        """Time alone passes: who is offered to whom."""
        return pairs(self.mirror.tick(later(at_s)))

    def heard(self) -> list[tuple[str, str]]:
        """What the engine was told since the last time."""
        return [(one.event.kind, one.event.subject) for one in self.teller.take_records()]


def later(seconds: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(seconds=seconds)


def pairs(told: Sequence[Told]) -> list[tuple[str, str]]:
    """Caller and counselor of each decision."""
    return [(one.decision.call, one.decision.counselor) for one in told]


def _of(rows: Mapping[str, Read], ids: set[str] | None) -> dict[str, Read]:
    return {key: row for key, row in rows.items() if ids is None or key in ids}


@pytest.fixture
def mirror() -> MirrorScene:
    """An engine that was told nothing yet."""
    return MirrorScene()


@dataclass
class HeardCarrier(FakeCarrier):
    """A telephone company of which one can wait to hear what it was asked for."""

    wishes: asyncio.Queue[tuple[str, str]] = field(default_factory=asyncio.Queue)

    async def dial(self, dial: Dial) -> str:
        sid = await super().dial(dial)
        self.wishes.put_nowait(("dial", dial.to))
        return sid

    async def redirect(self, sid: str, url: str) -> None:
        await super().redirect(sid, url)
        self.wishes.put_nowait(("redirect", sid))

    async def hang_up(self, sid: str) -> None:
        await super().hang_up(sid)
        self.wishes.put_nowait(("hang_up", sid))

    async def is_asked_to_dial(self) -> None:
        """Returns when a dial was heard, answered or not."""
        async with asyncio.timeout(PATIENCE_S):
            await self.asked.wait()

    async def next_wish(self) -> tuple[str, str]:
        """What it is asked for next: fails where nothing comes."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.wishes.get()


@dataclass
class RunningScene:
    """A floor on which switchboards run, each as a task."""

    floor: SwitchboardScene
    carrier: HeardCarrier

    @asynccontextmanager
    async def switchboard(self) -> AsyncIterator[asyncio.Task[None]]:
        """One more, until the end of the block; it must not have ended by itself."""
        made = Switchboard(
            database=self.floor.database,
            carrier=self.carrier,
            clock=self.floor.clock,
            vault=Vault(make_key()),
            base_url=BASE,
        )
        task = asyncio.create_task(made.run())
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def joins_line(self, call_id: str) -> None:
        """A caller waits from now on, and it is announced."""
        await self.floor.caller(call_id)
        await self.floor.announce("call", call_id)

    async def comes_on_duty(self, staff_id: str) -> None:
        """A counselor is ready from now on, and it is announced."""
        await self.floor.counselor(staff_id)
        await self.floor.announce("presence", staff_id)

    async def until_renewed(self, before: Leadership) -> None:
        """The leader's lease is longer than it was: each question is a pause."""
        assert before.expires_at is not None
        async with asyncio.timeout(PATIENCE_S):
            now = before
            while now.expires_at is None or now.expires_at <= before.expires_at:
                (now,) = await self.floor.all_of(Leadership)

    async def takes_call(self, staff_id: str = "li") -> bool:
        """The counselor whose phone rings says yes."""
        async with self.floor.database.work() as work:
            query = select(Participant).where(
                Participant.staff_id == staff_id, Participant.state != "ended"
            )
            one = (await work.exec(query)).one()
            prove_person(one, Proof.BROWSER)
            return await accept_offer(work, one, at=self.floor.clock.now())


@pytest.fixture
def running(floor: SwitchboardScene) -> RunningScene:
    """Nobody leads yet."""
    return RunningScene(floor, HeardCarrier(floor.clock))


@pytest.fixture
async def alarm(
    floor: SwitchboardScene, lead: Lead, carrier: FakeCarrier
) -> AsyncIterator[AlarmScene]:
    """Nobody is on duty."""
    await floor.change(Line, "youth", duty_phone=DUTY, supervisor_phone=SUPERVISOR)
    dialler = new_dialler(floor, carrier)
    yield AlarmScene(floor, lead, carrier, dialler)
    await dialler.stop()
