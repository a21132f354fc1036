"""What was done in a case, to take out of the house: as JSON and as pages to print.

Nothing of what was said is in it. Whoever takes it shows first that it is them; that they did is
in the timeline, and in the audit.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from hotline.cases.queries import require_case
from hotline.floor.case_export import CaseExport, CaseTaker, export_case
from hotline.i18n.catalog import ENGLISH, speaking
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.web.auth import gate, recently_confirmed
from hotline.web.case_pdf import case_pdf
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.rendering import language_of

router = APIRouter(prefix="/cases/{case_id}", tags=["cases"])


async def confirmed_case_exporter(
    who: Annotated[SignedIn, Depends(gate(Permission.EXPORT_CASE))], backend: BackendDep
) -> SignedIn:
    """Whoever may not do it at all is told so first."""
    return await recently_confirmed(who, backend)


ConfirmedCaseExporter = Annotated[SignedIn, Depends(confirmed_case_exporter)]


@router.get("/export.json")
async def export_json(
    request: Request,
    response: Response,
    backend: BackendDep,
    work: WorkDep,
    who: ConfirmedCaseExporter,
    case_id: str,
) -> CaseExport:
    """Every entry of the timeline, and the story. `lang`: in which language it is told."""
    with speaking(language_of(request)):
        export = await _taken(request, backend, work, who, (case_id, "json"))
    response.headers["Content-Disposition"] = _attached(export, "json")
    return export


@router.get(
    "/export.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "Pages of A4."}},
)
async def export_pdf(
    request: Request,
    backend: BackendDep,
    work: WorkDep,
    who: ConfirmedCaseExporter,
    case_id: str,
) -> Response:
    """The story, to print. `lang`: in which language it is told."""
    with speaking(language_of(request)):
        export = await _taken(request, backend, work, who, (case_id, "pdf"))
        pages = case_pdf(export)
    headers = {"Content-Disposition": _attached(export, "pdf")}
    return Response(pages, media_type="application/pdf", headers=headers)


async def _taken(
    request: Request, backend: Backend, work: Work, who: SignedIn, wanted: tuple[str, str]
) -> CaseExport:
    case_id, form = wanted
    await require_case(work, case_id, who, Permission.EXPORT_CASE)
    in_english = language_of(request) == ENGLISH
    taker = CaseTaker(who=who, form=form, at=backend.clock.now(), in_english=in_english)
    return await export_case(work, case_id, taker)


def _attached(export: CaseExport, form: str) -> str:
    return f'attachment; filename="case-{export.number}.{form}"'
