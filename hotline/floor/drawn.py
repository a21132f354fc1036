"""The floor as the router sees it now, drawn from the rows: what explanations read."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from hotline.floor.rows import FloorRows, read_floor_rows
from hotline.lines.plans import CaresOfLines
from hotline.staff.on_duty import PersonNow
from hotline.staff.wellbeing import why_away
from hotline.storage.session import Work
from hotline.storage.tables import Line
from hotline.switchboard.mirror import can_be_called, standing_on_floor, waiting_on_lines
from hotline.switchboard.needs import InLine, need_of
from hotline.switchboard.teller import OnDuty, plans_in_force
from routing.engine import Floor, Signature, Skills, Standing, Waiting
from routing.explain import Wait, explain_waits


@dataclass(frozen=True, slots=True)
class DrawnFloor:
    """`people`: who stands on it, by name. `theirs`: who works for one of the reader's lines."""

    floor: Floor
    people: Mapping[str, PersonNow]
    theirs: Collection[str]

    def doing(self, name: str) -> OnDuty | None:
        """What somebody on the floor does."""
        one = self.people.get(name)
        if one is None or one.skills is None:
            return None
        since = one.idle_since.timestamp()
        away = Standing(name, Signature(one.skills), since, away=True)
        return OnDuty(away, one.state, why_away(one))


async def drawn_floor(
    work: Work, *, at: datetime, of: Collection[str], rows: FloorRows | None = None
) -> DrawnFloor:
    """Callers of these lines who are not being offered to anybody, and everybody on duty.

    `rows`: where somebody has read them already.
    """
    rows = rows or await read_floor_rows(work)
    return _draw(await waiting_on_lines(work, of), rows, at=at, of=of)


async def waits_now(
    work: Work, *, at: datetime, of: Collection[str], rows: FloorRows | None = None
) -> dict[str, Wait]:
    """Why each caller of these lines waits, by call, as far as the reader may know.

    Of a floor without those who can be called by nobody: for why somebody waits they make no
    difference, and there may be thousands.
    """
    rows = rows or await read_floor_rows(work)
    calls = await waiting_on_lines(work, of)
    drawn = _draw(calls, rows, at=at, of=of, only=can_be_called)
    return explain_waits(drawn.floor, known=drawn.theirs)


def _draw(
    calls: Mapping[str, InLine],
    rows: FloorRows,
    *,
    at: datetime,
    of: Collection[str],
    only: Callable[[PersonNow], bool] = lambda _: True,
) -> DrawnFloor:
    """`only`: who of those on duty stands on it."""
    people, lines = rows.people, rows.lines
    able = [(one, one.skills) for one in people if one.is_rung and one.skills is not None]
    now, cares = at.timestamp(), CaresOfLines(lines)
    standings = [
        standing_on_floor(one, skills, cares.of(one.lines), now)
        for one, skills in able
        if only(one)
    ]
    floor = Floor(
        now=now,
        callers=_callers(calls, [one.staff_id for one, _ in able], _abilities(able), lines, now),
        counselors=tuple(sorted(standings, key=lambda one: one.place)),
    )
    ours = set(of)
    theirs = {one.staff_id for one, _ in able if not ours.isdisjoint(one.lines)}
    return DrawnFloor(floor, {one.staff_id: one for one, _ in able}, theirs)


def _abilities(able: Iterable[tuple[PersonNow, Skills]]) -> frozenset[Skills]:
    """Who shares them is asked once: to tell whether skills are equal costs more."""
    return frozenset({id(skills): skills for _, skills in able}.values())


def _callers(
    calls: Mapping[str, InLine],
    on_duty: Collection[str],
    abilities: frozenset[Skills],
    lines: Mapping[str, Line],
    now: float,
) -> tuple[Waiting, ...]:
    plans, known = plans_in_force(lines), set(on_duty)
    need_now = plans.while_on_duty(abilities)
    callers = [
        Waiting(
            call=call.id,
            plan=plans.plan_of(need_now(need_of(call, known))),
            arrival=now if call.queued_at is None else call.queued_at.timestamp(),
        )
        for call in calls.values()
    ]
    return tuple(sorted(callers, key=lambda one: one.order_key))
