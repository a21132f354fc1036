"""What a counselor can do, from how it is kept to how the router sees it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hotline.errors import HotlineError
from hotline.storage.tables import Staff
from routing.engine import Skills


class UnreadableSkills(HotlineError):
    """An account was written by hand or by another version: it says nothing that we understand."""


def is_certified(staff: Staff) -> bool:
    """Whether somebody may be asked for callers in danger: the one rule, for routing and pages.

    What the files (or a supervisor, for a shift) say counts while no certificate has lapsed. Of
    whom none is kept, the files alone speak.
    """
    return bool(staff.skills.get("certified")) and not staff.certificate_lapsed


def skills_of(staff: Staff) -> Skills:
    """What this person can do now. Raises `UnreadableSkills`."""
    kept = skills_from(staff.skills, staff.lines)
    return replace(kept, certified=is_certified(staff))


def skills_from(kept: Mapping[str, Any], lines: Iterable[str]) -> Skills:
    """What files say that somebody can do; of an account that is kept: `skills_of`.

    `kept`: as in `Staff.skills`; `lines`: the lines they work for. Raises `UnreadableSkills`.
    """
    try:
        return Skills.of(
            _levels(kept.get("languages", {})),
            topics=_levels(kept.get("topics", {})),
            lines=lines,
            certified=bool(kept.get("certified", False)),
            gender=kept.get("gender") or None,
            ages=kept.get("ages", ()),
        )
    except (AttributeError, TypeError, ValueError) as fault:
        raise UnreadableSkills from fault


def can_be_read(kept: Mapping[str, Any], lines: Iterable[str]) -> bool:
    """Whether the router can see them at all. Who cannot be read is left out, alone."""
    try:
        skills_from(kept, lines)
    except UnreadableSkills:
        return False
    return True


def _levels(kept: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(level) for name, level in kept.items()}
