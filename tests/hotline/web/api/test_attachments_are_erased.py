"""When a file is erased: in time, with proof, and not while somebody answers for it or needs it."""

import pytest

from hotline.fieldwork.policy import CASE_LOOKED_AT_EVERY, KEPT_FOR, SWEPT_EVERY
from hotline.fieldwork.shelf import Shelf
from hotline.storage.tables import Attachment, LegalHold
from tests.hotline.fieldwork.photos import document, photo
from tests.hotline.web.api.field_files import FileScene, field

pytestmark = pytest.mark.anyio

__all__ = ["field"]


async def test_what_was_taken_away_is_erased_from_the_disk_with_proof(field: FileScene) -> None:
    one = await field.added(photo())
    await field.removes(one)

    await field.eraser.tick()
    await field.eraser.tick()

    assert field.files == []
    assert (await field.told())[-1] == ("file_erased", "system")
    assert [kind for kind, _ in await field.told()].count("file_erased") == 1
    assert (await field.row(one)).erased_at == field.scene.clock.now()


async def test_a_file_that_cannot_be_erased_holds_up_none_of_the_others(
    field: FileScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, other = await field.added(photo()), await field.added(document())
    for one in (stuck, other):
        await field.removes(one)
    erase = Shelf.erase

    def fails_once(shelf: Shelf, one: Attachment) -> None:
        if one.id == stuck:
            raise PermissionError
        erase(shelf, one)

    monkeypatch.setattr(Shelf, "erase", fails_once)
    await field.eraser.tick()

    assert (await field.row(stuck)).erased_at is None
    assert (await field.row(other)).erased_at is not None


async def test_a_file_is_kept_for_years_and_as_long_as_its_case_is_open(field: FileScene) -> None:
    one = await field.added(photo())

    await field.passes(KEPT_FOR)
    assert len(field.files) == 1
    await field.escalation_is_over()
    await field.passes(CASE_LOOKED_AT_EVERY)
    assert len(field.files) == 1
    await field.case_is_over()
    await field.passes(SWEPT_EVERY)
    assert len(field.files) == 1
    await field.passes(CASE_LOOKED_AT_EVERY)

    assert field.files == []
    assert (await field.row(one)).erased_at == field.scene.clock.now()


async def test_what_a_court_needs_is_kept_even_if_somebody_took_it_away(field: FileScene) -> None:
    await field.added(photo())
    await field.removes(await field.added(document()))
    await field.escalation_is_over()
    await field.case_is_over()
    at = field.scene.clock.now()
    await field.scene.add(
        LegalHold(id="court", line_id="youth", subject_kind="case", by="he", at=at,
                  subject_id=await field.case_id(), review_on=at.date())
    )  # fmt: skip

    await field.passes(KEPT_FOR)
    held = len(field.files)
    await field.scene.change(LegalHold, "court", lifted_at=at)
    await field.passes(CASE_LOOKED_AT_EVERY)

    assert (held, field.files) == (2, [])


async def test_a_file_whose_row_never_came_is_swept_and_no_other(field: FileScene) -> None:
    one = await field.added(photo())
    shelf = Shelf(field.folder, field.scene.house.vault)
    shelf.put("f" * 24, b"nobody's")

    await field.eraser.tick()
    assert len(field.files) == 2
    await field.passes(SWEPT_EVERY)

    assert [file.name.partition(".")[0] for file in field.files] == [one]
