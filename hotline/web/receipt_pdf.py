"""The receipt of a report as one page of A4."""

from hotline.i18n.catalog import CHINESE, _, moment
from hotline.i18n.words import label
from hotline.records.forms.reportable import CODES, DOCUMENT
from hotline.statutory.model import ReportKind
from hotline.statutory.receipts import ReportReceipt
from hotline.web.pdf_pages import PdfPages

WHEN = "yyyy-MM-dd HH:mm"


def pdf_of_receipt(receipt: ReportReceipt, language: str) -> bytes:
    """In the present language."""
    title = f"{_('报告回执')} {receipt.number}"
    pages = PdfPages(title, _("不含孩子和来电者的姓名、号码和谈话内容。"))
    for name, said in _rows(receipt, language):
        pages.row(name, said)
    return pages.finished()


def _rows(receipt: ReportReceipt, language: str) -> list[tuple[str, str]]:
    is_chinese = language == CHINESE
    rows = [
        (_("热线"), receipt.line_name if is_chinese else receipt.line_name_en),
        *((_("情形"), code_words(receipt.kind, code, language)) for code in receipt.codes),
        (_("发现时间"), moment(receipt.opened_at, WHEN)),
        (_("报告时间"), moment(receipt.reported_at, WHEN)),
        (_("报告给"), label("report_agency", receipt.agency)),
        (_("方式"), label("report_how", receipt.how)),
        (_("接报人或窗口"), receipt.person),
        (_("对方回执号"), receipt.receipt or _("未知")),
        (_("报告人身份"), label("role", receipt.role)),
        (_("打印时间"), moment(receipt.printed_at, WHEN)),
    ]
    if receipt.kind == ReportKind.MANDATORY:
        rows.append((_("依据"), DOCUMENT["source"][language]))
    return rows


def code_words(kind: str, code: str, language: str) -> str:
    """A situation as the law's list says it, or an event."""
    if kind == ReportKind.EMERGENCY:
        return label("event_kind", code)
    return CODES[code][language] if code in CODES else code
