"""The way in: which hotline this is, what to do when one cannot get in, and where each begins."""

import re
from pathlib import Path

import httpx
import pytest

from hotline.i18n import catalog
from hotline.i18n.catalog import ENGLISH, LANGUAGES
from hotline.settings import Settings
from hotline.staff.model import Role
from hotline.storage.tables import Line, Staff
from hotline.web.app import create_app
from tests.hotline.web.api.conftest import SITE, ApiScene, client_of, house_on
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio

HOTLINE = Path(__file__).parents[4] / "hotline"
PHONES_WORDS = HOTLINE / "simulator" / "static" / "i18n.js"
NAMED = re.compile("“(.+?)”")
SAID = re.compile(r'\b_\("(.+?)"\)')


async def test_the_log_in_names_the_lines_in_the_readers_language(scene: ApiScene) -> None:
    nobody = Reader(scene, None)

    chinese = await nobody.reads("/login")
    english = await nobody.reads("/login", language="en")

    assert "青少年" in chinese.text
    assert "Youth" in english.text
    assert chinese.has("login-form")


async def test_training_accounts_are_shown_in_a_demo_only(scene: ApiScene) -> None:
    await scene.change(Staff, "chen", password_chosen=True)
    await scene.change(Staff, "he", password_hash="")
    settings = Settings(public_url=SITE, demo=True, simulator_url="http://127.0.0.1:9")
    demo = create_app(house_on(scene.house.database, scene.clock, settings))

    async with client_of(demo) as http:
        shown = (await http.get("/login")).text

    assert 'data-testid="demo-li"' in shown
    assert "demo-chen" not in shown, "whoever chose a password keeps it to themselves"
    assert "demo-he" not in shown, "whoever has a link to choose one has none yet"
    assert not (await Reader(scene, None).reads("/login")).has("demo-people")


@pytest.mark.parametrize(
    ("who", "page"),
    [("li", "/desk"), ("he", "/floor"), ("tianhe", "/station"), ("root", "/administration")],
)
async def test_each_role_begins_on_its_own_page(scene: ApiScene, who: str, page: str) -> None:
    answer = await Reader(scene, who).opens("/")

    assert (answer.status, answer.headers["location"]) == (303, page)


async def test_a_supervisor_who_also_takes_calls_begins_on_the_floor(scene: ApiScene) -> None:
    await scene.hires("both", Role.COUNSELOR, Role.SUPERVISOR)

    answer = await Reader(scene, "both").opens("/")

    assert (answer.status, answer.headers["location"]) == (303, "/floor")


@pytest.mark.parametrize("path", ["/", "/desk", "/floor", "/calls/call", "/escalations"])
async def test_who_is_not_signed_in_is_led_to_the_log_in(scene: ApiScene, path: str) -> None:
    answer = await Reader(scene, None).opens(path)

    assert (answer.status, answer.headers["location"]) == (303, "/login")


@pytest.mark.parametrize(
    ("who", "may", "may_not"),
    [
        ("li", ["/desk", "/escalations"], ["/floor", "/station"]),
        ("he", ["/floor", "/escalations"], ["/desk", "/station"]),
        ("tianhe", ["/station"], ["/desk", "/floor", "/escalations"]),
        ("root", ["/administration"], ["/desk", "/floor", "/station"]),
    ],
)
async def test_the_rail_leads_only_where_one_may_go(
    scene: ApiScene, who: str, may: list[str], may_not: list[str]
) -> None:
    page = await Reader(scene, who).reads(may[0])

    assert [path for path in may if f'href="{path}" data-place' not in page.html] == []
    assert [path for path in may_not if f'href="{path}" data-place' in page.html] == []


async def test_the_guided_page_exists_in_the_demo_only(scene: ApiScene) -> None:
    settings = Settings(public_url=SITE, demo=True, simulator_url="http://127.0.0.1:9")
    demo = create_app(house_on(scene.house.database, scene.clock, settings))

    async with client_of(demo) as http:
        shown: httpx.Response = await http.get("/demo")

    assert shown.status_code == 200
    assert (await Reader(scene, None).opens("/demo")).status == 404


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "法律援助热线"), ("en", "Legal aid")])
async def test_the_guided_page_says_which_number_does_what(
    scene: ApiScene, language: str, name: str
) -> None:
    await scene.add(
        Line(id="legal", name="法律援助热线", name_en="Legal aid", number_shown="12348")
    )
    settings = Settings(public_url=SITE, demo=True, simulator_url="http://127.0.0.1:9")
    demo = create_app(house_on(scene.house.database, scene.clock, settings))

    async with client_of(demo) as http:
        shown = await http.get("/demo", params={"lang": language})

    assert f"12348</b> {name}" in shown.text


