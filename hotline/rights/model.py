"""A request of somebody about what is kept of them: its lifecycle and its words. Pure.

```
open ──granted──► granted | partly      ──refused──► refused      ──withdrawn──► withdrawn
 └─proposed──► proposed ──granted, by another supervisor──► granted | partly; refused; withdrawn
```
Law: 个人信息保护法 (PIPL) §44–47, §50; 未成年人网络保护条例 §34: easy, in time, a refusal in
writing with its reasons. `ANSWER_WITHIN` is ours: neither law has a number.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from hotline.errors import IllegalMove

ANSWER_WITHIN = timedelta(days=15)


class RightsKind(StrEnum):
    """What is asked for."""

    VIEW = "view"
    COPY = "copy"
    CORRECT = "correct"
    DELETE = "delete"


class RightsAsker(StrEnum):
    """Who asks."""

    MINOR = "minor"
    ADULT = "adult"
    GUARDIAN = "guardian"
    OTHER = "other"


class AskerProof(StrEnum):
    """How they showed that they are who they say."""

    NOT_YET = "not_yet"
    CALLED_BACK = "called_back"  # at the number that the call came from
    DOCUMENT = "document"
    IN_PERSON = "in_person"


class RightsRefusal(StrEnum):
    """Why not, or why not all of it. The sentences are in `hotline.i18n.rights_words`."""

    KEPT_BY_LAW = "kept_by_law"
    STILL_NEEDED = "still_needed"
    HELD = "held"
    NOT_PROVED = "not_proved"
    SUSPECTED = "suspected"
    RIGHTS_OF_OTHERS = "rights_of_others"
    NOTHING_KEPT = "nothing_kept"


class RequestState(StrEnum):
    """How far it has come."""

    OPEN = "open"
    PROPOSED = "proposed"  # one supervisor says yes to a guardian who is suspected
    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RequestEvent(StrEnum):
    """What can happen to it."""

    PROPOSED = "proposed"
    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


WAITING = (RequestState.OPEN, RequestState.PROPOSED)
_S, _E = RequestState, RequestEvent

TRANSITIONS: Mapping[tuple[RequestState, RequestEvent], RequestState] = {
    (_S.OPEN, _E.PROPOSED): _S.PROPOSED,
    **{(state, _E.GRANTED): _S.GRANTED for state in WAITING},
    **{(state, _E.PARTLY): _S.PARTLY for state in WAITING},
    **{(state, _E.REFUSED): _S.REFUSED for state in WAITING},
    **{(state, _E.WITHDRAWN): _S.WITHDRAWN for state in WAITING},
}


def after(state: str, event: RequestEvent) -> RequestState:
    """The state that follows. Raises `IllegalMove`."""
    try:
        return TRANSITIONS[RequestState(state), event]
    except KeyError:
        raise IllegalMove("This request was answered already.") from None
