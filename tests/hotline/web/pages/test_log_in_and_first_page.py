"""The way in: which hotline this is, what to do when one cannot get in, and where each begins."""

import httpx
import pytest

from hotline.settings import Settings
from hotline.staff.model import Role
from hotline.web.app import create_app
from tests.hotline.web.api.conftest import SITE, ApiScene, client_of, house_on
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def test_the_log_in_names_the_lines_in_the_readers_language(scene: ApiScene) -> None:
    nobody = Reader(scene, None)

    chinese = await nobody.reads("/login")
    english = await nobody.reads("/login", language="en")

    assert "青少年" in chinese.text
    assert "Youth" in english.text
    assert chinese.has("login-form")


async def test_training_accounts_are_shown_in_a_demo_only(scene: ApiScene) -> None:
    assert not (await Reader(scene, None).reads("/login")).has("demo-people")


@pytest.mark.parametrize(
    ("who", "page"), [("li", "/desk"), ("he", "/floor"), ("tianhe", "/station"), ("root", "/login")]
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


async def test_a_language_that_was_chosen_is_kept(scene: ApiScene) -> None:
    page = await Reader(scene, None).reads("/login?lang=en")

    assert "hotline_language=en" in page.headers["set-cookie"]
    assert 'lang="en"' in page.html


async def test_no_page_is_kept_by_anybody_on_the_way(scene: ApiScene) -> None:
    page = await Reader(scene, "li").reads("/desk")

    assert page.headers["cache-control"] == "no-store"
    assert page.headers["vary"] == "Accept-Language, Cookie"
    assert "x-hotline-now" in page.headers


async def test_styles_and_scripts_are_asked_for_again_with_each_page(scene: ApiScene) -> None:
    asset = await Reader(scene, None).reads("/static/hotline.css")

    assert asset.headers["cache-control"] == "no-cache"
