"""Files of an escalation: who may, what is kept, what every look leaves."""

import asyncio
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import text

from hotline.errors import NotFound
from hotline.fieldwork import shelf as shelf_module
from hotline.fieldwork.attachments import SAY_WHY, TOO_LATE, TOO_MANY, require_place
from hotline.fieldwork.policy import MOST_FILES, TAKE_BACK_WITHIN
from hotline.fieldwork.resealing import reseal_files
from hotline.fieldwork.shelf import Shelf
from hotline.fieldwork.subjects import NO_SUCH_SUBJECT, Subject, rules_of
from hotline.recordings.sealing import SealingFile
from hotline.staff.model import Role
from hotline.storage.needed_keys import all_keys_in_use
from hotline.storage.tables import AuditEntry, Escalation, EscalationEntry
from hotline.storage.vault import Vault
from tests.hotline.fieldwork.photos import HIDDEN, document, photo, polyglot
from tests.hotline.web.api.field_files import KEYS, FileScene, field

pytestmark = pytest.mark.anyio

__all__ = ["field"]


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


async def test_of_two_files_that_come_at_once_only_the_last_free_place_is_taken(
    field: FileScene,
) -> None:
    for _ in range(MOST_FILES - 1):
        await field.added(document())

    answers = await asyncio.gather(*(field.adds(document()) for _ in range(3)))

    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    assert len(await field.sees()) == MOST_FILES


async def test_nobody_waits_for_an_escalation_while_a_picture_of_it_is_read(
    field: FileScene,
) -> None:
    database = field.scene.house.database
    at_once = text("select id from escalation where id = :id for update nowait")

    async with database.work() as work, database.work() as other:
        await require_place(work, Subject("escalation", field.escalation))
        await other.sql(at_once, {"id": field.escalation})


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
