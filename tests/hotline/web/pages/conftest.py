"""The scene of the API's tests, looked at through the pages: what a person would read."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from tests.hotline.web.api.conftest import ApiScene
from tests.hotline.web.api.conftest import following as following  # noqa: PLC0414 – a fixture, handed on
from tests.hotline.web.api.conftest import scene as scene  # noqa: PLC0414 – a fixture, handed on

TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """An answer, and what stands in it."""

    status: int
    html: str
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """What is read, on one line."""
        return " ".join(TAG.sub(" ", self.html).split())

    def part(self, testid: str) -> "Page":
        """From the first element with this `data-testid` on. Fails the test where there is none."""
        found = self.html.find(f'data-testid="{testid}"')
        assert found >= 0, f"no {testid} in: {self.text}"
        return Page(self.status, self.html[self.html.rfind("<", 0, found) :], self.headers)

    def has(self, testid: str) -> bool:
        """Whether there is such an element."""
        return f'data-testid="{testid}"' in self.html

    def all(self, testid: str) -> list[str]:
        """The whole tag of each element with this `data-testid`, in order."""
        return re.findall(rf'<[^>]*data-testid="{testid}"[^>]*>', self.html)


@dataclass
class Reader:
    """Somebody who opens pages."""

    scene: ApiScene
    username: str | None

    async def opens(self, path: str, *, language: str = "zh") -> Page:
        """Whatever the answer is."""
        headers = self.scene.person(self.username).headers if self.username else {}
        answer = await self.scene.http.get(
            path, headers={**headers, "Accept": "text/html", "Accept-Language": language}
        )
        return Page(answer.status_code, answer.text, dict(answer.headers))

    async def reads(self, path: str, *, language: str = "zh") -> Page:
        """A page that is there."""
        page = await self.opens(path, language=language)
        assert page.status == 200, page.text
        return page


async def waits(scene: ApiScene, call_id: str, *, for_s: float, **values: Any) -> None:
    """Somebody is in line since a while."""
    since = scene.clock.now() - timedelta(seconds=for_s)
    fields = {"queued_at": since, "arrived_at": since, "from_masked": call_id, **values}
    await scene.add(scene.call(call_id, CallState.WAITING, **fields))


@pytest.fixture
def li(scene: ApiScene) -> Reader:
    """The counselor in the talk."""
    return Reader(scene, "li")


@pytest.fixture
def chen(scene: ApiScene) -> Reader:
    """A counselor at rest."""
    return Reader(scene, "chen")


@pytest.fixture
def he(scene: ApiScene) -> Reader:
    """The supervisor."""
    return Reader(scene, "he")


@pytest.fixture
def tianhe(scene: ApiScene) -> Reader:
    """The officer of the line's station."""
    return Reader(scene, "tianhe")
