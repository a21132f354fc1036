"""An escalation's export as pages of A4: its head, its story line by line, every ring.

The Chinese font is one that viewers and printers bring (STSong-Light, GBK): none is embedded.
"""

from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from hotline.escalations.export import EscalationExport
from hotline.escalations.story import outcome_of_words
from hotline.escalations.story_words import OUTCOMES, WAYS
from hotline.i18n.catalog import _, moment
from hotline.i18n.words import label

FONT = "STSong-Light"
WIDTH, HEIGHT = A4
MARGIN, INDENT = 56, 104
BODY, SMALL, TITLE = 10.5, 9, 16
LEADING = 1.6

pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def pdf_of(export: EscalationExport) -> bytes:
    """In the present language."""
    kept = BytesIO()
    canvas = Canvas(kept, pagesize=A4, invariant=True)
    canvas.setTitle(f"{_('上报')} {export.number}")
    _Pages(canvas, _foot(export)).write(export)
    canvas.save()
    return kept.getvalue()


def _foot(export: EscalationExport) -> str:
    taken = _moment_of(export)
    return _(
        "%(who)s 于 %(when)s 导出。不含孩子的姓名、号码和谈话内容。",
        who=export.exported_by,
        when=taken,
    )


def _moment_of(export: EscalationExport) -> str:
    return moment(export.exported_at, "yyyy-MM-dd HH:mm")


class _Pages:
    """Writes down the page, and begins the next where it is full."""

    def __init__(self, canvas: Canvas, foot: str) -> None:
        self._canvas = canvas
        self._foot = foot
        self._y = HEIGHT - MARGIN
        self._number = 0
        self._begin()

    def write(self, export: EscalationExport) -> None:
        """All of it."""
        self._text(f"{_('上报')} {export.number}", size=TITLE)
        for fact in _head(export):
            self._text(fact)
        self._title(_("经过"))
        for line in export.story:
            self._row(line.when, line.said)
        self._title(_("每一次呼叫"))
        for ring in export.attempts:
            said = OUTCOMES[outcome_of_words(ring.state, ring.error, ring.channel)]
            by = _(WAYS[ring.channel]) if ring.channel in WAYS else ring.phone
            told = f"{ring.station} · {ring.contact} {by} · {_(said)}"
            self._row(moment(ring.at, "MM-dd HH:mm:ss"), told)
        self._end()

    def _begin(self) -> None:
        self._number += 1
        self._y = HEIGHT - MARGIN

    def _end(self) -> None:
        self._canvas.setFont(FONT, SMALL)
        self._canvas.drawString(MARGIN, MARGIN / 2, self._foot)
        self._canvas.drawRightString(WIDTH - MARGIN, MARGIN / 2, str(self._number))
        self._canvas.showPage()

    def _down(self, size: float) -> None:
        self._y -= size * LEADING
        if self._y < MARGIN:
            self._end()
            self._begin()
            self._y -= size * LEADING

    def _text(self, text: str, *, size: float = BODY, at: float = MARGIN) -> None:
        for piece in simpleSplit(text, FONT, size, WIDTH - MARGIN - at) or [""]:
            self._down(size)
            self._canvas.setFont(FONT, size)
            self._canvas.drawString(at, self._y, piece)

    def _title(self, text: str) -> None:
        self._down(BODY)
        self._text(text, size=BODY + 2)

    def _row(self, when: str, said: str) -> None:
        """The moment in the margin, the sentence beside it."""
        pieces = simpleSplit(said, FONT, BODY, WIDTH - MARGIN - MARGIN - INDENT) or [""]
        for number, piece in enumerate(pieces):
            self._down(BODY)
            self._canvas.setFont(FONT, BODY)
            if number == 0:
                self._canvas.drawString(MARGIN, self._y, when)
            self._canvas.drawString(MARGIN + INDENT, self._y, piece)


def _head(export: EscalationExport) -> list[str]:
    raised = moment(export.created_at, "yyyy-MM-dd HH:mm:ss")
    return [
        f"{label('risk', export.level)} · {label('escalation', export.state)} · {export.line}",
        f"{_('工作站')} {export.station} · {_('上报时间')} {raised}",
    ]
