"""The carrier's own softphone, as it is shipped, against a signalling gateway inside the page.

The SDK is the real one; its WebSocket ends at `carrier_gateway.js`, and the sound of a call goes
through real peer connections. What the carrier's servers do beyond that is not shown here.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.people import Demo, Duty, has_the_phone, signs_in

pytestmark = pytest.mark.browser

Somebody = Callable[[], Page]
GATEWAY = Path(__file__).with_name("carrier_gateway.js")
OUTSIDE = "**/*twilio.com/**"  # where the SDK sends its statistics


def rings_by_twilio(page: Page, *, token_lasts_s: float = 900.0) -> list[str]:
    """From now on the page has the carrier's softphone; the tokens that it was given."""
    tokens: list[str] = []

    def give_token(route: Route) -> None:
        tokens.append(f"token-{len(tokens) + 1}")
        told = {
            "kind": "twilio",
            "address": "client:somebody",
            "url": "",
            "token": tokens[-1],
            "token_lasts_s": token_lasts_s,
            "edges": ["singapore", "tokyo"],
            "codecs": ["opus", "pcmu"],
        }
        route.fulfill(content_type="application/json", body=json.dumps(told))

    page.add_init_script(path=GATEWAY)
    page.route("**/api/v1/me/softphone", give_token)
    page.route(OUTSIDE, lambda route: route.abort())
    return tokens


def comes_on_shift(page: Page, demo: Demo, username: str = "he") -> None:
    """A supervisor on the floor, whose softphone is registered."""
    signs_in(page, demo, username)
    has_the_phone(page)


def asked(urls: Iterable[str]) -> set[str]:
    return {urlsplit(url).hostname or "" for url in urls}


def test_it_registers_at_the_edge_of_the_settings_with_sounds_of_our_own(
    demo: Demo, somebody: Somebody
) -> None:
    page = somebody()
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    rings_by_twilio(page)

    comes_on_shift(page, demo)

    assert page.evaluate("[carrier.edges[0], carrier.registered > 0]") == ["singapore", True]
    with page.expect_response("**/sounds/incoming.wav") as sound:
        page.reload()
    assert sound.value.ok
    assert "sdk.twilio.com" not in asked(urls)


def test_a_call_rings_is_answered_heard_muted_and_left(demo: Demo, somebody: Somebody) -> None:
    page = somebody()
    rings_by_twilio(page)
    comes_on_shift(page, demo)

    page.evaluate("carrier.ring('CA1')")
    expect(page.get_by_test_id("listening-word")).to_have_text("电话找您")
    page.get_by_test_id("listening-answer").click()
    expect(page.get_by_test_id("listening-word")).to_have_text("您在通话中")
    meters = page.get_by_test_id("listening-levels")
    expect(meters).not_to_have_attribute("data-level-out", "0")
    expect(meters).not_to_have_attribute("data-level-out", "0.000")
    expect(page.get_by_test_id("quality")).to_be_visible()
    page.get_by_test_id("listening-mute").click()
    expect(page.get_by_test_id("listening-mute")).to_have_attribute("aria-pressed", "true")
    page.get_by_test_id("hang-up").click()

    expect(page.get_by_test_id("listening")).to_be_hidden()
    assert page.evaluate("[carrier.answered, carrier.hungUp]") == [1, 1]
    expect(page.get_by_test_id("quality")).to_be_hidden()


def test_a_caller_who_gives_up_stops_the_ring(demo: Demo, somebody: Somebody) -> None:
    page = somebody()
    rings_by_twilio(page)
    comes_on_shift(page, demo)

    page.evaluate("carrier.ring('CA1')")
    expect(page.get_by_test_id("listening-answer")).to_be_visible()
    page.evaluate("carrier.cancel('CA1')")

    expect(page.get_by_test_id("listening")).to_be_hidden()
    has_the_phone(page)


