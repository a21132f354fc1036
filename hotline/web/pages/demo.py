"""The guided page of the demo: phone, desk, floor and station side by side."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from hotline.errors import NotFound
from hotline.telephony.numbers import masked
from hotline.web.deps import BackendDep
from hotline.web.pages.rendering import render

router = APIRouter(include_in_schema=False)

PASSWORD = "hotline-demo"  # noqa: S105 – of the training accounts, printed by the demo itself
CHILD, DUTY_PHONE, DUTY_PIN = "15400000001", "02000000202", "1232"


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
        "pin": DUTY_PIN,
        "password": PASSWORD,
        "seats": {"desk": "li", "floor": "he", "station": "tianhe"},
    }
    return render(request, "demo.html", values)
