"""Which records somebody may read or find, as a condition of a list: the rule of `permitted_call`.

A record may have been opened to somebody for a time: by a supervisor who was asked, or by
themselves in an emergency. Who asks and who answers is the business of `hotline.records.readings`.
"""

from enum import StrEnum

from sqlalchemy import ColumnElement, false
from sqlalchemy.orm import Mapped
from sqlmodel import col, exists, or_

from hotline.staff.permissions import Permission, Relation, through
from hotline.staff.sign_in import SignedIn
from hotline.storage.tables import Call, Participant, RecordReading

COUNSELOR = "counselor"  # the role of a participant who answers or has answered for the call


class ReadingState(StrEnum):
    """Where a request to read a record stands, or an emergency in which it was not asked for."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by who asked
    TAKEN = "taken"  # in an emergency; a second person has not looked at it yet
    UPHELD = "upheld"  # who looked at it agrees
    OBJECTED = "objected"  # and this one does not
    ENDED = "ended"  # by a supervisor, before its time was over


OPENS = (ReadingState.GRANTED, ReadingState.TAKEN, ReadingState.UPHELD)

Id = str | Mapped[str]


def opened_to(who: SignedIn, call_id: Id) -> ColumnElement[bool]:
    """Whether the record of a call was opened to them, and still is at the moment they ask."""
    if who.at is None:
        return false()
    return exists().where(
        col(RecordReading.call_id) == call_id,
        col(RecordReading.staff_id) == who.staff_id,
        col(RecordReading.state).in_(OPENS),
        col(RecordReading.until) > who.at,
    )


def took_part(who: SignedIn, call_id: Id) -> ColumnElement[bool]:
    """Whether they answered for a call, be it that they have handed it over since."""
    return exists().where(
        col(Participant.call_id) == call_id,
        col(Participant.staff_id) == who.staff_id,
        col(Participant.role) == COUNSELOR,
        col(Participant.joined_at).is_not(None),
    )


def may_be_read(who: SignedIn) -> ColumnElement[bool]:
    """Of a list of calls, those whose record they may read."""
    return _permitted(who, Permission.READ_RECORD)


def may_be_found(who: SignedIn) -> ColumnElement[bool]:
    """Of a list of calls, those of which they may know that there is a record."""
    return or_(may_be_read(who), _permitted(who, Permission.FIND_RECORD))


def _permitted(who: SignedIn, wanted: Permission) -> ColumnElement[bool]:
    on_line = col(Call.line_id).in_(who.lines)
    standing = {
        Relation.OWN: col(Call.counselor_id) == who.staff_id,
        Relation.PART: took_part(who, col(Call.id)),
        Relation.LINE: on_line,
        Relation.APPROVED: on_line & opened_to(who, col(Call.id)),
    }
    ways = through(who.roles, wanted)
    return or_(false(), *(holds for relation, holds in standing.items() if relation in ways))
