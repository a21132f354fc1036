"""What the case's timeline tells of a referral: ids, codes and the name of a place."""

from datetime import datetime
from typing import Any

from hotline.cases.queries import standing_case
from hotline.cases.timeline import CaseAct, tell, tell_in_words
from hotline.storage.session import Work
from hotline.storage.tables import Referral, ReferralPlace


async def tell_of(
    work: Work, act: CaseAct, referral: Referral, kind: str, words: str = "", **facts: Any
) -> None:
    """Somebody did something. In the story of the case that stands by now."""
    about = await _about(work, referral)
    case_id = await standing_case(work, referral.case_id)
    tell_in_words(work, act, case_id, kind, words, **about, **facts)


async def tell_unasked(
    work: Work, referral: Referral, kind: str, *, at: datetime, **facts: Any
) -> None:
    """Nobody did it: time passed, or a carrier said something."""
    about = await _about(work, referral)
    tell(work, await standing_case(work, referral.case_id), kind, at=at, **about, **facts)


async def _about(work: Work, referral: Referral) -> dict[str, Any]:
    work.announce("referral", referral.id)
    place = await work.get_one(ReferralPlace, referral.place_id)
    return {"referral": referral.id, "receiver": place.name["zh"]}
