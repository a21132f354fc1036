"""After an emergency somebody tells the person, or a supervisor says why not (PIPL §18)."""

from datetime import timedelta

import pytest

from hotline.errors import IllegalMove, Invalid, NotFound
from hotline.handovers.model import Article, Basis, ToldHow
from hotline.handovers.provision import leave_untold, tell_afterwards
from hotline.handovers.queries import LedgerAsked, ledger, owed, provisions_of
from hotline.storage.sealed import open_cell
from hotline.storage.tables import Provision
from tests.hotline.handovers.conftest import LI, WORDS, HandoverScene

pytestmark = pytest.mark.anyio


async def owes(scene: HandoverScene, *lines: str) -> list[str]:
    async with scene.work() as work:
        return [row.provision.id for row in await owed(work, lines)]


async def test_whoever_was_handed_over_in_an_emergency_is_told_once(scene: HandoverScene) -> None:
    """PIPL §18."""
    made = await scene.hand_over(Basis.EMERGENCY, supervisor_id="su")
    assert await owes(scene, "12355") == [made.id]
    assert await owes(scene, "another") == []
    at = scene.clock.now()
    async with scene.work() as work:
        with pytest.raises(Invalid):
            await tell_afterwards(
                work, made.id, how=ToldHow.CALL, told_at=at - timedelta(seconds=1), by=LI, at=at
            )
        await tell_afterwards(work, made.id, how=ToldHow.CALL, told_at=at, by=LI, at=at)
    assert await owes(scene, "12355") == []
    async with scene.work() as work:
        with pytest.raises(IllegalMove):
            await tell_afterwards(work, made.id, how=ToldHow.CALL, told_at=at, by=LI, at=at)
        with pytest.raises(NotFound):
            await tell_afterwards(work, "none", how=ToldHow.CALL, told_at=at, by=LI, at=at)


async def test_who_is_not_told_has_a_reason_that_is_sealed(scene: HandoverScene) -> None:
    """PIPL §18."""
    made = await scene.hand_over(Basis.EMERGENCY, supervisor_id="su")
    async with scene.work() as work:
        at = scene.clock.now()
        with pytest.raises(Invalid):
            await leave_untold(work, scene.vault, made.id, why=" ", by=LI, at=at)
        await leave_untold(work, scene.vault, made.id, why=WORDS, by=LI, at=at)
    [kept] = await scene.all(Provision)
    assert WORDS not in kept.not_told_sealed
    assert open_cell(scene.vault, kept, "not_told_sealed") == WORDS
    assert await owes(scene, "12355") == []


async def test_nobody_owes_a_telling_for_what_the_law_commands(scene: HandoverScene) -> None:
    made = await scene.hand_over(Basis.STATUTORY_DUTY, article=Article.VIOLENCE_14)
    assert await owes(scene, "12355") == []
    async with scene.work() as work:
        at = scene.clock.now()
        with pytest.raises(IllegalMove):
            await tell_afterwards(work, made.id, how=ToldHow.CALL, told_at=at, by=LI, at=at)


async def test_the_ledger_is_listed_by_line_time_body_and_basis(scene: HandoverScene) -> None:
    """网络数据安全管理条例 §12."""
    made = await scene.hand_over(Basis.STATUTORY_DUTY, article=Article.VIOLENCE_14)
    of_call = await scene.hand_over(
        Basis.EMERGENCY, supervisor_id="su", case_id=None, call_id="call"
    )
    now = scene.clock.now()

    async def listed(**other: object) -> set[str]:
        asked = LedgerAsked(
            **{"lines": ["12355"], "since": now, "until": now + timedelta(seconds=1), **other}  # type: ignore[arg-type] # the tests choose
        )
        async with scene.work() as work:
            return {row.provision.id for row in await ledger(work, asked)}

    assert await listed() == {made.id, of_call.id}
    assert await listed(lines=["another"]) == set()
    assert await listed(until=now) == set()
    assert await listed(basis="emergency") == {of_call.id}
    assert await listed(recipient_kind="police") == set()
    async with scene.work() as work:
        found = await provisions_of(work, [scene.case_id], ["call"])
        assert {one.id for one in found} == {made.id, of_call.id}
