"""The directory of places that somebody can be referred to: which fit, and which are stale."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import col, func, select

from hotline.materials.near import Serves
from hotline.materials.queries import PlaceNow, places_for
from hotline.materials.receivers import ReferralReceiver
from hotline.referrals.queries import WAS_ASKED
from hotline.storage.session import Work
from hotline.storage.tables import Referral

VERIFIED_FOR = timedelta(days=180)  # a placeholder: nothing in the research gives a number a life
FITTING = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWanted:
    """Which places. Empty: all."""

    division: str = ""
    kind: str = ""
    need: str = ""
    open_now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryPlace:
    """A place as it is now; `receiver`: what it takes, None where it takes no referrals.

    `asked`, `answered`: to how many referrals it had to say something, and to how many it did.
    """

    now: PlaceNow
    receiver: ReferralReceiver | None
    asked: int
    answered: int
    verified_on: date | None
    is_verified: bool

    @property
    def never_answers(self) -> bool:
        """Whether it was asked and has never said anything."""
        return self.asked > 0 and self.answered == 0

    @property
    def is_stale(self) -> bool:
        """Whether somebody should ring there before the next child is sent."""
        return self.never_answers or not self.is_verified


async def directory(work: Work, wanted: PlaceWanted, *, at: datetime) -> list[DirectoryPlace]:
    """Those of the district first, as `materials.places_for` orders them."""
    counts = await _counts(work)
    found = [
        _seen(one, counts.get(one.place.id, (0, 0)), at=at)
        for one in await places_for(work, wanted.division, at=at)
    ]
    return [one for one in found if _fits(one, wanted)]


def fitting(found: Iterable[DirectoryPlace], *, but: str) -> list[DirectoryPlace]:
    """Where somebody could go instead: those that take referrals and serve the place."""
    near = [one for one in found if one.now.serves is not Serves.ELSEWHERE and one.receiver]
    return [one for one in near if one.now.place.id != but][:FITTING]


def _seen(one: PlaceNow, counted: tuple[int, int], *, at: datetime) -> DirectoryPlace:
    verified = one.place.verified_on
    return DirectoryPlace(
        now=one,
        receiver=ReferralReceiver.read(one.place.receives),
        asked=counted[0],
        answered=counted[1],
        verified_on=verified,
        is_verified=verified is not None and at.date() - verified <= VERIFIED_FOR,
    )


def _fits(one: DirectoryPlace, wanted: PlaceWanted) -> bool:
    if wanted.kind and wanted.kind not in one.now.place.kinds:
        return False
    if wanted.open_now and not one.now.is_open:
        return False
    takes = one.receiver.takes if one.receiver is not None else ()
    return not wanted.need or wanted.need in takes


async def _counts(work: Work) -> Mapping[str, tuple[int, int]]:
    """How many each was sent, and said anything to."""
    query = (
        select(Referral.place_id, func.count(), func.count(col(Referral.answered_at)))
        .where(WAS_ASKED)
        .group_by(col(Referral.place_id))
    )
    return {place: (asked, answered) for place, asked, answered in (await work.exec(query)).all()}
