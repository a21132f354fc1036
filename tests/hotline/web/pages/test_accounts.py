"""The pages of accounts: what a person reads of their own, and an administrator of everybody's."""

import pytest

from hotline.storage.tables import Staff
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.pages.conftest import Reader

pytestmark = pytest.mark.anyio


async def test_ones_own_account_shows_where_one_is_signed_in(scene: ApiScene, li: Reader) -> None:
    page = await li.reads("/account")
    english = await li.reads("/account", language="en")

    assert "就是这里" in page.part("sessions").text
    assert (len(page.all("session")), page.all("end-session")) == (1, [])
    assert page.has("factor-begin")
    assert "Where you are signed in" in english.text


async def test_what_an_administrator_did_stands_above_all_until_it_was_read(
    scene: ApiScene, li: Reader
) -> None:
    await scene.person("root").does("DELETE", "/accounts/li/second-factor")
    before = await li.reads("/account")

    await scene.person("li").does("POST", "/me/told")

    assert "name of root" in before.part("untold").text
    assert not (await li.reads("/account")).has("untold")
    assert "去掉了手机验证码" in (await li.reads("/account")).part("acts").text


async def test_administrators_see_who_can_sign_in_and_what_to_do_where_not(
    scene: ApiScene,
) -> None:
    await scene.change(Staff, "chen", password_hash="")
    await scene.person("root").does("POST", "/accounts/li/disable")
    root = Reader(scene, "root")

    page = await root.reads("/accounts")

    chen, li, he = (page.part(f"account-{name}") for name in ("chen", "li", "he"))
    assert "还没有密码" in chen.text.partition("name of he")[0]
    assert "管理员已停用" in li.text
    assert "还没登录过" in he.text
    assert (len(page.all("invite")), len(page.all("enable"))) == (1, 1)


async def test_the_page_behind_a_link_is_for_anybody_and_says_nothing_by_itself(
    scene: ApiScene,
) -> None:
    page = await Reader(scene, None).reads("/invitation")

    assert page.has("choose-form")
    assert page.has("worthless")
