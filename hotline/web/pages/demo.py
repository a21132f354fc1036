"""The guided page of the demo: phone, desk, floor and station side by side."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from hotline.errors import NotFound
from hotline.numbers import masked
from hotline.staff.training import PASSWORD, PINS
from hotline.web.deps import BackendDep
from hotline.web.pages.rendering import render

router = APIRouter(include_in_schema=False)

CHILD, DUTY_PHONE = "15400000001", "02000000202"


@router.get("/demo")
async def demo(request: Request, backend: BackendDep) -> HTMLResponse:
    """Only where the demo runs."""
    if not backend.settings.demo:
        raise NotFound
    values = {
        "carrier": backend.settings.simulator_url,
        "child": CHILD,
        "masked_child": masked(CHILD),
        "duty_phone": DUTY_PHONE,
        "pin": PINS[DUTY_PHONE],
        "password": PASSWORD,
        "seats": {"desk": "li", "floor": "he", "station": "tianhe"},
    }
    return render(request, "demo.html", values)
