"""What a member of a help group may see of a case, by what they are. Pure.

Least privilege: who invites may take away from a row, and add nothing to it. What anybody from
outside never sees stands in no row: the story, the family, an address, a number, other members.
Acts are not in here: every member may write, tick a task off, say that they cannot or that they see
danger, and leave.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from hotline.errors import GroupRefused

ONLY_NARROWER = "This is more than somebody of this kind may see: it can only be made less."


class MemberKind(StrEnum):
    """Whom a help group (帮扶小组) may have."""

    SCHOOL_COUNSELOR = "school_counselor"
    CLASS_TEACHER = "class_teacher"
    SCHOOL_SOCIAL_WORKER = "school_social_worker"
    CHILD_DIRECTOR = "child_director"  # 儿童主任, of a village or of residents
    SOCIAL_WORKER = "social_worker"  # “双百”社工
    WOMENS_FEDERATION = "womens_federation"
    YOUTH_LEAGUE = "youth_league"
    DOCTOR = "doctor"


class GroupField(StrEnum):
    """What can be shown to one. All words are written for that one member by who invites them."""

    CALLED = "called"  # how the child is called
    ASKED = "asked"  # what they are asked to do
    KNOWN = "known"  # what they have to know for it
    PLACE = "place"  # where to go
    HEALTH = "health"  # the question put to a doctor
    VISIT = "visit"  # the date of the next visit that they take part in
    TASKS = "tasks"
    NOTES = "notes"  # their own


_F = GroupField
_ALL = frozenset({_F.CALLED, _F.ASKED, _F.TASKS, _F.NOTES})

SEES: Mapping[MemberKind, frozenset[GroupField]] = {
    MemberKind.SCHOOL_COUNSELOR: _ALL | {_F.KNOWN, _F.VISIT},
    MemberKind.CLASS_TEACHER: _ALL | {_F.VISIT},
    MemberKind.SCHOOL_SOCIAL_WORKER: _ALL | {_F.KNOWN, _F.VISIT, _F.PLACE},
    MemberKind.CHILD_DIRECTOR: _ALL | {_F.KNOWN, _F.VISIT, _F.PLACE},
    MemberKind.SOCIAL_WORKER: _ALL | {_F.KNOWN, _F.VISIT, _F.PLACE},
    MemberKind.WOMENS_FEDERATION: _ALL | {_F.KNOWN, _F.VISIT},
    MemberKind.YOUTH_LEAGUE: _ALL | {_F.VISIT},
    MemberKind.DOCTOR: _ALL | {_F.HEALTH},
}

WRITTEN = (_F.CALLED, _F.ASKED, _F.KNOWN, _F.PLACE, _F.HEALTH)
"""Fields whose words are written when somebody is invited."""


def may_see(kind: str, left: Collection[str]) -> frozenset[GroupField]:
    """What is left of the kind's row. A word that the row does not hold gives nothing."""
    return frozenset(field for field in SEES[MemberKind(kind)] if field in left)


def narrowed(kind: str, held: Collection[str], wanted: Collection[str]) -> list[str]:
    """What they see from now on. Raises `GroupRefused` for more than they have."""
    if not may_see(kind, held).issuperset(wanted):
        raise GroupRefused("only_narrower", ONLY_NARROWER)
    return sorted(set(wanted))
