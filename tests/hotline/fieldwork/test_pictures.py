"""A file is what its bytes say; of a picture the pixels are kept, and nothing else."""

from io import BytesIO

import pytest
from PIL import Image

from hotline.errors import FileRefused
from hotline.fieldwork.pictures import LONGEST, SMALL_LONGEST, FileKind, form_of, what_is_kept
from tests.hotline.fieldwork.photos import HIDDEN, bomb, document, heic, photo, polyglot


def opened(raw: bytes) -> Image.Image:
    return Image.open(BytesIO(raw))


def refused(raw: bytes) -> str:
    """Why a file is not taken."""
    with pytest.raises(FileRefused) as no:
        what_is_kept(raw)
    assert "add it again" in no.value.public or "screenshot" in no.value.public
    return str(no.value.facts["reason"])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_where_and_with_what_a_photo_was_taken_is_gone(form: str) -> None:
    kept = what_is_kept(photo(form=form))

    for raw in (kept.small, kept.whole):
        assert b"MAKER-OF-PHONE" not in raw
        assert HIDDEN not in raw
        image = opened(raw)
        assert image.format == "JPEG"
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_it_stands_upright_as_its_camera_meant_it() -> None:
    assert opened(what_is_kept(photo(600, 400)).whole).size == (400, 600)


def test_a_large_photo_is_made_smaller_and_a_small_one_is_not_made_larger() -> None:
    large, little = what_is_kept(photo(3000, 2250)), what_is_kept(photo(100, 80))

    assert max(opened(large.whole).size) == LONGEST
    assert max(opened(large.small).size) == SMALL_LONGEST
    assert opened(little.whole).size == (80, 100)


def test_what_shows_through_stands_on_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (40, 40), (255, 0, 0, 0)).save(out, "PNG")

    shown = opened(what_is_kept(out.getvalue()).whole).getpixel((20, 20))

    assert shown == (255, 255, 255)


def test_a_picture_of_few_colours_is_a_picture() -> None:
    out = BytesIO()
    Image.new("P", (40, 40), 3).save(out, "PNG")

    assert what_is_kept(out.getvalue()).kind is FileKind.PICTURE


def test_a_telephones_heic_is_read_and_its_maker_is_gone() -> None:
    assert b"MAKER-OF-PHONE" in heic()

    kept = what_is_kept(heic())

    for raw in (kept.small, kept.whole):
        image = opened(raw)
        assert (image.format, image.size) == ("JPEG", (32, 64))  # upright
        assert image.getpixel((16, 32)) == (200, 0, 0)
        assert b"MAKER-OF-PHONE" not in raw
        assert dict(image.getexif()) == {}


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_heic_that_was_cut_off_is_refused(part: float) -> None:
    raw = heic()[: int(len(heic()) * part)]

    assert form_of(raw) == "HEIF"
    assert refused(raw) == "broken"


def test_bytes_that_only_begin_like_a_heic_are_refused() -> None:
    assert refused(b"\0\0\0\x18ftypheic" + b"\0" * 64) == "broken"


def test_what_stood_behind_the_picture_is_not_kept() -> None:
    kept = what_is_kept(polyglot())

    assert HIDDEN not in kept.whole
    assert b"<script>" not in kept.whole + kept.small


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + b"\0" * 40,
        b"PK\x03\x04" + b"\0" * 40,
        b"MZ" + b"\0" * 40,
        b" %PDF-1.7 %%EOF",
        b"\0\0\0\x18ftypavif" + b"\0" * 40,
    ],
)
def test_nothing_else_is_taken_whatever_it_is_called(raw: bytes) -> None:
    assert refused(raw) == "no_such_type"


@pytest.mark.parametrize("part", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_was_cut_off_is_refused_and_not_kept_half(form: str, part: float) -> None:
    whole = photo(form=form)

    assert refused(whole[: int(len(whole) * part)]) == "broken"


@pytest.mark.parametrize("begins", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP"])
def test_bytes_that_only_begin_like_a_picture_are_refused(begins: bytes) -> None:
    assert refused(begins + bytes(range(256)) * 20) == "broken"


@pytest.mark.parametrize("side", [8000, 11000, 30000])
def test_a_bomb_is_refused_before_it_is_unpacked(side: int) -> None:
    raw = bomb(side, side)
    assert len(raw) < 20_000

    assert refused(raw) == "too_many_pixels"


def test_a_document_is_kept_as_it_came() -> None:
    kept = what_is_kept(document())

    assert (kept.kind, kept.small, kept.whole) == (FileKind.DOCUMENT, b"", document())


def test_a_document_that_was_cut_off_is_refused() -> None:
    assert refused(document()[:30]) == "broken"
