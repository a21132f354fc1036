"""Whose number a call of the carrier's list came from: read as that of a call that rings."""

from collections.abc import Collection

from hotline.callers.where import PlaceSource, division_of
from hotline.numbers import OF_A_PERSON, as_dialled
from hotline.ports import ListedCall, WhoseNumber
from hotline.telephony.origin import read_origin


def whose_number(one: ListedCall, ours: Collection[str]) -> WhoseNumber:
    """Withheld and malformed are said as such; a person's number says about where they are."""
    fields = {"ForwardedFrom": one.forwarded_from} if one.forwarded_from else {}
    origin = read_origin(one.from_, fields, is_ours=lambda number: as_dialled(number) in ours)
    of_a_person = origin.kind in OF_A_PERSON and origin.number
    return WhoseNumber(
        kind=origin.kind,
        raw=origin.raw,
        number=origin.number or "",
        place_code=division_of(of_a_person) if of_a_person else "",
        place_source=PlaceSource.NUMBER if of_a_person else "",
    )
