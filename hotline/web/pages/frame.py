"""The shell around every page of somebody who is signed in.

A page asks for `FrameDep` and answers `frame.page("its.html", …)`; the frame brings the rail by
role, the lines, presence and the softphone. Only what this application serves is in the rail.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from hotline.errors import Forbidden
from hotline.floor.desk import OnTheLine, RingingOffer, on_the_line, ringing
from hotline.i18n.catalog import ENGLISH
from hotline.i18n.words import label
from hotline.staff.model import Role
from hotline.staff.permissions import Permission, Relation, may_anywhere, through
from hotline.staff.sign_in import SignedIn
from hotline.staff.wellbeing import care_of, rest_ends_at
from hotline.storage.session import Work
from hotline.storage.tables import Line, Presence, Station
from hotline.web.auth import SignedInDep
from hotline.web.deps import WorkDep, backend_of
from hotline.web.pages.rendering import language_of, render


@dataclass(frozen=True, slots=True)
class RailEntry:
    """One entry of the rail. `also`: paths that it stands for too, with spaces between."""

    path: str
    word: str
    icon: str
    roles: frozenset[Role]
    also: str = ""


RAIL = (
    RailEntry("/desk", "工作台", "headset", frozenset({Role.COUNSELOR})),
    RailEntry("/floor", "大厅", "grid", frozenset({Role.SUPERVISOR})),
    RailEntry(
        "/callbacks",
        "回电",
        "phone",
        frozenset({Role.SUPERVISOR, Role.COUNSELOR}),
        also="/messages /texts /follow-ups",
    ),
    RailEntry(
        "/records", "查记录", "book", frozenset({Role.SUPERVISOR, Role.COUNSELOR}), also="/rights"
    ),
    RailEntry("/roster", "排班", "clock", frozenset({Role.SUPERVISOR, Role.COUNSELOR})),
    RailEntry("/callers", "来电者", "people", frozenset({Role.SUPERVISOR})),
    RailEntry("/station", "工作站", "shield", frozenset({Role.OFFICER})),
    RailEntry("/escalations", "上报列表", "shield", frozenset({Role.SUPERVISOR, Role.COUNSELOR})),
    RailEntry(
        "/cases",
        "个案",
        "people",
        frozenset({Role.SUPERVISOR, Role.COUNSELOR, Role.OFFICER}),
        also="/visits /referrals /statutory /provisions",
    ),
    RailEntry("/reports", "报表", "list", frozenset({Role.SUPERVISOR, Role.ADMIN})),
    RailEntry("/quality", "质量", "check", frozenset({Role.SUPERVISOR})),
    RailEntry(
        "/administration",
        "配置管理",
        "sliders",
        frozenset({Role.ADMIN}),
        also="/accounts /prompts /incidents",
    ),
    RailEntry("/visits", "走访", "check", frozenset({Role.ADMIN})),
)

# What goes on when the alarm is over: one place of the rail for all of it.
CASE_TABS = (
    RailEntry(
        "/cases", "个案", "people", frozenset({Role.SUPERVISOR, Role.COUNSELOR, Role.OFFICER})
    ),
    RailEntry("/visits", "走访", "check", frozenset({Role.SUPERVISOR, Role.OFFICER})),
    RailEntry(
        "/referrals", "转介", "next", frozenset({Role.SUPERVISOR, Role.COUNSELOR, Role.OFFICER})
    ),
    RailEntry("/statutory", "强制报告", "flag", frozenset({Role.SUPERVISOR, Role.COUNSELOR})),
    RailEntry("/provisions", "对外提供台账", "book", frozenset({Role.SUPERVISOR})),
)


PAUSES = ("break", "meal", "debrief", "training", "meeting", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """Who reads a part of a page that is looked at again and again, and what they do now."""

    request: Request
    who: SignedIn
    presence: Presence | None

    def is_(self, *roles: Role) -> bool:
        """Whether the reader has one of these roles."""
        return self.who.is_a(*roles)

    def require(self, wanted: Permission, *, by: Relation | None = None) -> None:
        """Raises `Forbidden` where there is nothing the reader might do this to.

        `by`: nothing to which they stand so.
        """
        ways = through(self.who.roles, wanted)
        if not ways if by is None else by not in ways:
            raise Forbidden

    @property
    def at_desk(self) -> bool:
        """Whether presence, the call bar and the softphone stand around this person's pages."""
        return may_anywhere(self.who.roles, Permission.TAKE_CALLS) and self.presence is not None

    @property
    def listens(self) -> bool:
        """Whether this person may come into talks of others, and be rung for that."""
        return Relation.LINE in through(self.who.roles, Permission.SPEAK_IN_TALKS)

    @property
    def has_phone(self) -> bool:
        """Whether calls reach this person's pages: a desk's, or talks they come into."""
        return self.at_desk or self.listens

    @property
    def in_english(self) -> bool:
        """Whether the reader is shown English names where there are some."""
        return language_of(self.request) == ENGLISH

    @property
    def pauses(self) -> Sequence[str]:
        """The reasons one may pause for."""
        return PAUSES

    @property
    def seal_key(self) -> str:
        """What this person's browser seals unsent flags with. Nobody else is given it."""
        return backend_of(self.request).vault.browser_key(self.who.staff_id)

    def page(self, template: str, **values: Any) -> HTMLResponse:
        """The template for this reader; htmx picks `#main` out of a page when moving to it."""
        return render(self.request, template, {"frame": self, **values})


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame(Fragment):
    """What stands around a whole page."""

    lines: Sequence[Line]
    station: Station | None
    ring: RingingOffer | None
    talk: OnTheLine | None
    rests_until: datetime | None = None

    @property
    def role_names(self) -> str:
        """What this person is here."""
        return " · ".join(label("role", role) for role in self.who.roles)

    @property
    def line_names(self) -> str:
        """The lines this person works for, in the reader's language."""
        return " · ".join(line.name_en if self.in_english else line.name for line in self.lines)

    @property
    def line_name(self) -> Mapping[str, str]:
        """The same by id."""
        return _names(self.lines, in_english=self.in_english)

    @property
    def station_name(self) -> str:
        """The station this person answers for, in the reader's language; empty without one."""
        if self.station is None:
            return ""
        return self.station.name_en if self.in_english else self.station.name

    @property
    def rail(self) -> Sequence[RailEntry]:
        """The pages this person may go to."""
        return self._served(RAIL)

    @property
    def case_tabs(self) -> Sequence[RailEntry]:
        """The pages about cases that this person may go to."""
        return self._served(CASE_TABS)

    def _served(self, places: Sequence[RailEntry]) -> Sequence[RailEntry]:
        served = self.request.app.state.page_paths
        return [p for p in places if p.path in served and self.is_(*p.roles)]


