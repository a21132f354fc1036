"""Where somebody stands in their own plan, and who is reached when somebody seated asks."""

import pytest

from hotline.roster.model import PlannedShift, ShiftKind
from hotline.roster.own_duty import DutyPhase, beside_now, own_duty, phase_of
from tests.hotline.roster.conftest import DutyScene, at


def shift(begin: float, end: float) -> PlannedShift:
    return PlannedShift(id="x", staff_id="li", lines=frozenset({"youth"}), kind=ShiftKind.DUTY,
                        begins_at=at(begin), ends_at=at(end))  # fmt: skip


@pytest.mark.parametrize(
    ("hour", "phase"),
    [
        (8, DutyPhase.OFF),
        (8.5, DutyPhase.SOON),
        (9, DutyPhase.NOW),
        (17, DutyPhase.OVER),
        (21.25, DutyPhase.OFF),
        (21.5, DutyPhase.SOON),
    ],
)
def test_a_moment_is_before_in_or_after_what_is_planned(hour: float, phase: DutyPhase) -> None:
    assert phase_of([shift(9, 17), shift(22, 30)], at(hour)).phase is phase


@pytest.mark.anyio
async def test_who_has_no_plan_is_told_nothing_and_a_leave_covers_a_shift(
    scene: DutyScene,
) -> None:
    await scene.planned("he", 9, 17, kind="on_call")
    await scene.planned("li", 9, 17, kind="second_line")
    await scene.away("li", 9, 12)

    async with scene.database.work() as work:
        assert await own_duty(work, "wong", at=at(10)) is None
        told = await own_duty(work, "li", at=at(10))
        assert told is not None
        assert told.phase is DutyPhase.OFF
        assert dict(await beside_now(work, at(10))) == {"he": ShiftKind.ON_CALL}
        assert set(await beside_now(work, at(13))) == {"he", "li"}
