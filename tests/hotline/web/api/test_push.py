"""An officer lets a browser tell them at once; without push, they are told so."""

import pytest

from hotline.deliveries.push_keys import key_for_browsers, make_push_key
from hotline.deliveries.subscriptions import NO_BROWSER
from hotline.storage.tables import PushSubscription
from hotline.web.api.push import NOT_SET_UP
from tests.hotline.deliveries.browsers import Browser
from tests.hotline.web.api.conftest import ApiScene

pytestmark = pytest.mark.anyio

PUSH = "/me/push"


@pytest.fixture
def key(scene: ApiScene) -> str:
    """Push is set up. What browsers are given."""
    made = make_push_key()
    scene.house.settings = scene.house.settings.model_copy(update={"push_keys": made})
    found = key_for_browsers(made)
    assert found is not None
    return found.public


async def test_a_browser_is_switched_on_and_off(scene: ApiScene, key: str) -> None:
    officer, browser = scene.person("tianhe"), Browser()

    await officer.does("POST", PUSH, browser.said)
    await officer.does("POST", PUSH, browser.said)
    on = await officer.gets(PUSH)
    await officer.does("POST", f"{PUSH}/off", {"endpoint": browser.endpoint})

    assert on == {"key": key, "devices": 1}
    assert (await officer.gets(PUSH))["devices"] == 0


async def test_without_keys_it_is_said_that_texts_are_sent(scene: ApiScene) -> None:
    officer = scene.person("tianhe")

    answer = await officer.asks("POST", PUSH, Browser().said)

    assert (answer.status_code, answer.json()["detail"]) == (409, NOT_SET_UP)
    assert await officer.gets(PUSH) == {"key": None, "devices": 0}


async def test_an_address_that_is_none_is_refused(scene: ApiScene, key: str) -> None:
    said = Browser(endpoint="http://127.0.0.2/internal").said

    answer = await scene.person("tianhe").asks("POST", PUSH, said)

    assert (answer.status_code, answer.json()["detail"]) == (422, NO_BROWSER)
    assert await scene.all(PushSubscription) == []


async def test_whoever_knows_an_address_does_not_switch_it_off_for_another(
    scene: ApiScene, key: str
) -> None:
    browser = Browser()
    await scene.person("tianhe").does("POST", PUSH, browser.said)

    await scene.person("haizhu").does("POST", f"{PUSH}/off", {"endpoint": browser.endpoint})

    assert (await scene.person("tianhe").gets(PUSH))["devices"] == 1
