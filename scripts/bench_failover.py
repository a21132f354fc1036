"""E6: two switchboards on one database, killed at random while thousands of callers pass through.

Called by `bench_engine.py`. The switchboards are the real processes; callers and counselors are
played on the rows with our own functions; the carrier is a stand-in on loopback. At the
end the rows are asked whether anybody was offered twice, or lost.
"""

import asyncio
import contextlib
import json
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import structlog
from bench_carrier import carrier
from sqlmodel import col, select

from hotline.callcontrol.offers import accept_offer, refuse_offer
from hotline.callcontrol.talks import caller_left, join_talk
from hotline.calls.model import CallState, OfferState, Urgency
from hotline.calls.service import lock_call, put_in_queue
from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.errors import HotlineError
from hotline.onemachine import start_postgres
from hotline.staff.model import PresenceState
from hotline.staff.presence import choose_presence
from hotline.storage.connection import dsn
from hotline.storage.documents import version_of_document
from hotline.storage.migrations import migrate
from hotline.storage.session import Database
from hotline.storage.tables import Call, Line, Offer, Participant, Presence, Staff
from hotline.storage.vault import make_key
from routing.policy import DEFAULT_DOCUMENT, read_policy

ROOT = Path(__file__).resolve().parent.parent
LINE = "youth-12355"
LANGUAGES = ["cmn"] * 8 + ["yue"] * 5 + ["hak", "nan", "nan", "eng", "eng"]
COUNSELORS, IN_LINE = 80, 40
ANSWERED, DECLINED, UNANSWERED = 0.88, 0.93, 0.96  # beyond: the caller hangs up while it rings
SECONDS_BETWEEN_KILLS = (3.0, 7.0)
GIVE_UP_S = 1800.0
LONG_LINE, RECOVERIES = 10_000, 5
SID, TOKEN = "AC" + "0" * 32, "bench"
# Quick people: nobody rests, a phone rings five seconds, who did not answer is back after one.
PLAN: dict[str, Any] = {
    **DEFAULT_DOCUMENT,
    "ring_s": 5,
    "set_aside_s": 1,
    "care": {"rest_after_crisis_s": 0, "crisis_in_a_row": 100, "break_every_s": 86_400},
}

# One caller is two counselors' business only while a crisis rings several phones, by one leader.
DOUBLE = """
select count(*) from offer a join offer b on a.id < b.id
    and a.offered_at < coalesce(b.ended_at, 'infinity')
    and b.offered_at < coalesce(a.ended_at, 'infinity')
    join call on call.id = a.call_id
where a.staff_id = b.staff_id
   or (a.call_id = b.call_id and (call.urgency = 'routine' or a.epoch <> b.epoch))
"""
TAKEN_TWICE = """
select count(*) from (select call_id from offer where state = 'accepted'
    group by call_id having count(*) > 1) as twice
"""
LOST = "select count(*) from call where state <> 'ended' or outcome is null"


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)  # noqa: TID251 – the switchboards under test read the same clock


# ── the two switchboards ────────────────────────────────────────────────────────────────────────


@dataclass
class Pair:
    """Two processes, and who was killed when."""

    env: dict[str, str]
    log: Path
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    kills: list[datetime] = field(default_factory=list)

    def start(self) -> None:
        """One more."""
        argv = [sys.executable, "-m", "hotline", "switchboard"]
        with self.log.open("ab") as out:
            self.running.append(
                subprocess.Popen(argv, env=os.environ | self.env, cwd=ROOT, stdout=out, stderr=out)
            )

    def kill(self, which: int) -> None:
        """As a crash would; its place is filled at once."""
        process = self.running.pop(which)
        self.kills.append(now())
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        self.start()

    def stop(self) -> None:
        """End both."""
        for process in self.running:
            process.kill()
            process.wait(timeout=10)


# ── callers and counselors ──────────────────────────────────────────────────────────────────────


