"""One look at the calls that we owe: a child in danger first, and no row that stops the others."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from hotline.callcontrol.calling_back import CallingBack
from hotline.storage.session import Database
from hotline.storage.tables import Call, Callback, CallbackAttempt, Participant
from hotline.storage.vault import Vault, make_key
from hotline.supervision import RowFaults
from hotline.switchboard.leadership import Lead, leadership
from hotline.switchboard.owed import look_at_owed
from tests.fakes import NOON, FakeClock
from tests.hotline.switchboard.conftest import a_caller, a_counselor, a_line

pytestmark = pytest.mark.anyio

CHILD = "13800138000"
VAULT = Vault(make_key(), index_secret="s" * 32)


@pytest.fixture
async def lead(database: Database) -> AsyncIterator[Lead]:
    """We decide."""
    async with leadership(database) as lead:
        yield lead


async def add(database: Database, *rows: Any) -> None:
    async with database.work() as work:
        for row in rows:
            work.add(row)
            await work.flush()


def lost(key: str, *, vault: Vault = VAULT) -> Call:
    """A child who hung up, from a number of their own."""
    sealed = vault.seal(CHILD[:-1] + key[-1], place=f"call.from.{key}")
    return a_caller(key, state="ended", outcome="hung_up", ended_at=NOON, from_index=key,
                    from_sealed=sealed)  # fmt: skip


def owed(key: str, **values: Any) -> Callback:
    """To this child, and due."""
    times: dict[str, Any] = {
        "promised_at": NOON,
        "place_at": NOON,
        "due_at": NOON + timedelta(seconds=60),
    }
    named = {"id": f"cb-{key}", "line_id": "youth", "call_id": key, "from_index": key}
    why = {"why": "asked", "try_at": NOON}
    return Callback(**(named | times | why | values))


async def looks(database: Database, lead: Lead, clock: FakeClock) -> None:
    by = CallingBack(vault=VAULT, duty_phone="", at=clock.now())
    await look_at_owed(database, lead, RowFaults(), by)


async def rung(database: Database) -> list[str]:
    """Whose phones are to be rung, by the roles they have in the talk."""
    async with database.work() as work:
        query = select(Participant.role, Participant.staff_id).order_by(col(Participant.created_at))
        return [staff or role for role, staff in (await work.exec(query)).all()]


async def chens_phone_rang_in_vain(database: Database, clock: FakeClock) -> None:
    """For the child of `c1`, just now."""
    ends = {"state": "ended", "outcome": "not_reached", "outcome_step": "not_dialled"}
    tried = a_caller("out", direction="out", from_index="c1", queued_at=None, **ends)
    missed = CallbackAttempt(callback_id="cb-c1", number=1, call_id="out", staff_id="chen",
                             at=NOON, ended_at=clock.now(), ended_as="not_dialled")  # fmt: skip
    await add(database, tried, missed)


@pytest.mark.parametrize(("seconds", "who"), [(20, ["li"]), (35, ["caller"])])
async def test_a_child_in_danger_is_rung_in_time_whoever_is_left_to_try(
    database: Database, lead: Lead, clock: FakeClock, seconds: int, who: list[str]
) -> None:
    danger = {"why": "dropped", "urgency": "crisis"}
    await add(database, a_line(), *reversed(a_counselor("li")), *reversed(a_counselor("chen")),
              lost("c1"), owed("c1", **danger))  # fmt: skip
    clock.advance(seconds)
    await chens_phone_rang_in_vain(database, clock)

    await looks(database, lead, clock)

    assert await rung(database) == who


async def test_a_number_that_cannot_be_opened_keeps_no_others_from_their_turn(
    database: Database, lead: Lead, clock: FakeClock
) -> None:
    stranger = Vault(make_key(), index_secret="s" * 32)
    await add(database, a_line(), *reversed(a_counselor("li")), lost("c1", vault=stranger),
              owed("c1"), lost("c2"), owed("c2", place_at=NOON + timedelta(seconds=1)))  # fmt: skip

    await looks(database, lead, clock)
    await looks(database, lead, clock)

    assert await rung(database) == ["caller"]
    async with database.work() as work:
        left = (await work.get_one(Callback, "cb-c1")).try_at
    assert left is None


async def test_many_whom_nobody_fits_keep_no_others_from_their_turn(
    database: Database, lead: Lead, clock: FakeClock
) -> None:
    elsewhere = [row for n in range(60) for row in (lost(f"t{n}"), owed(f"t{n}", line_id="legal"))]
    await add(database, a_line(), a_line(id="legal"), *reversed(a_counselor("li")), *elsewhere,
              lost("c1"), owed("c1", place_at=NOON + timedelta(seconds=1)))  # fmt: skip

    await looks(database, lead, clock)

    assert await rung(database) == ["caller"]
    async with database.work() as work:
        assert (await work.get_one(Callback, "cb-c1")).state == "in_hand"
