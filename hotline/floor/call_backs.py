"""What the desk knows of calling somebody back: being dialled, tried before, or better not rung."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hotline.calls.returning import Tries, WhyNot, tries_at, why_not
from hotline.floor.desk import DueCall
from hotline.storage.session import Work
from hotline.storage.tables import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackNow:
    """Of one call that is over. `against`: what keeps us from calling now; None: nothing."""

    tries: Tries
    against: WhyNot | None


async def call_backs(
    work: Work, calls: Sequence[Call | DueCall], *, at: datetime
) -> Mapping[str, CallBackNow]:
    """By the call's id. Whether the number takes calls at all is only known when it is opened."""
    tries = await tries_at(work, {call.from_index for call in calls})
    return {call.id: _now(call, tries.get(call.from_index), at=at) for call in calls}


def _now(call: Call | DueCall, tries: Tries | None, *, at: datetime) -> CallBackNow:
    of_number = tries or Tries()
    against = why_not(of_number, has_number=tries is not None, urgency=call.urgency, at=at)
    return CallBackNow(tries=of_number, against=against)
