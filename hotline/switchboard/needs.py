"""What a caller who waits needs, as the engine hears it."""

from collections.abc import Container
from datetime import datetime
from typing import NamedTuple

from hotline.storage.tables import Call
from routing.engine import Urgency
from routing.policy import Need


class InLine(NamedTuple):
    """What routing reads of a call that waits: a long line is read at every beginning."""

    id: str
    line_id: str
    language: str
    urgency: str
    topic: str | None
    age_group: str | None
    wished_gender: str | None
    also_speaks: list[str] | None
    counselor_id: str | None
    meant_for_id: str | None
    agreed_to_wait: bool
    queued_at: datetime | None  # or as if it were: `Call.ahead_at`


def need_of(call: InLine | Call, on_duty: Container[str]) -> Need:
    """What is known of a caller. Whom they were sent to, or talked to before, is asked first.

    That person counts while on duty: nobody is kept for somebody who went home.
    """
    known = [one for one in (call.meant_for_id, call.counselor_id) if one in on_duty]
    return Need(
        line=call.line_id,
        language=call.language,
        urgency=Urgency(call.urgency),
        topic=call.topic,
        also_speaks=None if call.also_speaks is None else tuple(call.also_speaks),
        age_group=call.age_group,
        gender=call.wished_gender,
        counselor=known[0] if known else None,
        agreed=call.agreed_to_wait and known[:1] == [call.meant_for_id],
    )
