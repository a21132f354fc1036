"""The simulator with a small application behind it, and phones in browsers of their own."""

import socket
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from itertools import count
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
from playwright.sync_api import Page, expect

ACCOUNT_SID, AUTH_TOKEN = f"AC{'1' * 32}", "2" * 32
NUMBERS = count(15400000101)  # a new one for each phone: a call outlives its page
HOTLINE, ROOM = "12355", "12356"
START_PATIENCE, START_PAUSE = 200, 0.1  # looks, and seconds between them

MENU = """<Response><Gather numDigits="1" input="dtmf speech" timeout="60" action="/chosen">
<Say language="cmn-CN">您好，这里是青少年服务热线。</Say>
<Say language="yue-HK">講廣東話請按二。</Say></Gather></Response>"""
CHOSEN = '<Response><Say language="cmn-CN">您选择了 {}。</Say><Pause length="60"/></Response>'
MUSIC = '<Response><Play loop="0">/tune.wav</Play></Response>'
MEET = "<Response><Dial><Conference>room</Conference></Dial></Response>"

OpenPage = Callable[[str], Page]


def twiml(path: str, form: dict[str, str]) -> str:
    if path.startswith("/music"):
        return MUSIC
    if path == "/chosen":
        return CHOSEN.format(form.get("Digits", form.get("SpeechResult", "")))
    return MEET if form.get("To", "").endswith(ROOM) else MENU


class RecordingApplication(BaseHTTPRequestHandler):
    """Whom the simulator asks what to do with a call: a menu, or a room where callers meet."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        answer = twiml(self.path, {name: values[0] for name, values in parse_qs(body).items()})
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.end_headers()
        self.wfile.write(answer.encode())

    def do_GET(self) -> None:
        """Music on hold is asked for so."""
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@dataclass(frozen=True)
class Simulator:
    """The simulator, running as a program of its own."""

    url: str
    application_url: str

    def phone(self, number: str, language: str = "zh") -> str:
        return f"{self.url}/phone?{urlencode({'number': number, 'lang': language})}"

    def calls(self, number: str) -> None:
        """Somebody is called, as the house calls a station."""
        call = {"To": number, "From": HOTLINE, "Url": f"{self.application_url}/voice"}
        account = f"{self.url}/2010-04-01/Accounts/{ACCOUNT_SID}"
        answer = httpx.post(f"{account}/Calls.json", auth=(ACCOUNT_SID, AUTH_TOKEN), data=call)
        answer.raise_for_status()

    def asks(self, path: str, **form: str) -> dict[str, Any]:
        """Something of the carrier's conferences, over its REST API."""
        account = f"{self.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Conferences"
        answer = httpx.post(f"{account}/{path}.json", auth=(ACCOUNT_SID, AUTH_TOKEN), data=form)
        answer.raise_for_status()
        return dict(answer.json())


def free_address() -> str:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return f"127.0.0.1:{probe.getsockname()[1]}"


def wait_until_answering(process: subprocess.Popen[bytes], address: str) -> None:
    host, port = address.split(":")
    for _ in range(START_PATIENCE):
        assert process.poll() is None, "the simulator ended at once"
        with closing(socket.socket()) as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        Event().wait(START_PAUSE)
    pytest.fail("the simulator never answered")


def a_number() -> str:
    return str(next(NUMBERS))


def is_in_state(page: Page, state: str) -> None:
    expect(page.get_by_test_id("state")).to_have_attribute("data-state", state)
