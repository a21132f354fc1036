"""Who has the duty of a station in the coming week, as bars of a calendar. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from hotline.lines.hours import DAYS, SHANGHAI
from hotline.stations.duty import DutyRules, has_duty, on_duty

QUARTERS_A_DAY = 24 * 4
QUARTER = timedelta(minutes=15)
SHADES = 4  # of the drawing: contacts of one station are told apart by them, and by the words


@dataclass(frozen=True, slots=True)
class DutyBar:
    """Somebody's hours of one day. `shade`: by rank; `left` and `width` in percent of the day."""

    contact: str
    text: str
    shade: int
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class DutyDay:
    """One row. `name`: a key of the words of weekdays."""

    day: date
    name: str
    bars: tuple[DutyBar, ...]


def duty_week(rules: DutyRules, at: datetime) -> list[DutyDay]:
    """Seven rows from today, dates and days off included; none where there is no roster."""
    today = at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    mornings = [today + timedelta(days=day) for day in range(len(DAYS))] if rules.shifts else []
    return [DutyDay(one.date(), DAYS[one.weekday()], tuple(_bars(rules, one))) for one in mornings]


def _bars(rules: DutyRules, morning: datetime) -> list[DutyBar]:
    first = [_first(rules, morning + QUARTER * place) for place in range(QUARTERS_A_DAY)]
    bars, begin = [], 0
    for contact, some in groupby(first):
        end = begin + len(list(some))
        if contact:
            bars.append(_bar(rules, contact, begin, end))
        begin = end
    return bars


def _first(rules: DutyRules, moment: datetime) -> str:
    return on_duty(rules, moment)[0] if has_duty(rules, moment) else ""


def _bar(rules: DutyRules, contact: str, begin: int, end: int) -> DutyBar:
    share = 100 / QUARTERS_A_DAY
    shade = rules.contacts.index(contact) % SHADES
    text = f"{_clock(begin)}–{_clock(end)}"
    return DutyBar(contact, text, shade, begin * share, (end - begin) * share)


def _clock(quarter: int) -> str:
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"
