"""Pages of A4 that are written down line by line: a title, facts, and moments with sentences.

The Chinese font is one that viewers and printers bring (STSong-Light, GBK): none is embedded.
"""

from datetime import datetime
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from hotline.i18n.catalog import _, moment

FONT = "STSong-Light"
WIDTH, HEIGHT = A4
MARGIN, INDENT = 56, 104
BODY, SMALL, TITLE = 10.5, 9, 16
LEADING = 1.6

pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def taken_by(who: str, at: datetime) -> str:
    """What stands below each page of what was taken out of the house, in the present language."""
    return _(
        "%(who)s 于 %(when)s 导出。不含孩子的姓名、号码和谈话内容。",
        who=who,
        when=moment(at, "yyyy-MM-dd HH:mm"),
    )


class PdfPages:
    """Writes down the page, and begins the next where it is full. `foot`: below each."""

    def __init__(self, title: str, foot: str) -> None:
        """The first page begins with its title."""
        self._kept = BytesIO()
        self._canvas = Canvas(self._kept, pagesize=A4, invariant=True)
        self._canvas.setTitle(title)
        self._foot = foot
        self._y = HEIGHT - MARGIN
        self._number = 0
        self._begin()
        self.text(title, size=TITLE)

    def finished(self) -> bytes:
        """All of it."""
        self._end()
        self._canvas.save()
        return self._kept.getvalue()

    def text(self, text: str, *, size: float = BODY) -> None:
        """From margin to margin."""
        for piece in simpleSplit(text, FONT, size, WIDTH - MARGIN - MARGIN) or [""]:
            self._down(size)
            self._canvas.setFont(FONT, size)
            self._canvas.drawString(MARGIN, self._y, piece)

    def heading(self, text: str) -> None:
        """With a line above it."""
        self._down(BODY)
        self.text(text, size=BODY + 2)

    def row(self, when: str, said: str) -> None:
        """The moment, or the name of a fact, in the margin; the sentence beside it."""
        pieces = simpleSplit(said, FONT, BODY, WIDTH - MARGIN - MARGIN - INDENT) or [""]
        for number, piece in enumerate(pieces):
            self._down(BODY)
            self._canvas.setFont(FONT, BODY)
            if number == 0:
                self._canvas.drawString(MARGIN, self._y, when)
            self._canvas.drawString(MARGIN + INDENT, self._y, piece)

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
