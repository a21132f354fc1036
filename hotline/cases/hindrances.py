"""What still stands in the way of closing a case. Each package says it of its own rows.

`floor.case_hindrances` names all of them; pages show them, and `service.close_case` asks again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass

from hotline.cases.refusals import refusal
from hotline.storage.session import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class InTheWay:
    """One thing that is not over. `code`: a word of `i18n.case_words`; `number`, `path`: of it."""

    code: str
    number: str = ""
    path: str = ""


CaseLook = Callable[[Work, frozenset[str]], Awaitable[Sequence[InTheWay]]]
"""Given the case and all that were merged into it."""


async def in_the_way(work: Work, ids: frozenset[str], looks: Sequence[CaseLook]) -> list[InTheWay]:
    """All of it, in the order of those who look."""
    return [found for look in looks for found in await look(work, ids)]


async def require_over(work: Work, ids: frozenset[str], looks: Sequence[CaseLook]) -> None:
    """Raises `CaseRefused` with what is not."""
    found = await in_the_way(work, ids, looks)
    if found:
        raise refusal("not_over", in_the_way=[asdict(one) for one in found])
