"""What a browser that has nothing yet must fetch before a counselor sees the desk."""

import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Duty, signs_in

pytestmark = pytest.mark.browser

MOST_KB = 350
VOICE_SDK = ("twilio.min.js", "softphone-sdk.js")  # the carrier's, fetched beside everything else

Somebody = Callable[[], Page]


class Weighed:
    """The bytes of each address as they came over the wire, compressed, with their headers."""

    def __init__(self, page: Page) -> None:
        """With an empty cache from here on."""
        self._addresses: dict[str, str] = {}
        self.bytes: dict[str, int] = {}
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._came)
        session.send("Network.enable")
        session.send("Network.clearBrowserCache")

    def _asked(self, event: dict[str, Any]) -> None:
        self._addresses[event["requestId"]] = event["request"]["url"]

    def _came(self, event: dict[str, Any]) -> None:
        path = urlsplit(self._addresses.get(event["requestId"], "")).path
        if not path.endswith(VOICE_SDK):
            self.bytes[path] = self.bytes.get(path, 0) + int(event["encodedDataLength"])


def test_the_first_load_of_the_desk_without_the_voice_sdk_is_at_most_350_kb(
    duty: Duty, somebody: Somebody
) -> None:
    page = somebody()
    signs_in(page, duty.demo, "li")
    weighed = Weighed(page)

    page.reload(wait_until="load")
    expect(page.get_by_test_id("check-live")).to_have_attribute("data-health", "good")
    page.wait_for_load_state("load")

    heaviest = sorted(weighed.bytes.items(), key=lambda one: -one[1])
    total_kb = sum(weighed.bytes.values()) / 1024
    told = [f"first load of the desk: {total_kb:.0f} KB in {len(heaviest)} files"]
    told += [f"{size / 1024:7.1f} KB {path}" for path, size in heaviest[:12]]
    sys.stdout.write("\n".join(["", *told, ""]))
    names = {path.rsplit("/", 1)[-1] for path, _ in heaviest}
    assert {"hotline.css", "desk.css", "htmx.min.js", "desk.js"} <= names  # it was weighed at all
    assert total_kb <= MOST_KB
