"""The lifecycle of a review, and the closed lists of quality. Pure.

```
drawn ──assigned──► assigned ──reviewed──► reviewed ──given──► given ──read──► read ─┐
                       ⟲ another one          ⟲ until given                   answered ◄┘
```
What is still owed when its call is erased ends as `withdrawn`.
A review of a calibration ends as `reviewed`: it measures reviewers, and is no feedback.
"""

from collections.abc import Mapping
from enum import StrEnum

from hotline.errors import IllegalMove


class ReviewState(StrEnum):
    """Whose turn it is."""

    DRAWN = "drawn"  # a supervisor assigns it
    ASSIGNED = "assigned"  # the reviewer's
    REVIEWED = "reviewed"  # the reviewer talks with the counselor
    GIVEN = "given"  # the counselor's
    READ = "read"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"  # the call was erased first


class ReviewEvent(StrEnum):
    """What can happen to a review."""

    ASSIGNED = "assigned"
    REVIEWED = "reviewed"
    GIVEN = "given"
    READ = "read"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


_S, _E = ReviewState, ReviewEvent

REVIEW_TRANSITIONS: Mapping[tuple[ReviewState, ReviewEvent], ReviewState] = {
    (_S.DRAWN, _E.ASSIGNED): _S.ASSIGNED,
    (_S.ASSIGNED, _E.ASSIGNED): _S.ASSIGNED,
    (_S.DRAWN, _E.WITHDRAWN): _S.WITHDRAWN,
    (_S.ASSIGNED, _E.WITHDRAWN): _S.WITHDRAWN,
    (_S.ASSIGNED, _E.REVIEWED): _S.REVIEWED,
    (_S.REVIEWED, _E.REVIEWED): _S.REVIEWED,
    (_S.REVIEWED, _E.GIVEN): _S.GIVEN,
    (_S.GIVEN, _E.READ): _S.READ,
    (_S.READ, _E.READ): _S.READ,
    (_S.READ, _E.ANSWERED): _S.ANSWERED,
    (_S.ANSWERED, _E.READ): _S.ANSWERED,
}

OWED = (_S.DRAWN, _S.ASSIGNED)
"""Nobody has reviewed it yet."""

TOLD = (_S.GIVEN, _S.READ, _S.ANSWERED)
"""The counselor may see it."""


def review_after(state: str, event: ReviewEvent) -> ReviewState:
    """The state that follows. Raises `IllegalMove`."""
    try:
        return REVIEW_TRANSITIONS[ReviewState(state), event]
    except KeyError:
        withdrawn = state == ReviewState.WITHDRAWN
        raise IllegalMove(ERASED if withdrawn else REFUSALS[event]) from None


ERASED = "The call of this review was erased: nobody can review it any more."

REFUSALS: Mapping[ReviewEvent, str] = {
    _E.ASSIGNED: "This call was reviewed already: nobody else can be given it.",
    _E.REVIEWED: "Assign this review first; once the feedback was given it stays as it is.",
    _E.GIVEN: "Review the call first; feedback is given once.",
    _E.READ: "This feedback was not given yet.",
    _E.WITHDRAWN: "Only a review that is still owed is withdrawn.",
    _E.ANSWERED: "Read the feedback first; it is answered once.",
}


class CertificateKind(StrEnum):
    """What a certificate says that somebody may do."""

    CRISIS = "crisis"  # an ended one takes calls in danger away
    COUNSELLING = "counselling"
    SUPERVISION = "supervision"
    CHILD_PROTECTION = "child_protection"


class SupervisionWay(StrEnum):
    """How a session of supervision is held."""

    ALONE = "alone"
    GROUP = "group"


class Satisfied(StrEnum):
    """What a caller says of a call."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"  # somebody calls back


class Uncallable(StrEnum):
    """Why somebody who is not satisfied is owed no call."""

    WITHHELD = "withheld"  # no number came with the call
    BLOCKED = "blocked"  # a supervisor has blocked it


class SaidBy(StrEnum):
    """How they said it."""

    TEXT = "text"
    KEY = "key"
    SPOKEN = "spoken"  # to somebody, who wrote it down
