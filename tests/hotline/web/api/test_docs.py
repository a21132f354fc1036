"""The API's own page: every endpoint, and nothing that the content policy would refuse."""

from html.parser import HTMLParser

import pytest
from fastapi import FastAPI

from hotline.settings import Settings
from hotline.web.api import api_router
from hotline.web.api.docs import docs_router
from hotline.web.auth import SecurityHeaders
from tests.hotline.web.api.conftest import client_of

pytestmark = pytest.mark.anyio


class DocumentedApi(HTMLParser):
    """What is on it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.foreign: list[str] = []
        self.code: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open.append(tag)
        self.foreign += [value for name, value in attrs if name in ("src", "href") and value]

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["code"]:
            self.code.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass


async def test_the_page_shows_every_endpoint_and_needs_no_script() -> None:
    app = FastAPI(title="Hotline", docs_url=None, openapi_url="/api/openapi.json")
    app.include_router(docs_router)
    app.include_router(api_router)
    app.add_middleware(SecurityHeaders, settings=Settings())
    async with client_of(app) as http:
        answer = await http.get("/api/docs")
        described = await http.get("/api/openapi.json")

    page, paths = DocumentedApi(answer.text), described.json()["paths"]
    assert answer.status_code == 200
    assert "script" not in page.tags
    assert page.foreign == ["openapi.json"]
    assert len(paths) > 15
    for path, operations in paths.items():
        assert {f"{method.upper()} {path}" for method in operations} <= set(page.code)
    assert {"client_key", "narrative", "lines"} <= set(page.code)
