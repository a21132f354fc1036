"""What comes next for an escalation, and when. Pure: rows' values and `now` in, a step out.

Times are those of the reliability research §4.2 for urgent cases. A chain is a list of contacts in
the order they are rung; after the last one it begins again, for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.escalations.model import EscalationState

ACKNOWLEDGE_WITHIN = timedelta(seconds=120)
ACCEPT_WITHIN = timedelta(minutes=10)
REPORT_WITHIN = timedelta(minutes=30)
NOBODY_TO_RING = timedelta(seconds=60)  # a chain without contacts asks the supervisors this often


@dataclass(frozen=True, slots=True)
class Link:
    """One contact of the chain."""

    contact_id: str
    station_id: str
    ack_within: timedelta

    def plain(self) -> dict[str, object]:
        """As the row keeps it."""
        seconds = int(self.ack_within.total_seconds())
        return {
            "contact_id": self.contact_id,
            "station_id": self.station_id,
            "ack_within_s": seconds,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """Whom to ring next: a place in the chain, in which round, and until when they have."""

    step: int
    round: int
    link: Link | None
    due_at: datetime
    begins_again: bool


def read_chain(policy: Sequence[dict[str, object]]) -> list[Link]:
    """The chain as it was when the escalation started."""
    return [
        Link(
            str(link["contact_id"]),
            str(link["station_id"]),
            timedelta(seconds=int(str(link["ack_within_s"]))),
        )
        for link in policy
    ]


def first_step(chain: Sequence[Link], now: datetime) -> Step:
    """Where an escalation starts."""
    return _at(chain, 0, 0, now, begins_again=False)


def next_step(chain: Sequence[Link], step: int, round_: int, now: datetime) -> Step:
    """The contact after this one; after the last the first again."""
    if step + 1 < len(chain):
        return _at(chain, step + 1, round_, now, begins_again=False)
    return _at(chain, 0, round_ + 1, now, begins_again=True)


def same_step(chain: Sequence[Link], step: int, round_: int, now: datetime) -> Step:
    """The same contact once more, in a new round: somebody said yes and then did nothing."""
    return _at(chain, min(step, max(len(chain) - 1, 0)), round_ + 1, now, begins_again=False)


def longest_wait(chain: Sequence[Link], state: str) -> timedelta:
    """No deadline may lie further ahead than this: a clock that jumped back delays one step."""
    if state == EscalationState.ACKNOWLEDGED:
        return ACCEPT_WITHIN
    if state == EscalationState.ACCEPTED:
        return REPORT_WITHIN
    return max([link.ack_within for link in chain], default=NOBODY_TO_RING)


def _at(
    chain: Sequence[Link], step: int, round_: int, now: datetime, *, begins_again: bool
) -> Step:
    link = chain[step] if step < len(chain) else None
    wait = link.ack_within if link else NOBODY_TO_RING
    return Step(step, round_, link, now + wait, begins_again)
