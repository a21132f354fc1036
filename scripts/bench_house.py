"""The house of `bench_escalation.py`: real servers and processes, the line of Guangdong, one
supervisor who is signed in, and calls as rows.

Its processes are `hotline serve`, `switchboard` and `worker`, each started, killed and started
again by name; the carrier is `bench_capped.py`.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import bench_webhook as webhooks  # it finds the environment first
import httpx
import redis
from bench_capped import Capped, capped_carrier
from sqlalchemy import text
from sqlmodel import col, select

from hotline.calls.service import lock_call
from hotline.clock import SystemClock
from hotline.configuration.versions import apply_folder
from hotline.escalations.model import Level
from hotline.escalations.service import NewFlag, raise_flag
from hotline.onemachine import Running, embedded
from hotline.onemachine.valkey import start_valkey
from hotline.staff.hashing import make_hash
from hotline.storage.migrations import migrate
from hotline.storage.news import LISTENER
from hotline.storage.opening import patient_database
from hotline.storage.session import Database
from hotline.storage.tables import Beat, Call, Staff, Station, StationContact
from hotline.storage.vault import Vault, make_key

LINE, SUPERVISOR = "youth-12355", "he"
PASSWORD = "the password of this bench"  # noqa: S105 – of a database that ends with the run
READY_WITHIN_S = 300.0  # no figure is about how long a start takes on a busy machine
RAISED_TOGETHER = 8
LISTENERS = text("select count(*) from pg_stat_activity where application_name = :listener")


class Process(Protocol):
    """As much of `subprocess.Popen` as is asked for here."""

    def send_signal(self, number: int, /) -> None:
        """Where it still runs."""

    def wait(self, timeout: float | None = None) -> object:
        """Until it is over. Raises `subprocess.TimeoutExpired`."""


Begin = Callable[[str, Mapping[str, str], int], Process]


def as_shipped(what: str, env: Mapping[str, str], output: int) -> Process:
    """`hotline serve`, or another command, as production starts it."""
    argv = [*webhooks.HOTLINE, what]
    return subprocess.Popen(argv, env=env, cwd=webhooks.ROOT, stdout=output, stderr=output)


def now() -> datetime:
    """As the processes under test read it."""
    return SystemClock().now()


@dataclass
class BenchHouse:
    """The processes by name, and what is played on the rows beside them."""

    folder: Path
    env: dict[str, str]
    database: Database
    vault: Vault
    carrier: Capped
    valkey: Running
    http: httpx.AsyncClient
    begin: Begin = as_shipped
    stations: list[str] = field(default_factory=list)
    running: dict[str, Process] = field(default_factory=dict)
    calls: int = 0

    # ── processes ───────────────────────────────────────────────────────────────────────────

    async def start(self, *names: str) -> None:
        """`serve`, `worker`, `switchboard`; a second of a kind is `switchboard-2`."""
        begun, listened = now(), await self._listeners()
        for name in names:
            self._begin(name)
        async with asyncio.timeout(READY_WITHIN_S):
            if any(name.startswith("switchboard") for name in names):
                while await self._listeners() == listened or not await self._beats(begun):
                    await self._goes_on()
            while "serve" in names and not await self._answers():
                await self._goes_on()
            while "worker" in names and not await asyncio.to_thread(self._worker_is_there):
                await self._goes_on()

    async def _goes_on(self) -> None:
        """A process that has ended will never be up: say what it said."""
        for name, process in self.running.items():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0)
                sys.exit(f"{name} ended: {(self.folder / f'{name}.log').read_text()[-2000:]}")
        await asyncio.sleep(0.1)

    def _begin(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as out:
            what, env = name.partition("-")[0], {**os.environ, **self.env}
            self.running[name] = self.begin(what, env, out.fileno())

    async def _listeners(self) -> int:
        """Processes say that they follow the rows before they look at them for the first time."""
        async with self.database.work() as work:
            found = await work.sql(LISTENERS, {"listener": LISTENER})
        return int(found.scalar_one())

    async def _beats(self, since: datetime) -> bool:
        async with self.database.work() as work:
            return (await work.exec(select(Beat.name).where(Beat.at > since))).first() is not None

    async def _answers(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            await self.http.get("/healthz")
            return True
        return False

    def _worker_is_there(self) -> bool:
        with redis.Redis.from_url(self.valkey.url) as asked:
            return bool(asked.scard("rq:workers"))

    def kill(self, name: str) -> None:
        """As a crash would."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)

    def end(self) -> None:
        """Every process."""
        for name in list(self.running):
            self.kill(name)

    def loses_redis(self) -> None:
        """It is gone, with all it held."""
        self.valkey.kill()

    def finds_redis(self) -> None:
        """At its old address."""
        port = int(self.valkey.url.rpartition(":")[2].partition("/")[0])
        self.valkey = start_valkey(self.folder / "servers" / "valkey", port=port)

    # ── people ──────────────────────────────────────────────────────────────────────────────

    async def signs_in(self) -> None:
        """The supervisor, who may flag every call of the line and answer for it."""
        given = {"username": SUPERVISOR, "password": PASSWORD}
        answer = (await self.http.post("/api/v1/tokens", json=given)).raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    async def new_calls(self, count: int) -> list[str]:
        """So many talks that are over, each of a caller who withheld the number."""
        rows = []
        for _ in range(count):
            self.calls += 1
            sid = f"CAb{self.calls:030d}"
            rows.append(
                Call(carrier_sid=sid, line_id=LINE, state="ended", outcome="talked",
                     arrived_at=now(), heard_at=now(), ended_at=now())
            )  # fmt: skip
        async with self.database.work() as work:
            work.add_all(rows)
        return [row.id for row in rows]

    async def posts_flag(self, call_id: str, wanted: dict[str, Any]) -> str:
        """By the API, as the desk does. The id of its escalation."""
        where = f"/api/v1/calls/{call_id}/flags"
        answer = await self.http.post(where, json={"client_key": call_id, **wanted})
        return str(answer.raise_for_status().json()["escalation_id"])

    async def flags_for(self, levels: list[Level], rings_at: datetime) -> dict[str, Level]:
        """One escalation for each, of which nobody is rung before."""
        found: dict[str, Level] = {}
        calls = iter(zip(await self.new_calls(len(levels)), levels, strict=True))

        async def one_after_another() -> None:
            for number, (call_id, level) in enumerate(calls):
                station = self.stations[number % len(self.stations)]
                flag = NewFlag(raised_by=None, level=level, summary="", client_key=call_id,
                               rings_at=rings_at, station=station)  # fmt: skip
                async with self.database.work() as work:
                    call = await lock_call(work, call_id)
                    made = await raise_flag(work, self.vault, call=call, flag=flag, at=now())
                    found[made.id] = level

        await asyncio.gather(*(one_after_another() for _ in range(RAISED_TOGETHER)))
        return found


