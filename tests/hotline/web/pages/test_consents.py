"""Consents and hand-overs as they are read: on the case's page, beside a call, in the ledger."""

import re
from pathlib import Path

import pytest

from hotline.handovers.refusals import WhyRefused
from hotline.storage.tables import DataConsent, Provision
from tests.hotline.web.api.case_rights import a_case
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.consent_rights import a_consent
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

WORDS = Path(__file__).parents[4] / "hotline/web/static/handover_words.js"


@pytest.fixture
async def handed(scene: ApiScene) -> ApiScene:
    """A case with a consent, and a hand-over of which somebody must be told."""
    at = scene.clock.now()
    await scene.add(*a_case(at), *a_consent(at))
    return scene


async def test_the_cases_page_shows_who_agreed_to_what_and_who_got_what(
    handed: ApiScene, he: Reader
) -> None:
    page = (await he.reads("/cases/case")).part("case-consents")
    assert "本人同意" in page.part("consent").text
    assert "有效" in page.part("consent").text
    assert "天河" in page.part("provision").text
    assert page.has("tell")
    assert page.has("leave-untold")
    assert "Emergency" in (await he.reads("/cases/case", language="en")).text

    await handed.change(Provision, "provision", told_at=handed.clock.now(), told_how="call")
    again = await he.reads("/cases/case/parts/consents")
    assert not again.has("tell")


async def test_a_withdrawn_consent_says_so_and_ends_what_stood_on_it(
    handed: ApiScene, he: Reader
) -> None:
    at = handed.clock.now()
    made = (await handed.all(Provision))[0].model_dump()
    await handed.add(
        Provision(**{**made, "id": "school", "basis": "consent", "consent_id": "consent",
                     "urgency": "", "tell_due_at": None, "recipient": "第一中学"})
    )  # fmt: skip
    before = await he.reads("/cases/case/parts/consents")
    assert not before.has("ended")

    withdrawn = {"withdrawn_at": at, "withdrawn_known_at": at, "withdrawn_who": "giver"}
    await handed.change(DataConsent, "consent", **withdrawn)
    page = await he.reads("/cases/case/parts/consents")
    assert page.has("ended")
    assert page.has("withdrawn")
    assert not page.has("withdraw")


async def test_a_counselor_tells_and_only_a_supervisor_decides_not_to(
    handed: ApiScene, li: Reader
) -> None:
    page = await li.reads("/cases/case/parts/consents")
    assert page.has("tell")
    assert not page.has("leave-untold")


async def test_beside_a_call_a_consent_is_written_down_by_who_writes_its_record(
    handed: ApiScene, li: Reader
) -> None:
    page = (await li.reads("/calls/call")).part("call-consents")
    assert page.has("give-consent")
    assert page.has("consent")


async def test_the_ledger_lists_who_is_to_be_told_and_filters(handed: ApiScene, he: Reader) -> None:
    page = await he.reads("/provisions")
    assert "天河" in page.part("owed").text
    assert "天河" in page.part("ledger").text
    assert page.has("export-csv")
    none = await he.reads("/provisions?basis=consent&since=2026-13-77&until=x")
    assert not none.part("ledger").has("provision")
    for day in ("0001-01-01", "9999-12-31"):  # none of ours: as if it had not been given
        assert (await he.reads(f"/provisions?since={day}&until={day}")).has("provision")
    assert (await he.reads("/cases")).has("tab-provisions")


def test_every_refusal_has_a_sentence_in_the_browser() -> None:
    said = set(re.findall(r"^  (\w+): \(\)", WORDS.read_text(encoding="utf-8"), re.MULTILINE))
    assert said == {why.value for why in WhyRefused}
