"""Errors on their way out: problem+json to machines, a plain sentence to people."""

from collections.abc import Mapping

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from hotline.errors import HotlineError, NotSignedIn

log = structlog.get_logger()

PROBLEM = "application/problem+json"
UNEXPECTED = "Something went wrong on our side. Nothing was lost; please try again."


def problem(
    status: int,
    detail: str,
    *,
    kind: str = "about:blank",
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An RFC 9457 body. `detail` is a sentence that a person may read."""
    body = {"type": kind, "status": status, "title": detail, "detail": detail}
    return JSONResponse(body, status_code=status, media_type=PROBLEM, headers=headers)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and "/api/" not in request.url.path


async def on_hotline_error(request: Request, fault: Exception) -> Response:
    """One of ours: its status, its sentence."""
    assert isinstance(fault, HotlineError)  # noqa: S101 – registered for this class only
    if isinstance(fault, NotSignedIn) and _wants_page(request):
        return RedirectResponse(f"{request.scope.get('root_path', '')}/login", status_code=303)
    return problem(fault.status, fault.public, kind=type(fault).__name__)


async def on_invalid_request(_request: Request, fault: Exception) -> Response:
    """A body that does not fit. The fields are named, their values are not repeated."""
    assert isinstance(fault, RequestValidationError)  # noqa: S101 – as above
    fields = ", ".join(
        f"{'.'.join(str(part) for part in error['loc'][1:])}: {error['msg']}"
        for error in fault.errors()
    )
    return problem(422, f"The request does not fit: {fields}.", kind="Invalid")


async def on_http_error(_request: Request, fault: Exception) -> Response:
    """What the framework refuses: unknown address, wrong method."""
    assert isinstance(fault, HTTPException)  # noqa: S101 – as above
    return problem(fault.status_code, str(fault.detail))


async def on_unexpected(request: Request, fault: Exception) -> Response:
    """A fault of ours: logged with its kind and place, never shown."""
    log.error("web.failed", path=request.url.path, error=type(fault).__name__, exc_info=fault)
    return problem(500, UNEXPECTED)


def install_error_handlers(app: FastAPI) -> None:
    """Hang the handlers on the application."""
    app.add_exception_handler(HotlineError, on_hotline_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(Exception, on_unexpected)
