"""Errors on their way out: problem+json to machines, a plain sentence to people."""

from collections.abc import Mapping
from types import MappingProxyType

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Scope

from hotline.errors import (
    CaseRefused,
    DatabaseAway,
    HotlineError,
    MayBeStored,
    NotSignedIn,
    NotStored,
)
from hotline.i18n.catalog import speaking
from hotline.i18n.words import label
from hotline.storage.session import Work
from hotline.web.addresses import path_for_log
from hotline.web.pages.refusal import refusal_page, wants_page
from hotline.web.pages.rendering import language_of

log = structlog.get_logger()

PROBLEM = "application/problem+json"
NOTHING_MORE: Mapping[str, object] = MappingProxyType({})
UNEXPECTED = "Something went wrong on our side, and nothing was stored. Please try again."
MAYBE = "Something went wrong on our side. It may be stored or not: look, then try again."
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def problem(
    status: int,
    detail: str,
    *,
    kind: str = "about:blank",
    facts: Mapping[str, object] = NOTHING_MORE,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An RFC 9457 body. `detail` is a sentence that a person may read."""
    body = {**facts, "type": kind, "status": status, "title": detail, "detail": detail}
    return JSONResponse(body, status_code=status, media_type=PROBLEM, headers=headers)


def refused(
    request: Request,
    status: int,
    detail: str,
    *,
    kind: str = "about:blank",
    facts: Mapping[str, object] = NOTHING_MORE,
) -> Response:
    """A page to somebody who opens one, the problem to everything else."""
    if wants_page(request):
        return refusal_page(request, status)
    return problem(status, detail, kind=kind, facts=facts)


async def on_hotline_error(request: Request, fault: Exception) -> Response:
    """One of ours: its status, its sentence."""
    assert isinstance(fault, HotlineError)  # noqa: S101 – registered for this class only
    if isinstance(fault, NotSignedIn) and wants_page(request):
        return RedirectResponse(f"{request.scope.get('root_path', '')}/login", status_code=303)
    if isinstance(fault, NotStored) and request.method in READING:
        fault = DatabaseAway()
    kind = type(fault).__name__
    facts = {**fault.facts, **_said(request, fault)}
    return refused(request, fault.status, fault.public, kind=kind, facts=facts)


def _said(request: Request, fault: HotlineError) -> Mapping[str, object]:
    """The sentence for our own pages in the reader's language, where words of ours have one."""
    if not isinstance(fault, CaseRefused):
        return NOTHING_MORE
    with speaking(language_of(request)):
        return {"said": label("case_refused", str(fault.facts["reason"]))}


def no_answer(scope: Scope) -> Response:
    """What is said in place of an answer that did not come in time. It says no more than is so."""
    fault = _away(scope)
    log.error("web.no_answer_in_time", path=path_for_log(scope["path"]))
    return refused(Request(scope), fault.status, fault.public, kind=type(fault).__name__)


def _away(scope: Scope) -> DatabaseAway:
    if scope["method"] in READING:
        return DatabaseAway()
    work: Work | None = scope.get("state", {}).get("work")
    return MayBeStored() if work is not None and work.committing else NotStored()


async def on_invalid_request(request: Request, fault: Exception) -> Response:
    """A body that does not fit. The fields are named, their values are not repeated."""
    assert isinstance(fault, RequestValidationError)  # noqa: S101 – as above
    fields = ", ".join(
        f"{'.'.join(str(part) for part in error['loc'][1:])}: {error['msg']}"
        for error in fault.errors()
    )
    return refused(request, 422, f"The request does not fit: {fields}.", kind="Invalid")


async def on_http_error(request: Request, fault: Exception) -> Response:
    """What the framework refuses: unknown address, wrong method."""
    assert isinstance(fault, HTTPException)  # noqa: S101 – as above
    return refused(request, fault.status_code, str(fault.detail))


async def on_unexpected(request: Request, fault: Exception) -> Response:
    """A fault of ours: logged with its kind and place, never shown."""
    path = path_for_log(request.url.path)
    log.error("web.failed", path=path, error=type(fault).__name__, exc_info=fault)
    stored = isinstance(_away(request.scope), MayBeStored)
    return refused(request, 500, MAYBE if stored else UNEXPECTED)


def install_error_handlers(app: FastAPI) -> None:
    """Hang the handlers on the application."""
    app.add_exception_handler(HotlineError, on_hotline_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_unexpected)
