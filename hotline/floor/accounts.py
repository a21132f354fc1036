"""What came in on each line today, what became of it, and what is owed."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam
from sqlalchemy import select as sql_select
from sqlmodel import col, func

from hotline.callbacks.queries import OwedCount, count_owed
from hotline.calls.model import CallState, Direction
from hotline.i18n.catalog import midnight_before
from hotline.storage.in_bulk import among_given
from hotline.storage.session import Work
from hotline.storage.tables import Call


@dataclass(slots=True)
class LineAccount:
    """What came in today, what of it is over and how, and what is owed."""

    came_in: int = 0
    alive: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    promises: OwedCount = field(default_factory=OwedCount)

    def add(self, count: int, *, is_over: bool, outcome: str | None) -> None:
        """So many calls that came in."""
        self.came_in += count
        if not is_over:
            self.alive += count
        elif outcome is not None:
            self.outcomes[outcome] = count


_OVER = col(Call.state) == CallState.ENDED
_CAME_IN: Select[*tuple[Any, ...]] = (
    sql_select(col(Call.line_id), _OVER, col(Call.outcome), func.count())
    .where((col(Call.arrived_at) >= bindparam("midnight")) | ~_OVER)
    .where(among_given(col(Call.line_id), "lines"))
    .where(col(Call.direction) == Direction.IN)  # whom we call back did not come in
    .group_by(col(Call.line_id), _OVER, col(Call.outcome))
)


async def accounts_now(
    work: Work, lines: Collection[str], *, at: datetime
) -> dict[str, LineAccount]:
    """By line. One statement, so that it is one moment: a call that ends meanwhile is in once.

    Whoever came in yesterday and is still here belongs to today's account as well.
    """
    values = {"lines": list(lines), "midnight": midnight_before(at)}
    found = await (await work.connection()).execute(_CAME_IN, values)
    accounts: dict[str, LineAccount] = {}
    for line_id, is_over, outcome, count in found:
        account = accounts.setdefault(line_id, LineAccount())
        account.add(count, is_over=is_over, outcome=outcome)
    for line_id, promises in (await count_owed(work, lines, at=at)).items():
        accounts.setdefault(line_id, LineAccount()).promises = promises
    return accounts
