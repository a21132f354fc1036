"""The page behind a receiver's link: as `ack_links`, a page that acts by its forms.

It must work on any telephone, without scripts and without an account. What proves who acts is the
code that was sent apart, and then the proof that the opened page carries; no cookie counts here.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from hotline.errors import IllegalMove, Invalid
from hotline.lines.hours import SHANGHAI
from hotline.referrals.acts import (
    ReferralOutcome,
    accept,
    appoint,
    bring_result,
    decline,
    note_came,
    note_not_come,
)
from hotline.referrals.links import (
    OpenedLink,
    ReferralLinkState,
    ReferralLinkView,
    ask_for_code,
    look_at_referral,
    open_with_code,
    proven,
    shown_again,
)
from hotline.referrals.model import DeclineReason, ReferralProposal, ReferralResult
from hotline.storage.session import Work
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.ack_links import POLICY
from hotline.web.pages.referrals import answers_of
from hotline.web.pages.rendering import render

router = APIRouter(include_in_schema=False)

NOT_FOUND = 404
LONGEST_FIELD = 2000
CHOOSE = "Fill in what is asked, then send it again."
LinkFields = Mapping[str, str]
LinkChosen = TypeVar("LinkChosen", DeclineReason, ReferralResult, ReferralProposal)


@router.api_route("/f/{token}", methods=["GET", "HEAD"])
async def look(request: Request, token: str, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What it is about. Programs open what they find in messages: nothing happens."""
    return _page(request, await look_at_referral(work, token, at=backend.clock.now()))


@router.post("/f/{token}")
async def answer(request: Request, token: str, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """A code is asked for, or typed; or whoever opened it with one says something."""
    asked = parse_qs((await request.body()).decode("utf-8", "replace"))
    fields = {name: values[0][:LONGEST_FIELD] for name, values in asked.items()}
    at, vault, wish = backend.clock.now(), backend.vault, fields.get("wish", "")
    if wish == "code":
        return _page(request, await ask_for_code(work, token, at=at))
    if wish == "open":
        code = fields.get("code", "")
        return _page(request, await open_with_code(work, vault, token, code, at=at))
    proof = fields.get("proof", "")
    opened = await proven(work, vault, token, proof, at=at)
    act = ACTS.get(wish)
    if opened is None or act is None:
        return _page(request, await look_at_referral(work, token, at=at))
    refused, done = "", ""
    try:
        async with work.begin_nested():
            await act(work, opened, fields)
            done = wish
    except (IllegalMove, Invalid) as fault:
        refused = "late" if isinstance(fault, IllegalMove) else "invalid"
    seen = await shown_again(work, vault, token, proof, at=at)
    return _page(request, seen, refused=refused, done=done)


LinkAct = Callable[[Work, OpenedLink, LinkFields], Awaitable[Any]]


async def _accept(work: Work, opened: OpenedLink, fields: LinkFields) -> None:
    await accept(work, opened.act, opened.referral_id, _when(fields))


async def _appoint(work: Work, opened: OpenedLink, fields: LinkFields) -> None:
    await appoint(work, opened.act, opened.referral_id, _when(fields))


async def _decline(work: Work, opened: OpenedLink, fields: LinkFields) -> None:
    reason = _word(DeclineReason, fields, "code")
    await decline(work, opened.act, opened.referral_id, reason, fields.get("text", ""))


async def _came(work: Work, opened: OpenedLink, _fields: LinkFields) -> None:
    await note_came(work, opened.act, opened.referral_id)


async def _not_come(work: Work, opened: OpenedLink, _fields: LinkFields) -> None:
    await note_not_come(work, opened.act, opened.referral_id)


async def _result(work: Work, opened: OpenedLink, fields: LinkFields) -> None:
    outcome = ReferralOutcome(
        result=_word(ReferralResult, fields, "result"),
        words=fields.get("text", ""),
        proposal=_word(ReferralProposal, {"proposal": "nothing", **fields}, "proposal"),
    )
    await bring_result(work, opened.act, opened.referral_id, outcome)


ACTS: Mapping[str, LinkAct] = {
    "accept": _accept,
    "appoint": _appoint,
    "decline": _decline,
    "came": _came,
    "not_come": _not_come,
    "result": _result,
}


def _when(fields: LinkFields) -> datetime | None:
    """Of a field that shows the clocks here. Raises `Invalid`."""
    said = fields.get("appointment_at", "").strip()
    if not said:
        return None
    try:
        return datetime.fromisoformat(said).replace(tzinfo=SHANGHAI)
    except ValueError:
        raise Invalid(CHOOSE) from None


def _word(words: type[LinkChosen], fields: LinkFields, name: str) -> LinkChosen:
    try:
        return words(fields.get(name, ""))
    except ValueError:
        raise Invalid(CHOOSE) from None


def _page(
    request: Request, view: ReferralLinkView, *, refused: str = "", done: str = ""
) -> HTMLResponse:
    answers = answers_of(view.referral) if view.referral is not None else {}
    values = {"view": view, "refused": refused, "done": done, **answers}
    answer = render(request, "referral_link.html", values)
    answer.headers["Content-Security-Policy"] = POLICY  # there is nothing to run
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    if view.state is ReferralLinkState.UNKNOWN:
        answer.status_code = NOT_FOUND
    return answer
