"""What fits a call, the best first. Reads only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from hotline.lines.hours import served_hours
from hotline.materials.near import Serves, serves
from hotline.storage.session import Work
from hotline.storage.tables import ReferralPlace, Script

DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class FittingScript:
    """A script, and whether it is meant for a call like this one."""

    script: Script
    fits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNow:
    """A place as it is at this moment, for this caller."""

    place: ReferralPlace
    serves: Serves
    is_open: bool

    @property
    def elsewhere(self) -> bool:
        """Whether it serves other districts than the caller's."""
        return self.serves is Serves.ELSEWHERE


async def scripts_for(
    work: Work, line_id: str, topics: Collection[str], *, in_danger: bool
) -> Sequence[FittingScript]:
    """Those of the line and of all lines. What is for danger stands first where there is danger."""
    query = select(Script).where(col(Script.active)).order_by(col(Script.position), col(Script.id))
    rows = (await work.exec(query)).all()
    ours = [script for script in rows if not script.lines or line_id in script.lines]
    found = [_fitting(script, topics, in_danger=in_danger) for script in ours]
    ranks = {one.script.id: _rank(one.script, topics, in_danger=in_danger) for one in found}
    return sorted(found, key=lambda one: ranks[one.script.id])


def _fitting(script: Script, topics: Collection[str], *, in_danger: bool) -> FittingScript:
    return FittingScript(script=script, fits=_rank(script, topics, in_danger=in_danger) < (1, 1))


def _rank(script: Script, topics: Collection[str], *, in_danger: bool) -> tuple[int, int]:
    meant_for_danger = in_danger and script.fits == DANGER
    about_it = not set(topics).isdisjoint(script.topics)
    return (0 if meant_for_danger else 1, 0 if about_it else 1)


async def places_for(work: Work, division: str, *, at: datetime) -> Sequence[PlaceNow]:
    """Those of the caller's district first, then of the city, the province, the country.

    Of those alike, who is open now goes before who is closed.
    """
    query = (
        select(ReferralPlace)
        .where(col(ReferralPlace.active))
        .order_by(col(ReferralPlace.position), col(ReferralPlace.id))
    )
    found = [_now(place, division, at=at) for place in (await work.exec(query)).all()]
    return sorted(found, key=lambda one: (one.serves, not one.is_open))


def _now(place: ReferralPlace, division: str, *, at: datetime) -> PlaceNow:
    hours = served_hours(place.hours, holidays=place.holidays)
    return PlaceNow(
        place=place, serves=serves(place.districts, division), is_open=hours.open_at(at)
    )
