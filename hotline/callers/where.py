"""Where a caller is, as far as it can be told: a division of the country.

A landline's area code says the city. A mobile says where its card was sold, so it is shown as
"about" and may be put right by whoever talks with the caller. Nobody is asked for it where the
line does not want it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache

from phone import Phone
from sqlmodel import col, func, select

from hotline.callers.area_codes import AREA_CODES
from hotline.calls.model import Direction
from hotline.calls.service import add_call_entry
from hotline.numbers import CHINA, city_of
from hotline.stations.divisions import codes_named, division_name, find_division, padded
from hotline.storage.session import Work
from hotline.storage.tables import Call


class PlaceSource(StrEnum):
    """Who says where the caller is. Of a number it is about there."""

    NUMBER = "number"
    FLOW = "flow"
    COUNSELOR = "counselor"


# ── from a number ───────────────────────────────────────────────────────────────────────────────


def division_of(number: str) -> str:
    """About where a normalised number is from; empty where nobody knows."""
    if not number.startswith(f"+{CHINA}"):
        return ""
    city = city_of(number)
    if city is not None:
        return padded(AREA_CODES.get(city, ""))
    return _division_of_mobile(number.removeprefix(f"+{CHINA}"))


@cache
def _segments() -> Phone:
    """Read once: some megabytes."""
    return Phone()


def _division_of_mobile(national: str) -> str:
    found = _segments().find(national) if len(national) == 11 else None  # noqa: PLR2004 – a mobile's
    if not found:
        return ""
    in_city: Sequence[str] = codes_named(found["city"])
    provinces = {code[:2] for code in codes_named(found["province"])}
    return next((code for code in in_city if code[:2] in provinces and code[4:] == "00"), "")


# ── of a call ───────────────────────────────────────────────────────────────────────────────────


async def note_place(work: Work, call: Call, text: str, *, at: datetime, by: str) -> None:
    """The counselor knows where the caller, whose row is held, is; empty: not at all after all."""
    call.place_code = find_division(text) if text.strip() else ""
    call.place_source = PlaceSource.COUNSELOR
    add_call_entry(work, call, "caller.place_noted", at=at, staff_id=by)


async def calls_by_place(
    work: Work, lines: Collection[str], *, since: datetime
) -> list[tuple[str, int]]:
    """How many calls came from where, the most first; the name is empty where nobody knows."""
    query = (
        select(Call.place_code, func.count())
        .where(col(Call.line_id).in_(lines), Call.direction == Direction.IN)
        .where(col(Call.arrived_at) >= since)
        .group_by(col(Call.place_code))
        .order_by(func.count().desc(), col(Call.place_code))
    )
    return [(division_name(code), count) for code, count in (await work.exec(query)).all()]
