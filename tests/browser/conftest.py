"""A real Chromium for the tests that look at pages. They run in a process without asyncio."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",  # nobody is there to allow the microphone
    "--use-fake-device-for-media-stream",  # a microphone that beeps once a second
    "--allow-loopback-in-peer-connection",  # WebRTC must also work where loopback is all there is
]
PHONE_SIZE: ViewportSize = {"width": 390, "height": 844}


def _find_chromium() -> str:
    """The browser of the system; where one is required its absence is a failure, not a skip."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    executable = executable or shutil.which("google-chrome")
    if executable is not None:
        return executable
    if os.environ.get("HOTLINE_REQUIRE_BROWSER") == "1" or os.environ.get("CI"):
        pytest.fail("no Chromium found, and this run requires one")
    pytest.skip("no Chromium found")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """Opens an address as a person of its own would: a fresh profile, microphone allowed."""
    contexts = []

    def open_address(address: str) -> Page:
        context = chromium.new_context(
            locale="zh-CN", permissions=["microphone"], viewport=PHONE_SIZE
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(address)
        return page

    yield open_address
    for context in contexts:
        context.close()
