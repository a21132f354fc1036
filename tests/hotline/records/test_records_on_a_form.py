"""A record names the form it was written on: sealed where it is personal, opened as it was."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text

from hotline.errors import Invalid
from hotline.records.forms.known import (
    VERSIONS,
    default_form,
    default_version,
    remember,
    version_of,
)
from hotline.records.forms.model import FormDefinition, read_form
from hotline.records.kept_forms import fields_gone, find_form, keep_form, version_for
from hotline.records.model import ContactType, Opened
from hotline.records.queries import read_version
from hotline.storage.sealed import open_cell, place_in
from hotline.storage.tables import FormVersion, Line, Record, RecordVersion
from hotline.storage.vault import SealBroken
from tests.fakes import NOON
from tests.hotline.records.conftest import RecordsScene, draft

pytestmark = pytest.mark.anyio

CALLER = {"age_band": "10_13", "gender": "female", "minor": "yes", "place": "440106"}
DONE = {"actions": ["listened"], "referral": ["none"], "follow_up": "no"}
ANSWERS = {**CALLER, **DONE}
PERSON = {"person_age_band": "7_9", "person_gender": "male", "person_minor": "yes",
          "person_place": "unknown", "person_name": "小明"}  # fmt: skip


def on_the_form(answers: Mapping[str, Any] = ANSWERS, **values: Any) -> Any:
    """What somebody writes on the shipped form."""
    return draft(
        **{
            "form": default_version(),
            "answers": dict(answers),
            "topics": ("family.siblings",),
            "disposition": None,
            "follow_up": False,
            **values,
        }
    )


def without(form: FormDefinition, *keys: str) -> FormDefinition:
    """The form as a later version has it."""
    document = form.document
    for section in document["sections"]:
        section["fields"] = [one for one in section["fields"] if one["key"] not in keys]
    return read_form(document)


async def changes_to(scene: RecordsScene, form: FormDefinition) -> str:
    """Another form is put in force for the line of the call."""
    async with scene.work() as work:
        version = await keep_form(work, form, at=NOON)
        line = await work.get_one(Line, "youth")
        line.form_version = version
    return version


async def test_what_was_answered_is_what_is_read(scene: RecordsScene) -> None:
    saved = await scene.saves(on_the_form())

    read = await scene.reads("he")

    assert read == saved
    assert isinstance(read, Opened)
    assert (read.form, read.answers) == (default_version(), ANSWERS)
    assert (read.contact_type, read.topics) == ("self", ("family.siblings",))


async def test_codes_can_be_counted_and_what_is_personal_cannot_be_read(
    scene: RecordsScene,
) -> None:
    await scene.saves(on_the_form({**ANSWERS, **PERSON}, contact_type=ContactType.ABOUT_ANOTHER))

    row = await scene.kept()
    assert row.answers["gender"] == "female"
    assert row.answers["person_place"] == "unknown"
    assert "person_name" not in row.answers
    async with scene.work() as work:
        for table in ("record", "record_version"):
            rows = (await work.sql(text(f"select t::text from {table} t"), {})).scalars().all()
            assert rows
            assert "小明" not in "".join(map(str, rows))
    assert "小明" in open_cell(scene.vault, row, "answers_sealed")
    other = place_in(Record, "answers_sealed", call_id="c2")
    with pytest.raises(SealBroken):
        scene.vault.open(row.answers_sealed, place=other)


@pytest.mark.parametrize(
    ("key", "half"), [("place", "天河路3号502"), ("follow_up_on", "20"), ("unknown_to_all", "说不")]
)
async def test_half_an_answer_may_be_anything_and_is_sealed(
    scene: RecordsScene, key: str, half: str
) -> None:
    saved = await scene.saves(on_the_form({**ANSWERS, key: half}))

    row = await scene.kept()
    assert saved.answers[key] == half
    assert key not in row.answers
    assert half not in row.answers_sealed


async def test_a_record_is_unfinished_until_all_is_there_that_its_form_asks_for(
    scene: RecordsScene,
) -> None:
    assert (await scene.saves(on_the_form({}))).unfinished
    assert (await scene.saves(on_the_form(CALLER))).unfinished
    assert (await scene.saves(on_the_form(narrative=" "))).unfinished

    assert not (await scene.saves(on_the_form())).unfinished


async def test_a_contact_without_counselling_is_finished_with_its_type(
    scene: RecordsScene,
) -> None:
    silent = on_the_form({}, contact_type=ContactType.SILENT, topics=(), narrative="")

    assert not (await scene.saves(silent)).unfinished


async def test_the_person_at_risk_stands_apart_from_the_caller(scene: RecordsScene) -> None:
    about = on_the_form(ANSWERS, contact_type=ContactType.ABOUT_ANOTHER)
    assert (await scene.saves(about)).unfinished

    both = on_the_form({**ANSWERS, **PERSON}, contact_type=ContactType.ABOUT_ANOTHER)
    saved = await scene.saves(both)

    assert not saved.unfinished
    assert (saved.answers["age_band"], saved.answers["person_age_band"]) == ("10_13", "7_9")


async def test_the_same_answers_again_are_no_version(scene: RecordsScene) -> None:
    first = await scene.saves(on_the_form({**ANSWERS, **PERSON}))

    assert (await scene.saves(on_the_form({**ANSWERS, **PERSON}))).version == first.version
    assert (await scene.saves(on_the_form({**ANSWERS, "gender": "male"}))).version == 2


async def test_every_version_keeps_its_own_answers(scene: RecordsScene) -> None:
    await scene.saves(on_the_form({**ANSWERS, "referral": ["other"], "referral_where": "居委会"}))
    await scene.saves(on_the_form())

    async with scene.work() as work:
        first = await read_version(work, scene.vault, ("c1", 1), reader="he", at=NOON)

    assert first is not None
    assert first.answers["referral_where"] == "居委会"
    assert "referral_where" not in (await scene.saves(on_the_form())).answers


# ── forms that change ───────────────────────────────────────────────────────────────────────────


async def test_the_form_of_a_record_is_kept_and_stays_when_the_line_has_another(
    scene: RecordsScene,
) -> None:
    await scene.saves(on_the_form())
    later = await changes_to(scene, without(default_form(), "gender"))

    async with scene.work() as work:
        kept = await work.get_one(FormVersion, default_version())
        now = await version_for(work, "c1")

    assert kept.document == default_form().document
    assert now == later
    assert (await scene.kept()).form_version == default_version()


async def test_what_the_line_no_longer_asks_stays_as_it_was_written(scene: RecordsScene) -> None:
    await scene.saves(on_the_form())
    await changes_to(scene, without(default_form(), "gender"))

    saved = await scene.saves(on_the_form({**ANSWERS, "gender": "male", "minor": "no"}))

    assert (saved.answers["gender"], saved.answers["minor"]) == ("female", "no")
    left_out = {key: value for key, value in ANSWERS.items() if key != "gender"}
    assert (await scene.saves(on_the_form(left_out))).answers["gender"] == "female"


async def test_a_record_may_be_written_anew_on_the_present_form(scene: RecordsScene) -> None:
    await scene.saves(on_the_form())
    later = await changes_to(scene, without(default_form(), "gender"))
    answers = {key: value for key, value in ANSWERS.items() if key != "gender"}

    saved = await scene.saves(on_the_form(answers, form=later))

    assert (saved.form, "gender" in saved.answers, saved.unfinished) == (later, False, False)
    async with scene.work() as work:
        before = await work.get_one(RecordVersion, ("c1", 1))
    assert before.answers["gender"] == "female"


async def test_software_that_knows_no_form_leaves_the_answers_where_they_are(
    scene: RecordsScene,
) -> None:
    await scene.saves(on_the_form())

    saved = await scene.saves(draft("新的话。", contact_type=ContactType.ABUSIVE, follow_up=True))

    assert saved.answers == {**ANSWERS, "follow_up": "yes"}
    assert (saved.form, saved.contact_type, saved.follow_up) == (default_version(), "abusive", True)


async def test_a_form_that_never_was_is_refused_and_nothing_is_changed(
    scene: RecordsScene,
) -> None:
    await scene.saves(on_the_form())

    with pytest.raises(Invalid, match="no such version"):
        await scene.saves(on_the_form(form="0123456789ab"))

    assert (await scene.kept()).version == 1


async def test_a_form_is_found_by_whoever_did_not_read_it_before(
    scene: RecordsScene,
) -> None:
    other = without(default_form(), "person_knows")
    version = await changes_to(scene, other)
    for number in range(VERSIONS):  # read since, so that it is no longer at hand
        remember(f"{number:012}", other.document)

    async with scene.work() as work:
        assert await find_form(work, version) == other
    assert version == version_of(other) != default_version()


async def test_two_may_keep_the_same_form_at_once(scene: RecordsScene) -> None:
    async with scene.work() as one:
        await keep_form(one, default_form(), at=NOON)
    async with scene.work() as two:
        assert await keep_form(two, default_form(), at=NOON) == default_version()


def test_a_field_of_another_kind_is_another_field() -> None:
    document = default_form().document
    field = document["sections"][1]["fields"][3]
    assert field["key"] == "minor"
    field.update(kind="text")

    assert fields_gone(default_form(), read_form(document)) == {"minor"}
    assert fields_gone(default_form(), default_form()) == frozenset()


async def test_a_record_of_before_there_were_forms_opens_as_it_was(scene: RecordsScene) -> None:
    await scene.add(Record(call_id="c1", staff_id="li", contact_type="self", topics=["family"],
                           risk="low", disposition="listened", saved_at=NOON))  # fmt: skip

    read = await scene.reads("li")

    assert read is not None
    assert (read.form, read.answers, read.unfinished) == ("", {}, False)
    assert read.disposition == "listened"
