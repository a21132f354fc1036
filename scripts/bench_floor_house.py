"""The house of `bench_floor.py`: a floor as rows, `hotline serve` as shipped, signed-in browsers,
and beside it the bare server.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import bench_webhook as webhooks  # it finds the environment first
import httpx
from bench_webhook import Server
from sqlalchemy import text

from hotline.clock import SystemClock
from hotline.configuration.versions import apply_folder
from hotline.onemachine import start_postgres
from hotline.staff.tokens import hash_of
from hotline.storage.migrations import migrate
from hotline.storage.opening import patient_database
from hotline.storage.session import Database, Work
from hotline.storage.tables import Call, Presence
from hotline.storage.vault import make_key

SUPERVISOR = "he"  # of all six lines of Guangdong
READY_WITHIN_S = 60.0
ALL_LINES = text("select id from line order by id")
CLEAR = (
    "truncate row_version, offer, call cascade",
    "delete from presence",
    "delete from staff where id like 'bench-%'",
)


@dataclass(frozen=True, slots=True)
class FloorSize:
    """How many of each. `in_danger`: of those who wait. `ended`: calls of today that are over."""

    talking: int
    wrapping_up: int
    paused: int
    ready: int
    waiting: int
    in_danger: int
    ended: int

    @property
    def counselors(self) -> int:
        """All who are on duty."""
        return self.talking + self.wrapping_up + self.paused + self.ready


LARGE = FloorSize(
    talking=1400, wrapping_up=300, paused=200, ready=100, waiting=500, in_danger=20, ended=10_000
)
USUAL = FloorSize(
    talking=24, wrapping_up=5, paused=5, ready=6, waiting=12, in_danger=1, ended=300
)  # fmt: skip

# Numbers 1..n; each on one line, the next one's neighbour. Kinds of skills: some sixty.
STAFF = text("""
    insert into staff (id, username, name, password_hash, password_chosen, roles, lines, skills,
        own_phone, answers_on, active)
    select 'bench-' || n, 'bench-' || n, '咨询员' || n, '', true, '["counselor"]',
        jsonb_build_array((cast(:lines as text[]))[1 + n % :count]),
        jsonb_build_object('languages', jsonb_build_object('cmn', 5, 'yue', n % 6),
            'topics', jsonb_build_object('family', 1 + n % 5), 'certified', n % 2 = 0,
            'gender', case when n % 3 = 0 then 'm' else 'f' end, 'ages', '["teen"]'::jsonb),
        '', 'browser', true
    from generate_series(1, :counselors) as n
""")
PRESENCE = text("""
    insert into presence (staff_id, state, reason, since, idle_since, missed, call_id,
        working_since)
    select 'bench-' || n,
        case when n <= :talking then 'talking'
            when n <= :talking + :wrapping_up then 'wrapping_up'
            when n <= :talking + :wrapping_up + :paused then 'paused' else 'ready' end,
        '', at, at, 0, case when n <= :talking then 'talk-' || n end, at - interval '1 hour'
    from (select n, now() - n % 600 * interval '1 second' as at
        from generate_series(1, :counselors) as n) as numbered
""")
CALLS = text("""
    insert into call (id, carrier_sid, line_id, from_masked, from_index, state, language, urgency,
        step, misses, turn, waits, arrived_at, heard_at, queued_at, joined_at, ended_at, outcome,
        outcome_step, counselor_id)
    select :kind || '-' || n, :kind || '-' || n, (cast(:lines as text[]))[1 + n % :count],
        '154****' || lpad(cast(n % 10000 as text), 4, '0'), '', cast(:state as text), 'cmn',
        case when n <= :in_danger then 'crisis' else 'routine' end, '', 0, 1, 0,
        at, at, at + interval '10 seconds',
        case when :state <> 'waiting' then at + interval '20 seconds' end,
        case when :state = 'ended' then at + interval '9 minutes' end,
        case when :state = 'ended' then 'talked' end, '',
        case when :state <> 'waiting' then 'bench-' || 1 + (n - 1) % :counselors end
    from (select n, now() - interval '1 minute' - n % :spread_s * interval '1 second' as at
        from generate_series(1, :calls) as n) as numbered
""")
SESSIONS = text("""
    insert into staff_session (token_hash, staff_id, kind, created_at, expires_at, seen_at,
        generation)
    select hash, staff.id, 'bearer', now(), now() + interval '1 hour', now(), staff.generation
    from staff, unnest(cast(:hashes as text[])) as hash where staff.username = :username
