"""An escalation's export as pages of A4: its head, its story line by line, every ring."""

from hotline.escalations.export import EscalationExport
from hotline.escalations.story import outcome_of_words
from hotline.escalations.story_words import OUTCOMES, WAYS
from hotline.i18n.catalog import _, moment
from hotline.i18n.words import label
from hotline.web.pdf_pages import PdfPages, taken_by


def pdf_of(export: EscalationExport) -> bytes:
    """In the present language."""
    pages = PdfPages(
        f"{_('上报')} {export.number}", taken_by(export.exported_by, export.exported_at)
    )
    for fact in _head(export):
        pages.text(fact)
    pages.heading(_("经过"))
    for line in export.story:
        pages.row(line.when, line.said)
    pages.heading(_("每一次呼叫"))
    for ring in export.attempts:
        said = OUTCOMES[outcome_of_words(ring.state, ring.error, ring.channel)]
        by = _(WAYS[ring.channel]) if ring.channel in WAYS else ring.phone
        told = f"{ring.station} · {ring.contact} {by} · {_(said)}"
        pages.row(moment(ring.at, "MM-dd HH:mm:ss"), told)
    return pages.finished()


def _head(export: EscalationExport) -> list[str]:
    raised = moment(export.created_at, "yyyy-MM-dd HH:mm:ss")
    return [
        f"{label('risk', export.level)} · {label('escalation', export.state)} · {export.line}",
        f"{_('工作站')} {export.station} · {_('上报时间')} {raised}",
    ]
