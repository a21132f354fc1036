"""The web process in the test's own loop: a line, a call in a talk, and one person of each role."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import SQLModel, col, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hotline.calls.model import CallState
from hotline.configuration.versions import apply_folder
from hotline.settings import Settings
from hotline.staff.model import PresenceState, Role
from hotline.storage.session import Database
from hotline.storage.tables import (
    Call,
    CallEntry,
    Line,
    Offer,
    Participant,
    Presence,
    Staff,
    StaffSession,
    Station,
    StationContact,
)
from hotline.storage.vault import Vault, make_key
from hotline.web.app import create_app
from hotline.web.deps import Backend
from hotline.web.live import RESYNC
from tests.fakes import FakeClock

GUANGDONG = Path(__file__).parents[4] / "deploy" / "guangdong"
SITE = "https://hotline.test"
PASSWORD = "correct horse battery"
PASSWORD_HASH = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
OUR_PAGE = {"X-Hotline": "1", "Sec-Fetch-Site": "same-origin"}

PEOPLE: dict[str, tuple[list[Role], str | None]] = {
    "li": ([Role.COUNSELOR], None),
    "chen": ([Role.COUNSELOR], None),
    "he": ([Role.SUPERVISOR], None),
    "tianhe": ([Role.OFFICER], "tianhe"),
    "haizhu": ([Role.OFFICER], "haizhu"),
    "root": ([Role.ADMIN], None),
}


def token_of(username: str) -> str:
    """The bearer token of one of the people."""
    return f"token-of-{username}"


@dataclass
class Person:
    """Somebody with a token, and what they ask for."""

    http: httpx.AsyncClient
    username: str
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {token_of(self.username)}"}

    async def asks(
        self, method: str, path: str, body: Any = None, *, key: str | None = None
    ) -> httpx.Response:
        """Any request below /api/v1."""
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return await self.http.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def gets(self, path: str) -> Any:
        """What the API shows."""
        answer = await self.asks("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def does(self, method: str, path: str, body: Any = None) -> Any:
        """A command that works."""
        answer = await self.asks(method, path, body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


@dataclass
class ApiScene:
    """The house, and short words for what is in it."""

    house: Backend
    clock: FakeClock
    app: FastAPI
    http: httpx.AsyncClient

    def person(self, username: str) -> Person:
        """Somebody who is signed in."""
        return Person(self.http, username)

    async def add(self, *rows: SQLModel) -> None:
        """Rows, each after those before it."""
        async with self.house.database.work() as work:
            for row in rows:
                work.add(row)
                await work.flush()

    async def get(self, table: type[SQLModel], key: str) -> Any:
        """A row as it is now."""
        async with self.house.database.work() as work:
            return await work.get_one(table, key)

    async def change(self, table: type[SQLModel], key: str, **values: Any) -> None:
        """Set columns of a row."""
        async with self.house.database.work() as work:
            row = await work.get_one(table, key)
            for name, value in values.items():
                setattr(row, name, value)

    async def all(self, table: type[SQLModel]) -> list[Any]:
        """All rows of a table."""
        async with self.house.database.work() as work:
            return list((await work.exec(select(table))).all())

    async def kinds(self, call_id: str = "call") -> list[str]:
        """What the call's timeline tells, in order."""
        query = select(CallEntry.kind).where(CallEntry.call_id == call_id)
        async with self.house.database.work() as work:
            return list((await work.exec(query.order_by(col(CallEntry.id)))).all())

    def call(self, call_id: str, state: CallState, **values: Any) -> Call:
        """Somebody on the line."""
        now = self.clock.now()
        fields: dict[str, Any] = {"line_id": "youth", "from_masked": "154****0001", **values}
        return Call(
            id=call_id,
            carrier_sid=f"CA-{call_id}",
            state=state,
            **{"arrived_at": now, "heard_at": now, **fields},
        )

    async def offers_to(self, username: str, call_id: str) -> str:
        """A call that waits rings at somebody. Returns the offer's id."""
        now = self.clock.now()
        await self.add(
            Offer(
                id=f"offer-{username}",
                call_id=call_id,
                staff_id=username,
                stage="language",
                offered_at=now,
                expires_at=now + timedelta(seconds=20),
                facts={"why": "language"},
            )
        )
        await self.change(Presence, username, state=PresenceState.OFFERED, call_id=call_id)
        return f"offer-{username}"

    async def furnish(self) -> None:
        """The place, its people and li's talk."""
        await self.add(*places())
        for name, (roles, station) in PEOPLE.items():
            await self.hires(name, *roles, station=station)
        now = self.clock.now()
        talk = {"counselor_id": "li", "queued_at": now, "accepted_at": now, "joined_at": now}
        await self.add(self.call("call", CallState.TALKING, **talk))
        await self.add(*talkers("call", "li", at=now))
        await self.change(Presence, "li", state=PresenceState.TALKING, call_id="call")

    async def hires(
        self, name: str, *roles: Role, line: str = "youth", station: str | None = None
    ) -> None:
        """Somebody with an account, off duty and signed in."""
        now = self.clock.now()
        staff = Staff(
            id=name,
            username=name,
            name=f"name of {name}",
            password_hash=PASSWORD_HASH,
            roles=list(roles),
            station_id=station,
            lines=[line],
        )
        presence = Presence(staff_id=name, since=now, idle_since=now)
        await self.add(staff, presence, self._session(name))

    def _session(self, name: str) -> StaffSession:
        now = self.clock.now()
        return StaffSession(
            token_hash=hashlib.sha256(token_of(name).encode()).hexdigest(),
            staff_id=name,
            kind="bearer",
            created_at=now,
            seen_at=now,
            confirmed_at=now,
            expires_at=now + timedelta(hours=12),
        )


