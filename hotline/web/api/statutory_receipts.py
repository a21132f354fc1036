"""The receipt of a report, to print. Whoever takes it shows first that it is them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from hotline.i18n.catalog import speaking
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.statutory.queries import require_report
from hotline.statutory.receipts import take_receipt
from hotline.web.auth import gate, recently_confirmed
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.rendering import language_of
from hotline.web.receipt_pdf import pdf_of_receipt

router = APIRouter(prefix="/statutory", tags=["statutory"])


async def confirmed_reporter(
    who: Annotated[SignedIn, Depends(gate(Permission.MAKE_REPORT))], backend: BackendDep
) -> SignedIn:
    """Whoever may not do it at all is told so first."""
    return await recently_confirmed(who, backend)


ConfirmedReporter = Annotated[SignedIn, Depends(confirmed_reporter)]


@router.get(
    "/{report_id}/receipt.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}, "description": "A page of A4."}},
)
async def receipt_pdf(
    request: Request, backend: BackendDep, work: WorkDep, who: ConfirmedReporter, report_id: str
) -> Response:
    """That it was reported, to whom and when. `lang`: in which language it is told."""
    await require_report(work, report_id, who)
    by, at = Actor.of_staff(who.staff_id), backend.clock.now()
    receipt = await take_receipt(work, backend.vault, report_id, by=by, at=at)
    language = language_of(request)
    with speaking(language):
        page = pdf_of_receipt(receipt, language)
    attached = f'attachment; filename="report-{receipt.number}.pdf"'
    return Response(page, media_type="application/pdf", headers={"Content-Disposition": attached})
