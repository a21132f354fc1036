"""A case's export as pages of A4: its head, and its story line by line."""

from hotline.floor.case_export import CaseExport
from hotline.i18n.catalog import _, moment
from hotline.i18n.words import label
from hotline.web.pdf_pages import PdfPages, taken_by

DAY_AND_TIME = "yyyy-MM-dd HH:mm"


def case_pdf(export: CaseExport) -> bytes:
    """In the present language."""
    pages = PdfPages(
        f"{_('个案')} {export.number}", taken_by(export.exported_by, export.exported_at)
    )
    for fact in _head(export):
        pages.text(fact)
    pages.heading(_("经过"))
    for line in export.story:
        pages.row(moment(line.at, "MM-dd HH:mm"), line.said)
    return pages.finished()


def _head(export: CaseExport) -> list[str]:
    state = label("case_state", export.state)
    result = f" · {label('case_result', export.result)}" if export.result else ""
    closed = f" · {_('结案')} {moment(export.closed_at, DAY_AND_TIME)}" if export.closed_at else ""
    return [
        f"{state}{result} · {label('case_opened_as', export.opened_as)} · {export.line}",
        f"{_('工作站')} {export.station or _('未知')} · {export.division or _('未知')}",
        f"{_('建立')} {moment(export.opened_at, DAY_AND_TIME)}{closed}",
    ]
