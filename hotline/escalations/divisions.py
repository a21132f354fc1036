"""Codes of administrative divisions: two digits each for province, city and district, then towns.

Pure. 440106 lies in 440100, and that in 440000; 441900003 is a town of a city without districts.
"""

DISTRICT_DIGITS = 6


def covering(division: str) -> tuple[str, ...]:
    """The division itself and those around it, the nearest first. Of none: none."""
    district = division[:DISTRICT_DIGITS]
    if len(district) < DISTRICT_DIGITS:
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
    return len(division) >= DISTRICT_DIGITS and not division[DISTRICT_DIGITS:].strip("0")
