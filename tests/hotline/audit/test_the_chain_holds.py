"""Whoever touches the audit behind our back is found out, and at which row."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hotline.audit.chain import AuditKeyMissing, Head, audit_keys_of
from hotline.audit.sources import WordsOfSources, told_by
from hotline.audit.verifying import ChainBroken, SealedRow
from hotline.callers.of_cases import open_number_in_case
from hotline.errors import SettingsError
from hotline.rights.erasing import ErasureOrder, erase_case
from hotline.settings import Settings
from hotline.staff.actor import SYSTEM
from hotline.storage.resealing import reseal_cells
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import AuditEntry, AuditHead, CallEntry, Case, CaseEntry, CasePerson
from hotline.storage.vault import Vault, make_key
from tests.hotline.audit.conftest import OLD, AuditScene

pytestmark = pytest.mark.anyio


async def broken(scene: AuditScene, heads: Sequence[Head] = ()) -> str:
    """What the verification says of the first bad row."""
    with pytest.raises(ChainBroken) as refusal:
        await scene.verified(heads)
    return refusal.value.public


async def sealed(scene: AuditScene, rows: int = 5) -> None:
    await scene.reads(rows)
    await scene.sealer.tick()


async def test_rows_are_numbered_without_a_gap_and_hold(scene: AuditScene) -> None:
    await sealed(scene)
    await sealed(scene, 2)

    checked = await scene.verified()

    assert (checked.first, checked.last, checked.waiting, checked.gone) == (1, 7, 0, 0)
    assert sorted(row.seq for row in await scene.all(AuditEntry)) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ("update audit_entry set by_id = 'wang' where seq = 3", "Row 3 of the audit was changed"),
        ("update audit_entry set at = at - interval '1 s' where seq = 3", "Row 3 of the audit was"),
        ("update audit_entry set content = '' where seq = 3", "Row 3 of the audit was changed"),
        ("delete from audit_entry where seq = 3", "Row 3 of the audit is missing"),
        ("delete from audit_entry where seq = 1", "Row 1 of the audit is missing"),
        ("delete from audit_entry where seq > 3", "Row 4 of the audit is missing with all after"),
        ("delete from audit_entry", "Row 1 of the audit is missing with all after it"),
        ("delete from audit_head", "the head of the chain is missing"),
        (
            "update audit_entry set seq = null where seq = 2;"
            "update audit_entry set seq = 2 where seq = 3;"
            "update audit_entry set seq = 3 where seq is null",
            "Row 2 of the audit was changed",
        ),
        (
            "update audit_entry set seq = seq + 100 where seq > 2;"
            "update audit_entry set seq = seq - 99 where seq > 100;"
            "insert into audit_entry (id, at, kind, seq, key_id, mac)"
            " select 900, at, 'record.read', 3, key_id, mac from audit_entry where seq = 2",
            "Row 3 of the audit was changed, put in",
        ),
        (
            "insert into audit_entry (id, at, kind, seq, key_id, mac)"
            " select 900, at, 'record.read', 6, key_id, mac from audit_entry where seq = 5",
            "Row 6 of the audit was changed, put in",
        ),
        ("update audit_head set cut_seq = 2", "Row 2 of the audit was cut off there by somebody"),
        ("update call_event set staff_id = 'wang'", "Row 1 of the audit does not say what its"),
    ],
)
async def test_the_first_row_that_was_touched_is_named(
    scene: AuditScene, done: str, said: str
) -> None:
    await sealed(scene)

    scene.behind_our_back(*done.split(";"))

    assert said in await broken(scene)


async def test_an_end_that_was_taken_with_its_head_shows_by_the_exported_head(
    scene: AuditScene,
) -> None:
    await sealed(scene)
    exported = await scene.head()

    scene.behind_our_back(
        "delete from audit_entry where seq > 3",
        "update audit_head set seq = 3, mac = (select mac from audit_entry where seq = 3)",
    )

    assert (await scene.verified()).last == 3
    assert "Row 4 of the audit is missing with all after it: there were 5" in await broken(
        scene, [exported]
    )


async def test_a_chain_made_anew_from_the_start_shows_by_the_exported_head(
    scene: AuditScene,
) -> None:
    """By somebody with the key: only what had left the house tells."""
    await sealed(scene)
    exported = await scene.head()
    scene.behind_our_back(
        "delete from audit_head", "delete from audit_entry where seq = 2",
        "update audit_entry set seq = null, mac = '', content = '', key_id = ''",
    )  # fmt: skip
    await scene.reads()
    await scene.sealer.tick()

    assert (await scene.verified()).last == 5
    assert "Row 5 of the audit was another one" in await broken(scene, [exported])


async def test_a_head_that_somebody_else_wrote_is_told(scene: AuditScene) -> None:
    await sealed(scene)
    head = await scene.head()

    assert "a signature not ours" in await broken(scene, [replace(head, seq=9)])
    assert (await scene.verified([head])).heads == 1


async def test_without_its_head_nothing_is_sealed_as_if_nothing_had_been(
    scene: AuditScene,
) -> None:
    await sealed(scene)
    scene.behind_our_back("delete from audit_head")
    await scene.reads()

    await scene.sealer.tick()

    assert await scene.all(AuditHead) == []


@pytest.mark.parametrize(
    "done",
    [
        "update audit_entry set by_id = ''", "delete from audit_entry", "truncate audit_entry",
        "update audit_entry set seq = seq + 10",
    ],
)  # fmt: skip
async def test_the_database_refuses_to_change_a_row(scene: AuditScene, done: str) -> None:
    await sealed(scene)

    with pytest.raises(IntegrityError, match="append-only"):
        async with scene.database.work() as work:
            await work.sql(text(done), {})


async def test_two_sealers_at_once_leave_no_gap_and_no_fork(scene: AuditScene) -> None:
    writing = (scene.reads(5) for _ in range(8))
    await asyncio.gather(*writing, *(scene.sealer.seal() for _ in range(6)))
    await scene.sealer.tick()

    checked = await scene.verified()

    assert (checked.last, checked.waiting) == (40, 0)


async def test_what_was_erased_is_counted_and_breaks_nothing(scene: AuditScene) -> None:
    await sealed(scene)
    (first, *_) = await scene.all(CallEntry)
    async with scene.database.work() as work:
        await work.delete(await work.get_one(CallEntry, first.id))

    assert (await scene.verified()).gone == 1


async def test_words_that_are_sealed_anew_or_erased_in_time_break_nothing(
    scene: AuditScene,
) -> None:
    old, new = make_key(), make_key()
    vault, at = Vault(old), scene.clock.now()
    case = Case(id="case", number="1", line_id="youth", opened_as="high", opened_by="system",
                opened_at=at)  # fmt: skip
    await scene.add(case, CasePerson(id="p", case_id="case", role="at_risk", by="system", at=at))
    async with scene.database.work() as work:
        person = await work.get_one(CasePerson, "p")
        person.phone_sealed = seal_cell(vault, person, "phone_sealed", "15400000001")
        await open_number_in_case(work, vault, person, "she does not come home", at=at, by="li")
    await scene.sealer.tick()
    opened = (await scene.verified()).last

    await reseal_cells(scene.database, Vault(f"{new},{old}"), tell=lambda _: None)
    assert (await scene.verified()).last == opened
    order = ErasureOrder(why="retention", by=SYSTEM, at=at, kept_days=1096)
    async with scene.database.work() as work:
        await erase_case(work, await work.get_one(Case, "case"), {"case"}, order)
    await scene.sealer.tick()

    [entry] = await scene.all(CaseEntry)
    assert (entry.kind, "note" in entry.facts) == ("case.number_opened", False)
    assert ((await scene.verified()).last, (await scene.verified()).gone) == (opened + 1, 0)
    scene.behind_our_back('update case_event set facts = facts || \'{"role": "other"}\'')
    assert "does not say what its source says now" in await broken(scene)


async def test_a_new_key_goes_on_with_the_chain_and_the_old_one_is_needed_to_verify(
    scene: AuditScene,
) -> None:
    await sealed(scene)
    scene.keys = f"{make_key()},{OLD}"
    await sealed(scene, 3)

    assert (await scene.verified([await scene.head()])).last == 8

    scene.keys = scene.keys.partition(",")[0]
    with pytest.raises(AuditKeyMissing):
        await scene.verified()


async def test_a_long_chain_tells_how_far_it_is(
    scene: AuditScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.audit.verifying.AT_ONCE", 2)
    await sealed(scene)

    await scene.verified()

    assert scene.told == ["2 of 5 rows", "4 of 5 rows", "5 of 5 rows"]


async def test_rows_sealed_while_it_is_verified_are_not_taken_for_put_in(
    scene: AuditScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sealed(scene)
    ask, others = told_by, [scene]

    async def sealed_meanwhile(work: Work, rows: Sequence[SealedRow]) -> WordsOfSources:
        while others:
            await sealed(others.pop(), 1)
        return await ask(work, rows)

    monkeypatch.setattr("hotline.audit.verifying.told_by", sealed_meanwhile)

    assert (await scene.verified()).last == 5
    assert (await scene.verified()).last == 6


def test_what_was_sealed_before_the_audit_had_a_key_of_its_own_is_still_known() -> None:
    one, two = make_key(), make_key()
    before = audit_keys_of(Settings(encryption_keys=one))
    since = audit_keys_of(
        Settings(encryption_keys=f"{two},{one},", secret_key="s" * 40, audit_keys=make_key())
    )

    assert since.newest != before.newest
    assert since.mac(before.newest, "x") == before.mac(before.newest, "x")


def test_no_chain_is_sealed_without_any_secret() -> None:
    with pytest.raises(SettingsError):
        audit_keys_of(Settings(encryption_keys="", secret_key=""))