async def test_a_language_that_was_chosen_is_kept(scene: ApiScene) -> None:
    page = await Reader(scene, None).reads("/login?lang=en")

    assert "hotline_language=en" in page.headers["set-cookie"]
    assert 'lang="en"' in page.html


async def test_no_page_is_kept_by_anybody_on_the_way(scene: ApiScene) -> None:
    page = await Reader(scene, "li").reads("/desk")

    assert page.headers["cache-control"] == "no-store"
    assert page.headers["vary"] == "Accept-Language, Cookie, Accept-Encoding"
    assert "x-hotline-now" in page.headers


async def test_styles_and_scripts_of_this_version_are_never_asked_for_again(
    scene: ApiScene,
) -> None:
    reader = Reader(scene, "li")
    desk = await reader.reads("/desk")
    (script,) = re.findall(r'src="(/static/[^"]+/desk\.js)"', desk.html)

    asset = await reader.reads(script)
    module = await reader.reads(script.replace("desk.js", "api.js"))

    kept = "public, max-age=31536000, immutable"
    assert [it.headers["cache-control"] for it in (asset, module)] == [kept, kept]


@pytest.mark.parametrize("where", ["/static", "/static/v-000000000000"])
async def test_files_under_any_other_name_are_there_and_asked_for_again(
    scene: ApiScene, where: str
) -> None:
    asset = await Reader(scene, None).reads(f"{where}/hotline.css")

    assert asset.headers["cache-control"] == "no-cache"


async def test_a_file_that_the_browser_has_is_not_sent_again(scene: ApiScene) -> None:
    first = await scene.http.get("/static/hotline.css")
    again = await scene.http.get(
        "/static/hotline.css", headers={"If-None-Match": first.headers["etag"]}
    )
    other = await scene.http.get("/static/hotline.css", headers={"If-None-Match": '"older"'})

    assert first.headers["content-type"] == "text/css; charset=utf-8"
    assert [(it.status_code, len(it.content)) for it in (first, again, other)] == [
        (200, len(first.content)),
        (304, 0),
        (200, len(first.content)),
    ]


async def test_a_file_is_read_and_never_written(scene: ApiScene) -> None:
    assert (await scene.http.post("/static/hotline.css")).status_code == 405


@pytest.mark.parametrize("name", ["..%2f..%2fapp.py", "", "../../app.py", "v-000000000000"])
async def test_no_file_is_found_outside_the_folder(scene: ApiScene, name: str) -> None:
    answer = await Reader(scene, None).opens(f"/static/v-000000000000/{name}")

    assert answer.status == 404


@pytest.mark.parametrize("path", ["/desk", "/static/hotline.css", "/api/openapi.json"])
async def test_pages_files_and_answers_are_compressed_for_whoever_takes_it(
    scene: ApiScene, path: str
) -> None:
    headers = scene.person("li").headers

    small = await scene.http.get(path, headers=headers | {"Accept-Encoding": "gzip"})
    plain = await scene.http.get(path, headers=headers | {"Accept-Encoding": "identity"})

    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in small.headers["vary"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_guided_page_calls_every_button_as_it_is_called(
    scene: ApiScene, language: str
) -> None:
    settings = Settings(public_url=SITE, demo=True, simulator_url="http://127.0.0.1:9")
    demo = create_app(house_on(scene.house.database, scene.clock, settings))
    async with client_of(demo) as http:
        shown = await http.get("/demo", params={"lang": language})
    steps = shown.text.split('data-testid="steps"')[1].split("</ol>")[0]

    named = NAMED.findall(steps)

    assert len(named) == 6
    assert set(named) <= buttons(language)


def buttons(language: str) -> set[str]:
    """What is written on the buttons of the desk and of the phone."""
    desk = (HOTLINE / "web" / "templates").glob("desk_*.html")
    words = {word for file in desk for word in SAID.findall(file.read_text())}
    if language == ENGLISH:
        words = {catalog.english().get(word, word) for word in words}
    return words | set(re.findall(r': "(.+?)",', PHONES_WORDS.read_text()))
