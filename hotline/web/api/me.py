"""Myself: who I am, what I do now, and my softphone."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.callcontrol.offers import refuse_offer
from hotline.calls.model import OfferState
from hotline.calls.queries import danger_waiting
from hotline.errors import IllegalMove, NotFound, OfferGone
from hotline.records.unfinished import require_wrap_up_finished
from hotline.staff.model import PresenceState
from hotline.staff.permissions import Permission, Relation, require
from hotline.staff.presence import answer_danger, choose_presence
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Offer, Presence
from hotline.telephony.tokens import LONGEST, softphone_token
from hotline.web.auth import CallTaker, SignedInDep, Speaker
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

NOBODY_IN_DANGER = "Nobody in danger is waiting any more: your rest goes on."

router = APIRouter(tags=["me"], route_class=IdempotentRoute)


class PresenceOut(BaseModel):
    """What somebody is doing now, and since when."""

    state: PresenceState
    reason: str
    since: datetime
    call_id: str | None


class Me(BaseModel):
    """Who is asking."""

    username: str
    name: str
    roles: list[str]
    lines: list[str]
    station: str | None
    presence: PresenceOut | None


class BrowserKey(BaseModel):
    """`owner`: whose it is, so that a page sends nobody else's acts."""

    owner: str
    key: str


class PresenceIn(BaseModel):
    """What I do from now on. `for_danger`: ready for a child in danger, though a rest is due.

    `finish_later`: ready although the record of the last call lacks something; it is due then.
    """

    state: Literal["ready", "paused", "offline"]
    reason: str = Field(default="", max_length=40)
    for_danger: bool = False
    finish_later: bool = False


class Softphone(BaseModel):
    """How this browser rings: `demo` with the simulator's address, or `twilio` with a token.

    `edges`: where the carrier is reached, the first that answers; `codecs`: the best first.
    """

    kind: Literal["demo", "twilio", "none"]
    address: str
    url: str = ""
    token: str = ""
    token_lasts_s: int = 0
    edges: tuple[str, ...] = ()
    codecs: tuple[str, ...] = ()


@router.get("/me")
async def me(work: WorkDep, who: SignedInDep) -> Me:
    """Who I am."""
    presence = await work.get(Presence, who.staff_id)
    return Me(
        username=who.username,
        name=who.name,
        roles=list(who.roles),
        lines=list(who.lines),
        station=who.station_id,
        presence=_shown(presence) if presence else None,
    )


@router.put("/me/presence")
async def set_presence(
    backend: BackendDep, work: WorkDep, who: CallTaker, wanted: PresenceIn
) -> PresenceOut:
    """Ready, paused or gone. Refused in the middle of a call.

    409 with the names of what is `missing` for somebody who would be ready and has not finished the
    record. A pause is nobody's to refuse, and a child in danger waits for no record.
    """
    if wanted.for_danger:
        if not await danger_waiting(work, who.lines):
            raise IllegalMove(NOBODY_IN_DANGER)
        return _shown(await answer_danger(work, who.staff_id, at=backend.clock.now()))
    if wanted.state == "ready" and not wanted.finish_later:
        await require_wrap_up_finished(work, who.staff_id)
    now, state = backend.clock.now(), PresenceState(wanted.state)
    return _shown(await choose_presence(work, who.staff_id, state, at=now, reason=wanted.reason))


@router.get("/me/softphone")
async def softphone(backend: BackendDep, who: Speaker) -> Softphone:
    """What a browser needs to ring: a counselor's, and a supervisor's who comes into a talk."""
    settings, address = backend.settings, f"client:{who.username}"
    if settings.simulator_url:
        return Softphone(kind="demo", address=address, url=settings.simulator_url)
    if not settings.twilio_api_key_sid:
        return Softphone(kind="none", address=address)
    token = softphone_token(
        account_sid=settings.twilio_account_sid,
        api_key_sid=settings.twilio_api_key_sid,
        api_key_secret=settings.twilio_api_key_secret,
        identity=who.username,
        now=backend.clock.now(),
    )
    return Softphone(
        kind="twilio",
        address=address,
        token=token,
        token_lasts_s=int(LONGEST.total_seconds()),
        edges=settings.softphone_edges,
        codecs=settings.softphone_codecs,
    )


@router.post("/offers/{offer_id}/decline", status_code=204)
async def decline(backend: BackendDep, work: CommandWork, who: CallTaker, offer_id: str) -> None:
    """Not me, not now. The caller keeps the place."""
    offer = await _own_offer(work, offer_id, who)
    done = await refuse_offer(
        work,
        offer.call_id,
        offer.id,
        OfferState.DECLINED,
        at=backend.clock.now(),
        reason="declined",
    )
    if not done:
        raise OfferGone


async def _own_offer(work: Work, offer_id: str, who: SignedIn) -> Offer:
    offer = await work.get(Offer, offer_id)
    if offer is None:
        raise NotFound
    standing = {Relation.OWN} if offer.staff_id == who.staff_id else frozenset[Relation]()
    require(who.roles, standing, Permission.TAKE_CALLS, to_know=Permission.TAKE_CALLS)
    return offer


def _shown(presence: Presence) -> PresenceOut:
    return PresenceOut(
        state=PresenceState(presence.state),
        reason=presence.reason,
        since=presence.since,
        call_id=presence.call_id,
    )


@router.get("/me/browser-key")
async def browser_key(backend: BackendDep, who: SignedInDep) -> BrowserKey:
    """What this person's browser opens with what it kept for them. Nobody else is given it."""
    return BrowserKey(owner=who.staff_id, key=backend.vault.browser_key(who.staff_id))