async def _furnish(database: Database) -> list[str]:
    """The folder of Guangdong, the supervisor's password; stations with somebody to ring."""
    async with database.work() as work:
        await apply_folder(work, webhooks.ROOT / "deploy" / "guangdong", at=now())
        query = select(Staff).where(Staff.username == SUPERVISOR)
        he = (await work.exec(query)).one()
        he.password_hash, he.password_chosen = make_hash(PASSWORD), True
        manned = select(StationContact.station_id).where(col(StationContact.active))
        there = select(Station.id).where(col(Station.id).in_(manned), Station.kind == "protection")
        return list((await work.exec(there.order_by(col(Station.id)))).all())


@asynccontextmanager
async def bench_house(folder: Path, begin: Begin = as_shipped) -> AsyncIterator[BenchHouse]:
    """Servers and carrier run; no process of ours is started yet. `begin`: how one is."""
    key, url = make_key(), f"http://127.0.0.1:{webhooks.free_port()}"
    with embedded(folder / "servers", durable=True) as servers:
        await asyncio.to_thread(migrate, servers.postgres.url)
        database = patient_database(servers.postgres.url)
        stations = await _furnish(database)
        async with capped_carrier() as carrier, httpx.AsyncClient(base_url=url, timeout=60) as http:
            env = _environment(servers.postgres.url, servers.valkey.url, url, carrier.url, key)
            house = BenchHouse(
                folder, env, database, Vault(key), carrier, servers.valkey, http, begin, stations
            )
            try:
                yield house
            finally:
                house.end()
                await database.close()
                house.valkey.stop()


def _environment(database: str, redis_url: str, url: str, carrier: str, key: str) -> dict[str, str]:
    return {
        "HOTLINE_DATABASE_URL": database,
        "HOTLINE_REDIS_URL": redis_url,
        "HOTLINE_BIND": url.removeprefix("http://"),
        "HOTLINE_PUBLIC_URL": url,
        "HOTLINE_TWILIO_ACCOUNT_SID": webhooks.SID,
        "HOTLINE_TWILIO_AUTH_TOKEN": webhooks.TOKEN,
        "HOTLINE_TWILIO_API_URL": carrier,
        "HOTLINE_ENCRYPTION_KEYS": key,
        "HOTLINE_SECOND_FACTOR": "off",
    }
