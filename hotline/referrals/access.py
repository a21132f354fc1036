"""Who may do what to a referral: whoever may add to its case, and the receiver's own people."""

from hotline.cases.queries import require_case
from hotline.errors import IllegalMove, NotFound
from hotline.referrals.handing import is_carried
from hotline.referrals.service import receiver_of
from hotline.staff.permissions import Permission, Relation, may
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Referral


async def require_sender(
    work: Work, referral_id: str, who: SignedIn, wanted: Permission = Permission.ADD_TO_CASE
) -> Referral:
    """Whoever may add to the case. Raises `NotFound` for strangers, else `Forbidden`."""
    referral = await found_referral(work, referral_id)
    await require_case(work, referral.case_id, who, wanted)
    return referral


async def require_answerer(work: Work, referral_id: str, who: SignedIn) -> Referral:
    """An officer of the receiver; or whoever referred, for what it told on the telephone.

    Raises `IllegalMove` for the receiver where nothing carries what it was told any more.
    """
    referral = await found_referral(work, referral_id)
    if not await is_receiver(work, referral, who):
        await require_case(work, referral.case_id, who, Permission.ADD_TO_CASE)
    elif not await is_carried(work, referral):
        raise IllegalMove
    return referral


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
