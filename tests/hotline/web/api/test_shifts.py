"""An officer goes home: what they have goes to a colleague, and never falls between the two."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import pytest

from hotline.calls.model import CallState
from hotline.escalations.deadlines import Deadlines
from hotline.fieldwork import shift_look
from hotline.fieldwork.policy import TAKEN_WITHIN
from hotline.fieldwork.shift_look import ShiftLook
from hotline.fieldwork.shifts import (
    FOR_SOMEBODY_ELSE,
    NO_SUCH_COLLEAGUE,
    NOT_YOUR_OWN,
    NOT_YOURS,
    NOTHING_TO_HAND,
    OVER,
)
from hotline.staff.model import Role
from hotline.storage.session import Work
from hotline.storage.tables import (
    AuditEntry,
    Escalation,
    EscalationEntry,
    ShiftHandover,
    StationContact,
)
from tests.hotline.web.api.conftest import ApiScene

pytestmark = pytest.mark.anyio

SHIFTS = "/stations/handovers"
NOTE = "外婆在家，钥匙在门卫"


@dataclass
class ShiftScene:
    """zhou of Tianhe has two escalations at the end of a long day; wei comes for the night."""

    scene: ApiScene
    first: str
    second: str
    look: ShiftLook

    async def asks(self, who: str, path: str = "", body: Any = None, **more: Any) -> httpx.Response:
        return await self.scene.person(who).asks("POST", f"{SHIFTS}{path}", body or {}, **more)

    async def hands(self, who: str = "zhou", **body: Any) -> str:
        answer = await self.asks(who, "", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def sees(self, who: str) -> dict[str, Any]:
        return dict(await self.scene.person(who).gets(SHIFTS))

    async def holder(self, escalation_id: str) -> tuple[str, str, datetime | None]:
        one: Escalation = await self.scene.get(Escalation, escalation_id)
        return one.acknowledged_by, one.state, one.next_due_at

    async def number(self, escalation_id: str) -> str:
        return str((await self.scene.get(Escalation, escalation_id)).number)

    async def told(self, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
        entries: list[EscalationEntry] = await self.scene.all(EscalationEntry)
        return [(one.escalation_id, one.actor, one.facts) for one in entries if one.kind == kind]

    async def shown_to_supervisors(self) -> list[str]:
        """Escalations of a shift that nobody took."""
        paged = await self.told("supervisors.paged")
        return sorted(key for key, _, facts in paged if facts["why"] == "shift_not_taken")

    async def passes(self, seconds: float) -> None:
        self.scene.clock.advance(seconds)
        await self.look.tick()


@pytest.fixture
async def shift(scene: ApiScene) -> ShiftScene:
    for name, station in (("zhou", "tianhe"), ("wei", "tianhe"), ("ou", "tianhe")):
        await scene.hires(name, Role.OFFICER, line="", station=station)
    await scene.add(scene.call("other", CallState.TALKING, counselor_id="chen", from_index="x"))
    raised = [
        (await scene.person(who).does("POST", f"/calls/{call}/flags", {"level": "high"}))
        for who, call in (("li", "call"), ("chen", "other"))
    ]
    first, second = (one["escalation_id"] for one in raised)
    zhou = scene.person("zhou")
    for one in (first, second):
        await zhou.does("POST", f"/escalations/{one}/acknowledge")
    await zhou.does("POST", f"/escalations/{first}/accept")
    look = ShiftLook(database=scene.house.database, clock=scene.clock)
    return ShiftScene(scene, first, second, look)


async def test_a_colleague_takes_all_of_it_in_one_act_and_no_deadline_moves(
    shift: ShiftScene,
) -> None:
    before = [await shift.holder(one) for one in (shift.first, shift.second)]
    handed = await shift.hands(note=NOTE, to="wei")
    assert [await shift.holder(one) for one in (shift.first, shift.second)] == before
    shift.scene.clock.advance(300)

    answer = await shift.asks("wei", f"/{handed}/take")

    numbers = sorted([await shift.number(shift.first), await shift.number(shift.second)])
    assert answer.json() == {"moved": numbers, "not_moved": []}
    after = [await shift.holder(one) for one in (shift.first, shift.second)]
    assert [one[0] for one in after] == ["staff:wei"] * 2
    assert [one[1:] for one in after] == [one[1:] for one in before]
    told = await shift.told("escalation.handed_over")
    assert {one[1] for one in told} == {"staff:wei"}
    assert {one[2]["former"] for one in told} == {"staff:zhou"}


async def test_whoever_took_it_answers_for_it_and_the_former_is_told_who_has_it(
    shift: ShiftScene,
) -> None:
    await shift.asks("wei", f"/{await shift.hands()}/take")

    report = {"text": "已到家"}
    await shift.scene.person("wei").does("POST", f"/escalations/{shift.first}/report", report)

    [row] = (await shift.sees("zhou"))["own"]
    assert (row["taken_by"], row["is_late"]) == ("name of wei", False)
    assert (await shift.sees("zhou"))["held"] == []
    assert len((await shift.sees("wei"))["held"]) == 2
    [mine] = (await shift.sees("wei"))["taken"]
    assert mine["by"] == "name of zhou"


async def test_only_what_was_chosen_goes_and_the_rest_stays(shift: ShiftScene) -> None:
    await shift.asks("wei", f"/{await shift.hands(escalations=[shift.second])}/take")

    holders = [(await shift.holder(one))[0] for one in (shift.first, shift.second)]

    assert holders == ["staff:zhou", "staff:wei"]


async def test_what_ones_own_phone_acknowledged_is_ones_own(shift: ShiftScene) -> None:
    await shift.scene.change(StationContact, "duty", account="zhou")
    await shift.scene.change(Escalation, shift.first, acknowledged_by="contact:duty")

    assert len((await shift.sees("zhou"))["held"]) == 2
    await shift.asks("wei", f"/{await shift.hands()}/take")

    assert (await shift.holder(shift.first))[0] == "staff:wei"


async def test_the_note_is_sealed_and_whoever_reads_it_leaves_a_trace(shift: ShiftScene) -> None:
    handed = await shift.hands(note=NOTE, to="wei")
    row: ShiftHandover = await shift.scene.get(ShiftHandover, handed)

    read = await shift.scene.person("wei").gets(f"{SHIFTS}/{handed}/note")
    other = await shift.scene.person("ou").asks("GET", f"{SHIFTS}/{handed}/note")

    assert NOTE not in row.note_sealed
    assert read == {"note": NOTE}
    assert (other.status_code, other.json()["detail"]) == (403, FOR_SOMEBODY_ELSE)
    traces = await shift.told("escalation.shift_note_read")
    read_in = {(one[0], one[1]) for one in traces}
    assert read_in == {(shift.first, "staff:wei"), (shift.second, "staff:wei")}
    audit: list[AuditEntry] = await shift.scene.all(AuditEntry)
    assert [one.kind for one in audit].count("escalation.shift_note_read") == 2
    entries: list[EscalationEntry] = await shift.scene.all(EscalationEntry)
    assert NOTE not in str([one.facts for one in entries])


async def test_the_note_is_read_by_whoever_may_take_it_and_then_by_the_two_alone(
    shift: ShiftScene,
) -> None:
    handed = await shift.hands(note=NOTE, to="wei")
    ou, path = shift.scene.person("ou"), f"{SHIFTS}/{handed}/note"
    assert not (await shift.sees("ou"))["offered"][0]["may_read"]
    shift.scene.clock.advance(TAKEN_WITHIN.total_seconds())

    assert (await shift.sees("ou"))["offered"][0]["may_read"]
    assert await ou.gets(path) == {"note": NOTE}
    await shift.asks("wei", f"/{handed}/take")

    late = await ou.asks("GET", path)
    assert (late.status_code, late.json()["detail"]) == (409, OVER)
    for who in ("zhou", "wei"):
        assert await shift.scene.person(who).gets(path) == {"note": NOTE}


async def test_what_ended_meanwhile_is_not_offered_and_what_is_left_of_a_shift_is(
    shift: ShiftScene,
) -> None:
    await shift.hands()
    await shift.scene.change(Escalation, shift.second, state="closed", next_due_at=None)

    [row] = (await shift.sees("wei"))["offered"]
    assert row["numbers"] == [await shift.number(shift.first)]
    await shift.scene.change(Escalation, shift.first, state="closed", next_due_at=None)

    assert (await shift.sees("wei"))["offered"] == []
    assert (await shift.sees("zhou"))["own"] == []


async def test_what_did_not_go_over_is_not_told_as_if_it_had(shift: ShiftScene) -> None:
    handed = await shift.hands()
    await shift.scene.change(Escalation, shift.second, acknowledged_by="staff:ou")

    await shift.asks("wei", f"/{handed}/take")

    for who, where in (("zhou", "own"), ("wei", "taken")):
        [row] = (await shift.sees(who))[where]
        assert row["numbers"] == [await shift.number(shift.first)]


async def test_a_shift_that_fails_to_be_shown_holds_up_none_of_the_others(
    shift: ShiftScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shift.scene.change(Escalation, shift.second, acknowledged_by="staff:ou")
    failing = await shift.hands("ou")
    await shift.hands("zhou")
    show = shift_look.show_shift

    async def fails(work: Work, handover_id: str, now: datetime) -> None:
        if handover_id == failing:
            raise RuntimeError
        await show(work, handover_id, now)

    monkeypatch.setattr(shift_look, "show_shift", fails)
    await shift.passes(TAKEN_WITHIN.total_seconds())

    assert await shift.shown_to_supervisors() == [shift.first]


async def test_whoever_took_it_reads_the_note_afterwards(shift: ShiftScene) -> None:
    handed = await shift.hands(note=NOTE)
    await shift.asks("wei", f"/{handed}/take")

    assert await shift.scene.person("wei").gets(f"{SHIFTS}/{handed}/note") == {"note": NOTE}
    assert (await shift.sees("wei"))["taken"][0]["has_note"]


@pytest.mark.parametrize("who", ["haizhu", "he", "li"])
async def test_nobody_of_another_station_or_of_the_line_takes_a_shift(
    shift: ShiftScene, who: str
) -> None:
    handed = await shift.hands()

    answer = await shift.asks(who, f"/{handed}/take")

    assert answer.status_code == (404 if who == "haizhu" else 403)
    assert (await shift.holder(shift.first))[0] == "staff:zhou"


async def test_what_was_handed_by_name_waits_for_them_half_an_hour_then_for_anybody(
    shift: ShiftScene,
) -> None:
    handed = await shift.hands(to="wei")

    early = await shift.asks("ou", f"/{handed}/take")
    seen = (await shift.sees("ou"))["offered"][0]
    shift.scene.clock.advance(TAKEN_WITHIN.total_seconds())
    late = await shift.asks("ou", f"/{handed}/take")

    assert (early.status_code, early.json()["detail"]) == (403, FOR_SOMEBODY_ELSE)
    assert (seen["may_take"], seen["to"]) == (False, "name of wei")
    assert late.status_code == 200
    assert (await shift.holder(shift.first))[0] == "staff:ou"


async def test_nobody_takes_their_own_and_they_take_it_back_instead(shift: ShiftScene) -> None:
    handed = await shift.hands()

    own = await shift.asks("zhou", f"/{handed}/take")
    stranger = await shift.asks("wei", f"/{handed}/withdraw")
    back = [(await shift.asks("zhou", f"/{handed}/withdraw")).status_code for _ in range(2)]
    late = await shift.asks("wei", f"/{handed}/take")

    assert (own.status_code, own.json()["detail"]) == (409, NOT_YOUR_OWN)
    assert (stranger.status_code, back) == (404, [204, 204])
    assert (late.status_code, late.json()["detail"]) == (409, OVER)


async def test_two_take_it_at_once_and_one_has_it(shift: ShiftScene) -> None:
    handed = await shift.hands()

    first = await shift.asks("wei", f"/{handed}/take")
    second = await shift.asks("ou", f"/{handed}/take")
    again = await shift.asks("wei", f"/{handed}/take")

    assert (first.status_code, second.status_code, again.status_code) == (200, 409, 200)
    assert again.json() == first.json()
    assert len(await shift.told("escalation.handed_over")) == 2


async def test_what_fell_silent_meanwhile_is_not_taken_and_is_said(shift: ShiftScene) -> None:
    handed = await shift.hands()
    shift.scene.clock.advance(3600)
    await Deadlines(database=shift.scene.house.database, clock=shift.scene.clock).tick()
    assert (await shift.holder(shift.second))[:2] == ("", "open")

    answer = await shift.asks("wei", f"/{handed}/take")

    assert await shift.number(shift.second) in answer.json()["not_moved"]
    assert (await shift.holder(shift.second))[:2] == ("", "open")


async def test_a_shift_that_nobody_takes_is_shown_to_supervisors_once(shift: ShiftScene) -> None:
    await shift.hands()

    await shift.passes(TAKEN_WITHIN.total_seconds() - 1)
    assert await shift.shown_to_supervisors() == []
    await shift.passes(1)
    await shift.passes(3600)

    assert await shift.shown_to_supervisors() == sorted([shift.first, shift.second])
    assert (await shift.holder(shift.first))[0] == "staff:zhou"
    assert (await shift.sees("wei"))["offered"][0]["is_late"]


async def test_a_shift_that_was_taken_or_taken_back_is_shown_to_nobody(shift: ShiftScene) -> None:
    await shift.asks("zhou", f"/{await shift.hands()}/withdraw")
    await shift.asks("wei", f"/{await shift.hands()}/take")

    await shift.passes(7200)

    assert await shift.shown_to_supervisors() == []


async def test_handing_over_again_replaces_what_still_waited(shift: ShiftScene) -> None:
    first = await shift.hands(to="wei")
    second = await shift.hands(to="ou")

    late = await shift.asks("wei", f"/{first}/take")

    assert late.status_code == 409
    assert [one["id"] for one in (await shift.sees("ou"))["offered"]] == [second]


async def test_the_same_request_again_hands_over_once(shift: ShiftScene) -> None:
    answers = [await shift.asks("zhou", "", {"note": NOTE}, key="k") for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert len(await shift.scene.all(ShiftHandover)) == 1


async def test_what_cannot_be_handed_over_is_refused_with_what_to_do(shift: ShiftScene) -> None:
    await shift.scene.change(Escalation, shift.second, acknowledged_by="staff:wei")
    tried = {
        NOT_YOURS: await shift.asks("zhou", "", {"escalations": [shift.second]}),
        NO_SUCH_COLLEAGUE: await shift.asks("zhou", "", {"to": "haizhu"}),
        NOTHING_TO_HAND: await shift.asks("ou"),
    }

    assert {public: answer.json()["detail"] for public, answer in tried.items()} == {
        public: public for public in tried
    }
    assert [answer.status_code for answer in tried.values()] == [409, 422, 409]