@dataclass
class World:
    """Everybody who is not the switchboard."""

    database: Database
    chance: random.Random
    left: int
    seen: set[str] = field(default_factory=set)
    playing: set["asyncio.Task[None]"] = field(default_factory=set)
    arrived: int = 0

    async def arrive(self) -> None:
        """Callers, as long as the line is short."""
        async with self.database.work() as work:
            query = select(Call.id).where(Call.state == CallState.WAITING)
            short = IN_LINE - len((await work.exec(query)).all())
            for _ in range(max(0, min(short, self.left))):
                self.left -= 1
                self.arrived += 1
                work.add(call := self._caller())
                await work.flush()
                put_in_queue(work, call, at=now())

    def _caller(self) -> Call:
        crisis = self.chance.random() < 0.05  # noqa: PLR2004 – research §4: 5 % crisis
        urgency = Urgency.CRISIS if crisis else Urgency.ROUTINE
        return Call(
            carrier_sid=f"CAb{self.arrived:030d}",
            line_id=LINE,
            state=CallState.FLOW,
            language=self.chance.choice(LANGUAGES),
            urgency=urgency,
            arrived_at=now(),
            heard_at=now(),
        )

    async def look(self) -> None:
        """See which phones ring, and let each do what it does."""
        async with self.database.work() as work:
            query = select(Offer.id, Participant.id, Offer.call_id, Offer.staff_id).where(
                Offer.state == OfferState.PENDING, col(Participant.offer_id) == Offer.id
            )
            ringing = (await work.exec(query)).all()
        for offer, leg, call, staff in ringing:
            if offer not in self.seen:
                self.seen.add(offer)
                self._play(self._react(offer, leg, call, staff))

    def _play(self, doing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(doing)
        self.playing.add(task)
        task.add_done_callback(self.playing.discard)

    async def _react(self, offer: str, leg: str, call: str, staff: str) -> None:
        lot = self.chance.random()
        await asyncio.sleep(self.chance.uniform(0.01, 0.1))
        if lot < ANSWERED:
            await self._answer(leg, call, staff)
        elif lot < DECLINED:
            async with self.database.work() as work:
                state = OfferState.DECLINED
                await refuse_offer(work, call, offer, state, at=now(), reason="declined")
        elif lot >= UNANSWERED:
            async with self.database.work() as work:
                await caller_left(work, await lock_call(work, call), at=now())

    async def _answer(self, leg_id: str, call_id: str, staff: str) -> None:
        async with self.database.work() as work:
            leg = await work.get_one(Participant, leg_id)
            leg.proof = "browser"
            if not await accept_offer(work, leg, at=now()):
                return
        async with self.database.work() as work:
            await join_talk(work, await lock_call(work, call_id), at=now())
        await asyncio.sleep(self.chance.uniform(0.05, 0.4))
        async with self.database.work() as work:
            await caller_left(work, await lock_call(work, call_id), at=now())
        async with self.database.work() as work:
            with contextlib.suppress(HotlineError):  # rung for a crisis in the same moment
                await choose_presence(work, staff, PresenceState.READY, at=now())

    async def anybody_there(self) -> bool:
        """Whether a call is not over."""
        async with self.database.work() as work:
            query = select(Call.id).where(Call.state != CallState.ENDED).limit(1)
            return (await work.exec(query)).first() is not None


async def prepare(url: str) -> None:
    """A line with a quick plan, and its counselors, all ready."""
    database, chance = Database(url), random.Random(1)  # noqa: S311 – a load, not a secret
    async with database.work() as work:
        await apply(work, load_folder(ROOT / "deploy" / "guangdong"), at=now())
        line = await work.get_one(Line, LINE)
        read_policy(PLAN)  # a plan with a fault would be passed over for the default
        line.plan, line.plan_version = PLAN, version_of_document(PLAN)
        for n in range(COUNSELORS):
            languages = dict.fromkeys(chance.sample(sorted(set(LANGUAGES)), 2), 4) | {"cmn": 3}
            skills = {"languages": languages, "certified": n % 2 == 0}
            person = Staff(id=f"s{n}", username=f"bench{n}", name=f"{n}", password_hash="",
                           roles=["counselor"], lines=[LINE], skills=skills)  # fmt: skip
            work.add(person)
            await work.flush()
            work.add(Presence(staff_id=person.id, state="ready", since=now(), idle_since=now()))
    await database.close()


@asynccontextmanager
async def running_pair(folder: Path) -> AsyncIterator[tuple[Pair, str]]:
    """The database, the carrier and both switchboards."""
    postgres = start_postgres(folder / "postgres", durable=True)
    try:
        migrate(postgres.url)
        await prepare(postgres.url)
        async with carrier() as carrier_url:
            env = {
                "HOTLINE_DATABASE_URL": postgres.url,
                "HOTLINE_PUBLIC_URL": "http://127.0.0.1:9",
                "HOTLINE_TWILIO_ACCOUNT_SID": SID,
                "HOTLINE_TWILIO_AUTH_TOKEN": TOKEN,
                "HOTLINE_TWILIO_API_URL": carrier_url,
                "HOTLINE_ENCRYPTION_KEYS": make_key(),
            }
            pair = Pair(env, folder / "switchboard.log")
            pair.start()
            pair.start()
            try:
                yield pair, postgres.url
            finally:
                pair.stop()
    finally:
        postgres.stop()


async def run_callers(pair: Pair, url: str, calls: int, tell: Callable[[str], None]) -> None:
    """Let them all pass through, and kill now and then."""
    database, chance = Database(url, pool_size=20), random.Random(2)  # noqa: S311 – a load
    world = World(database, chance, calls)
    began = said = time.monotonic()
    next_kill = began + 5.0
    while world.left or world.playing or await world.anybody_there():
        await world.arrive()
        await world.look()
        if time.monotonic() > next_kill and world.left:
            pair.kill(chance.randrange(2))
            next_kill = time.monotonic() + chance.uniform(*SECONDS_BETWEEN_KILLS)
        if time.monotonic() > said + 10:
            said = time.monotonic()
            tell(f"E6: {world.arrived} of {calls} callers, {len(pair.kills)} kills")
        if time.monotonic() > began + GIVE_UP_S:
            break
        await asyncio.sleep(0.03)
    await database.close()


async def recoveries(url: str, kills: list[datetime]) -> list[float]:
    """Seconds from each kill of the leader until the next one had an engine."""
    async with await psycopg.AsyncConnection.connect(dsn(url)) as connection:
        cursor = await connection.execute(
            "select min(at_s) from routing_event where kind = 'engine.began'"
            " group by epoch order by 1"
        )
        began = [float(row[0]) for row in await cursor.fetchall()]
    found = []
    for kill, later in zip(kills, [*kills[1:], None], strict=True):
        end = later.timestamp() if later else float("inf")
        after = [at - kill.timestamp() for at in began if kill.timestamp() <= at < end]
        found += after[:1]
    return found


async def recover_with_a_long_line(
    pair: Pair, url: str, tell: Callable[[str], None]
) -> list[float]:
    """Seconds from the leader's death to the next offer, with 10,000 callers in line."""
    async with await psycopg.AsyncConnection.connect(dsn(url), autocommit=True) as connection:
        await connection.execute("update presence set state = 'paused' where state <> 'offline'")
        await connection.execute(LONG, [LINE, LONG_LINE])
        took = []
        for n in range(RECOVERIES):
            tell(f"E6: recovery {n + 1} of {RECOVERIES} with {LONG_LINE} in line")
            took.append(await _one_recovery(pair, connection, n))
    return took


LONG = """
insert into call (id, carrier_sid, line_id, from_sealed, from_masked, from_index, state, language,
    urgency, step, misses, turn, waits, arrived_at, heard_at, queued_at, outcome_step)
select 'long' || n, 'CAlong' || n, %s, '', '', '', 'waiting',
    (array['cmn','yue','nan'])[1 + n %% 3],
    'routine', '', 0, 0, 0, now(), now() + interval '1 day', now(), '' from generate_series(1, %s) n
"""


async def _one_recovery(pair: Pair, connection: psycopg.AsyncConnection[Any], n: int) -> float:
    """Both are up and one leads: kill that one, and make a counselor ready in the same moment."""
    await asyncio.sleep(8.0)  # both have started, and the leader has heard of the whole line
    offers = await _count(connection, "offer")
    leads = await _leading(pair, connection)
    await connection.execute("update presence set state = 'ready' where staff_id = %s", [f"s{n}"])
    killed = time.monotonic()
    pair.kill(leads)
    while await _count(connection, "offer") == offers:  # noqa: ASYNC110 – other processes act
        await asyncio.sleep(0.005)
    return time.monotonic() - killed


async def _count(connection: psycopg.AsyncConnection[Any], table: str) -> int:
    cursor = await connection.execute(f"select count(*) from {table}".encode())  # noqa: S608 – our own word
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def _leading(pair: Pair, connection: psycopg.AsyncConnection[Any]) -> int:
    """Which of the two holds the lock: told by the port its connection comes from."""
    cursor = await connection.execute(
        "select client_port from pg_stat_activity join pg_locks using (pid)"
        " where locktype = 'advisory' and granted and pg_stat_activity.pid <> pg_backend_pid()"
    )
    ports = {int(row[0]) for row in await cursor.fetchall()}
    for which, process in enumerate(pair.running):
        if ports & _ports_of(process.pid):
            return which
    raise RuntimeError("no switchboard leads")


def _ports_of(pid: int) -> set[int]:
    """Local ports of a process's connections, from its open sockets."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            inodes.add(str(link.readlink()))
    ports = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if f"socket:[{fields[9]}]" in inodes:
            ports.add(int(fields[1].rpartition(":")[2], 16))
    return ports


async def measure(folder: Path, calls: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """All of E6."""
    async with running_pair(folder) as (pair, url):
        await run_callers(pair, url, calls, tell)
        kills = list(pair.kills)
        recovered = await recoveries(url, kills)
        async with await psycopg.AsyncConnection.connect(dsn(url)) as connection:
            said = {}
            for name, query in (("double", DOUBLE), ("twice", TAKEN_TWICE), ("lost", LOST)):
                row = await (await connection.execute(query.encode())).fetchone()
                said[name] = int(row[0]) if row else -1
            total = await _count(connection, "call")
        long = await recover_with_a_long_line(pair, url, tell)
    return {
        "calls": total,
        "kills": len(kills),
        "double_offers": said["double"] + said["twice"],
        "lost_callers": said["lost"] + calls - total,
        "recovery_s": sorted(recovered)[len(recovered) // 2] if recovered else None,
        "recovery_max_s": max(recovered, default=None),
        "recovery_10k_s": sorted(long)[len(long) // 2],
        "recovery_10k_all_s": long,
    }


def e6(tell: Callable[[str], None], calls: int = 10_000) -> dict[str, Any]:
    """The figures of E6."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)  # PostgreSQL runs as another user when we are root
        return asyncio.run(measure(Path(made), calls, tell))


if __name__ == "__main__":
    print(json.dumps(e6(print, int(sys.argv[1]) if len(sys.argv) > 1 else 10_000), indent=2))
