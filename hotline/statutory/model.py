"""The lifecycle of a report, and its closed lists. Pure.

```
            mandatory                                  emergency
open ──reported──► reported ──feedback──► answered     open ──reported──► reported
  └──not_reportable──► not_reportable
```
While a mandatory one is `reported`, the agency's answer is owed: `accepted` and `none_yet` only
move the day on which it is asked for. Nothing but a person ends anything.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from hotline.errors import IllegalMove
from hotline.records.forms.reportable import CODES


class ReportKind(StrEnum):
    """Of which law or rule: a possible minor victim; an event that the manager must know of."""

    MANDATORY = "mandatory"
    EMERGENCY = "emergency"


class ReportState(StrEnum):
    """What is owed."""

    OPEN = "open"
    REPORTED = "reported"
    ANSWERED = "answered"
    NOT_REPORTABLE = "not_reportable"


class ReportEvent(StrEnum):
    """What can happen to a report."""

    SUSPECTED = "suspected"  # one more situation, or one more who suspects it
    HEARD = "heard"  # a supervisor pressed a key on the phone
    REPORTED = "reported"
    NOT_REPORTABLE = "not_reportable"
    ACCEPTED = "accepted"
    NONE_YET = "none_yet"
    FEEDBACK = "feedback"


class Source(StrEnum):
    """From where somebody's suspicion came."""

    RECORD = "record"
    BUTTON = "button"
    FLAG = "flag"
    RULE = "rule"


class ReportAgency(StrEnum):
    """Whom a possible victim is reported to (§11 of the law on the protection of minors)."""

    POLICE = "police"
    CIVIL_AFFAIRS = "civil_affairs"
    EDUCATION = "education"
    PROCURATORATE = "procuratorate"
    COURT = "court"
    HEALTH = "health"
    MANAGER = "manager"  # of the hotline, and only for emergency events


class How(StrEnum):
    """In which way it was reported."""

    PHONE = "phone"
    WRITING = "writing"
    IN_PERSON = "in_person"


class EventKind(StrEnum):
    """What the manager must know of within a day."""

    DEATH = "death"
    MASS_EVENT = "mass_event"
    STAFF_ABUSE = "staff_abuse"
    DATA_BREACH = "data_breach"
    MEDIA = "media"


AGENCIES = tuple(agency for agency in ReportAgency if agency is not ReportAgency.MANAGER)
CODES_OF: Mapping[ReportKind, frozenset[str]] = {
    ReportKind.MANDATORY: frozenset(CODES),
    ReportKind.EMERGENCY: frozenset(EventKind),
}
_S, _E = ReportState, ReportEvent
_EMERGENCY: Mapping[tuple[ReportState, ReportEvent], ReportState] = {
    (_S.OPEN, _E.SUSPECTED): _S.OPEN,
    (_S.OPEN, _E.HEARD): _S.OPEN,
    (_S.OPEN, _E.REPORTED): _S.REPORTED,
}
TRANSITIONS: Mapping[ReportKind, Mapping[tuple[ReportState, ReportEvent], ReportState]] = {
    ReportKind.EMERGENCY: _EMERGENCY,
    ReportKind.MANDATORY: {
        **_EMERGENCY,
        (_S.OPEN, _E.NOT_REPORTABLE): _S.NOT_REPORTABLE,
        (_S.REPORTED, _E.ACCEPTED): _S.REPORTED,
        (_S.REPORTED, _E.NONE_YET): _S.REPORTED,
        (_S.REPORTED, _E.FEEDBACK): _S.ANSWERED,
    },
}


def report_after(kind: str, state: str, event: ReportEvent) -> ReportState:
    """The state that follows. Raises `IllegalMove`."""
    try:
        return TRANSITIONS[ReportKind(kind)][ReportState(state), event]
    except KeyError:
        raise IllegalMove from None


def is_only_author(authors: Iterable[str], by: str) -> bool:
    """Whether nobody else suspected it: then another has to say that it need not be reported."""
    return set(authors) == {by}
