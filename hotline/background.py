"""Jobs beside a loop: each is one request to the outside, and its failure is one more event.

What a job is to do stands in a row. A job that fails or is ended leaves the row as it is, and the
loop, or whoever leads next, asks again.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import nullcontext
from typing import Any, TypeVar

import structlog

log = structlog.get_logger()

Finished = TypeVar("Finished")
_abandoned: set[asyncio.Future[Any]] = set()  # a task that nobody holds may vanish before its end


async def result_within(seconds: float, job: Coroutine[Any, Any, Finished]) -> Finished:
    """What a job comes to, waited for no longer than this, whatever it does when it is cancelled.

    Raises `TimeoutError`; the job is cancelled then, and left to end by itself.
    """
    task = asyncio.create_task(job)
    try:
        await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            abandon(task)
    if not task.done():
        raise TimeoutError
    return task.result()


def abandon(task: asyncio.Future[Any]) -> None:
    """Cancel a task and wait no longer for it."""
    task.cancel()
    _abandoned.add(task)
    task.add_done_callback(_forget_abandoned)


def _forget_abandoned(task: asyncio.Future[Any]) -> None:
    _abandoned.discard(task)
    if not task.cancelled() and task.exception() is not None:
        log.info("abandoned.ended", error=type(task.exception()).__name__)


class BackgroundJobs:
    """Runs jobs by name, each name once at a time."""

    def __init__(
        self, *, at_once: int | None = None, expected: tuple[type[Exception], ...] = ()
    ) -> None:
        """`at_once`: how many may run together. `expected`: faults to be logged without a trace."""
        self._limit = nullcontext() if at_once is None else asyncio.Semaphore(at_once)
        self._expected = expected
        self._running: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, job: Coroutine[Any, Any, None]) -> None:
        """Run a job unless one of the same name is running."""
        if name in self._running:
            job.close()
            return
        task = asyncio.create_task(self._run(name, job))
        self._running[name] = task
        task.add_done_callback(lambda _: self._forget(name, job))

    async def settled(self) -> None:
        """Wait until nothing is running."""
        while self._running:
            await asyncio.wait(self._running.values())

    async def stop(self) -> None:
        """End all jobs and wait until they are ended."""
        jobs = list(self._running.values())
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)

    async def _run(self, name: str, job: Coroutine[Any, Any, None]) -> None:
        try:
            async with self._limit:
                await job
        except self._expected as fault:
            log.warning("job.failed", job=name, error=type(fault).__name__)
        except Exception:  # the edge of a job: its row says how far it came
            log.exception("job.failed", job=name)

    def _forget(self, name: str, job: Coroutine[Any, Any, None]) -> None:
        del self._running[name]
        job.close()  # ended while it waited for its turn, it was never begun
