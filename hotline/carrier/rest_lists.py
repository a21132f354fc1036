"""Lists over REST: filters in the query, one page at a time."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from hotline.carrier.rest import INVALID, Refused

USUAL_PAGE, LARGEST_PAGE = 50, 1000
PAGING = ("PageSize", "Page", "PageToken")
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "": lambda found, asked: bool(found == asked),
    "<": lambda found, asked: bool(found <= asked),
    ">": lambda found, asked: bool(found >= asked),
}

CarrierTime = datetime | None


def page(key: str, rows: Iterable[dict[str, Any]], request: Request) -> dict[str, Any]:
    """The list envelope around the rows of the page that was asked for."""
    found = list(rows)
    size = min(_whole_number(request, "PageSize", USUAL_PAGE, least=1), LARGEST_PAGE)
    number = _whole_number(request, "Page", 0, least=0)
    start, last = number * size, max((len(found) - 1) // size, 0)
    shown = found[start : start + size]

    def uri(at: int) -> str:
        rest = [pair for pair in request.query_params.multi_items() if pair[0] not in PAGING]
        return f"{request.url.path}?{urlencode([*rest, ('PageSize', size), ('Page', at)])}"

    return {
        key: shown,
        "page": number,
        "page_size": size,
        "start": start,
        "end": start + max(len(shown) - 1, 0),
        "uri": uri(number),
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1) if number < last else None,
        "previous_page_uri": uri(number - 1) if number > 0 else None,
    }


def _whole_number(request: Request, name: str, usual: int, *, least: int) -> int:
    given = request.query_params.get(name, str(usual))
    if not given.isdecimal() or int(given) < least:
        raise Refused(400, INVALID, f"{name} is invalid")
    return int(given)


def asked_for(request: Request, name: str, known: Sequence[str] = ()) -> str | None:
    """One filter of the query. Refused where its value is none of the known."""
    value = request.query_params.get(name)
    if value is not None and known and value not in known:
        raise Refused(400, INVALID, f"{name} is invalid")
    return value


def flag_asked_for(request: Request, name: str) -> bool | None:
    """One filter that is true or false."""
    value = asked_for(request, name, ("true", "false"))
    return None if value is None else value == "true"


def in_time(request: Request, name: str) -> Callable[[CarrierTime], bool]:
    """Whether a moment is at, before or after what the query says: `Name`, `Name<`, `Name>`.

    A day includes all of it. What has no such moment yet is in no answer to such a question.
    """
    asked = [
        (compare, _moment(request.query_params[f"{name}{sign}"], name))
        for sign, compare in COMPARISONS.items()
        if f"{name}{sign}" in request.query_params
    ]

    def fits(found: CarrierTime) -> bool:
        return all(found is not None and _compared(found, *one) for one in asked)

    return fits


def _compared(found: datetime, compare: Callable[[Any, Any], bool], asked: date) -> bool:
    if isinstance(asked, datetime):
        return compare(found.replace(microsecond=0), asked)
    return compare(found.astimezone(UTC).date(), asked)


def _moment(text: str, name: str) -> date:
    """A day, or a moment in ISO 8601."""
    try:
        if len(text) == len("2026-01-01"):
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(400, INVALID, f"{name} is invalid") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
