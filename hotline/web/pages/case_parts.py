"""The parts of a case's page: each package of a case has one line here, and a template of its own.

A part is shown to whoever its loader gives something; None shows nothing, not even a heading.
"""

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


PARTS: tuple[CasePart, ...] = (
    CasePart(name="group", word="帮扶小组", icon="people", load=load_group),
)
