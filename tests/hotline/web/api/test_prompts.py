"""A prompt is recorded, heard, put aside and taken back; all over the API."""

import asyncio

import httpx
import pytest

from hotline.storage.tables import Line, PromptRecording
from tests.hotline.prompts.conftest import tone
from tests.hotline.web.api.conftest import ApiScene, Person

pytestmark = pytest.mark.anyio

TAKES = "/prompts/hak/keys/wait.first/takes"


@pytest.fixture
def root(scene: ApiScene) -> Person:
    """The administrator."""
    return scene.person("root")


async def records(root: Person, path: str, sound: bytes) -> httpx.Response:
    return await root.http.post(f"/api/v1{path}", content=sound, headers=root.headers)


async def how(root: Person, key: str, language: str = "hak") -> tuple[str, str]:
    told = await root.gets(f"/prompts/{language}?line=youth")
    (found,) = [one for one in told["prompts"] if one["key"] == key]
    return found["how"], found["language"]


async def test_a_prompt_that_somebody_recorded_is_what_callers_hear(root: Person) -> None:
    before = await how(root, "wait.first")

    kept = await records(root, TAKES, tone())
    sound = await root.http.get(kept.json()["sound"])

    assert kept.status_code == 201, kept.text
    assert (before, await how(root, "wait.first")) == (("stand_in", "cmn"), ("recorded", "hak"))
    assert sound.content == tone()
    assert sound.headers["Cache-Control"] == "public, max-age=31536000, immutable"


async def test_an_older_take_is_taken_back_and_a_prompt_is_put_aside(root: Person) -> None:
    first = (await records(root, TAKES, tone(1.0))).json()
    await records(root, TAKES, tone(2.0))

    await root.does("POST", f"/prompts/takes/{first['id']}/use")
    takes = await root.gets(TAKES)
    await root.does("DELETE", "/prompts/hak/keys/wait.first")

    assert sorted((take["seconds"], take["active"]) for take in takes) == [
        (1.0, True),
        (2.0, False),
    ]
    assert await how(root, "wait.first") == ("stand_in", "cmn")


async def test_of_two_takes_that_are_kept_at_once_one_is_heard(root: Person) -> None:
    first, second = await asyncio.gather(
        records(root, TAKES, tone(1.0)), records(root, TAKES, tone(2.0))
    )

    takes = await root.gets(TAKES)

    assert (first.status_code, second.status_code) == (201, 201)
    assert sorted(take["active"] for take in takes) == [False, True]


async def test_a_take_whose_words_have_changed_is_not_heard_and_not_taken_back(
    scene: ApiScene, root: Person
) -> None:
    kept = (await records(root, TAKES, tone())).json()
    await scene.change(PromptRecording, kept["id"], script="从前的话。")

    (take,) = await root.gets(TAKES)
    refused = await root.asks("POST", f"/prompts/takes/{kept['id']}/use")

    assert take["is_stale"]
    assert await how(root, "wait.first") == ("stand_in", "cmn")
    assert refused.status_code == 409


async def test_a_greeting_is_whole_only_with_the_name_of_the_line(
    scene: ApiScene, root: Person
) -> None:
    await records(root, "/prompts/hak/keys/greeting.line.1/takes", tone(1.0))
    await records(root, "/prompts/hak/keys/greeting.line.2/takes", tone(1.1))
    without_name = await how(root, "greeting.line")
    await records(root, "/prompts/hak/keys/line.youth/takes", tone(1.2))
    with_name = await how(root, "greeting.line")

    await scene.change(Line, "youth", name="另一个名字")

    assert (without_name, with_name) == (("stand_in", "cmn"), ("recorded", "hak"))
    assert await how(root, "greeting.line") == ("stand_in", "cmn")


async def test_what_is_no_sound_is_refused_with_a_reason_and_nothing_is_kept(
    scene: ApiScene, root: Person
) -> None:
    answer = await records(root, TAKES, b"ID3 a tune")

    assert (answer.status_code, answer.json()["reason"]) == (422, "no_wav")
    assert await scene.all(PromptRecording) == []


@pytest.mark.parametrize(
    "path", ["/prompts/hak/keys/no.such/takes", "/prompts/xyz/keys/wait.first/takes"]
)
async def test_nothing_else_can_be_recorded(root: Person, path: str) -> None:
    assert (await records(root, path, tone())).status_code == 404


async def test_only_sounds_may_be_larger_than_anything_else_that_is_sent(root: Person) -> None:
    assert (await records(root, TAKES, tone(30))).status_code == 201
    assert (await records(root, TAKES, bytes(2 * 1024 * 1024 + 1))).status_code == 413
