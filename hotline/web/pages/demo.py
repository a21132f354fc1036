"""The guided page of the demo: phone, desk, floor and station side by side."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import select

from hotline.errors import NotFound
from hotline.i18n.catalog import CHINESE
from hotline.lines.numbers import NO_LINE
from hotline.numbers import as_people_dial, masked
from hotline.staff.training import PASSWORD, PINS
from hotline.storage.session import Work
from hotline.storage.tables import Line
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.rendering import language_of, render

router = APIRouter(include_in_schema=False)

CHILD, DUTY_PHONE = "15400000001", "02000000202"


@router.get("/demo")
async def demo(request: Request, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """Only where the demo runs."""
    if not backend.settings.demo:
        raise NotFound
    values = {
        "numbers": await _numbers(work, chinese=language_of(request) == CHINESE),
        "carrier": backend.settings.simulator_url,
        "child": CHILD,
        "masked_child": masked(CHILD),
        "duty_phone": DUTY_PHONE,
        "pin": PINS[DUTY_PHONE],
        "password": PASSWORD,
        "seats": {"desk": "li", "floor": "he", "station": "tianhe"},
    }
    return render(request, "demo.html", values)


async def _numbers(work: Work, *, chinese: bool) -> list[tuple[str, str]]:
    """Which number does what: what a phone dials, and the line that answers."""
    query = select(Line).where(Line.id != NO_LINE)
    numbers = [
        (as_people_dial(line.number_shown), line.name if chinese else line.name_en)
        for line in (await work.exec(query)).all()
    ]
    return sorted(numbers, key=lambda one: (len(one[0]), one[0]))  # short numbers first
