"""Which place serves a caller: by the divisions of both, six digits each. Pure."""

from collections.abc import Iterable
from enum import IntEnum


class Serves(IntEnum):
    """How well a place fits where the caller is, the best first."""

    DISTRICT = 0
    CITY = 1
    PROVINCE = 2
    COUNTRY = 3
    PERHAPS = 4  # a district of the caller's city; or nobody knows where the caller is
    ELSEWHERE = 5


BY_DIGITS = {6: Serves.DISTRICT, 4: Serves.CITY, 2: Serves.PROVINCE}


def serves(districts: Iterable[str], caller: str) -> Serves:
    """`districts`: none means the whole country. `caller`: empty where nobody knows."""
    served = [_stem(code) for code in districts]
    if not served:
        return Serves.COUNTRY
    if not caller:
        return Serves.PERHAPS
    return min(_one(code, caller) for code in served)


def _one(served: str, caller: str) -> Serves:
    if caller.startswith(served):
        return BY_DIGITS[len(served)]
    return Serves.PERHAPS if served.startswith(_stem(caller)) else Serves.ELSEWHERE


def _stem(code: str) -> str:
    """Without the zeros that mean all of a city or province."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
