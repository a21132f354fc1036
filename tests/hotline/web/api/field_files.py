"""An escalation with files from the field, their folder, and who erases them in time."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from hotline.fieldwork.erasing import FileEraser
from hotline.fieldwork.shelf import Shelf
from hotline.settings import Settings
from hotline.storage.session import Database
from hotline.storage.tables import Attachment, Case, Escalation, EscalationEntry
from hotline.storage.vault import Vault, make_key
from hotline.web.app import create_app
from tests.fakes import FakeClock
from tests.hotline.web.api.conftest import SITE, ApiScene, client_of, house_on

KEYS = make_key(), make_key()


@dataclass
class FileScene:
    """li's child was flagged; the officer of Tianhe is on the way."""

    scene: ApiScene
    escalation: str
    folder: Path
    eraser: FileEraser

    @property
    def place(self) -> str:
        return f"/escalations/{self.escalation}/attachments"

    @property
    def files(self) -> list[Path]:
        """All that lies on the disk."""
        return [one for one in self.folder.rglob("*") if one.is_file()]

    async def adds(
        self, raw: bytes, *, by: str = "tianhe", key: str = "", place: str = ""
    ) -> httpx.Response:
        headers = self.scene.person(by).headers | ({"Idempotency-Key": key} if key else {})
        path = f"/api/v1{place or self.place}"
        return await self.scene.http.post(path, content=raw, headers=headers)

    async def added(self, raw: bytes, *, by: str = "tianhe") -> str:
        answer = await self.adds(raw, by=by)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def opens(
        self, file_id: str, *, by: str = "tianhe", small: bool = False
    ) -> httpx.Response:
        path = f"/api/v1{self.place}/{file_id}" + ("?small=true" if small else "")
        return await self.scene.http.get(path, headers=self.scene.person(by).headers)

    async def removes(self, file_id: str, *, by: str = "tianhe", why: str = "") -> httpx.Response:
        body = {"text": why} if why else None
        return await self.scene.person(by).asks("DELETE", f"{self.place}/{file_id}", body)

    async def sees(self, by: str = "tianhe") -> list[dict[str, Any]]:
        return list(await self.scene.person(by).gets(self.place))

    async def told(self) -> list[tuple[str, str]]:
        """Of files, in the timeline: what, and whose doing."""
        entries: list[EscalationEntry] = await self.scene.all(EscalationEntry)
        return [
            (one.kind.removeprefix("escalation."), one.actor)
            for one in sorted(entries, key=lambda one: one.id or 0)
            if ".file_" in one.kind
        ]

    async def row(self, file_id: str) -> Attachment:
        found: Attachment = await self.scene.get(Attachment, file_id)
        return found

    async def escalation_is_over(self) -> None:
        await self.scene.change(Escalation, self.escalation, state="closed", next_due_at=None)

    async def case_id(self) -> str:
        [case] = await self.scene.all(Case)
        return str(case.id)

    async def case_is_over(self) -> None:
        at = self.scene.clock.now()
        await self.scene.change(Case, await self.case_id(), state="closed", closed_at=at)

    async def passes(self, time: Any) -> None:
        self.scene.clock.advance(time.total_seconds())
        await self.eraser.tick()


@pytest.fixture
async def field(database: Database, clock: FakeClock, tmp_path: Path) -> AsyncIterator[FileScene]:
    settings = Settings(public_url=SITE, second_factor="off", data_dir=tmp_path)
    house = house_on(database, clock, settings)
    house.vault = Vault(KEYS[0])
    app = create_app(house)
    async with client_of(app) as http:
        scene = ApiScene(house, clock, app, http)
        await scene.furnish()
        flagged = await scene.person("li").does("POST", "/calls/call/flags", {"level": "high"})
        shelf = Shelf(settings.attachments_dir, house.vault)
        eraser = FileEraser(database=database, clock=clock, vault=house.vault, shelf=shelf)
        yield FileScene(scene, flagged["escalation_id"], settings.attachments_dir, eraser)
