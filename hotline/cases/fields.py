"""What of a case is shown to whom: the one table that pages, the API and the export ask. Pure.

`staff.permissions` says what somebody may do; here stands, field by field, what they are shown of
it, by their role and how they stand to the case.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from hotline.cases.model import PersonRole
from hotline.staff.model import Role
from hotline.staff.permissions import Relation


class Field(StrEnum):
    """What there is to see of a case."""

    HEAD = "head"  # number, state, since when, who holds it
    COLOUR = "colour"
    PLACE = "place"
    PLAN = "plan"
    IDENTITY = "identity"  # of the person at risk: name, address
    PEOPLE = "people"  # around them
    NUMBERS = "numbers"
    REPORTER = "reporter"
    STORY = "story"


class HowMuch(StrEnum):
    """How much of a field. Masked: a number without its middle, a plan by its days alone."""

    ABSENT = "absent"
    MASKED = "masked"
    SHOWN = "shown"


_F, _S = Field, HowMuch

KNOWS: Mapping[Field, HowMuch] = MappingProxyType(
    {**dict.fromkeys(_F, _S.SHOWN), _F.NUMBERS: _S.MASKED}
)
HOLDS: Mapping[Field, HowMuch] = MappingProxyType({**KNOWS, _F.REPORTER: _S.ABSENT})
STANDS_ABOVE: Mapping[Field, HowMuch] = MappingProxyType({
    _F.HEAD: _S.SHOWN, _F.COLOUR: _S.SHOWN, _F.PLACE: _S.SHOWN, _F.PLAN: _S.MASKED,
})  # fmt: skip

TABLE: Mapping[tuple[Role, Relation], Mapping[Field, HowMuch]] = {
    (Role.COUNSELOR, Relation.OWN): KNOWS,
    (Role.SUPERVISOR, Relation.LINE): KNOWS,
    (Role.OFFICER, Relation.STATION): HOLDS,
    (Role.OFFICER, Relation.ABOVE): STANDS_ABOVE,
}
"""No number is ever shown in full: it is opened, one at a time, for a reason. A reporter is known
to the hotline alone, unless a supervisor releases them to the station (demand 43)."""

EXPORTED = frozenset({_F.HEAD, _F.COLOUR, _F.PLACE, _F.STORY})
"""What a file that leaves the house tells of; of the story, what was done, and no words."""

_ORDER = tuple(HowMuch)


def field_of(role: str) -> Field:
    """Which field a person of the case is, by what they are in it."""
    match PersonRole(role):
        case PersonRole.AT_RISK:
            return Field.IDENTITY
        case PersonRole.REPORTER:
            return Field.REPORTER
        case _:
            return Field.PEOPLE


def what_is_shown(roles: Iterable[str], standing: Iterable[Relation]) -> Mapping[Field, HowMuch]:
    """Of each field the most that any role of theirs, in any relation, is shown."""
    held = [TABLE.get((Role(role), way), {}) for role in roles for way in standing]
    return {
        field: max(
            (rules.get(field, _S.ABSENT) for rules in held), key=_ORDER.index, default=_S.ABSENT
        )
        for field in Field
    }
