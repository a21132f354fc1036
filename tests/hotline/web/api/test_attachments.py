"""Files of an escalation: who may, what is kept, what every look leaves, when it is gone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from hotline.errors import NotFound
from hotline.fieldwork import shelf as shelf_module
from hotline.fieldwork.attachments import SAY_WHY, TOO_LATE, TOO_MANY
from hotline.fieldwork.erasing import FileEraser
from hotline.fieldwork.policy import KEPT_FOR, MOST_FILES, SWEPT_EVERY, TAKE_BACK_WITHIN
from hotline.fieldwork.resealing import reseal_files
from hotline.fieldwork.shelf import Shelf
from hotline.fieldwork.subjects import NO_SUCH_SUBJECT, Subject, rules_of
from hotline.recordings.sealing import SealingFile
from hotline.settings import Settings
from hotline.staff.model import Role
from hotline.storage.needed_keys import all_keys_in_use
from hotline.storage.session import Database
from hotline.storage.tables import Attachment, AuditEntry, Escalation, EscalationEntry
from hotline.storage.vault import Vault, make_key
from hotline.web.app import create_app
from tests.fakes import FakeClock
from tests.hotline.fieldwork.photos import HIDDEN, document, photo, polyglot
from tests.hotline.web.api.conftest import SITE, ApiScene, client_of, house_on

pytestmark = pytest.mark.anyio

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


async def test_a_photo_from_the_field_is_kept_sealed_and_opens_for_its_readers(
    field: FileScene,
) -> None:
    one = await field.added(photo(3000, 2000))

    whole, small = await field.opens(one), await field.opens(one, by="he", small=True)

    assert Image.open(BytesIO(whole.content)).size == (1365, 2048)
    assert max(Image.open(BytesIO(small.content)).size) == 320
    [file] = field.files
    assert file.stat().st_mode & 0o777 == 0o600
    sealed = file.read_bytes()
    assert whole.content[:200] not in sealed
    assert b"JFIF" not in sealed
    [shown] = await field.sees()
    assert (shown["kind"], shown["added_by"]) == ("picture", "name of tianhe")


async def test_no_browser_keeps_a_file_or_runs_what_is_in_it(field: FileScene) -> None:
    picture, paper = await field.added(polyglot()), await field.added(document())

    shown, saved = await field.opens(picture), await field.opens(paper)

    assert HIDDEN not in shown.content
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["content-disposition"].startswith("inline; filename=")
    assert saved.headers["content-type"] == "application/pdf"
    assert saved.headers["content-disposition"].startswith("attachment; filename=")
    assert saved.content == document()
    for answer in (shown, saved):
        assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


async def test_what_is_no_picture_and_no_pdf_is_refused_with_what_to_do(field: FileScene) -> None:
    answer = await field.adds(b"<svg onload='alert(1)'/>")

    assert (answer.status_code, answer.json()["reason"]) == (422, "no_such_type")
    assert "take a photo" in answer.json()["detail"]
    assert (field.files, await field.sees()) == ([], [])


async def test_each_look_is_in_the_timeline_and_the_audit_once_for_one_look(
    field: FileScene,
) -> None:
    one = await field.added(photo())
    await field.opens(one, small=True)
    await field.opens(one)
    await field.opens(one, by="he")
    field.scene.clock.advance(601)
    await field.opens(one)

    looks = [actor for kind, actor in await field.told() if kind == "file_opened"]

    assert looks == ["staff:tianhe", "staff:he", "staff:tianhe"]
    audit: list[AuditEntry] = await field.scene.all(AuditEntry)
    assert [one.kind for one in audit].count("escalation.file_opened") == 3


@pytest.mark.parametrize(("who", "status"), [("li", 403), ("haizhu", 404), ("root", 403)])
async def test_whoever_may_not_read_the_story_neither_adds_nor_opens(
    field: FileScene, who: str, status: int
) -> None:
    one = await field.added(photo())

    tried = [
        await field.adds(photo(), by=who),
        await field.opens(one, by=who),
        await field.removes(one, by=who),
    ]

    assert [answer.status_code for answer in tried] == [status] * 3
    assert len(field.files) == 1


async def test_a_file_does_not_open_through_another_escalation(field: FileScene) -> None:
    one = await field.added(photo())
    await field.scene.change(Escalation, field.escalation, state="closed", next_due_at=None)
    other = await field.scene.person("li").does("POST", "/calls/call/flags", {"level": "high"})
    headers = field.scene.person("tianhe").headers

    path = f"/api/v1/escalations/{other['escalation_id']}/attachments/{one}"

    assert other["escalation_id"] != field.escalation
    assert (await field.scene.http.get(path, headers=headers)).status_code == 404
    assert (await field.scene.http.delete(path, headers=headers)).status_code == 404


async def test_the_same_upload_again_is_one_file(field: FileScene) -> None:
    first = await field.adds(photo(), key="k")
    again = await field.adds(photo(), key="k")
    other = await field.adds(photo(100, 100), key="k")

    assert first.json() == again.json()
    assert other.status_code == 409
    assert (len(await field.sees()), len(field.files)) == (1, 1)


async def test_no_more_than_so_many_files_lie_at_one_escalation(field: FileScene) -> None:
    for _ in range(MOST_FILES):
        await field.added(document())

    answer = await field.adds(document())
    await field.removes((await field.sees())[0]["id"])

    assert (answer.status_code, answer.json()["detail"]) == (409, TOO_MANY)
    assert (await field.adds(document())).status_code == 201


async def test_a_full_disk_is_said_and_leaves_nothing_behind(
    field: FileScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(SealingFile):
        def finish(self) -> str:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelf_module, "SealingFile", Full)

    answer = await field.adds(photo())

    assert (answer.status_code, answer.json()["type"]) == (507, "NoRoom")
    assert (field.files, await field.sees(), await field.told()) == ([], [], [])


async def test_whoever_added_a_file_says_what_is_on_it(field: FileScene) -> None:
    one = await field.added(photo())
    said = {"text": "门口的鞋是孩子的"}

    await field.scene.person("tianhe").does("POST", f"{field.place}/{one}/comment", said)
    other = await field.scene.person("he").asks("POST", f"{field.place}/{one}/comment", said)

    assert (await field.sees("he"))[0]["comment"] == said["text"]
    assert said["text"] not in (await field.row(one)).comment_sealed
    assert other.status_code == 403


async def test_whoever_added_it_takes_it_away_within_ten_minutes_and_no_later(
    field: FileScene,
) -> None:
    early, late = await field.added(photo()), await field.added(document())
    assert (await field.removes(early)).status_code == 204
    field.scene.clock.advance(TAKE_BACK_WITHIN.total_seconds() + 1)

    answer = await field.removes(late)

    assert (answer.status_code, answer.json()["detail"]) == (403, TOO_LATE)
    assert (await field.opens(early)).status_code == 404
    assert [one["id"] for one in await field.sees()] == [late]


async def test_a_supervisor_takes_a_file_away_with_a_reason_that_is_sealed(
    field: FileScene,
) -> None:
    one = await field.added(photo())

    silent = await field.removes(one, by="he")
    done = await field.removes(one, by="he", why="拍到了别家的孩子")
    again = await field.removes(one, by="he", why="拍到了别家的孩子")

    assert (silent.status_code, silent.json()["detail"]) == (422, SAY_WHY)
    assert (done.status_code, again.status_code) == (204, 204)
    assert [kind for kind, _ in await field.told()] == ["file_added", "file_removed"]
    story = await field.scene.person("he").gets(f"/escalations/{field.escalation}/summary")
    assert "拍到了别家的孩子" in story["notes"].values()
    entries: list[EscalationEntry] = await field.scene.all(EscalationEntry)
    assert not any("拍到" in str(entry.facts) for entry in entries)


async def test_what_was_taken_away_is_erased_from_the_disk_with_proof(field: FileScene) -> None:
    one = await field.added(photo())
    await field.removes(one)

    await field.eraser.tick()
    await field.eraser.tick()

    assert field.files == []
    assert (await field.told())[-1] == ("file_erased", "system")
    assert [kind for kind, _ in await field.told()].count("file_erased") == 1
    assert (await field.row(one)).erased_at == field.scene.clock.now()


async def test_a_file_is_kept_for_years_and_as_long_as_its_case_is_open(field: FileScene) -> None:
    one = await field.added(photo())

    await field.passes(KEPT_FOR)
    assert len(field.files) == 1
    await field.scene.change(Escalation, field.escalation, state="closed", next_due_at=None)
    await field.passes(SWEPT_EVERY)
    assert len(field.files) == 1
    await field.passes(SWEPT_EVERY * 24)

    assert field.files == []
    assert (await field.row(one)).erased_at == field.scene.clock.now()


async def test_a_file_whose_row_never_came_is_swept_and_no_other(field: FileScene) -> None:
    one = await field.added(photo())
    shelf = Shelf(field.folder, field.scene.house.vault)
    shelf.put("f" * 24, b"nobody's")

    await field.eraser.tick()
    assert len(field.files) == 2
    await field.passes(SWEPT_EVERY)

    assert [file.name.partition(".")[0] for file in field.files] == [one]


async def test_after_a_rotation_a_file_opens_with_the_new_key_alone(field: FileScene) -> None:
    one = await field.added(photo())
    before = (await field.opens(one)).content
    database, new = field.scene.house.database, Vault(",".join(reversed(KEYS)))

    done = await reseal_files(database, new, Shelf(field.folder, new), tell=lambda _: None)
    field.scene.house.vault = Vault(KEYS[1])

    assert (done.files, done.broken) == (1, [])
    assert (await field.opens(one)).content == before
    assert len(field.files) == 1
    async with database.work() as work:
        assert await all_keys_in_use(work) >= {new.newest_key}
    again = await reseal_files(database, new, Shelf(field.folder, new), tell=lambda _: None)
    assert again.files == 0


async def test_a_file_that_is_gone_or_changed_is_said_and_named(field: FileScene) -> None:
    one = await field.added(photo())
    [file] = field.files
    raw = bytearray(file.read_bytes())
    raw[100] ^= 1
    file.write_bytes(bytes(raw))
    new = Vault(",".join(reversed(KEYS)))

    answer = await field.opens(one)
    done = await reseal_files(
        field.scene.house.database, new, Shelf(field.folder, new), tell=lambda _: None
    )

    assert (answer.status_code, answer.json()["type"]) == (409, "NotKept")
    assert done.broken == [f"attachment {one}"]


async def test_what_nobody_here_answers_for_has_no_files(field: FileScene) -> None:
    with pytest.raises(NotFound) as no:
        rules_of(Subject("weather", "x"))

    assert no.value.public == NO_SUCH_SUBJECT


async def test_an_officer_of_the_chain_sees_files_and_does_not_take_those_of_others_away(
    field: FileScene,
) -> None:
    one = await field.added(photo())
    await field.scene.hires("zhou", Role.OFFICER, line="", station="tianhe")

    [seen] = await field.sees("zhou")
    answer = await field.removes(one, by="zhou", why="x")

    assert (seen["may_remove"], seen["may_comment"]) == (False, False)
    assert answer.status_code == 403
