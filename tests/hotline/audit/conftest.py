"""A chain with a few rows in it, as people's acts and looks make them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlmodel import select

from hotline.audit.chain import AuditKeys, Head
from hotline.audit.sealing import AuditRules, AuditSealer
from hotline.audit.verifying import ChainChecked, verify_chain
from hotline.storage.connection import dsn
from hotline.storage.session import Database
from hotline.storage.tables import AuditHead, Call, CallEntry, Line, Staff
from hotline.storage.vault import make_key
from tests.fakes import NOON, FakeClock
from tests.hotline.rows import StoredScene

OLD = make_key()


@dataclass
class AuditScene(StoredScene):
    """`keys`: what the setting says. `told`: what a verification said of how far it is."""

    database: Database
    clock: FakeClock
    head_dir: Path
    keys: str = OLD
    kept_days: int = 1096
    told: list[str] = field(default_factory=list)

    @property
    def sealer(self) -> AuditSealer:
        """As a process that has just started."""
        rules = AuditRules(kept_for=timedelta(days=self.kept_days), head_dir=self.head_dir)
        keys = AuditKeys(self.keys)
        return AuditSealer(database=self.database, clock=self.clock, keys=keys, rules=rules)

    async def reads(self, times: int = 1) -> None:
        """Li reads the record of the call, which leaves a trace."""
        for _ in range(times):
            await self.add(
                CallEntry(call_id="c", at=self.clock.now(), kind="record.read", staff_id="li")
            )

    async def verified(self, heads: Sequence[Head] = ()) -> ChainChecked:
        """What a verification comes to."""
        async with self.database.work() as work:
            return await verify_chain(work, AuditKeys(self.keys), heads, tell=self.told.append)

    async def head(self) -> Head:
        """As it would be exported now."""
        async with self.database.work() as work:
            row = (await work.exec(select(AuditHead))).one()
        head = Head(at=self.clock.now(), seq=row.seq, mac=row.mac, key_id=row.key_id)
        return head.signed(AuditKeys(self.keys))

    def behind_our_back(self, *statements: str) -> list[tuple[Any, ...]]:
        """As whoever owns the database may do it: no trigger is asked. The last one's rows."""
        with psycopg.connect(dsn(self.database.url)) as connection:
            connection.execute("set session_replication_role = replica")
            for one in statements:
                found = connection.execute(one.encode())
            return found.fetchall() if found.description else []


@pytest.fixture
async def scene(database: Database, clock: FakeClock, tmp_path: Path) -> AuditScene:
    scene = AuditScene(database, clock, tmp_path / "heads")
    await scene.add(
        Line(id="youth", name="", name_en="", number_shown="12355", duty_phone=""),
        Staff(id="li", username="li", name="Li", password_hash="", roles=["counselor"],
              lines=["youth"]),
        Call(id="c", carrier_sid="CA", line_id="youth", state="ended", arrived_at=NOON,
             heard_at=NOON),
    )  # fmt: skip
    return scene
