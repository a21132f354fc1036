"""What was done about an escalation, to take out of the house: as JSON and as pages to print.

Nothing of what was said is in it. Whoever takes it shows first that it is them; that they did is
in the timeline, and in the audit.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from hotline.escalations.export import EscalationExport, WishedForm, export_escalation
from hotline.escalations.queries import require_escalation
from hotline.i18n.catalog import ENGLISH, speaking
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.web.auth import gate, recently_confirmed
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.escalation_pdf import pdf_of
from hotline.web.pages.rendering import language_of

router = APIRouter(prefix="/escalations", tags=["escalations"])


async def confirmed_exporter(
    who: Annotated[SignedIn, Depends(gate(Permission.EXPORT_ESCALATION))], backend: BackendDep
) -> SignedIn:
    """Whoever may not do it at all is told so first."""
    return await recently_confirmed(who, backend)


ConfirmedExporter = Annotated[SignedIn, Depends(confirmed_exporter)]


@router.get("/{escalation_id}/export.json")
async def export_json(
    request: Request,
    response: Response,
    backend: BackendDep,
    work: WorkDep,
    who: ConfirmedExporter,
    escalation_id: str,
) -> EscalationExport:
    """Every fact of the timeline and every ring. `lang`: in which language it is told."""
    wish = WishedForm("json", in_english=language_of(request) == ENGLISH)
    with speaking(language_of(request)):
        export = await _taken(backend, work, who, escalation_id, wish)
    response.headers["Content-Disposition"] = _attached(export, "json")
    return export


@router.get(
    "/{escalation_id}/export.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "Pages of A4."}},
)
async def export_pdf(
    request: Request,
    backend: BackendDep,
    work: WorkDep,
    who: ConfirmedExporter,
    escalation_id: str,
) -> Response:
    """The story and every ring, to print. `lang`: in which language it is told."""
    wish = WishedForm("pdf", in_english=language_of(request) == ENGLISH)
    with speaking(language_of(request)):
        export = await _taken(backend, work, who, escalation_id, wish)
        pages = pdf_of(export)
    headers = {"Content-Disposition": _attached(export, "pdf")}
    return Response(pages, media_type="application/pdf", headers=headers)


async def _taken(
    backend: Backend, work: Work, who: SignedIn, escalation_id: str, wish: WishedForm
) -> EscalationExport:
    exporting = Permission.EXPORT_ESCALATION
    await require_escalation(work, escalation_id, who, exporting, to_know=exporting)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    return await export_escalation(work, escalation_id, wish, by=actor, at=now)


def _attached(export: EscalationExport, form: str) -> str:
    return f'attachment; filename="escalation-{export.number}.{form}"'
