"""What a job may do: the whole list. A name that is not in it is not run, wherever it comes from.

The functions are made where the process is put together and handed to the worker by name, so that
nothing here reaches for the other packages, and nothing in Redis can name code to import.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

JobFunction = Callable[[str], None]
RunCoroutine = Callable[[Coroutine[Any, Any, None]], None]


class AttemptSender(Protocol):
    """What the jobs need of the process. `Dispatcher` has it."""

    async def send_attempt(self, attempt_id: str) -> None:
        """Dial one attempt, if it is still to be dialled."""
        ...


def job_functions(run: RunCoroutine, sender: AttemptSender) -> Mapping[str, JobFunction]:
    """Name → function. `run` brings a coroutine to its end."""

    def send_attempt(attempt_id: str) -> None:
        run(sender.send_attempt(attempt_id))

    return {"send_attempt": send_attempt}
