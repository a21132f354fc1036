"""Back from the identity provider: the one address to which it sends people.

It answers with a page that leads on by itself. A redirect would still count as coming from the
provider's site, and the session's cookie is not sent along with that.
"""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from hotline.errors import HotlineError, NoAccount, ProviderAway, ProviderRefused, TooBusy
from hotline.staff.half_way import Halfway
from hotline.staff.provider_sign_in import CameBack, Confirmed
from hotline.staff.sign_in import NewSession
from hotline.web.pages.rendering import render
from hotline.web.signing_in import (
    ProviderDoorDep,
    asked_by,
    session_given,
    signed_in_here,
    stopped_here,
    way_ended,
    way_kept,
)

BACK = "/sign-in/return"
LONGEST = 2000

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the page says. `onwards`: where it leads; `again`: they may begin anew."""

    heading: str
    words: str = ""
    onwards: str = ""
    again: bool = False
    confirmed: bool = False


CONFIRMED = Shown(
    heading="已确认是您本人", words="请回到原来的窗口，这个窗口可以关闭。", confirmed=True
)
AWAY = Shown(
    heading="单位账号的服务没有应答",
    words="没有登录，什么都没有丢失。请稍后再试；登录页上有密码一栏时，也可以用密码。",
    again=True,
)
NOBODY = Shown(
    heading="这里没有您的账号",
    words="单位账号认得您，但热线没有给您开通，或已停用。请找管理员。",
    again=True,
)
REFUSED = Shown(
    heading="没有登录成功",
    words="可能等得太久，或这一页已经用过，或您在单位账号那边取消了。请从头开始。",
    again=True,
)
FAULTS: dict[type[HotlineError], Shown] = {
    NoAccount: NOBODY,
    ProviderRefused: REFUSED,
    ProviderAway: AWAY,
    TooBusy: AWAY,
}


@router.get(BACK)
async def back(
    request: Request,
    door: ProviderDoorDep,
    state: str = "",
    code: str = "",
    iss: str = "",
    error: str = "",
) -> HTMLResponse:
    """Signed in, half way in, proved again, or told what to do now."""
    came = CameBack(
        code=code[:LONGEST],
        error=error[:LONGEST],
        state=state[:LONGEST],
        issuer=iss[:LONGEST],
        token=way_kept(request, state[:LONGEST]),
    )
    try:
        ended = await door.end(came, asked_by(request, "cookie"))
    except (ProviderRefused, ProviderAway, TooBusy) as fault:
        answer = _page(request, _shown_of(fault))
        answer.status_code = fault.status
    else:
        answer = _led_on(request, ended)
    if came.token:
        way_ended(request, came.state, answer)
    return answer


def _shown_of(fault: HotlineError) -> Shown:
    return next(shown for kind, shown in FAULTS.items() if isinstance(fault, kind))


def _led_on(request: Request, ended: NewSession | Halfway | Confirmed) -> HTMLResponse:
    if isinstance(ended, Confirmed):
        answer = _page(request, CONFIRMED)
        if ended.token is not None:
            session_given(request, ended.token, answer)
        return answer
    if isinstance(ended, Halfway):
        shown = Shown(heading="还差一步", onwards=f"/login#{ended.wants}")
        stopped_here(request, ended, answer := _page(request, shown))
        return answer
    onwards = "/account" if ended.told else "/"
    signed_in_here(
        request, ended, answer := _page(request, Shown(heading="已登录", onwards=onwards))
    )
    return answer


def _page(request: Request, shown: Shown) -> HTMLResponse:
    values = {name: getattr(shown, name) for name in Shown.__slots__}
    return render(request, "provider_return.html", values)
