"""Why something is no consent, or a hand-over is carried by nothing; and what would carry it."""

from collections.abc import Mapping
from enum import StrEnum

from hotline.errors import HandOverRefused


class WhyRefused(StrEnum):
    """In a word, for those who say it in the reader's language."""

    IN_THE_FUTURE = "in_the_future"
    BEFORE_GIVEN = "before_given"
    NO_SCOPE = "no_scope"
    WHICH_CALL = "which_call"
    WHICH_PERSON = "which_person"
    NOT_HEARD = "not_heard"
    WHY_NOT_ASKED = "why_not_asked"
    WRONG_SELF = "wrong_self"
    NO_DATA = "no_data"
    NO_BODY = "no_body"
    NO_CONSENT = "no_consent"
    ANOTHER_CASE = "another_case"
    WITHDRAWN = "withdrawn"
    SUSPECTED = "suspected"
    GUARDIAN_FIRST = "guardian_first"
    NOT_A_GUARDIANS = "not_a_guardians"
    NOT_THE_PERSONS = "not_the_persons"
    TOO_FAR = "too_far"
    NO_ARTICLE = "no_article"
    NO_EMERGENCY = "no_emergency"
    BEFORE_HANDED = "before_handed"
    WHY_NOT_TOLD = "why_not_told"


_W = WhyRefused
SENTENCES: Mapping[WhyRefused, str] = {
    _W.IN_THE_FUTURE: "A consent cannot have been given or withdrawn in the future.",
    _W.BEFORE_GIVEN: "A consent cannot be withdrawn before it was given.",
    _W.NO_SCOPE: (
        "Say to whom, for what and which data they agree: a consent to everything is none."
    ),
    _W.WHICH_CALL: "Say in which call of this case the consent was given.",
    _W.WHICH_PERSON: "Choose somebody of this case who is there still, or the caller.",
    _W.NOT_HEARD: "Record what the child says to it, or that they were not asked and why.",
    _W.WHY_NOT_ASKED: "Write why the child was not asked.",
    _W.WRONG_SELF: "Only the person at risk is related to the person at risk as themselves.",
    _W.NO_DATA: "Say which data are handed over.",
    _W.NO_BODY: "Say to which body the data go.",
    _W.NO_CONSENT: "Name the consent that this hand-over stands on.",
    _W.ANOTHER_CASE: "This consent was given for another case.",
    _W.WITHDRAWN: "This consent was withdrawn: ask again, or name another basis.",
    _W.SUSPECTED: (
        "This guardian is suspected of the harm, so that their consent does not count: another"
        " guardian's, a statutory duty or an emergency would carry it."
    ),
    _W.GUARDIAN_FIRST: (
        "Under 14, or of unknown age: a guardian's consent is needed. Without it only a statutory"
        " duty or an emergency carries this hand-over."
    ),
    _W.NOT_A_GUARDIANS: "This is not a guardian's consent: name it as the person's own.",
    _W.NOT_THE_PERSONS: "This is a guardian's consent: name it as such.",
    _W.TOO_FAR: (
        "The consent does not go that far: ask for one that names this body, this purpose and"
        " these data, or name another basis."
    ),
    _W.NO_ARTICLE: "Name the law that commands this hand-over.",
    _W.NO_EMERGENCY: (
        "An emergency needs a flag of high or imminent danger, or a supervisor who says so. Else a"
        " consent or a statutory duty would carry this hand-over."
    ),
    _W.BEFORE_HANDED: "The person cannot have been told before the hand-over, or in the future.",
    _W.WHY_NOT_TOLD: "Write why the person is not told.",
}


def refused(why: WhyRefused) -> HandOverRefused:
    """To be raised."""
    return HandOverRefused(why, SENTENCES[why])
