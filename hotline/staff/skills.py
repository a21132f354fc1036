"""What a counselor can do, from how it is kept to how the router sees it."""

from collections.abc import Iterable, Mapping
from typing import Any

from hotline.errors import HotlineError
from routing.engine import Skills


class UnreadableSkills(HotlineError):
    """An account was written by hand or by another version: it says nothing that we understand."""


def skills_from(kept: Mapping[str, Any], lines: Iterable[str]) -> Skills:
    """`kept`: as in `Staff.skills`; `lines`: the lines they work for. Raises `UnreadableSkills`."""
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
