"""The closed lists of colours and visits. Pure."""

from enum import StrEnum


class ColourAct(StrEnum):
    """What was done with a colour. Only a station's word counts; the hotline's is a proposal."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"


class VisitDue(StrEnum):
    """What a case waits for. `retry`: nobody was found, so it is tried again soon."""

    CONFIRMATION = "confirmation"
    VISIT = "visit"
    RETRY = "retry"


class VisitPlace(StrEnum):
    """What kind of place it was; the address itself is with the person."""

    HOME = "home"
    SCHOOL = "school"
    OTHER = "other"


class ChildSeen(StrEnum):
    """Whether the child was seen. Not found is no visit."""

    YES = "yes"
    HEARD = "heard"
    NOT_FOUND = "not_found"


class ChildMood(StrEnum):
    """How the child was, as whoever went saw it: no diagnosis."""

    CALM = "calm"
    LOW = "low"
    AFRAID = "afraid"
    ANGRY = "angry"
    SILENT = "silent"


class ChildNeed(StrEnum):
    """What is missing."""

    FOOD = "food"
    CARE = "care"
    SCHOOL = "school"
    HEALTH = "health"
    COUNSELLING = "counselling"
    MONEY = "money"
    LEGAL = "legal"
    SAFETY = "safety"


class StationAbove(StrEnum):
    """Who is told of what is overdue, by what they are to the case."""

    STATION = "station"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
