"""What a counselor can do, from how it is kept to how the router sees it."""

from collections.abc import Iterable, Mapping
from typing import Any

from routing.engine import Skills


def skills_from(kept: Mapping[str, Any], lines: Iterable[str]) -> Skills:
    """`kept`: as in `Staff.skills`; `lines`: the lines they work for."""
    return Skills.of(
        kept.get("languages", {}),
        topics=kept.get("topics", {}),
        lines=lines,
        certified=bool(kept.get("certified", False)),
        gender=kept.get("gender") or None,
        ages=kept.get("ages", ()),
    )