def talkers(call_id: str, counselor: str, *, at: datetime) -> list[Participant]:
    """Caller and counselor, both in the talk."""
    fields: dict[str, Any] = {"call_id": call_id, "state": "in_talk", "created_at": at}
    sids = {"caller": f"CA-{call_id}", "counselor": f"CA-of-{counselor}"}
    return [
        Participant(id=role, role=role, carrier_sid=sid, address="", answered_at=at, **fields,
                    ends_wanted=True, ends=True,
                    staff_id=counselor if role == "counselor" else None)
        for role, sid in sids.items()
    ]  # fmt: skip


def places() -> list[SQLModel]:
    """Two stations; the line's escalations go to the first."""
    contact = StationContact(
        id="duty", station_id="tianhe", rank=0, name="n", phone="02000000202", pin_hash=""
    )
    return [
        Station(id="tianhe", name="天河", name_en="Tianhe", division="440106", phone="1"),
        Station(id="haizhu", name="海珠", name_en="Haizhu", division="440105", phone="2"),
        contact,
        Line(id="youth", name="青少年", name_en="Youth", number_shown="1", station_id="tianhe"),
    ]


def house_on(database: Database, clock: FakeClock, settings: Settings) -> Backend:
    """The joined parts, on a test's database and clock."""
    return Backend(
        settings=settings,
        database=database,
        voice_database=database,
        vault=Vault(make_key()),
        clock=clock,
        webhook_budget_s=60,  # a busy machine is no fault of what is tested
        answer_within_s=60,
    )


def ending(app: ASGIApp) -> ASGIApp:
    """The application for a client that waits for the end of each answer: a stream has none."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Message) -> None:
            named = dict(message.get("headers", ())).get(b"content-type", b"")
            if named.startswith(b"text/event-stream"):
                pytest.fail(f"{scope['path']} does not end: ask by `listening`, see STREAMS there")
            await send(message)

        await app(scope, receive, send_on)

    return guarded


def client_of(app: ASGIApp, base_url: str = SITE) -> httpx.AsyncClient:
    """A client that speaks to the application without a network."""
    transport = httpx.ASGITransport(ending(app), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=base_url)


@pytest.fixture
async def scene(database: Database, clock: FakeClock) -> AsyncIterator[ApiScene]:
    """The furnished house, reached over https."""
    house = house_on(database, clock, Settings(public_url=SITE, second_factor="off"))
    app = create_app(house)
    async with client_of(app) as http:
        made = ApiScene(house, clock, app, http)
        await made.furnish()
        yield made
    house.what_ifs.close()


@pytest.fixture
def li(scene: ApiScene) -> Person:
    """The counselor in the talk."""
    return scene.person("li")


@pytest.fixture
def chen(scene: ApiScene) -> Person:
    """A counselor who is not in it."""
    return scene.person("chen")


@pytest.fixture
def he(scene: ApiScene) -> Person:
    """The supervisor."""
    return scene.person("he")


@pytest.fixture
async def following(scene: ApiScene) -> AsyncIterator[None]:
    """The process listens to the database, as it does in production."""
    with scene.house.live.listen() as changes:
        run = asyncio.create_task(scene.house.live.run(scene.house.database))
        assert await changes.get() == RESYNC
    yield
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run


@pytest.fixture
async def admin(scene: ApiScene) -> Person:
    """The administrator of a hotline whose folder was applied."""
    await scene.hires("admin", Role.ADMIN, Role.SUPERVISOR)
    async with scene.house.database.work() as work:
        await apply_folder(work, GUANGDONG, at=scene.clock.now())
    return scene.person("admin")