""")


@dataclass
class FloorHouse:
    """Both servers, and the rows that one of them shows."""

    ours: Server
    bare: Server
    database: Database
    tokens: list[str]

    async def fill(self, size: FloorSize) -> None:
        """Nobody else is on the floor from now on."""
        async with self.database.work() as work:
            for statement in CLEAR:
                await work.sql(text(statement), {})
            lines = [str(line) for line in (await work.sql(ALL_LINES, {})).scalars()]
            here = {"lines": lines, "count": len(lines), "counselors": size.counselors}
            await work.sql(STAFF, here)
            states = {"talking": size.talking, "wrapping_up": size.wrapping_up}
            await work.sql(PRESENCE, {**states, "paused": size.paused, **here})
            await _add_calls(work, size, here)
            work.announce("configuration", "applied")
        async with await self.database.connect() as connection:
            await connection.execute("vacuum analyze")

    async def changes_presence(self, number: int) -> None:
        """One who is ready takes a pause, or comes back."""
        async with self.database.work() as work:
            presence = await work.get_one(Presence, f"bench-{number}")
            presence.state = "ready" if presence.state == "paused" else "paused"
            presence.since = presence.idle_since = SystemClock().now()
            work.announce("presence", presence.staff_id)

    async def changes_call(self, number: int) -> None:
        """One who waits speaks another language after all."""
        async with self.database.work() as work:
            call = await work.get_one(Call, f"wait-{number}")
            call.language = "yue" if call.language == "cmn" else "cmn"
            work.announce("call", call.id)


async def _add_calls(work: Work, size: FloorSize, here: Mapping[str, object]) -> None:
    kinds = (
        ("talk", "talking", size.talking, 0, 1200),
        ("wait", "waiting", size.waiting, size.in_danger, 300),
        ("over", "ended", size.ended, 0, 3600),
    )
    for kind, state, calls, in_danger, spread_s in kinds:
        told = {"kind": kind, "state": state, "calls": calls}
        await work.sql(CALLS, {**here, **told, "in_danger": in_danger, "spread_s": spread_s})


async def _furnish(database: Database, browsers: int) -> list[str]:
    """The lines of Guangdong, and a session for each browser, all of one supervisor."""
    tokens = [f"browser-{number}" for number in range(browsers)]
    async with database.work() as work:
        await apply_folder(work, webhooks.ROOT / "deploy" / "guangdong", at=SystemClock().now())
        values = {"hashes": [hash_of(one) for one in tokens], "username": SUPERVISOR}
        await work.sql(SESSIONS, values)
    return tokens


async def _answers(url: str) -> None:
    """No figure is about how long a start takes on a busy machine."""
    async with asyncio.timeout(READY_WITHIN_S), httpx.AsyncClient() as http:
        while True:
            with contextlib.suppress(httpx.TransportError):
                await http.get(url)
                return
            await asyncio.sleep(0.1)


@asynccontextmanager
async def floor_house(folder: Path, browsers: int) -> AsyncIterator[FloorHouse]:
    """PostgreSQL, `hotline serve` and the bare server, for as long as the block lasts."""
    ours_url, bare_url = (f"http://127.0.0.1:{webhooks.free_port()}" for _ in range(2))
    bare = [sys.executable, "-m", "uvicorn", "bench_floor_bare:app", "--no-access-log"]
    bare += ["--port", bare_url.rpartition(":")[2]]
    with ExitStack() as stack:
        postgres = start_postgres(folder / "postgres", durable=True)
        stack.callback(postgres.stop)
        await asyncio.to_thread(migrate, postgres.url)
        database = patient_database(postgres.url)
        tokens = await _furnish(database, browsers)
        env, start, ours = _environment(postgres.url, ours_url), webhooks.process, "serve"
        ours_pid = stack.enter_context(start([*webhooks.HOTLINE, ours], env, folder / "web.log"))
        beside = {"PYTHONPATH": str(webhooks.ROOT / "scripts")}
        bare_pid = stack.enter_context(start(bare, beside, folder / "bare.log"))
        await _answers(f"{bare_url}/page/1")
        await _answers(f"{ours_url}/healthz")
        try:
            yield FloorHouse(
                Server(ours_pid, ours_url), Server(bare_pid, bare_url), database, tokens
            )
        finally:
            await database.close()


def _environment(database: str, url: str) -> dict[str, str]:
    return {
        "HOTLINE_DATABASE_URL": database,
        "HOTLINE_BIND": url.removeprefix("http://"),
        "HOTLINE_PUBLIC_URL": url,
        "HOTLINE_TWILIO_ACCOUNT_SID": webhooks.SID,
        "HOTLINE_TWILIO_AUTH_TOKEN": webhooks.TOKEN,
        "HOTLINE_ENCRYPTION_KEYS": make_key(),
        "HOTLINE_SECOND_FACTOR": "off",
    }
