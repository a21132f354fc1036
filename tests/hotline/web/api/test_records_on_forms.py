"""A record on a form, over the API: drafts are kept, what no page sends is refused."""

from typing import Any

import pytest

from hotline.records.forms.known import default_version
from hotline.storage.tables import Record
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

ANSWERS: dict[str, Any] = {
    "contact_type": "self",
    "age_band": "10_13",
    "gender": "unknown",
    "minor": "yes",
    "place": "440106",
    "topics": ["family.siblings", "study"],
    "actions": ["listened"],
    "referral": ["none"],
    "follow_up": "yes",
    "follow_up_consent": "no",
}


def written(**answers: Any) -> dict[str, Any]:
    both = {**ANSWERS, **answers}
    return {"form": default_version(), "answers": both, "narrative": "他说"}


async def test_the_answers_fill_what_statistics_read(scene: ApiScene, li: Person) -> None:
    saved = await li.does("PUT", "/calls/call/record", written())

    row = await scene.get(Record, "call")
    assert saved == await li.gets("/calls/call/record")
    assert (row.contact_type, row.topics, row.follow_up, row.unfinished) == (
        "self", ["family.siblings", "study"], True, False
    )  # fmt: skip
    assert (saved["form"], saved["answers"]["minor"]) == (default_version(), "yes")


async def test_half_a_record_is_kept_and_says_that_it_is_unfinished(
    scene: ApiScene, li: Person
) -> None:
    saved = await li.does("PUT", "/calls/call/record", written(minor="", place="天"))

    assert saved["unfinished"]
    assert saved["answers"]["place"] == "天"
    assert "minor" not in saved["answers"]


async def test_what_is_not_asked_is_not_kept(scene: ApiScene, li: Person) -> None:
    saved = await li.does("PUT", "/calls/call/record", written(contact_type="silent"))

    assert (saved["contact_type"], saved["answers"], saved["topics"]) == ("silent", {}, [])
    assert not saved["unfinished"]


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"gender": "x"}, "gender (not_offered)"),
        ({"topics": ["family", "study", "access", "peers"]}, "topics (too_many)"),
        ({"age_band": 12}, "age_band (wrong_kind)"),
        ({"place": "字" * 41}, "place (too_long)"),
        ({"小明的电话": "x"}, "? (not_asked)"),
    ],
)
async def test_what_no_page_sends_is_refused_without_repeating_it(
    li: Person, answers: dict[str, Any], told: str
) -> None:
    refused = await li.asks("PUT", "/calls/call/record", written(**answers))

    assert refused.status_code == 422
    assert told in refused.json()["detail"]
    assert "小明" not in refused.text


async def test_a_form_that_there_never_was_is_refused(li: Person) -> None:
    refused = await li.asks("PUT", "/calls/call/record", {"form": "none", "answers": {}})

    assert refused.status_code == 422
