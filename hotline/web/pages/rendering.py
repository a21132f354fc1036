"""From a template and values to an answer: addresses, languages, icons, times.

Knows nothing of who is signed in; `frame` puts the person around it.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from hotline.i18n.catalog import (
    CHINESE,
    ENGLISH,
    HTML_LANGUAGE,
    LANGUAGES,
    _,
    choose_language,
    day,
    day_and_time,
    english,
    moment,
    speaking,
)
from hotline.i18n.material_words import hours_in_words
from hotline.i18n.words import label
from hotline.numbers import as_people_dial
from hotline.records.forms.reportable import CODES
from hotline.web.deps import backend_of

WEB = Path(__file__).parent.parent
STATIC = WEB / "static"
VERSION = re.compile("v-[0-9a-f]{12}")
COOKIE = "hotline_language"
YEAR_S = 365 * 24 * 3600
DAY_H = 24
SCRIPT_WORD = re.compile(r"""\bt\(\s*"([^"]+)\"""")
LANDLINE = re.compile(r"^0(10|2\d|[3-9]\d\d)(\d{7,8})$")


@cache
def asset_version() -> str:
    """A name for all scripts and styles together: modules load each other by relative names."""
    whole = hashlib.sha256()
    for file in sorted(STATIC.rglob("*")):
        if file.is_file():
            whole.update(file.relative_to(STATIC).as_posix().encode() + file.read_bytes())
    return f"v-{whole.hexdigest()[:12]}"


def address(request: Request, path: str) -> str:
    """A path as the browser must ask for it: several backends may stand behind one host."""
    return f"{request.scope.get('root_path', '')}{path}"


def language_of(request: Request) -> str:
    """The language for this reader."""
    return choose_language(
        request.query_params.get("lang"),
        request.cookies.get(COOKIE),
        request.headers.get("accept-language"),
    )


def spaced(number: str) -> str:
    """A landline with its area code set apart, as it is written and read aloud."""
    found = LANDLINE.match(number)
    return f"0{found[1]}-{found[2]}" if found else number


def as_written(number: str) -> str:
    """A number in the one form in which we keep it, as people here write it."""
    return spaced(as_people_dial(number))


def length(span: timedelta) -> str:
    """How the pages' clock writes a duration: `3:07`, and from an hour on in words, two units."""
    seconds = max(0, int(span.total_seconds()))
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    if hours >= DAY_H:
        days, hours = divmod(hours, DAY_H)
        return _("%(days)s 天 %(hours)s 小时", days=days, hours=hours)
    if hours:
        return _("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=minutes)
    return f"{minutes}:{rest:02}"


def since(at: datetime, now: datetime) -> Markup:
    """A duration that counts up in the browser."""
    return Markup('<time data-since="{}">{}</time>').format(at.isoformat(), length(now - at))


def until(at: datetime, now: datetime, *, bare: bool = False, soon_s: int = 60) -> Markup:
    """A deadline that counts down in the browser; amber from `soon_s` on, red when missed."""
    left = at - now
    words = _("还有 %(left)s") if left >= timedelta() else _("逾期 %(left)s")
    text = length(abs(left)) if bare else words % {"left": length(abs(left))}
    return Markup('<time class="countdown" data-until="{}" data-soon="{}"{}>{}</time>').format(
        at.isoformat(), soon_s, Markup(" data-bare") if bare else "", text
    )


@cache
def script_words(language: str) -> Mapping[str, str]:
    """What the scripts say (`t("…")`), translated; empty in Chinese, where it is its own key."""
    if language == CHINESE:
        return {}
    found = {word for file in STATIC.glob("*.js") for word in SCRIPT_WORD.findall(file.read_text())}
    return {word: english()[word] for word in sorted(found) if word in english()}


@cache
def environment() -> Environment:
    """Jinja with our words and filters. A name that is not there is a fault, never a blank."""
    made = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(hours_in_words=hours_in_words)
    made.globals.update(reportable_codes=CODES)
    made.globals.update(_=_, label=label, moment=moment, day=day, day_and_time=day_and_time)
    made.filters["capital"] = capital
    made.globals.update(
        since=since, until=until, length=length, spaced=spaced, as_written=as_written
    )
    return made


def capital(text: str) -> str:
    """As a sentence begins in English: our words may also stand in the middle of one."""
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=1024)  # a floor shows hundreds, of a few kinds
def icon(sprite: str, name: str) -> Markup:
    """One of the outline icons; always beside a word."""
    return Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        sprite, escape(name)
    )


def _helpers(request: Request, language: str) -> dict[str, Any]:
    assets = address(request, f"/static/{asset_version()}")
    sprite = f"{assets}/icons.svg"
    other = next(one for one in LANGUAGES if one != language)
    return {
        "url": lambda path: address(request, path),
        "static": lambda name: f"{assets}/{name}",
        "icon": lambda name: icon(sprite, name),
        "language": language,
        "html_language": HTML_LANGUAGE[language],
        "other_language": other,
        "other_language_name": {CHINESE: "中文", ENGLISH: "English"}[other],
        "script_words": script_words(language),
        "path": request.url.path.removeprefix(request.scope.get("root_path", "")),
        "settings": backend_of(request).settings,
        "now": backend_of(request).clock.now(),
    }


def render_text(request: Request, language: str, template: str, values: Mapping[str, Any]) -> str:
    """The template in a language. Of the request no more is used than where we are served."""
    with speaking(language):
        helpers = _helpers(request, language)
        return environment().get_template(template).render({**helpers, **values})


def render(request: Request, template: str, values: Mapping[str, Any]) -> HTMLResponse:
    """The template in the reader's language. A language asked for by `?lang=` is kept."""
    language = language_of(request)
    text = render_text(request, language, template, values)
    now = backend_of(request).clock.now()
    answer = HTMLResponse(text, headers={"X-Hotline-Now": now.isoformat()})
    answer.headers["Cache-Control"] = "no-store"  # it may hold a child's words
    answer.headers["Vary"] = "Accept-Language, Cookie"
    if request.query_params.get("lang") in LANGUAGES:
        answer.set_cookie(COOKIE, language, max_age=YEAR_S, samesite="lax", httponly=True)
    return answer
