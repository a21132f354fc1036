"""What cannot be shown: a page for people, with a way home; a problem for everything else."""

import pytest

from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("who", "path", "status", "heading"),
    [
        (None, "/no/such/page", 404, "没有这个页面"),
        ("li", "/escalations/unknown", 404, "没有这个页面"),
        ("li", "/escalations/unknown/acts", 422, "没有这个页面"),
        ("li", "/floor", 403, "您没有权限查看此页"),
    ],
)
async def test_an_address_that_cannot_be_shown_is_a_page_with_a_way_home(
    scene: ApiScene, who: str | None, path: str, status: int, heading: str
) -> None:
    page = await Reader(scene, who).opens(path)

    assert (page.status, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert heading in page.part("refusal").text
    assert 'href="/"' in page.html


@pytest.mark.parametrize("headers", [{"Accept": "*/*"}, {"Accept": "text/html", "HX-Request": "1"}])
async def test_software_and_parts_of_a_page_are_told_what_is_wrong_in_json(
    scene: ApiScene, headers: dict[str, str]
) -> None:
    answer = await scene.http.get("/no/such/page", headers=headers)

    assert answer.json()["status"] == 404


async def test_a_fault_of_ours_is_a_page_that_asks_to_try_again(scene: ApiScene) -> None:
    @scene.app.get("/breaks")
    async def breaks() -> None:
        raise RuntimeError

    page = await Reader(scene, None).opens("/breaks", language="en")

    assert page.status == 500
    assert "This page did not open" in page.text
    assert "RuntimeError" not in page.html
