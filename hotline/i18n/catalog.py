"""What staff read, in Chinese or English: the Chinese sentence is its own key.

English comes from the `.po` files of `locales/en`, read once; one file a page, so that they can
grow apart. A sentence without a translation appears in Chinese: wrong, but never empty.
What callers hear is elsewhere (`hotline.i18n.prompts`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale, dates
from babel.messages.pofile import read_po

CHINESE, ENGLISH = "zh", "en"
LANGUAGES = (CHINESE, ENGLISH)
HTML_LANGUAGE = {CHINESE: "zh-CN", ENGLISH: "en"}
LOCALE = {CHINESE: Locale.parse("zh_CN"), ENGLISH: Locale.parse("en_GB")}  # parsed once
HERE = ZoneInfo("Asia/Shanghai")

_language: ContextVar[str] = ContextVar("language", default=CHINESE)


@cache
def english() -> Mapping[str, str]:
    """Chinese sentence → English sentence, from every file."""
    found: dict[str, str] = {}
    folder = files("hotline.i18n").joinpath("locales", "en")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".po"):
            with file.open("rb") as opened:
                messages = read_po(opened, locale="en")
            found.update((str(m.id), str(m.string)) for m in messages if m.id and m.string)
    return found


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within the block, `_` answers in this language."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def speaks_chinese() -> bool:
    """Whether the block speaks Chinese."""
    return _language.get() == CHINESE


def _(message: str, **values: object) -> str:
    """The sentence in the present language; `%(name)s` is filled from `values`."""
    said = message if _language.get() == CHINESE else english().get(message, message)
    return said % values if values else said


def choose_language(*wishes: str | None) -> str:
    """The first wish we speak: a choice just made, one kept, or what the browser accepts."""
    for wish in wishes:
        for part in (wish or "").lower().split(","):
            if (found := part.strip()[:2]) in LANGUAGES:
                return found
    return CHINESE


def moment(at: datetime, form: str = "HH:mm") -> str:
    """A time of day, or any babel pattern, in the time of Guangdong."""
    return dates.format_datetime(at, form, tzinfo=HERE, locale=LOCALE[_language.get()])


def day(at: date) -> str:
    """A day with its year: `2026年11月30日`. Of a moment, the day it is in Guangdong."""
    there = at.astimezone(HERE).date() if isinstance(at, datetime) else at
    form = "y年M月d日" if _language.get() == CHINESE else "d MMM y"
    return dates.format_date(there, form, locale=LOCALE[_language.get()])


def midnight_before(at: datetime) -> datetime:
    """When the present day began in Guangdong."""
    return at.astimezone(HERE).replace(hour=0, minute=0, second=0, microsecond=0)


def day_and_time(at: datetime, now: datetime) -> str:
    """`14:02` for today, else with the day: `11月23日 14:02`."""
    if at.astimezone(HERE).date() == now.astimezone(HERE).date():
        return moment(at)
    return moment(at, "M月d日 HH:mm" if _language.get() == CHINESE else "d MMM HH:mm")
