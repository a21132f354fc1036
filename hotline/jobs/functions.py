"""What a job may do: the whole list. A name that is not in it is not run, wherever it comes from.

The functions are made where the process is put together and handed to the worker by name, so that
nothing here reaches for the other packages, and nothing in Redis can name code to import.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

from hotline.deliveries.dispatcher import DELIVER

JobFunction = Callable[[str], None]
RunCoroutine = Callable[[Coroutine[Any, Any, None]], None]


class Deliverer(Protocol):
    """What the jobs need. `hotline.deliveries.sending.Sender` has it."""

    async def deliver(self, delivery_id: str) -> None:
        """Send one delivery, if it is still to be sent."""
        ...


def job_functions(run: RunCoroutine, deliverer: Deliverer) -> Mapping[str, JobFunction]:
    """Name → function. `run` brings a coroutine to its end."""

    def deliver(delivery_id: str) -> None:
        run(deliverer.deliver(delivery_id))

    return {DELIVER: deliver}
