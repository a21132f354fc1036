"""The head leaves the house each minute, and the old end goes in time, with our signature."""

import json
from datetime import timedelta

import pytest

from hotline.audit.chain import head_of_line
from hotline.audit.verifying import ChainBroken
from hotline.commands.audit import heads_in, said_of
from hotline.errors import Invalid
from hotline.storage.tables import AuditEntry, AuditHead, CallEntry
from hotline.storage.vault import make_key
from tests.hotline.audit.conftest import OLD, AuditScene

pytestmark = pytest.mark.anyio

DAY = 24 * 3600.0


async def sealed_after(scene: AuditScene, seconds: float) -> None:
    scene.clock.advance(seconds)
    await scene.reads()
    await scene.sealer.tick()


async def test_each_minute_that_brought_something_is_a_line_in_the_days_file(
    scene: AuditScene,
) -> None:
    for seconds in (0, 20, 20, 30, 3600):
        await sealed_after(scene, seconds)
    await scene.sealer.tick()  # nothing new: nothing to say

    (file,) = scene.head_dir.iterdir()
    assert file.name == f"audit-heads-{scene.clock.now():%Y-%m-%d}.jsonl"
    heads = heads_in(scene.head_dir)
    assert [head.seq for head in heads] == [1, 4, 5]
    assert (await scene.verified(heads)).heads == 3
    (row,) = await scene.all(AuditHead)
    assert (row.exported_seq, row.exported_at) == (5, scene.clock.now())


async def test_a_head_that_could_not_be_written_is_not_exported(scene: AuditScene) -> None:
    scene.head_dir.write_text("a file where a folder should be")

    with pytest.raises(FileExistsError):
        await sealed_after(scene, 0)

    (row,) = await scene.all(AuditHead)
    assert (row.seq, row.exported_seq, row.exported_at) == (1, 0, None)


async def test_what_is_no_head_is_told_by_file_and_line(scene: AuditScene) -> None:
    scene.head_dir.mkdir()
    with pytest.raises(Invalid, match="holds no exported heads"):
        heads_in(scene.head_dir)
    (scene.head_dir / "a.jsonl").write_text('{"seq": 1}\n')
    with pytest.raises(Invalid, match=r"a.jsonl, line 1"):
        heads_in(scene.head_dir / "a.jsonl")


async def test_what_is_older_than_is_kept_is_cut_off_and_the_rest_holds(scene: AuditScene) -> None:
    scene.kept_days = 200
    await sealed_after(scene, 0)
    await sealed_after(scene, 100 * DAY)
    exported = await scene.head()
    await sealed_after(scene, 101 * DAY)
    await scene.sealer.tick()

    rows = sorted(await scene.all(AuditEntry), key=lambda row: row.seq)
    assert [(row.seq, row.kind) for row in rows] == [
        (2, "record.read"), (3, "record.read"), (4, "audit.cut")
    ]  # fmt: skip
    checked = await scene.verified([exported])
    assert (checked.first, checked.last, checked.heads) == (2, 4, 1)
    assert len(await scene.all(CallEntry)) == 3  # the timelines have their own time


async def test_a_row_that_is_younger_keeps_all_behind_it(scene: AuditScene) -> None:
    """Of an old act that was stored late, and sealed after a younger one."""
    scene.kept_days = 200
    await sealed_after(scene, 300 * DAY)
    scene.clock.advance(-250 * DAY)
    await sealed_after(scene, 0)
    scene.clock.advance(250 * DAY)

    await scene.sealer.tick()

    assert [row.seq for row in await scene.all(AuditEntry)] == [1, 2]


async def test_a_cut_that_is_not_ours_is_told_after_a_change_of_keys_too(scene: AuditScene) -> None:
    scene.kept_days = 200
    await sealed_after(scene, 0)
    await sealed_after(scene, 201 * DAY)
    await scene.sealer.tick()
    scene.keys = f"{make_key()},{OLD}"
    await sealed_after(scene, 60)
    assert (await scene.verified()).first == 2

    scene.behind_our_back(
        "delete from audit_entry where seq = 2",
        "update audit_head set cut_seq = 2, cut_mac = 'x'",
    )
    with pytest.raises(ChainBroken, match="the cut is not signed"):
        await scene.verified()


async def test_what_is_said_names_the_rows_and_what_is_not_known(scene: AuditScene) -> None:
    assert "no sealed row" in said_of(await scene.verified(), of_heads=False)
    await sealed_after(scene, 0)
    await scene.reads()
    head = await scene.head()

    said = said_of(await scene.verified([head]), of_heads=True)

    assert said == (
        "The audit holds: rows 1 to 1, none missing. 1 exported heads are in it."
        " 1 rows are not sealed yet: the switchboard does it."
    )
    assert head_of_line(head.line()) == head
    assert set(json.loads(head.line())) == {"at", "seq", "mac", "key_id", "sign"}
    assert timedelta(0) == head.at - scene.clock.now()
