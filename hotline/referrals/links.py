"""The page behind a receiver's link: what it shows to whom, and what may be done there.

A look changes nothing, however often and by whom: programs open what they find in messages. The
link alone shows a number and how soon; the code, sent apart, opens the rest once; what was opened
so acts by a proof of its own for half an hour. No cookie counts, and no account.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import select

from hotline.cases.queries import standing_case
from hotline.cases.timeline import CaseAct
from hotline.referrals.codes import is_code, is_proof, make_proof
from hotline.referrals.handing import Handed, is_carried, open_document
from hotline.referrals.letters import send_code
from hotline.referrals.model import WITH_RECEIVER, ReferralState
from hotline.referrals.service import lock_referral, receiver_of
from hotline.referrals.telling import tell_of
from hotline.staff.actor import Actor
from hotline.staff.tokens import hash_of
from hotline.storage.session import Work
from hotline.storage.tables import Case, Line, Referral, ReferralLink
from hotline.storage.vault import Vault

WRONG_CODES = 5
CODES_AN_HOUR = 5
AN_HOUR = timedelta(hours=1)


class ReferralLinkState(StrEnum):
    """What a link is worth now."""

    FRESH = "fresh"
    CODE_SENT = "code_sent"
    WRONG_CODE = "wrong_code"
    TOO_MANY = "too_many"  # codes, within the hour
    NO_PHONE = "no_phone"  # nobody wrote down where codes go
    OPENED = "opened"
    ENDED = "ended"
    EXPIRED = "expired"
    LOCKED = "locked"
    UNKNOWN = "unknown"


ASKS = frozenset(
    {
        ReferralLinkState.FRESH,
        ReferralLinkState.CODE_SENT,
        ReferralLinkState.WRONG_CODE,
        ReferralLinkState.TOO_MANY,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralLinkView:
    """All that a link shows. `handed`, `proof` and below: only once it was opened with the code."""

    state: ReferralLinkState
    number: str = ""
    urgency: str = ""
    line_name: str = ""
    line_name_en: str = ""
    phone: str = ""
    answer_by: datetime | None = None
    proof: str = ""
    referral: Referral | None = None
    handed: Sequence[Handed] = field(default=(), repr=False)


NOTHING = ReferralLinkView(state=ReferralLinkState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLink:
    """A link that was opened with its code, held; and who acts through it."""

    referral_id: str
    act: CaseAct


async def look_at_referral(work: Work, token: str, *, at: datetime) -> ReferralLinkView:
    """What it shows to anybody who has it. Changes nothing."""
    link = await work.get(ReferralLink, hash_of(token))
    if link is None:
        return NOTHING
    return await _view(work, link, at=at)


async def ask_for_code(work: Work, token: str, *, at: datetime) -> ReferralLinkView:
    """Send a code to the receiver's telephone, not too often."""
    link = await _lock(work, token)
    if link is None:
        return NOTHING
    seen = await _view(work, link, at=at)
    if seen.state not in ASKS:
        return seen
    referral = await work.get_one(Referral, link.referral_id)
    receiver = await receiver_of(work, referral)
    if not receiver.code_to:
        return replace(seen, state=ReferralLinkState.NO_PHONE)
    if not _may_ask_again(link, at=at):
        return replace(seen, state=ReferralLinkState.TOO_MANY)
    link.codes, link.codes_since = link.codes + 1, link.codes_since or at
    await send_code(work, referral, receiver, link, at=at)
    return replace(seen, state=ReferralLinkState.CODE_SENT)


def _may_ask_again(link: ReferralLink, *, at: datetime) -> bool:
    """An hour after the first of some, they are counted anew."""
    if link.codes_since is not None and at - link.codes_since >= AN_HOUR:
        link.codes, link.codes_since = 0, None
    return link.codes < CODES_AN_HOUR


