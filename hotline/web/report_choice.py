"""Which report somebody asks for, and whether it is theirs: for the API and the page alike."""

import re
from dataclasses import replace
from datetime import date, datetime

from pydantic import BaseModel, Field

from hotline.errors import Forbidden, Invalid, NotFound
from hotline.i18n.catalog import HERE
from hotline.reports.periods import Period, PeriodKind
from hotline.reports.reading import ReportAsked, is_handed_on
from hotline.staff.permissions import Permission, Relation, may
from hotline.staff.sign_in import SignedIn
from hotline.web.moments import AFTER_LAST_YEAR, FIRST_YEAR

UNREADABLE_DAY = "Write the day as 2026-11-30, a month as 2026-11, a year as 2026."
NOT_CLOSED = (
    "Months and years alone are handed on, three days after a month is over: ask for one of these."
)
OF_A_WHOLE = (PeriodKind.MONTH, PeriodKind.YEAR)
DAY = re.compile("([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


class ReportChoice(BaseModel):
    """`on`: a day, month or year; empty: the present one. `line`: empty, all of one's own.

    `city`: four digits of the callers' city; empty: from everywhere.
    """

    on: str = Field(default="", max_length=10, examples=["2026-11-30"])
    line: str = Field(default="", max_length=40)
    city: str = Field(default="", pattern="^([0-9]{4})?$", examples=["4401"])


def sees_behind(who: SignedIn) -> bool:
    """Whether somebody may open the calls behind the figures of their lines."""
    return may(who.roles, (Relation.LINE,), Permission.SEE_CALL)


def period_of(kind: PeriodKind, on: str, at: datetime) -> Period:
    """In which the day lies. Raises `Invalid`."""
    if not on:
        return Period.around(kind, at.astimezone(HERE).date())
    found = DAY.fullmatch(on)
    try:
        year, month, day = (int(one or 1) for one in found.groups()) if found else (0, 0, 0)
        if not FIRST_YEAR <= year < AFTER_LAST_YEAR:
            raise Invalid(UNREADABLE_DAY)
        return Period.around(kind, date(year, month, day))
    except ValueError:
        raise Invalid(UNREADABLE_DAY) from None


def asked_for(
    who: SignedIn, kind: PeriodKind, choice: ReportChoice, *, at: datetime
) -> ReportAsked:
    """What is read for them. Whoever only counts reads what may be handed on (`hotline.reports`,
    decision 4). Raises `Forbidden`, `NotFound`, `Invalid`.
    """
    exact = sees_behind(who)
    if not exact and kind not in OF_A_WHOLE:
        raise Forbidden
    if choice.line and choice.line not in who.lines:
        raise NotFound
    period = period_of(kind, choice.on, at)
    if not choice.on and not exact:
        period = last_closed(kind, at)
    if not exact and not is_handed_on(period, at):
        raise Invalid(NOT_CLOSED)
    return ReportAsked(
        period=period,
        lines=(choice.line,) if choice.line else tuple(sorted(who.lines)),
        city=choice.city,
        exact=exact,
    )


def file_asked_for(
    who: SignedIn, kind: PeriodKind, choice: ReportChoice, *, at: datetime
) -> ReportAsked:
    """The same as it may be handed on; by itself the latest. Raises `Forbidden`, `NotFound`,
    `Invalid`.
    """
    asked = asked_for(who, kind, choice, at=at)
    if kind in OF_A_WHOLE and not choice.on:
        asked = replace(asked, period=last_closed(kind, at))
    if not is_handed_on(asked.period, at):
        raise Invalid(NOT_CLOSED)
    return replace(asked, exact=False)


def last_closed(kind: PeriodKind, at: datetime) -> Period:
    """The last one that may be handed on."""
    period = period_of(kind, "", at)
    while not is_handed_on(period, at):
        period = period.before
    return period
