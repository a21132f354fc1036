"""A lifecycle as a person writes it down: one row per state, one column per event.

```
state    queued   accepted
flow     waiting  -
waiting  -        connecting
```
Each cell names the state that follows; `-` means that the event is refused in that state. A table
too wide for the page goes on after an empty line, with the same states and further events.
"""

from collections.abc import Iterator
from dataclasses import dataclass

REFUSED = "-"


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A table that was read: state and event of each cell, and what follows."""

    cells: dict[tuple[str, str], str]

    def moves(self) -> list[tuple[str, str, str]]:
        """State, event and following state of every event that means something."""
        return [(*at, then) for at, then in self.cells.items() if then != REFUSED]

    def refusals(self) -> list[tuple[str, str]]:
        """State and event of every cell that leads nowhere."""
        return [at for at, then in self.cells.items() if then == REFUSED]


def read_lifecycle(table: str) -> Lifecycle:
    """Read a written table. Raises `ValueError` on a row too short and on a cell named twice."""
    cells: dict[tuple[str, str], str] = {}
    for part in table.strip().split("\n\n"):
        for at, then in _cells(part):
            if at in cells:
                raise ValueError(f"{at} is written down twice")
            cells[at] = then
    return Lifecycle(cells)


def _cells(part: str) -> Iterator[tuple[tuple[str, str], str]]:
    (_, *events), *rows = [line.split() for line in part.splitlines()]
    for state, *follows in rows:
        for event, then in zip(events, follows, strict=True):
            yield (state, event), then
