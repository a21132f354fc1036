"""Which station answers for a child: by word, by the record, by the place, by the line.

What a person said goes before what a number says, a nearer station before a further one. Whoever
asks takes the first that leads to somebody who can be rung.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import col, select

from hotline.records.places import place_in_record
from hotline.stations.divisions import is_within, upwards
from hotline.stations.queries import ANSWERS, find_station
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Station

SAID = ("flow", "counselor")  # of `Call.place_source`: somebody who knows


class WhyStation(StrEnum):
    """By what a station answers. In the timeline of its escalation."""

    CHOSEN = "chosen"  # by who raised the flag
    RECORD = "record"  # where the child is, as the record says
    PLACE = "place"  # where the caller is, as somebody said
    NUMBER = "number"  # about there the number is from
    LINE = "line"
    INTAKE = "intake"  # takes what comes from nobody knows where
    TOP = "top"


@dataclass(frozen=True, slots=True)
class CallerPlace:
    """The division where the caller is; empty: unknown. `is_said`: by somebody, not by a number."""

    division: str = ""
    is_said: bool = False


NOWHERE_KNOWN = CallerPlace()


@dataclass(frozen=True, slots=True)
class CandidateStation:
    """A station that could answer, and why it would."""

    station_id: str
    why: WhyStation


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """What is known of where a child is. `chosen`: a station, as somebody wrote it.

    `record`: the division in the record.
    """

    chosen: str = ""
    record: str = ""
    place: CallerPlace = NOWHERE_KNOWN


NOTHING_KNOWN = Whereabouts()


async def whereabouts_of(work: Work, call: Call, *, chosen: str = "") -> Whereabouts:
    """All that is known of a call."""
    return Whereabouts(
        chosen=chosen,
        record=await place_in_record(work, call.id),
        place=CallerPlace(call.place_code, is_said=call.place_source in SAID),
    )


def comes_before(own: str, place: CallerPlace) -> bool:
    """Whether the caller's place says more than where the line's own station is (`own`).

    What only a number says counts within the own station's area: a card is often sold elsewhere.
    An own station within the place is nearer than any that answers for all of it.
    """
    if own and is_within(own, place.division):
        return False
    return place.is_said or is_within(place.division, own)


async def candidates(
    work: Work, line_id: str, known: Whereabouts
) -> AsyncIterator[CandidateStation]:
    """In the order in which they come before one another."""
    if known.chosen and (chosen := await find_station(work, known.chosen)) is not None:
        yield CandidateStation(chosen.id, WhyStation.CHOSEN)
    own, division = await _own(work, line_id)
    in_record = CallerPlace(known.record, is_said=True)
    for place, why in ((in_record, WhyStation.RECORD), (known.place, _why(known.place))):
        if place.division and comes_before(division, place):
            near = await _station_for(work, place.division)
            if near is not None:
                yield CandidateStation(near, why)
    if own:
        yield CandidateStation(own, WhyStation.LINE)
    async for candidate in _without_a_place(work, known.place.division):
        yield candidate


def _why(place: CallerPlace) -> WhyStation:
    return WhyStation.PLACE if place.is_said else WhyStation.NUMBER


async def _own(work: Work, line_id: str) -> tuple[str, str]:
    """The line's station and its division; empty where it has none."""
    query = select(Station.id, Station.division).join(Line, col(Line.station_id) == Station.id)
    return (await work.exec(query.where(Line.id == line_id))).first() or ("", "")


async def _station_for(work: Work, division: str) -> str | None:
    """Of the town, else of its district, else of its city."""
    for place in upwards(division):
        here = select(Station).where(Station.division == place, *ANSWERS)
        found = _the_one((await work.exec(here)).all())
        if found is not None:
            return found
    return None


def _the_one(stations: Sequence[Station]) -> str | None:
    """Of several for one place the one that takes what comes in; else nobody can say which."""
    taking = [one.id for one in stations if one.intake] or [one.id for one in stations]
    return taking[0] if len(taking) == 1 else None


async def _without_a_place(work: Work, about: str) -> AsyncIterator[CandidateStation]:
    """Who takes what nobody else does: an intake, that of the number's area first; then the top."""
    intakes = (
        select(Station).where(col(Station.intake), *ANSWERS).order_by(Station.division, Station.id)
    )
    found = (await work.exec(intakes)).all()
    near = [one for one in found if about and is_within(about, one.division)]
    for one in [*reversed(near), *found]:
        yield CandidateStation(one.id, WhyStation.INTAKE)
    tops = select(Station.id).where(col(Station.parent_id).is_(None), *ANSWERS)
    top = (await work.exec(tops.order_by(Station.id).limit(1))).first()
    if top is not None:
        yield CandidateStation(top, WhyStation.TOP)