async def _lines_of(work: Work, who: SignedIn) -> Sequence[Line]:
    query = select(Line).where(col(Line.id).in_(who.lines)).order_by(col(Line.id))
    return (await work.exec(query)).all()


async def line_names_for(frame: Fragment, work: Work) -> Mapping[str, str]:
    """The reader's lines by id, in their language: where no whole page stands around."""
    return _names(await _lines_of(work, frame.who), in_english=frame.in_english)


def _names(lines: Iterable[Line], *, in_english: bool) -> Mapping[str, str]:
    return {line.id: line.name_en if in_english else line.name for line in lines}


async def _rests_until(work: Work, presence: Presence | None) -> datetime | None:
    """Until when a rest lasts that follows the record in hand."""
    if presence is None or presence.crisis_ended_at is None:
        return None
    return rest_ends_at(presence, await care_of(work, presence.staff_id))


async def open_fragment(request: Request, work: WorkDep, who: SignedInDep) -> Fragment:
    """For a part of a page. Raises `NotSignedIn`."""
    return Fragment(request=request, who=who, presence=await work.get(Presence, who.staff_id))


async def open_frame(request: Request, work: WorkDep, who: SignedInDep) -> Frame:
    """For a whole page. Raises `NotSignedIn`."""
    presence = await work.get(Presence, who.staff_id)
    return Frame(
        request=request,
        who=who,
        lines=await _lines_of(work, who),
        station=await work.get(Station, who.station_id) if who.station_id else None,
        presence=presence,
        ring=await ringing(work, who) if presence else None,
        talk=await on_the_line(work, presence, who) if presence else None,
        rests_until=await _rests_until(work, presence),
    )


FragmentDep = Annotated[Fragment, Depends(open_fragment)]
FrameDep = Annotated[Frame, Depends(open_frame)]
