"""The page in place of one that cannot be shown: what happened, what is safe, and a way home."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from hotline.web.pages.rendering import render


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is said. `again`: the same address may be there in a moment."""

    heading: str
    words: str
    again: bool = False


NOT_THERE = Refusal("没有这个页面", "地址可能写错了，或者内容已不在、不归您查看。")
NOT_YOURS = Refusal("您没有权限查看此页", "如果工作需要，请当班督导为您开通。")
AWAY = Refusal("数据库暂时没有应答", "什么都没有丢失，请稍后再试一次。来电仍在接听。", again=True)
FAILED = Refusal("这一页没有打开", "是我们这边出了问题，已经记下。请再试一次。", again=True)

KNOWN = {404: NOT_THERE, 405: NOT_THERE, 422: NOT_THERE, 403: NOT_YOURS, 503: AWAY}


def wants_page(request: Request) -> bool:
    """Whether a person opens this address, rather than a part of a page or other software."""
    accepted = "text/html" in request.headers.get("accept", "")
    part = "HX-Request" in request.headers or "/api/" in request.url.path
    return accepted and not part and request.method in ("GET", "HEAD")


def refusal_page(request: Request, status: int) -> HTMLResponse:
    """In the reader's language. Asks nothing of the database: that may be what is missing."""
    answer = render(request, "refusal.html", {"refusal": KNOWN.get(status, FAILED)})
    answer.status_code = status
    return answer
