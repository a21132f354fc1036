"""What was done before it was told: a phone without a network sends it when the line is back.

Both times are kept: the entry's is when the house heard of it, `done_at` when it was done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.errors import Invalid
from hotline.storage.tables import Escalation

AT_ONCE = timedelta(minutes=1)  # what is told within it was told at once, by clocks that differ
FUTURE = "This says that it was done in the future. Check the clock of the phone."
BEFORE = "This says that it was done before the flag was raised. Check the clock of the phone."


@dataclass(frozen=True, slots=True)
class DoneInField:
    """What somebody did. `at`: when, by their own word; none: now."""

    words: str = ""
    at: datetime | None = None


def when_done(escalation: Escalation, done: DoneInField, *, at: datetime) -> Mapping[str, str]:
    """The fact that tells when, where it was told late. Raises `Invalid` where it cannot be."""
    if done.at is None:
        return {}
    if done.at > at + AT_ONCE:
        raise Invalid(FUTURE)
    if done.at < escalation.created_at - AT_ONCE:
        raise Invalid(BEFORE)
    return {"done_at": done.at.isoformat()} if done.at < at - AT_ONCE else {}
