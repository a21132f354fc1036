"""Every look and every act is in the audit, whoever writes it down and wherever."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel

from hotline.audit.sources import SOURCES
from hotline.i18n.event_words import EVENT_WORDS
from hotline.storage.tables import (
    AccountAct,
    AuditEntry,
    CallEntry,
    Escalation,
    EscalationEntry,
    Station,
    SupervisorAct,
    TextMessage,
    TextReading,
)
from hotline.storage.tables.audit import LOOKS
from tests.fakes import NOON
from tests.hotline.audit.conftest import AuditScene

pytestmark = pytest.mark.anyio

ACT: dict[str, Any] = {
    "id": "act",
    "group_id": "act",
    "by_id": "li",
    "at": NOON,
    "kind": "number_opened",
    "subject_kind": "call",
    "subject_id": "c",
    "reason": "she asked for it",
}


async def told(scene: AuditScene, *rows: SQLModel) -> list[tuple[str, str, str, str]]:
    """Kind, by whom, of what: of the entries that these rows bring about."""
    await scene.add(*rows)
    return [
        (one.kind, one.by_id, one.subject_kind, one.subject_id)
        for one in await scene.all(AuditEntry)
    ]


@pytest.mark.parametrize(
    "kind",
    [
        "record.read", "number.opened", "recording.played", "history.shown", "calls.exported",
        "risk.answers_read",
    ],
)  # fmt: skip
async def test_a_look_in_the_timeline_of_a_call_is_in_it(scene: AuditScene, kind: str) -> None:
    entry = CallEntry(call_id="c", at=NOON, kind=kind, staff_id="li")

    assert await told(scene, entry) == [(kind, "li", "call", "c")]


@pytest.mark.parametrize("kind", ["call.arrived", "record.written", "offer.accepted", "thread"])
async def test_what_only_happens_in_a_call_is_not(scene: AuditScene, kind: str) -> None:
    assert await told(scene, CallEntry(call_id="c", at=NOON, kind=kind)) == []


async def test_who_reads_what_was_written_of_an_escalation_is_in_it(scene: AuditScene) -> None:
    await scene.add(
        Station(id="s", name="", name_en="", division="", phone=""),
        Escalation(id="e", number="1", call_id="c", station_id="s", level="high", next_due_at=NOON,
                   created_at=NOON),
    )  # fmt: skip
    read = EscalationEntry(escalation_id="e", at=NOON, kind="escalation.summary_read", actor="s:1")

    assert await told(scene, read) == [("escalation.summary_read", "s:1", "escalation", "e")]


async def test_who_reads_a_text_is_in_it(scene: AuditScene) -> None:
    await scene.add(
        TextMessage(id="t", line_id="youth", direction="in", our_number="", why="", encoding="gsm",
                    state="received", segments=1, created_at=NOON)
    )  # fmt: skip

    assert await told(scene, TextReading(text_id="t", staff_id="li", at=NOON)) == [
        ("text.read", "li", "text", "t")
    ]


async def test_acts_their_undoing_and_what_is_done_to_accounts_are_in_it(
    scene: AuditScene,
) -> None:
    await scene.add(
        SupervisorAct(**ACT), AccountAct(staff_id="li", by_id="li", at=NOON, kind="left")
    )
    await scene.change(SupervisorAct, "act", undone_at=NOON, undone_by="li")

    assert await told(scene) == [
        ("act.number_opened", "li", "call", "c"),
        ("account.left", "li", "staff", "li"),
        ("undone.number_opened", "li", "call", "c"),
    ]


async def test_what_a_supervisor_wrote_is_not_in_it_and_yet_cannot_be_changed(
    scene: AuditScene,
) -> None:
    await scene.add(SupervisorAct(**ACT))
    await scene.sealer.tick()
    (entry,) = await scene.all(AuditEntry)

    assert "asked" not in str(entry.model_dump())
    assert (await scene.verified()).last == 1
    scene.behind_our_back("update supervisor_act set reason = 'for fun'")
    with pytest.raises(Exception, match="does not say what its source says"):
        await scene.verified()


async def test_undoing_an_act_does_not_break_what_was_sealed_of_it(scene: AuditScene) -> None:
    await scene.add(SupervisorAct(**ACT))
    await scene.sealer.tick()
    await scene.change(SupervisorAct, "act", undone_at=NOON + timedelta(hours=1), undone_by="li")
    await scene.sealer.tick()

    assert (await scene.verified()).last == 2


async def test_all_sources_are_there(scene: AuditScene) -> None:
    """What the triggers name, the sealer can read."""
    (written,) = scene.behind_our_back("select prosrc from pg_proc where proname = 'write_audit'")

    assert all(f"'{source}'" in written[0] for source in SOURCES)


async def test_a_kind_that_sounds_like_a_look_ends_like_one() -> None:
    """So that it is in the audit: by the rule of its name. To ask for a reading is no look."""
    kinds = {kind: word for words in EVENT_WORDS.values() for kind, word in words.items()}
    looks = {k for k, word in kinds.items() if any(one in word for one in ("查阅", "查看", "播放"))}

    assert {"record.read", "history.shown", "recording.played"} <= looks
    others = {kind for kind in looks if not re.search(LOOKS, kind)}
    assert {kind for kind in others if not kind.startswith("reading.")} == set()
