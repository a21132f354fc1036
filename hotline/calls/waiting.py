"""How long a caller in the queue may wait, and who hardly did: what is judged by it. Pure."""

from datetime import timedelta

from hotline.calls.model import Urgency

ANSWER_WITHIN = timedelta(seconds=15)  # GB/T 33358-2016; domain research, requirement 12
SHORT_ABANDON = timedelta(seconds=5)  # domain research, requirement 59: counted apart


def is_short(waited: timedelta, urgency: str) -> bool:
    """Whether they hardly waited: most dialled a wrong number. Danger is never too short."""
    return waited < SHORT_ABANDON and urgency != Urgency.CRISIS