async def open_with_code(
    work: Work, vault: Vault, token: str, code: str, *, at: datetime
) -> ReferralLinkView:
    """Show it to whoever has the code, which is worth nothing afterwards. Leaves a trace."""
    link = await _lock(work, token)
    if link is None:
        return NOTHING
    seen = await _view(work, link, at=at)
    if seen.state not in ASKS or not code.strip():  # nothing typed is no try
        return seen
    if not is_code(vault, link, code, at=at):
        link.wrong += 1
        link.locked = link.wrong >= WRONG_CODES
        wrong = ReferralLinkState.LOCKED if link.locked else ReferralLinkState.WRONG_CODE
        return replace(seen, state=wrong)
    link.code_hash, link.code_until, link.wrong = "", None, 0
    proof = make_proof(link, at=at)
    referral = await work.get_one(Referral, link.referral_id)
    act = _act_of(vault, referral, at)
    await tell_of(work, act, referral, "referral.read", handed_kinds=referral.kinds)
    return await _opened(work, vault, seen, link, proof)


async def proven(
    work: Work, vault: Vault, token: str, proof: str, *, at: datetime
) -> OpenedLink | None:
    """Whoever acts on a page that was opened with a code; None where it was not, or is over."""
    link = await _lock(work, token)
    if link is None or not is_proof(link, proof, at=at):
        return None
    if (await _view(work, link, at=at)).state not in ASKS:
        return None
    referral = await work.get_one(Referral, link.referral_id)
    return OpenedLink(referral_id=referral.id, act=_act_of(vault, referral, at))


async def shown_again(
    work: Work, vault: Vault, token: str, proof: str, *, at: datetime
) -> ReferralLinkView:
    """The page after an act. What is over by now shows nothing of the child any more."""
    link = await work.get(ReferralLink, hash_of(token))
    if link is None:
        return NOTHING
    seen = await _view(work, link, at=at)
    if seen.state not in ASKS or not is_proof(link, proof, at=at):
        return seen
    return await _opened(work, vault, seen, link, proof)


def _act_of(vault: Vault, referral: Referral, at: datetime) -> CaseAct:
    return CaseAct(vault=vault, by=Actor.of_receiver(referral.place_id), at=at)


async def _opened(
    work: Work, vault: Vault, seen: ReferralLinkView, link: ReferralLink, proof: str
) -> ReferralLinkView:
    referral = await work.get_one(Referral, link.referral_id)
    return replace(
        seen,
        state=ReferralLinkState.OPENED,
        proof=proof,
        referral=referral,
        handed=open_document(vault, referral),
    )


async def _lock(work: Work, token: str) -> ReferralLink | None:
    """Its referral first, as everywhere."""
    kept = await work.get(ReferralLink, hash_of(token))
    if kept is None:
        return None
    await lock_referral(work, kept.referral_id)
    query = select(ReferralLink).where(ReferralLink.hash == kept.hash).with_for_update()
    return (await work.exec(query.execution_options(populate_existing=True))).one_or_none()


async def _view(work: Work, link: ReferralLink, *, at: datetime) -> ReferralLinkView:
    referral = await work.get_one(Referral, link.referral_id)
    case = await work.get_one(Case, await standing_case(work, referral.case_id))
    line = await work.get_one(Line, case.line_id)
    waits = referral.state == ReferralState.SENT
    return ReferralLinkView(
        state=await _state(work, link, referral, at=at),
        number=case.number,
        urgency=referral.urgency,
        line_name=line.name,
        line_name_en=line.name_en,
        phone=line.number_shown,
        answer_by=referral.promised_at if waits else None,
    )


async def _state(
    work: Work, link: ReferralLink, referral: Referral, *, at: datetime
) -> ReferralLinkState:
    """The first that holds says most about what to do."""
    if referral.state not in WITH_RECEIVER or not await is_carried(work, referral):
        return ReferralLinkState.ENDED
    if link.expires_at <= at:
        return ReferralLinkState.EXPIRED
    if link.locked:
        return ReferralLinkState.LOCKED
    asked = link.code_until is not None and at < link.code_until
    return ReferralLinkState.CODE_SENT if asked else ReferralLinkState.FRESH
