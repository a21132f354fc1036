"""Files as telephones make them, and as nobody should: made here, none is anybody's."""

import base64
import struct
import zlib
from io import BytesIO

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

GPS = 0x8825
HIDDEN = b"GD-HIDDEN-WORDS"
HEIC = (
    # 64 x 32 red pixels, their maker, and that they are to be turned: no program here writes one.
    "eNpdUTFLw1AQvpdgjaJWrIIWkbpIEQQLDo5VWxGkKv4C42tCDxL7SINWJwsiuHVyFgcdHFzVSTfBoX9BQRzEQXDpoM"
    "S7JIp45HJ3333v3b07ABi1/V1VsVACiYt2jn0XTRtA3LuWb0Ik45Wy48U+KJQ+/JMZdKrhJYU8aCDYE2+RJRkjjETr"
    "/kXypLOIW3YYcXaIAiukEaeyLXPwBxRMKdYxpPcp9F2ImaITlafIf0Elq2S36eyC0BlqRsXf4fOr3QZI6ht0Yjgvek"
    "QQMEFnhs7f2I2WNyk5OS/Ev8xJptFx/Pp8dn1lVKYzBOn8g/FNoicK4q52e0RFUrLqeFvSqRPaC4l9ggaxpqw/z2XN"
    "SsdUsc+jyMQ2HEIQBI/xMPoV1pFB3TAMMl3oVX3qB0ZQuT9LESASDU3vODikII2eZceJPlmuyXANfLftlk3eVzorLl"
    "P77f6n8+BLzwbtnVbyYe/i47TZ4m4T0XRLJZikyABNJMNOkqQTYoCHwQ+OCpTmlovrU6uLU2tLqytFgG8uUWeD"
)


def photo(width: int = 600, height: int = 400, form: str = "JPEG") -> bytes:
    """A picture with what a camera writes beside it: where, when, with what, and turned."""
    image = Image.effect_mandelbrot((width, height), (-2, -1.5, 1, 1.5), 30).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "MAKER-OF-PHONE"
    exif[0x9286] = "GD-HIDDEN-WORDS"
    exif[0x0112] = 6  # the camera was held upright
    exif[GPS] = {1: "N", 2: (IFDRational(23), IFDRational(7), IFDRational(12))}
    out = BytesIO()
    image.save(out, form, exif=exif.tobytes())
    return out.getvalue()


def heic() -> bytes:
    """As a telephone keeps its photos."""
    return zlib.decompress(base64.b64decode(HEIC))


def polyglot() -> bytes:
    """A picture to one program, and a page with a script to another."""
    return photo() + b"<html><script>alert(1)</script>" + HIDDEN


def bomb(width: int = 30000, height: int = 30000) -> bytes:
    """A PNG of a few kilobytes whose pixels would fill the memory."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    lines = zlib.compress(b"\0" * ((width // 8 + 1) * 8), 9)
    parts = [(b"IHDR", head), (b"IDAT", lines), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, raw: bytes) -> bytes:
    sealed = struct.pack(">I", zlib.crc32(kind + raw))
    return struct.pack(">I", len(raw)) + kind + raw + sealed


def document() -> bytes:
    """A PDF that would run something."""
    return b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF\n"
