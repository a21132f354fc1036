"""The functions that jobs name. Each looks at one row; what to do stands in the row."""

from collections.abc import Awaitable, Callable

Runner = Callable[[str, str], Awaitable[None]]

_runners: list[Runner] = []


def install(runner: Runner) -> None:
    """Say who carries jobs out in this process: runner(job, row id)."""
    _runners[:] = [runner]


async def send_attempt(attempt_id: str) -> None:
    """An attempt to reach a station is due."""
    await _runners[0]("send_attempt", attempt_id)
