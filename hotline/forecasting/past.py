"""What callers of a line were like so far, and what is taken for them until a line knows."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select

from hotline.calls.model import Direction, Outcome
from hotline.i18n.catalog import HERE
from hotline.storage.session import Work
from hotline.storage.tables import Call
from routing.engine import Urgency
from routing.policy.lint import Setting
from routing.simulate.history import PastCall
from routing.simulate.load import Profile

# Relative calls by hour of the day: evenings weigh most (domain research, requirement 60). Used
# until the line has a history of its own.
EVENINGS = (6, 5, 4, 3, 2, 2, 2, 3, 4, 5, 6, 6, 6, 6, 6, 6, 7, 9, 12, 13, 13, 12, 9, 7)
MONDAY = datetime(2024, 1, 1, tzinfo=HERE)


def usual_profile(setting: Setting) -> Profile:
    """Of a line that has no history yet."""
    profile = Profile(line=setting.line, hourly=tuple(map(float, EVENINGS)))
    known = {language for language, _ in profile.languages}
    if not setting.languages or known & set(setting.languages):
        return profile
    return replace(profile, languages=tuple((one, 1.0) for one in setting.languages))


async def past_calls(work: Work, line_id: str, *, since: datetime | None = None) -> list[PastCall]:
    """Every contact that reached the queue. Wrap-up is not kept by call yet: the default."""
    query = (
        select(Call)
        .where(Call.line_id == line_id, col(Call.queued_at).is_not(None))
        .where(col(Call.ended_at).is_not(None), Call.direction == Direction.IN)
        .order_by(col(Call.queued_at))
    )
    if since is not None:
        query = query.where(col(Call.arrived_at) >= since)
    return [past_call(call) for call in (await work.exec(query)).all()]


def past_call(call: Call) -> PastCall:
    """A call that is over, as the past tells of it."""
    queued = call.queued_at or call.arrived_at
    answered = call.joined_at is not None and call.outcome == Outcome.TALKED
    ended = call.joined_at if answered else call.left_at
    talked = call.left_at - call.joined_at if call.left_at and call.joined_at else None
    return PastCall(
        arrived_s=(queued - MONDAY).total_seconds(),
        waited_s=max(0.0, ((ended or queued) - queued).total_seconds()),
        answered=answered,
        language=call.language,
        topic=call.topic,
        urgency=Urgency(call.urgency),
        talk_s=talked.total_seconds() if answered and talked else None,
    )
