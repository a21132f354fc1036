"""The administrator records a prompt in the browser, uploads files, takes the first one back."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.people import Demo, Duty, signs_in
from tests.browser.voices import speaks_with
from tests.hotline.prompts.conftest import tone

pytestmark = pytest.mark.browser

PROMPT = "wait.first"


@pytest.fixture
def page(demo: Demo, duty: Duty, somebody: Callable[[], Page]) -> Iterator[Page]:
    """The prompts in Hakka, on which nobody recorded anything; and none are left."""
    page = somebody()
    speaks_with(page, 440)
    signs_in(page, demo, "admin")
    page.goto(f"{demo.url}/prompts?language=hak")
    yield page
    duty.connection.execute("delete from prompt_recording")


def script(page: Page) -> Locator:
    return page.get_by_test_id(f"script-{PROMPT}")


def does(page: Page, *acts: str) -> None:
    for act in acts:
        script(page).get_by_test_id(act).click()


def uploads(page: Page, kind: str, content: bytes) -> None:
    file: FilePayload = {"name": "a file", "mimeType": kind, "buffer": content}
    script(page).get_by_test_id("upload").set_input_files([file])


def is_heard(page: Page, how: str, takes: int) -> None:
    expect(page.get_by_test_id(f"prompt-{PROMPT}")).to_have_attribute("data-how", how)
    expect(script(page).get_by_test_id("takes").locator("li")).to_have_count(takes)


def test_a_prompt_is_recorded_with_a_microphone_and_callers_hear_it(page: Page) -> None:
    does(page, "record")
    expect(script(page).get_by_test_id("stop")).to_contain_text("0:02")
    does(page, "stop", "listen", "keep")

    is_heard(page, "recorded", takes=1)
    expect(page.get_by_test_id("language-hak")).to_have_attribute("data-recorded", "1")


def test_a_file_of_another_form_is_converted_and_an_older_take_is_taken_back(page: Page) -> None:
    for seconds in (1.0, 2.0):
        uploads(page, "audio/wav", tone(seconds, rate=44100))
        does(page, "keep")
        is_heard(page, "recorded", takes=int(seconds))
    script(page).get_by_test_id("takes").locator("summary").click()

    does(page, "use")

    used = script(page).get_by_test_id("takes").locator("li").filter(has_text="正在使用")
    expect(used).to_contain_text("1.0 秒")
    does(page, "set-aside", "set-aside")
    is_heard(page, "stand_in", takes=2)


def test_what_is_no_sound_is_said_to_be_none(page: Page) -> None:
    uploads(page, "audio/mpeg", b"a letter")

    expect(page.get_by_test_id("toast")).to_contain_text("浏览器读不出这个文件")
    expect(script(page).get_by_test_id("keep")).to_be_hidden()
