"""What can be away, and how long it may be before people are told. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

LONG = timedelta(minutes=30)  # domain research, requirement 11


class Part(StrEnum):
    """`account`: our calls differ from the carrier's list, or nobody compares them.

    From `escalations` on: what the auditor finds (`hotline.watching`), an incident at once.
    """

    DATABASE = "database"
    SWITCHBOARD = "switchboard"
    REDIS = "redis"
    CARRIER = "carrier"
    ACCOUNT = "account"
    AUDITOR = "auditor"
    ESCALATIONS = "escalations"
    DELIVERIES = "deliveries"
    DISPATCHER = "dispatcher"
    CALLERS = "callers"
    SPOOL = "spool"
    DISK = "disk"
    CLOCKS = "clocks"
    AUDIT = "audit"
    DRILL = "drill"
    VISITS = "visits"


def is_incident(began_at: datetime, at: datetime) -> bool:
    """Whether a part has been away so long that it must be told."""
    return at - began_at >= LONG
