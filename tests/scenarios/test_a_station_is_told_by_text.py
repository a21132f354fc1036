"""A station's duty contact has a text with a link: a scanner opens it, the officer answers it."""

import re

import pytest

from hotline.numbers import normalised
from tests.harness.marks import in_columns, in_files
from tests.harness.scene import Scene

pytestmark = [pytest.mark.anyio, pytest.mark.scenario]

DUTY, HEAD, PIN = "02000000202", "15400000203", "1232"
LINK = re.compile(r"http\S+?(/a/[\w-]{24,})")
SCANNER = {"User-Agent": "link scanner", "Accept": "text/html"}


async def is_told_by_phone_and_text(scene: Scene) -> str:
    """Li flags a child; the duty contact is rung and written to. Returns the link's path."""
    both = (
        'update station_contact set channels = \'["phone", "text"]\' where phone = %s returning 1'
    )
    assert await scene.house.rows(both, normalised(DUTY)) == [(1,)]
    li, _child = await scene.talking("li", "15400000001")
    call = await scene.call_of("15400000001")
    flag = {"level": "imminent", "summary": "says she has taken pills", "client_key": "key-1"}
    await li.does("POST", f"/calls/{call}/flags", flag)
    await scene.handset(DUTY).rings()
    written = scene.handset(DUTY.removeprefix("0"))  # the carrier knows it as +86 20…
    await written.is_written_to("待您确认")
    (text,) = await written.texts()
    assert "pills" not in text
    found = LINK.search(text)
    assert found is not None
    return found[1]


async def test_a_scanner_changes_nothing_and_the_officers_pin_acknowledges(scene: Scene) -> None:
    link = await is_told_by_phone_and_text(scene)
    http = scene.house.http

    for method in ("GET", "HEAD", "GET"):
        assert (await http.request(method, link, headers=SCANNER)).status_code == 200
    assert await scene.house.rows("select state from escalation") == [("open",)]
    answer = await http.post(link, data={"pin": PIN, "wish": "acknowledge"})

    assert 'data-testid="link-acknowledged"' in answer.text
    assert await scene.house.rows("select state from escalation") == [("acknowledged",)]


async def test_whoever_lifts_a_receiver_afterwards_is_told_that_it_is_taken(scene: Scene) -> None:
    link = await is_told_by_phone_and_text(scene)
    await scene.passes(125)
    head = scene.handset(HEAD)
    await head.rings()
    await scene.house.http.post(link, data={"pin": PIN, "wish": "acknowledge"})

    await head.answers()

    await head.hears("已经有同事接收")


async def test_the_link_is_kept_nowhere(scene: Scene) -> None:
    link = await is_told_by_phone_and_text(scene)
    token = link.rpartition("/")[2]
    await scene.house.http.get(link)
    await scene.house.http.post(link, data={"pin": "0000", "wish": "acknowledge"})
    await scene.house.http.post(link, data={"pin": PIN, "wish": "acknowledge"})
    await scene.until("select 1 from escalation where state = 'acknowledged'")

    assert await in_columns(scene, [token]) == []
    assert in_files(scene.house.logs, [token]) == []
