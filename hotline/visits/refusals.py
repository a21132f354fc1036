"""Why a colour, a plan or a visit cannot be so, as a word and as a sentence."""

from collections.abc import Mapping

from hotline.errors import VisitRefused

REFUSALS: Mapping[str, str] = {
    "no_such_colour": "There is no such colour in the set in force: choose one of the list.",
    "say_why": "Say why.",
    "another_colour": "Say why: it is another colour than the one that was proposed.",
    "ahead": "A visit cannot lie ahead: set the time at which you were there.",
    "too_early": "This is before the case was opened: set the time at which you were there.",
    "no_division": "There is no such division: choose one of the list.",
    "no_such_day": "The next visit cannot be in the past, nor more than a year ahead.",
    "return_ahead": "A return cannot lie ahead.",
    "months": "This is shorter or longer than a returned child is followed.",
    "months_over": "These months are over already.",
}


def refusal(reason: str) -> VisitRefused:
    """To be raised."""
    return VisitRefused(reason, REFUSALS[reason])
