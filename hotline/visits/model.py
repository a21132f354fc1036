"""The closed lists of colours and visits. Pure."""

from enum import StrEnum
from typing import Literal


class ColourAct(StrEnum):
    """What was done with a colour. Only a station's word counts; the hotline's is a proposal."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"


class VisitDue(StrEnum):
    """What a case waits for. `retry`: nobody was found, so it is tried again soon."""

    CONFIRMATION = "confirmation"
    VISIT = "visit"
    RETRY = "retry"


VisitPlace = Literal["home", "school", "other"]
"""What kind of place it was; the address itself is with the person."""


class ChildSeen(StrEnum):
    """Whether the child was seen. Not found is no visit."""

    YES = "yes"
    HEARD = "heard"
    NOT_FOUND = "not_found"


ChildMood = Literal["calm", "low", "afraid", "angry", "silent"]
"""How the child was, as whoever went saw it: no diagnosis."""

ChildNeed = Literal["food", "care", "school", "health", "counselling", "money", "legal", "safety"]
"""What is missing."""


class StationAbove(StrEnum):
    """Who is told of what is overdue, by what they are to the case."""

    STATION = "station"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
