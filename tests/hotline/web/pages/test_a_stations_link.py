"""The page behind a station's link: a scanner changes nothing, a PIN does, and nothing leaks."""

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from hotline.escalations.ack_links import make_token
from hotline.storage.tables import Attempt, Escalation, StationContact
from hotline.web.addresses import path_for_log
from tests.hotline.escalations.conftest import PIN, PIN_HASH
from tests.hotline.web.api.conftest import ApiScene

pytestmark = pytest.mark.anyio

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Phone:
    """Somebody who opens the link: no account, no cookie, no scripts."""

    def __init__(self, scene: ApiScene, token: str) -> None:
        self.scene, self.path = scene, f"/a/{token}"

    async def opens(self, language: str = "zh", method: str = "GET") -> tuple[int, str]:
        headers = {"Accept": "text/html", "Accept-Language": language}
        answer = await self.scene.http.request(method, self.path, headers=headers)
        self.headers = answer.headers
        return answer.status_code, answer.text

    async def sends(self, body: str) -> str:
        answer = await self.scene.http.post(self.path, content=body, headers=FORM)
        assert answer.status_code == 200
        return answer.text

    async def state(self) -> str:
        async with self.scene.house.database.work() as work:
            state: str = (await work.exec(select(Escalation.state))).one()
        return state


@pytest.fixture
async def phone(scene: ApiScene) -> Phone:
    """The duty contact has a link to what li flagged."""
    flag = {"level": "imminent", "summary": "says so", "client_key": "k"}
    await scene.person("li").does("POST", "/calls/call/flags", flag)
    async with scene.house.database.work() as work:
        (attempt,) = (await work.exec(select(Attempt))).all()
        contact = await work.get_one(StationContact, attempt.contact_id)
        contact.pin_hash = PIN_HASH
        token = await make_token(work, attempt.id, at=scene.clock.now())
    return Phone(scene, token)


async def test_a_look_shows_the_minimum_and_a_form(phone: Phone) -> None:
    status, text = await phone.opens()

    assert status == 200
    assert 'data-testid="link-fresh"' in text
    assert 'method="post"' in text
    assert "says so" not in text


async def test_a_scanner_may_come_as_often_as_it_likes(phone: Phone) -> None:
    for method in ("GET", "HEAD", "GET", "HEAD", "OPTIONS"):
        await phone.opens(method=method)

    assert await phone.state() == "open"


async def test_what_a_browser_is_told_keeps_the_link_to_itself(phone: Phone) -> None:
    await phone.opens()

    assert phone.headers["Referrer-Policy"] == "no-referrer"
    assert phone.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert phone.headers["Cache-Control"] == "no-store"
    policy = phone.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy


async def test_the_right_pin_acknowledges_without_scripts_or_cookies(phone: Phone) -> None:
    said = await phone.sends(f"pin={PIN}&wish=acknowledge")

    assert 'data-testid="link-acknowledged"' in said
    assert await phone.state() == "acknowledged"
    assert 'data-testid="link-yours"' in (await phone.opens())[1]


async def test_who_cannot_says_so(phone: Phone) -> None:
    said = await phone.sends(f"pin={PIN}&wish=hand_on")

    assert 'data-testid="link-handed_on"' in said
    assert await phone.state() == "open"


@pytest.mark.parametrize(
    "body", ["", "pin=0000&wish=acknowledge", f"pin={PIN}", f"pin={PIN}&wish=x", "%ff=%ff&pin"]
)
async def test_whatever_else_is_sent_acknowledges_nothing(phone: Phone, body: str) -> None:
    assert 'data-testid="ack-form"' in await phone.sends(body)

    assert await phone.state() == "open"


async def test_a_wrong_pin_is_told_in_plain_words_and_counts(phone: Phone) -> None:
    said = [await phone.sends("pin=0000&wish=acknowledge") for _ in range(5)]

    assert "密码不对" in said[0]
    assert 'data-testid="link-locked"' in said[4]
    assert "请致电热线" in said[4]
    assert 'data-testid="ack-form"' not in said[4]


async def test_an_old_link_says_whom_to_ring(phone: Phone) -> None:
    phone.scene.clock.advance(31 * 60)

    _, text = await phone.opens("en")

    assert "This link is too old" in text
    assert 'href="tel:1"' in text  # the number that the line shows


async def test_a_link_that_nobody_made_is_not_there(scene: ApiScene) -> None:
    status, text = await Phone(scene, "0" * 24).opens("en")

    assert status == 404
    assert "not whole" in text


async def test_no_log_line_holds_a_link(phone: Phone) -> None:
    with capture_logs() as logs:
        await phone.opens()
        await phone.sends("pin=0000&wish=acknowledge")
        await phone.sends(f"pin={PIN}&wish=acknowledge")

    assert phone.path.rpartition("/")[2] not in repr(logs)


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/a/secret", "/a/…"),
        ("/seat/desk/a/secret/x", "/seat/desk/a/…"),
        ("/a/x\ny", "/a/…"),
        ("/accounts", "/accounts"),
        ("/calls/a/b", "/calls/a/b"),
    ],
)
def test_a_path_is_logged_without_what_opens_something(path: str, logged: str) -> None:
    assert path_for_log(path) == logged
