"""Why an act on a case cannot be done now, as a word and as a sentence."""

from collections.abc import Mapping

from hotline.errors import CaseRefused

REFUSALS: Mapping[str, str] = {
    "closed": "This case is closed: open it again first.",
    "at_risk_known": "This case has a person at risk already: change what is known of them.",
    "gone": "This is not in the case any more.",
    "changed": "Somebody changed this in the meantime. Look again, then change it.",
    "not_theirs": "Only somebody of the line, or of the station that holds it, can have this case.",
    "same_case": "These are one case already.",
    "merged_meanwhile": "One of the two was merged in the meantime. Look again, then decide.",
    "not_merged": "These two are not merged any more.",
    "into_closed": "The other case is closed: open it again first, or merge it into this one.",
    "nothing_left": "Leave at least one call or escalation in the case.",
    "split_changed": "The new case has gone on by itself: take out there first what was added.",
    "not_over": "This case is not over yet.",
    "other_case": "This belongs to another case already: take it out there, or merge the two.",
}


def refusal(reason: str, **facts: object) -> CaseRefused:
    """To be raised. `facts`: which part it is about."""
    return CaseRefused(reason, REFUSALS[reason], facts)
