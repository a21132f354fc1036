"""What every part of a case's page is read for, and what a part is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from hotline.staff.permissions import Relation
from hotline.storage.session import Work
from hotline.storage.tables import Case
from hotline.web.deps import Backend
from hotline.web.pages.frame import Fragment


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSeen:
    """What every part is read for: the case that stands, all that are read with it, and the reader.

    `standing`: how the reader stands to it (`cases.queries.require_case`).
    """

    frame: Fragment
    work: Work
    backend: Backend
    case: Case
    ids: frozenset[str]
    standing: frozenset[Relation]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePart:
    """One section of the page, in `case_<name>.html`. `word`: its heading."""

    name: str
    word: str
    icon: str
    load: Callable[[CaseSeen], Awaitable[dict[str, Any] | None]]
