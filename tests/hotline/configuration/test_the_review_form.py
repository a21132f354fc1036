"""The form by which calls are reviewed, from the file to what is in force."""

from pathlib import Path

import pytest

from hotline.configuration.load import load_folder
from hotline.configuration.review_form import REVIEW_FORM
from hotline.configuration.versions import apply_folder
from hotline.errors import ConfigError
from hotline.i18n.faults import fault_in_words
from hotline.quality.form import default_review_form
from hotline.quality.kept import review_form_in_force, review_form_of
from hotline.storage.session import Database
from tests.fakes import FakeClock
from tests.hotline.configuration.conftest import copied


def spoiled(folder: Path, old: str, new: str) -> int:
    """Writes it, and returns the line of what was changed."""
    text = (folder / REVIEW_FORM).read_text(encoding="utf-8")
    assert old in text
    (folder / REVIEW_FORM).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("key: opening", "key: Opening 1", "`key` must be a name of 2 to 30 small letters"),
        ("weight: 10", "weight: 0", "a whole number from 1 to 100"),
        ("key: listening", "key: opening", "the criterion opening stands here a second time"),
        ("points: 0", "points: 1", "the anchors of opening begin at 0"),
        ("    may_be_unseen: true", "    may_be: true", "`may_be` means nothing here"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_line_in_both_languages(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    folder = copied(tmp_path)
    line = spoiled(folder, old, new)

    with pytest.raises(ConfigError) as refused:
        load_folder(folder)

    place, said = refused.value.public.splitlines()[0].split(": ", 1)
    file, number = place.split(":")
    assert file == REVIEW_FORM
    assert abs(int(number) - line) <= 1
    assert told in said
    assert fault_in_words(said) != said


def test_weights_must_be_a_hundred_together(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    spoiled(folder, "weight: 25", "weight: 30")

    with pytest.raises(ConfigError, match="the weights are 105 together"):
        load_folder(folder)


def test_a_folder_without_one_has_the_form_that_is_shipped(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / REVIEW_FORM).unlink()

    assert load_folder(folder).review_form == default_review_form()


@pytest.mark.anyio
async def test_another_form_is_in_force_and_what_was_reviewed_keeps_its_own(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    folder = copied(tmp_path)
    async with database.work() as work:
        await apply_folder(work, folder, at=clock.now())
    spoiled(folder, "weight: 25", "weight: 20")
    spoiled(folder, "weight: 25", "weight: 30")

    async with database.work() as work:
        told = await apply_folder(work, folder, at=clock.now())
        now = await review_form_in_force(work)
        before = await review_form_of(work, default_review_form().version)
    assert now.criteria[1].weight == 20
    assert before == default_review_form()
    assert any(one.startswith("review ") for one in told)
