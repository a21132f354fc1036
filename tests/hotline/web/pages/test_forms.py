"""The form of a record as the desk draws it, and as an administrator looks at it."""

import json
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from hotline.calls.model import CallState
from hotline.configuration.versions import apply_folder
from hotline.records.forms.known import default_form, default_text, default_version
from hotline.records.forms.model import read_form
from hotline.records.kept_forms import keep_form
from hotline.staff.model import Role
from hotline.storage.tables import Line, Record
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Page, Reader

pytestmark = pytest.mark.anyio

GUANGDONG = Path(__file__).parents[4] / "deploy" / "guangdong"


@pytest.fixture
async def admin(scene: ApiScene) -> Reader:
    """The administrator of a hotline whose folder was applied."""
    await scene.hires("admin", Role.ADMIN)
    async with scene.house.database.work() as work:
        await apply_folder(work, GUANGDONG, at=scene.clock.now())
    return Reader(scene, "admin")


async def looks_at(admin: Reader, text: str, path: str = "forms/new.yaml") -> Page:
    """A text that is not in force."""
    headers = admin.scene.person(str(admin.username)).headers
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "zh"}
    body = urlencode({"path": path, "text": text})
    http = admin.scene.http
    answer = await http.post("/administration/forms", headers={**headers, **kind}, content=body)
    return Page(answer.status_code, answer.text, dict(answer.headers))


def rules_on(page: Page) -> dict[str, object]:
    part = page.html.split('data-rules="')[1].split('"')[0]
    rules: dict[str, object] = json.loads(unescape(part))
    return rules


def questions(page: Page) -> dict[str, str]:
    """By field the tag that holds it."""
    tags = page.html.split('data-field="')[1:]
    return {tag.split('"')[0]: tag.split(">")[0] for tag in tags}


# ── on the desk ─────────────────────────────────────────────────────────────────────────────────


async def test_a_fresh_record_asks_for_words_first_and_for_the_kind_of_contact(li: Reader) -> None:
    page = await li.reads("/desk")

    form = page.part("record-form").html
    assert form.find('id="narrative"') < form.find('name="contact_type"')
    assert f'data-form="{default_version()}"' in form
    shown = [key for key, tag in questions(page).items() if "hidden" not in tag]
    assert shown == ["narrative", "contact_type"]
    assert "sections" in rules_on(page)


async def written(scene: ApiScene, **values: Any) -> None:
    now = scene.clock.now()
    over = {"counselor_id": "chen", "joined_at": now, "ended_at": now, "outcome": "talked"}
    await scene.add(scene.call("over", CallState.ENDED, **over))
    fields: dict[str, Any] = {"contact_type": "self", "risk": "none", "disposition": "", **values}
    await scene.add(Record(call_id="over", staff_id="chen", saved_at=now, **fields))


async def test_a_record_opens_on_the_form_it_was_written_on(scene: ApiScene, chen: Reader) -> None:
    document = default_form().document
    document["sections"][1]["fields"] = [
        one for one in document["sections"][1]["fields"] if one["key"] != "gender"
    ]
    async with scene.house.database.work() as work:
        await keep_form(work, default_form(), at=scene.clock.now())
        later = await keep_form(work, read_form(document), at=scene.clock.now())
    await written(
        scene, form_version=default_version(), answers={"gender": "female", "place": "440106"}
    )
    await scene.change(Line, "youth", form_version=later)

    page = await chen.reads("/desk/calls/over")

    gender = page.html.split('data-field="gender"')[1].split("</div>")[0]
    assert "data-only-read" in gender
    assert "女" in gender
    assert '<input type="hidden" name="gender" value="female">' in gender
    assert "广州市天河区" in page.html
    assert f'data-form="{default_version()}"' in page.html


async def test_a_record_on_no_form_opens_on_the_present_one_with_what_came_of_it(
    scene: ApiScene, chen: Reader
) -> None:
    await written(scene, disposition="advised", follow_up=True, topics=["family"])

    page = await chen.reads("/desk/calls/over")

    assert "给予建议" in page.part("old-disposition").text
    for name, value in (("contact_type", "self"), ("topics", "family"), ("follow_up", "yes")):
        assert f'name="{name}" value="{value}" checked' in page.html


async def test_an_unfinished_record_stays_among_what_is_due(scene: ApiScene, chen: Reader) -> None:
    await written(scene, form_version=default_version(), unfinished=True)
    assert "over" in (await chen.reads("/desk/due")).html

    await scene.change(Record, "over", unfinished=False)

    assert "/desk/calls/over" not in (await chen.reads("/desk/due")).html


# ── before it is in force ───────────────────────────────────────────────────────────────────────


async def test_a_form_is_shown_in_both_languages_with_the_lines_that_have_it(
    admin: Reader,
) -> None:
    page = await admin.reads("/administration/forms?path=forms/youth.yaml", language="en")

    assert "youth-12355" in page.text
    assert "就学情况" in page.part("form-zh").text
    assert "Lives with" in page.part("form-en").text
    assert "No difference" in page.text


async def test_the_shipped_form_is_there_before_anything_was_applied(scene: ApiScene) -> None:
    page = await Reader(scene, "root").reads("/administration/forms")

    assert page.has("form-zh")
    assert page.has("begin-form")


async def test_a_new_file_may_begin_as_the_shipped_form(admin: Reader) -> None:
    path = "/administration/files?path=forms/new.yaml&copy=forms/shipped.yaml"

    page = await admin.reads(path)

    assert "narrative_required_when" in page.part("text").html
    assert page.has("form-preview")


async def test_what_differs_is_told_and_nothing_is_put_in_force(admin: Reader) -> None:
    text = default_text().replace("en: Under 18}", "en: A minor}")

    page = await looks_at(admin, text)

    assert "有改动：未成年（文字）" in page.part("form-changes").text
    assert "A minor" in page.part("form-en").text
    assert (await admin.opens("/administration/forms?path=forms/new.yaml")).status == 404


async def test_faults_are_told_by_line_in_the_reader_s_language(admin: Reader) -> None:
    text = default_text().replace("kind: place", "kind: diagnosis", 1)

    page = await looks_at(admin, text)

    assert "这里不能是 `diagnosis`" in page.part("form-faults").text
    assert not page.has("form-zh")


async def test_a_text_that_is_no_form_is_a_fault_and_no_failure(admin: Reader) -> None:
    for text in ("", "[", "\x00", "name: &a [*a]", "sections: 3"):
        assert (await looks_at(admin, text)).has("form-faults")


async def test_only_administrators_look_at_forms(admin: Reader, scene: ApiScene) -> None:
    assert (await Reader(scene, "li").opens("/administration/forms")).status == 403
    assert (await looks_at(Reader(scene, "li"), default_text())).status == 403
    assert (await looks_at(admin, "", path="../x.yaml")).status == 404
