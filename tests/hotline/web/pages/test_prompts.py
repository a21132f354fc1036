"""The page of prompts: how callers of each language hear each of them, and what can be recorded."""

import pytest

from hotline.storage.tables import PromptRecording
from tests.hotline.prompts.conftest import tone
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

TAKES = "/api/v1/prompts/hak/keys/wait.first/takes"


@pytest.fixture
def root(scene: ApiScene) -> Reader:
    """The administrator."""
    return Reader(scene, "root")


async def somebody_records(scene: ApiScene, seconds: float = 1.0) -> str:
    headers = scene.person("root").headers
    answer = await scene.http.post(TAKES, content=tone(seconds), headers=headers)
    return str(answer.json()["id"])


async def test_a_language_without_a_voice_is_shown_first_with_what_stands_in(
    root: Reader,
) -> None:
    page = await root.reads("/prompts")

    (prompt,) = page.all("prompt-wait.first")
    assert 'data-how="stand_in"' in prompt
    assert "运营商没有客家话的声音" in page.part("stands-in").text
    assert 'data-stand-in="0"' in page.all("language-cmn")[0]
    assert "谢谢你打来" in page.part("prompt-wait.first").text


async def test_a_recorded_prompt_is_counted_and_can_be_listened_to(
    scene: ApiScene, root: Reader
) -> None:
    await somebody_records(scene)

    page = await root.reads("/prompts?language=hak", language="en")

    assert 'data-recorded="1"' in page.all("language-hak")[0]
    assert 'data-how="recorded"' in page.all("prompt-wait.first")[0]
    assert "/sounds/prompts/" in page.part("prompt-wait.first").part("hear").html[:400]
    assert "name of root" in page.part("takes").text


async def test_a_recording_whose_words_have_changed_is_shown_with_the_old_words(
    scene: ApiScene, root: Reader
) -> None:
    take = await somebody_records(scene)
    await scene.change(PromptRecording, take, script="从前的话。")

    page = await root.reads("/prompts/list?line=youth&language=hak")

    assert "有 1 条录音的文字后来改了" in page.part("stale").text
    assert "从前的话。" in page.part("changed").text
    assert 'data-how="stand_in"' in page.all("prompt-wait.first")[0]


async def test_an_older_take_can_be_used_again_from_its_history(
    scene: ApiScene, root: Reader
) -> None:
    first = await somebody_records(scene, 1.0)
    await somebody_records(scene, 2.0)

    page = await root.reads("/prompts?language=hak")

    assert [tag for tag in page.all("use") if f"/prompts/takes/{first}/use" in tag]
    assert len(page.all("use")) == 1


async def test_gaps_are_shown_by_what_fills_them(root: Reader) -> None:
    page = await root.reads("/prompts?language=nan")

    assert "你好，这里是〔热线名称〕。" in page.part("prompt-greeting.line").text
    assert page.has("script-line.youth")
    assert page.has("script-value.digit.9")
    assert page.has("script-value.number.100")


@pytest.mark.parametrize("query", ["?language=xyz", "?line=none"])
async def test_what_is_not_there_is_not_found(root: Reader, query: str) -> None:
    assert (await root.opens(f"/prompts{query}")).status == 404
