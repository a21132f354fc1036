"""What a browser keeps for the time in which nothing answers: a page, and who brings it."""

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse

from hotline.web.pages.rendering import STATIC, render

router = APIRouter(include_in_schema=False)


@router.get("/away")
async def away(request: Request) -> HTMLResponse:
    """Says what is so and tries again. Asks for no log-in, and holds nothing of anybody."""
    return render(request, "away.html", {})


@router.get("/away-worker.js")
async def away_worker() -> FileResponse:
    """Among the pages and not the files: it may stand only before what lies beside it."""
    headers = {"Cache-Control": "no-cache"}
    return FileResponse(STATIC / "away_worker.js", media_type="text/javascript", headers=headers)
