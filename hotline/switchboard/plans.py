"""From our rows to the router's words: what a caller needs, what a counselor can do."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from hotline.staff.skills import skills_from
from hotline.storage.tables import Call, Staff
from routing.engine import Skills, Urgency
from routing.policy import Need


@dataclass(frozen=True, slots=True)
class InLine:
    """What routing reads of a call that waits: a long line is read at every beginning."""

    id: str
    line_id: str
    language: str
    urgency: str
    topic: str | None
    age_group: str | None
    wished_gender: str | None
    counselor_id: str | None
    queued_at: datetime | None


def need_of(call: InLine | Call, on_duty: Container[str]) -> Need:
    """What is known of a caller. Who was talked to before the line broke is asked first.

    That person counts while on duty: nobody is kept for somebody who went home.
    """
    return Need(
        line=call.line_id,
        language=call.language,
        urgency=Urgency(call.urgency),
        topic=call.topic,
        age_group=call.age_group,
        gender=call.wished_gender,
        counselor=call.counselor_id if call.counselor_id in on_duty else None,
    )


def skills_of(staff: Staff) -> Skills:
    """What this counselor can do."""
    return skills_from(staff.skills, staff.lines)
