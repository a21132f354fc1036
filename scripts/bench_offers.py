"""E4: what an offer costs, against a bare round trip with a commit, on a durable PostgreSQL.

Called by `bench_engine.py`. Both sides take turns on one connection each; the middle of many.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hotline.configuration.apply import apply
from hotline.configuration.load import load_folder
from hotline.onemachine import start_postgres
from hotline.storage.connection import Connection
from hotline.storage.migrations import migrate
from hotline.storage.session import Database
from hotline.storage.tables import Call, Presence, Staff
from hotline.switchboard.claims import Proposal, claim_offers
from hotline.switchboard.leadership import Lead, decisions_connection
from routing.engine import Flag
from routing.policy import Need
from routing.recording import Event, Kind, RecordedEvent

GUANGDONG = Path(__file__).resolve().parent.parent / "deploy" / "guangdong"
ROUNDS, OFFERS = 3, 400
NOW = datetime(2026, 1, 1, tzinfo=UTC)


async def fill(url: str) -> None:
    """As many counselors who are ready, and callers who wait, as there will be offers a round."""
    database = Database(url)
    async with database.work() as work:
        await apply(work, load_folder(GUANGDONG), at=NOW)
        for n in range(OFFERS):
            person = Staff(id=f"s{n}", username=f"bench{n}", name=f"{n}", password_hash="")
            person.roles = ["counselor"]
            person.lines, person.skills = ["youth-12355"], {"languages": {"cmn": 5}}
            work.add(person)
            work.add(Call(id=f"c{n}", carrier_sid=f"CA{n}", line_id="youth-12355", state="waiting",
                          arrived_at=NOW, heard_at=NOW, queued_at=NOW))  # fmt: skip
        await work.flush()
        for n in range(OFFERS):
            work.add(Presence(staff_id=f"s{n}", state="ready", since=NOW, idle_since=NOW))
    await database.close()


async def clear(connection: Connection) -> None:
    """Take every offer back."""
    for table in ("participant", "offer", "call_event", "routing_event"):
        await connection.execute(f"delete from {table}".encode())  # noqa: S608 – our own words
    await connection.execute(b"update presence set state = 'ready', call_id = null")


async def bare(connection: Connection, n: int) -> None:
    """The least that can be kept: one small row, committed."""
    await connection.execute("insert into bare_round_trip values (%s)", [n])


async def offer(lead: Lead, n: int) -> None:
    """One decision: both sides locked and judged, offer and participant, journal, news, commit."""
    need = Need(line="youth-12355", language="cmn")
    event = Event(at=NOW.timestamp(), kind=Kind.CALL_ARRIVES, subject=f"c{n}", need=need)
    facts = {"plan": "bench", "waited_s": 1.5, "candidates": [{"counselor": f"s{n}", "order": 1}]}
    proposal = Proposal(
        call_id=f"c{n}", staff_id=f"s{n}", stage="language", flag=Flag.READY, facts=facts
    )
    claimed = await claim_offers(
        lead, [proposal], [RecordedEvent(event=event)], at=NOW + timedelta(seconds=n)
    )
    assert len(claimed) == 1  # noqa: S101 – a claim that does nothing would be quick


async def one_round(lead: Lead) -> tuple[float, float]:
    """Seconds in the middle: of an offer, of a bare round trip."""
    offers, bares = [], []
    for n in range(OFFERS):
        began = time.perf_counter()
        await bare(lead.connection, n)
        between = time.perf_counter()
        await offer(lead, n)
        bares.append(between - began)
        offers.append(time.perf_counter() - between)
    await clear(lead.connection)
    return statistics.median(offers), statistics.median(bares)


async def measure(folder: Path, tell: Callable[[str], None]) -> list[tuple[float, float]]:
    """Round after round: seconds of an offer, of a bare round trip; both at the median."""
    postgres = start_postgres(folder / "postgres", durable=True)
    try:
        migrate(postgres.url)
        await fill(postgres.url)
        database = Database(postgres.url)
        one = await database.connect()
        async with one, await decisions_connection(database) as two:
            await one.execute("create table bare_round_trip (n int)")
            await one.execute("insert into leadership (name, epoch) values ('switchboard', 1)")
            lead, rounds = Lead(one, two, 1), []
            for n in range(ROUNDS):
                tell(f"E4: round {n + 1} of {ROUNDS}")
                rounds.append(await one_round(lead))
            return rounds
    finally:
        postgres.stop()


def e4(tell: Callable[[str], None]) -> list[tuple[float, float]]:
    """The rounds of E4."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)  # PostgreSQL runs as another user when we are root
        return asyncio.run(measure(Path(made), tell))
