"""The lifecycle of a referral, and its closed lists. Pure.

```
          ┌──────────accepted──────────┐      ┌─appointed─┐
sent ─────┤                            ▼      ▼           │
  │       └─declined─► declined     accepted ─┴─not_come─► not_come
  │                       │            │ ▲                   │
  │                    settled       came│                 came
  │                       ▼            ▼ └appointed─┐        │
withdrawn            settled         came ◄─────────┴────────┘ ──resulted──► resulted
```
`advised` stands alone: the caller goes by themselves, nobody was told anything, nothing comes back.
What is open is due somebody: the receiver first, then whoever referred.
"""

from collections.abc import Mapping
from enum import StrEnum

from hotline.errors import IllegalMove


class ReferralState(StrEnum):
    """Whose turn it is."""

    ADVISED = "advised"
    SENT = "sent"
    ACCEPTED = "accepted"
    NOT_COME = "not_come"
    CAME = "came"
    DECLINED = "declined"  # whoever referred decides what now
    RESULTED = "resulted"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class ReferralEvent(StrEnum):
    """What can happen to a referral."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    APPOINTED = "appointed"  # another time, or the first one
    CAME = "came"
    NOT_COME = "not_come"
    RESULTED = "resulted"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


class ReferralReason(StrEnum):
    """Why somebody is referred. Never a diagnosis: counselors advise a visit (精神卫生法 §23)."""

    MOOD = "mood"
    SELF_HARM = "self_harm"
    SUICIDE_RISK = "suicide_risk"
    SLEEP_OR_EATING = "sleep_or_eating"
    TRAUMA = "trauma"
    BODY = "body"
    FAMILY = "family"
    SCHOOL = "school"
    ABUSE = "abuse"
    LEGAL = "legal"
    HARDSHIP = "hardship"
    OTHER = "other"


class ReferralUrgency(StrEnum):
    """How soon they should be seen."""

    TODAY = "today"
    THIS_WEEK = "this_week"
    PLANNED = "planned"


class DeclineReason(StrEnum):
    """Why a receiver does not take it."""

    FULL = "full"
    NOT_OURS = "not_ours"
    CLOSED = "closed"


class ReferralResult(StrEnum):
    """What came of it."""

    TREATED = "treated"
    ADMITTED = "admitted"
    FURTHER_VISIT = "further_visit"
    REFERRED_ON = "referred_on"
    NO_NEED = "no_need"
    SEEN = "seen"  # they were there; no more may be told, or is


class ReferralProposal(StrEnum):
    """What a receiver thinks should come next. Shown to the station; nothing happens by itself."""

    NOTHING = "nothing"
    FOLLOW_UP = "follow_up"
    VISIT = "visit"


class MayTell(StrEnum):
    """How much the receiver may tell us, as far as the consent goes."""

    CAME_ONLY = "came_only"
    CODES = "codes"
    WORDS = "words"


_S, _E = ReferralState, ReferralEvent

OPEN = (_S.SENT, _S.ACCEPTED, _S.NOT_COME, _S.CAME, _S.DECLINED)
"""Somebody still has to do something, by a time that stands in the row."""

WITH_RECEIVER = (_S.SENT, _S.ACCEPTED, _S.NOT_COME, _S.CAME)
"""The receiver may see what was handed over, and answers."""

TRANSITIONS: Mapping[tuple[ReferralState, ReferralEvent], ReferralState] = {
    (_S.SENT, _E.ACCEPTED): _S.ACCEPTED,
    (_S.SENT, _E.DECLINED): _S.DECLINED,
    (_S.ACCEPTED, _E.DECLINED): _S.DECLINED,
    (_S.ACCEPTED, _E.APPOINTED): _S.ACCEPTED,
    (_S.ACCEPTED, _E.CAME): _S.CAME,
    (_S.ACCEPTED, _E.NOT_COME): _S.NOT_COME,
    (_S.ACCEPTED, _E.RESULTED): _S.RESULTED,
    (_S.NOT_COME, _E.APPOINTED): _S.ACCEPTED,
    (_S.NOT_COME, _E.CAME): _S.CAME,
    (_S.NOT_COME, _E.DECLINED): _S.DECLINED,
    (_S.NOT_COME, _E.RESULTED): _S.RESULTED,
    (_S.CAME, _E.APPOINTED): _S.CAME,
    (_S.CAME, _E.RESULTED): _S.RESULTED,
    (_S.DECLINED, _E.SETTLED): _S.SETTLED,
    **{(state, _E.WITHDRAWN): _S.WITHDRAWN for state in (_S.ADVISED, *WITH_RECEIVER)},
}


def referral_after(state: str, event: ReferralEvent) -> ReferralState:
    """The state that follows. Raises `IllegalMove`."""
    try:
        return TRANSITIONS[ReferralState(state), event]
    except KeyError:
        raise IllegalMove from None


def may_be_told(result: ReferralResult, words: str, may_tell: str) -> bool:
    """Whether a receiver may say this: no more than what the consent covers."""
    if may_tell == MayTell.CAME_ONLY:
        return result is ReferralResult.SEEN and not words
    return may_tell == MayTell.WORDS or not words
