"""When a caller is told that talks are recorded. Pure.

Never before the first kind words, and never in the way of somebody in danger: they hear it in a
quiet round of their wait, or not at all, and then nothing is recorded.
"""

from hotline.calls.model import CallState, Urgency
from hotline.lines.recording import recording_rule
from hotline.storage.tables import Call, Line


def notice_due(line: Line, call: Call, *, at_door: bool) -> str | None:
    """The prompt that is to be said now; None: nothing is.

    `at_door`: a counselor has taken the call, and the caller is about to come in.
    """
    rule = recording_rule(line)
    if not rule.records or call.notice_heard_at or call.recording_refused_at:
        return None
    in_danger = call.urgency == Urgency.CRISIS
    if at_door:
        return None if in_danger else rule.notice
    quiet_round = call.waits % 2 == 1 if in_danger else call.waits == 0
    return rule.notice if call.state == CallState.WAITING and quiet_round else None
