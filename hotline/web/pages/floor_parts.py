"""The parts of the floor, and which of them a change may have moved. Pure."""

from collections.abc import Iterable, Mapping

PARTS = (
    "needs",
    "help",
    "danger",
    "alerts",
    "lines",
    "strips",
    "waiting",
    "talks",
    "people",
    "foot",
)
WALL = ("wall",)

MOVED: Mapping[str, frozenset[str]] = {
    "call": frozenset({"needs", "help", "danger", "lines", "waiting", "talks", "foot", "wall"}),
    "offer": frozenset({"danger", "waiting", "wall"}),
    "presence": frozenset({"danger", "lines", "waiting", "people", "wall"}),
    "escalation": frozenset({"needs", "strips", "wall"}),
    "line": frozenset({"lines", "wall"}),
    "callback": frozenset({"needs", "lines", "wall"}),
    "incident": frozenset({"help", "wall"}),
    "alert": frozenset({"needs", "alerts", "wall"}),
}
"""By topic of a change."""


ALL = frozenset({"resync", "configuration"})
"""After these nothing holds that was read before."""


def moved(topics: Iterable[str], parts: tuple[str, ...]) -> tuple[str, ...]:
    """Which of these parts must be drawn again, in their order; all of them after a gap."""
    told = set(topics)
    if not told.isdisjoint(ALL):
        return parts
    touched = frozenset().union(*(MOVED.get(topic, ()) for topic in told))
    return tuple(part for part in parts if part in touched)
