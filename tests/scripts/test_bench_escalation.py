"""What in `bench_escalation.py` does not depend on time, with real processes; and its judges."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest
from bench_capped import Capped, Taken, capped_carrier
from bench_escalation import (
    BesideTarget,
    Counts,
    Outcome,
    PlannedRing,
    first_attempts,
    measure,
    overtaken,
    report,
    submitted_after,
    taken_twice,
)

from hotline.escalations.model import Level
from tests.harness.clock import MovedClock
from tests.harness.forking import Forked, mother

pytestmark = pytest.mark.anyio

FEW = Counts(flags=0, flags_a_second=1.0, due_at_once=60, acknowledged=8)
HIGH, IMMINENT = Level.HIGH, Level.IMMINENT
STATIONS = "/voice/stations"


def taken(at: float, delivery: str, asker: str = STATIONS) -> Taken:
    return Taken(at, asker, delivery, "1")


ASKED = {
    "first": PlannedRing("one", "duty", (0, 0)),
    "again": PlannedRing("one", "duty", (0, 0)),
    "later": PlannedRing("one", "duty", (0, 1)),
    "other": PlannedRing("two", "duty", (0, 0)),
}
OVERTAKEN = "imminent ones behind high ones"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where PostgreSQL, which runs as another user when we are root, may go."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


async def test_at_a_capped_carrier_nobody_is_forgotten_or_rung_after_all(
    folder: Path,
) -> None:
    """Many due at once, and acknowledgements while phones wait, with every process there is."""
    MovedClock(folder / "clock")

    def forked(what: str, env: Mapping[str, str], output: int) -> Forked:
        moved = {**env, "TEST_CLOCK": str(folder / "clock")}
        return mother().start(what, env=moved, output=output, listener=None)

    outcome = await measure(folder, FEW, "56", forked)

    assert set(outcome.facts) == {
        "flags that share an escalation",
        "flags without a first attempt",
        "flags without an acknowledgement",
        OVERTAKEN,
        "second steps before the first was tried",
        "phones rung twice in a step",
        "calls later than 1 s after it",
        "acknowledged, and nobody left to withdraw",
    }
    # In what order depends on the machine as well: a figure of the benchmark, and no test.
    kept = {name: count for name, count in outcome.facts.items() if name != OVERTAKEN}
    assert {name: count for name, count in kept.items() if count} == {}


# ── its judges ──────────────────────────────────────────────────────────────────────────────────


async def test_what_is_more_than_the_cap_is_told_not_now() -> None:
    async with capped_carrier() as carrier, httpx.AsyncClient(base_url=carrier.url) as http:
        carrier.cap = 0.001
        form = {"To": "15400000203", "Url": "https://x.test/voice/stations/d1/answer"}
        refused = await http.post("/Calls.json", data=form)
        carrier.cap = None
        took = await http.post("/Calls.json", data=form)
        found = (await http.get("/Calls.json", params={"To": "15400000203"})).json()["calls"]

    assert (refused.status_code, refused.json()["code"], took.status_code) == (429, 20429, 201)
    assert [(one.asker, one.delivery_id, one.to) for one in carrier.of_stations()] == [
        (STATIONS, "d1", "15400000203")
    ]
    assert [one["sid"] for one in found] == [took.json()["sid"]]


def test_the_phones_of_supervisors_are_no_first_attempt() -> None:
    carrier = Capped(taken=[taken(1.0, "s1", "/voice/supervisors"), taken(2.0, "first")])

    assert [one.delivery_id for one in carrier.of_stations()] == ["first"]


def test_the_first_call_of_each_escalation_counts() -> None:
    journal = [taken(1.0, "first"), taken(2.0, "later"), taken(3.0, "other"), taken(4.0, "of none")]

    assert {key: one.at for key, one in first_attempts(journal, ASKED).items()} == {
        "one": 1.0,
        "two": 3.0,
    }


def test_two_calls_to_somebody_in_one_step_are_one_too_many() -> None:
    assert taken_twice([taken(1.0, "first"), taken(2.0, "later"), taken(3.0, "other")], ASKED) == 0
    assert taken_twice([taken(1.0, "first"), taken(2.0, "again")], ASKED) == 1
    assert taken_twice([taken(1.0, "first"), taken(2.0, "first")], ASKED) == 1


def test_an_imminent_one_behind_more_high_ones_than_were_under_way_was_overtaken() -> None:
    assert overtaken([HIGH, HIGH, IMMINENT], in_flight=2) == 0
    assert overtaken([HIGH, HIGH, HIGH, IMMINENT, IMMINENT], in_flight=2) == 2
    assert overtaken([IMMINENT, HIGH, HIGH, HIGH], in_flight=2) == 0


def test_a_call_after_the_acknowledgement_is_late_by_so_much() -> None:
    journal = [taken(1.0, "first"), taken(4.5, "later"), taken(9.0, "other")]

    assert submitted_after(journal, ASKED, {"one": 3.0}) == [1.5]


def test_a_missed_target_is_marked_and_a_broken_fact_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    slow = BesideTarget("L4 flag", 1.0, 2.5, "one process")

    assert report(Outcome([slow], {"flags without a first attempt": 0}))
    assert not report(Outcome([slow], {"flags without a first attempt": 1}))
    assert capsys.readouterr().out.count("2.50 s  one process  MISSED") == 2
