"""Jobs beside a loop: each name once, a fault of one is nobody else's."""

import asyncio

import pytest
from structlog.testing import capture_logs

from hotline.background import BackgroundJobs
from hotline.errors import LegGone

pytestmark = pytest.mark.anyio


class Work:
    """Jobs that can be held up, and what they did."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.gate = asyncio.Event()

    async def job(self, name: str) -> None:
        await self.gate.wait()
        self.did.append(name)


async def fails_with(fault: Exception) -> None:
    raise fault


async def test_a_job_of_the_same_name_is_not_started_twice() -> None:
    jobs, work = BackgroundJobs(), Work()

    jobs.start("leg:1", work.job("first"))
    jobs.start("leg:1", work.job("second"))
    jobs.start("leg:2", work.job("other"))
    work.gate.set()
    await jobs.settled()

    assert work.did == ["first", "other"]


async def test_a_name_is_free_again_when_its_job_is_done() -> None:
    jobs, work = BackgroundJobs(), Work()
    work.gate.set()

    for name in ("first", "second"):
        jobs.start("leg:1", work.job(name))
        await jobs.settled()

    assert work.did == ["first", "second"]


async def test_no_more_run_together_than_may() -> None:
    jobs, work = BackgroundJobs(at_once=1), Work()
    started: list[str] = []

    async def job(name: str) -> None:
        started.append(name)
        await work.job(name)

    jobs.start("a", job("a"))
    jobs.start("b", job("b"))
    jobs.start("c", work.job("c"))
    work.gate.set()
    await jobs.settled()

    assert started == ["a", "b"]
    assert work.did == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("fault", "level"), [(LegGone(), "warning"), (ZeroDivisionError(), "error")]
)
async def test_a_fault_is_logged_with_its_job_and_ends_no_other(
    fault: Exception, level: str
) -> None:
    jobs, work = BackgroundJobs(expected=(LegGone,)), Work()
    work.gate.set()

    with capture_logs() as logs:
        jobs.start("bad", fails_with(fault))
        jobs.start("good", work.job("good"))
        await jobs.settled()

    assert [(entry["event"], entry["job"], entry["log_level"]) for entry in logs] == [
        ("job.failed", "bad", level)
    ]
    assert work.did == ["good"]


async def test_stopping_ends_those_that_run_and_those_that_wait_for_their_turn() -> None:
    jobs, work = BackgroundJobs(at_once=1), Work()
    jobs.start("runs", work.job("runs"))
    jobs.start("waits", work.job("waits"))

    await jobs.stop()
    work.gate.set()
    await jobs.settled()

    assert work.did == []
