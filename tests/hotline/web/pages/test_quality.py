"""Quality as supervisors see it, and as the counselor does whose call was reviewed."""

from datetime import timedelta

import pytest

from hotline.storage.tables import Call, StaffCertificate
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.test_quality import drawn, reviewed
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def test_before_anything_was_drawn_the_page_says_what_will_stand_there(he: Reader) -> None:
    page = await he.reads("/quality")

    assert "没有等着评议的通话" in page.part("reviews").text
    assert "三十天内没有到期的证书" in page.part("certificates").text


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_waits_is_listed_with_its_sample(
    scene: ApiScene, he: Reader, language: str
) -> None:
    await drawn(scene)

    page = await he.reads("/quality", language=language)

    assert len(page.all("review")) == 1
    assert len(page.all("take-review")) == 1
    words = {"zh": "危机来电 1 通全部评议", "en": "all 1 calls in imminent danger"}
    assert words[language] in page.part("sample").text
    assert len(page.all("seed")) == 1


async def test_before_they_have_read_the_record_there_is_no_form(
    scene: ApiScene, he: Reader
) -> None:
    review_id = await drawn(scene)
    await scene.person("he").does("POST", f"/quality/reviews/{review_id}/reviewer")

    assert (await he.reads(f"/quality/reviews/{review_id}")).has("read-first")
    await scene.person("he").gets("/calls/over/record")

    page = await he.reads(f"/quality/reviews/{review_id}")
    assert page.has("score-form")
    assert "看不出" in page.part("score-form").text


async def test_the_counselor_reads_it_on_their_account_and_that_is_kept(
    scene: ApiScene, he: Reader, li: Reader
) -> None:
    review_id = await reviewed(scene)
    assert not (await li.reads("/account")).has("my-feedback")
    await scene.person("he").does("POST", f"/quality/reviews/{review_id}/feedback")

    assert "新的反馈" in (await li.reads("/account")).part("my-feedback").text
    page = await li.reads(f"/account/feedback/{review_id}")

    assert "听得好" in page.part("feedback").text
    assert page.has("answer-feedback")
    assert "对方已读" in (await he.reads(f"/quality/reviews/{review_id}")).part("what").text
    assert (await he.opens(f"/account/feedback/{review_id}")).status == 403


async def test_who_is_late_and_what_ends_is_told_with_a_word_beside_the_colour(
    scene: ApiScene, he: Reader, li: Reader
) -> None:
    before = scene.clock.now() - timedelta(days=10)
    await scene.change(Call, "call", joined_at=before)
    await scene.add(
        StaffCertificate(staff_id="li", kind="crisis", issued_on=before.date(),
                         valid_until=before.date(), noted_by_id="he", noted_at=before)
    )  # fmt: skip

    page = await he.reads("/quality")

    assert "1 人的督导已逾期" in page.part("late").text
    assert "已过期" in page.part("ending").text
    assert "请与督导约时间" in (await li.reads("/account")).part("my-supervision").text
