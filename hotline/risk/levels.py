"""The levels of risk, from little to much, and who may go which way. Pure."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum


class Risk(StrEnum):
    """How great the risk is (domain requirement 25)."""

    IMMINENT = "imminent"
    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    NONE = "none"
    NOT_ASSESSED = "not_assessed"


LADDER = (Risk.NOT_ASSESSED, Risk.NONE, Risk.LOW, Risk.MODERATE, Risk.HIGH, Risk.IMMINENT)
ALARMING = frozenset({Risk.HIGH, Risk.IMMINENT})  # for these a station answers
SLIP_WITHIN = timedelta(seconds=10)  # who chose a level by mistake may take it back so long


def highest(levels: Iterable[str]) -> Risk:
    """The greatest of them; not assessed where there is none."""
    return max(map(Risk, levels), key=LADDER.index, default=Risk.NOT_ASSESSED)


def is_below(level: str, other: str) -> bool:
    """Whether the first is less than the second."""
    return LADDER.index(Risk(level)) < LADDER.index(Risk(other))


def floor_of(level: str, computed: str) -> Risk:
    """Below which level only a supervisor goes.

    `computed`: what instruments and flags found, "" where none was used: then a level that somebody
    chose by ear holds like a computed one.
    """
    return Risk(computed or level)
