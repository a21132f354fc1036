"""Who may do what to a referral: whoever may add to its case, and the receiver's own people."""

from hotline.cases.queries import require_case, standing_case
from hotline.errors import IllegalMove, NotFound
from hotline.referrals.handing import is_carried
from hotline.referrals.service import receiver_of
from hotline.staff.permissions import Permission, Relation, may
from hotline.staff.sign_in import SignedIn
from hotline.storage.erased import require_kept
from hotline.storage.session import Work
from hotline.storage.tables import Case, Referral

NOT_CARRIED = "The consent for this was withdrawn: nothing more is written down of it."


async def require_sender(
    work: Work, referral_id: str, who: SignedIn, wanted: Permission = Permission.ADD_TO_CASE
) -> Referral:
    """Whoever may add to the case. Raises `NotFound` for strangers, else `Forbidden`."""
    referral = await found_referral(work, referral_id)
    await require_case(work, referral.case_id, who, wanted)
    await _require_kept(work, referral)
    return referral


async def require_answerer(
    work: Work, referral_id: str, who: SignedIn, *, is_news: bool = True
) -> Referral:
    """An officer of the receiver; or whoever referred, for what it told on the telephone.

    Raises `IllegalMove` where nothing carries what it was told any more: no news of the child is
    taken then, whoever brings it. `is_news` False: that a place is full is none.
    """
    referral = await found_referral(work, referral_id)
    theirs = await is_receiver(work, referral, who)
    if not theirs:
        await require_case(work, referral.case_id, who, Permission.ADD_TO_CASE)
    if (theirs or is_news) and not await is_carried(work, referral):
        raise IllegalMove(NOT_CARRIED)
    await _require_kept(work, referral)
    return referral


async def _require_kept(work: Work, referral: Referral) -> None:
    """Of a case whose words were deleted no more are written. Raises `IllegalMove`."""
    require_kept(await work.get_one(Case, await standing_case(work, referral.case_id)))


async def require_receiver(work: Work, referral_id: str, who: SignedIn) -> Referral:
    """An officer of the receiver, and nobody else. Raises `NotFound`."""
    referral = await found_referral(work, referral_id)
    if not await is_receiver(work, referral, who):
        raise NotFound
    return referral


async def is_receiver(work: Work, referral: Referral, who: SignedIn) -> bool:
    """Whether it was sent to the station of this officer."""
    theirs = (await receiver_of(work, referral)).station
    mine = bool(theirs) and theirs == who.station_id
    return mine and may(who.roles, [Relation.STATION], Permission.ANSWER_REFERRAL)


async def found_referral(work: Work, referral_id: str) -> Referral:
    """Raises `NotFound`."""
    referral = await work.get(Referral, referral_id)
    if referral is None:
        raise NotFound
    return referral
