"""What a job may do: the whole list. A name that is not in it is not run, wherever it comes from.

The functions are made where the process is put together and handed to the worker by name, so that
nothing here reaches for the other packages, and nothing in Redis can name code to import.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

from hotline.deliveries.dispatcher import DELIVER
from hotline.recordings.collector import KEEP

JobFunction = Callable[[str], None]
RunCoroutine = Callable[[Coroutine[Any, Any, None]], None]


class Deliverer(Protocol):
    """What the jobs need: `hotline.deliveries.sending` and `hotline.recordings.keeping` have it."""

    async def deliver(self, delivery_id: str) -> None:
        """Send one delivery, if it is still to be sent."""
        ...

    async def keep_recording(self, recording_id: str) -> None:
        """Fetch one recording, or erase it, if that is due."""
        ...


def job_functions(run: RunCoroutine, deliverer: Deliverer) -> Mapping[str, JobFunction]:
    """Name → function. `run` brings a coroutine to its end."""

    def deliver(delivery_id: str) -> None:
        run(deliverer.deliver(delivery_id))

    def keep_recording(recording_id: str) -> None:
        run(deliverer.keep_recording(recording_id))

    return {DELIVER: deliver, KEEP: keep_recording}
