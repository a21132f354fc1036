"""What an uploaded file is, by its bytes, and what is kept of it. Pure, slow: never on the loop.

A picture is read and written anew: only its pixels stay, turned as its camera meant them. So
nothing that was hidden in the file, before or behind the picture, lies on our disk. A document is
kept as it came and never shown by us.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

import pi_heif
from PIL import Image, ImageOps

from hotline.errors import FileRefused

LONGEST, SMALL_LONGEST = 2048, 320
MOST_PIXELS = 51_000_000  # a telephone's 48 million; decoded, some 200 MB for a moment
QUALITY = 82
PAPER = (255, 255, 255)  # what shows through
END_WITHIN = 2048  # readers of PDF look for its end so far back

_NOT_A_FILE = "Only pictures (JPEG, PNG, WebP, HEIC) and PDF can be added: take a photo, or save it"
_NO_SUCH_TYPE = f"{_NOT_A_FILE} as one of these, and add it again."
_BROKEN = (
    "This file is damaged or was cut off on its way: open it to see whether it is whole, then add"
    " it again."
)
_TOO_MANY_PIXELS = (
    "This picture is larger than 51 megapixels: take it with a smaller size in the camera's"
    " settings, or send a screenshot of it."
)
# What the readers of pictures raise on bytes that lie.
BROKEN = (
    OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, KeyError, IndexError,
    TypeError, OverflowError, MemoryError, RuntimeError, Warning,
)  # fmt: skip
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)

pi_heif.register_heif_opener()


class FileKind(StrEnum):
    """What a file is to those who look at it."""

    PICTURE = "picture"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What is kept of a file. `small`: a little picture, empty of a document."""

    kind: FileKind
    small: bytes
    whole: bytes


def what_is_kept(raw: bytes) -> KeptFile:
    """Raises `FileRefused` with what to do instead."""
    form = form_of(raw)
    if form is None:
        raise FileRefused("no_such_type", _NO_SUCH_TYPE)
    if form == "PDF":
        return KeptFile(FileKind.DOCUMENT, b"", _document(raw))
    try:
        return _picture(raw, form)
    except BOMB as fault:
        raise FileRefused("too_many_pixels", _TOO_MANY_PIXELS) from fault
    except BROKEN as fault:
        raise FileRefused("broken", _BROKEN) from fault


def form_of(raw: bytes) -> str | None:
    """By the first bytes, never by a name. None: nothing that can be added."""
    return next((form for form, fits in _FORMS.items() if fits(raw)), None)


def _is_heic(raw: bytes) -> bool:
    return raw[4:8] == b"ftyp" and raw[8:12] in (b"heic", b"heix", b"mif1", b"heim", b"heis")


_FORMS: dict[str, Callable[[bytes], bool]] = {
    "JPEG": lambda raw: raw.startswith(b"\xff\xd8\xff"),
    "PNG": lambda raw: raw.startswith(b"\x89PNG\r\n\x1a\n"),
    "WEBP": lambda raw: raw.startswith(b"RIFF") and raw[8:12] == b"WEBP",
    "HEIF": _is_heic,
    "PDF": lambda raw: raw.startswith(b"%PDF-"),
}


def _document(raw: bytes) -> bytes:
    if b"%%EOF" not in raw[-END_WITHIN:]:
        raise FileRefused("broken", _BROKEN)
    return raw


def _picture(raw: bytes, form: str) -> KeptFile:
    with Image.open(BytesIO(raw), formats=[form]) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise FileRefused("too_many_pixels", _TOO_MANY_PIXELS)
        opened.draft("RGB", (LONGEST, LONGEST))  # a JPEG is not decoded larger than needed
        image = opened.convert("RGBA") if opened.mode == "P" else opened
        image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
        whole = _on_paper(ImageOps.exif_transpose(image))
    small = whole.copy()
    small.thumbnail((SMALL_LONGEST, SMALL_LONGEST), Image.Resampling.LANCZOS)
    return KeptFile(FileKind.PICTURE, _written(small), _written(whole))


def _on_paper(image: Image.Image) -> Image.Image:
    """Pixels alone, of one form, in an image that knows nothing of the file it came from."""
    if image.has_transparency_data:
        see_through = image.convert("RGBA")
        paper = Image.new("RGB", image.size, PAPER)
        paper.paste(see_through, mask=see_through.getchannel("A"))
        return paper
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain


def _written(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