def test_a_token_is_renewed_while_a_talk_goes_on(demo: Demo, somebody: Somebody) -> None:
    page = somebody()
    tokens = rings_by_twilio(page, token_lasts_s=3.0)
    comes_on_shift(page, demo)
    page.evaluate("carrier.ring('CA1')")
    page.get_by_test_id("listening-answer").click()
    expect(page.get_by_test_id("listening-word")).to_have_text("您在通话中")
    before = len(tokens)

    while len(tokens) < before + 2:
        with page.expect_response("**/me/softphone"):
            pass

    expect(page.get_by_test_id("listening-word")).to_have_text("您在通话中")
    assert page.evaluate("carrier.hungUp") == 0
    assert page.evaluate("carrier.tokens.at(-1)") in tokens[before:]


def test_a_renewal_that_fails_is_tried_again(demo: Demo, somebody: Somebody) -> None:
    page = somebody()
    page.clock.install()
    tokens = rings_by_twilio(page)
    comes_on_shift(page, demo)
    page.route("**/api/v1/me/softphone", lambda route: route.abort(), times=1)

    page.clock.run_for(610_000)
    with page.expect_response("**/me/softphone"):
        page.clock.run_for(16_000)

    has_the_phone(page)
    assert len(tokens) == 2


@pytest.mark.parametrize(
    ("code", "words"), [(31202, "核对运营商的 API Key"), (31205, "通行证已过期")]
)
def test_a_token_that_is_refused_is_told_in_plain_words_and_tried_again(
    demo: Demo, somebody: Somebody, code: int, words: str
) -> None:
    page = somebody()
    rings_by_twilio(page)
    page.add_init_script(f"carrier.refuses = {code}")

    signs_in(page, demo, "he")
    expect(page.get_by_test_id("phone-band")).to_contain_text(words)
    page.evaluate("carrier.refuses = 0")

    has_the_phone(page)
    expect(page.get_by_test_id("phone-band")).to_be_hidden()


def test_a_line_that_is_lost_is_said_and_comes_back_by_itself(
    demo: Demo, somebody: Somebody
) -> None:
    page = somebody()
    rings_by_twilio(page)
    comes_on_shift(page, demo)

    page.evaluate("carrier.drop()")

    expect(page.get_by_test_id("phone-band")).to_contain_text("软电话没有连上")
    has_the_phone(page)


def test_a_call_that_this_page_asked_for_is_accepted_by_itself(
    demo: Demo, somebody: Somebody
) -> None:
    page = somebody()
    rings_by_twilio(page)
    comes_on_shift(page, demo)
    page.evaluate(
        "main.insertAdjacentHTML('beforeend',"
        " '<button type=button id=listen data-expects-call=李老师>旁听</button>')"
    )

    page.locator("#listen").click()
    page.evaluate("carrier.ring('CA1')")

    expect(page.get_by_test_id("listening-word")).to_have_text("您在 李老师 的通话中")
    expect(page.get_by_test_id("listening-levels")).not_to_have_attribute("data-level-out", "0")
    page.evaluate("carrier.hangUp('CA1')")
    expect(page.get_by_test_id("listening")).to_be_hidden()


# ── a supervisor who takes no callers ───────────────────────────────────────────────────────────


@pytest.fixture
def takes_no_callers(duty: Duty) -> Iterator[str]:
    """The supervisor of the demo is a counselor as well; here they are none."""
    roles = "update staff set roles = %s where username = 'he' returning username"
    name: str = duty.one(roles, '["supervisor"]')
    yield name
    duty.one(roles, '["supervisor", "counselor"]')


def test_a_supervisor_without_a_desk_is_rung_and_may_refuse(
    demo: Demo, takes_no_callers: str, somebody: Somebody
) -> None:
    page = somebody()
    rings_by_twilio(page)
    comes_on_shift(page, demo, takes_no_callers)
    expect(page.get_by_test_id("presence-menu")).to_have_count(0)

    page.evaluate("carrier.ring('CA1')")
    expect(page.get_by_test_id("listening-levels")).to_be_hidden()
    page.get_by_test_id("hang-up").filter(has_text="拒接").click()

    expect(page.get_by_test_id("listening")).to_be_hidden()
    page.evaluate("carrier.ring('CA2')")
    page.keyboard.press("F2")
    expect(page.get_by_test_id("listening-word")).to_have_text("您在通话中")
    page.keyboard.press("m")
    expect(page.get_by_test_id("listening-muted")).to_be_visible()
