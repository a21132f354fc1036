"""Finding records: whose, by what, and in an order that stands still."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hotline.calls.model import CallState
from hotline.errors import Invalid
from hotline.records.finding import A_PAGE, FoundRecord, RecordState, Sought, find_records
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Database
from hotline.storage.tables import Call, Escalation, Line, Record, RecordReading, Staff, Station
from tests.fakes import NOON
from tests.hotline.records.conftest import RecordsScene

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


def somebody(staff_id: str, role: str = "counselor", *lines: str) -> SignedIn:
    return SignedIn(staff_id=staff_id, username=staff_id, name="", roles=(role,), station_id=None,
                    lines=lines or ("youth",), at=NOON)  # fmt: skip


LI, CHEN, HE = somebody("li"), somebody("chen"), somebody("he", "supervisor")


class FindingScene(RecordsScene):
    """Calls of li's on two lines, with records, some days old."""

    async def talked(self, call_id: str, *, days: float = 1, **values: Any) -> None:
        """A call of li's, so many days ago. `record`: what its record says; None: not written."""
        at = NOON - days * DAY
        written = values.pop("record", {})
        fields: dict[str, Any] = {"line_id": "youth", "counselor_id": "li", "joined_at": at,
                                  "ended_at": at, "from_masked": "154****0001"}  # fmt: skip
        await self.add(Call(id=call_id, carrier_sid=f"CA-{call_id}", state=CallState.ENDED,
                            arrived_at=at, heard_at=at, **{**fields, **values}))  # fmt: skip
        if written is not None:
            codes: dict[str, Any] = {"contact_type": "self", "topics": ["family"], "risk": "low",
                                     "disposition": "listened", **written}  # fmt: skip
            await self.add(Record(call_id=call_id, staff_id="li", saved_at=at, **codes))

    async def found(self, who: SignedIn, **sought: Any) -> list[str]:
        return [one.call_id for one in await self.rows(who, **sought)]

    async def rows(self, who: SignedIn, **sought: Any) -> list[FoundRecord]:
        async with self.work() as work:
            return list((await find_records(work, who, Sought(**sought), at=NOON)).found)


@pytest.fixture
async def scene(database: Database) -> FindingScene:
    made = FindingScene(database)
    await made.furnish()
    await made.add(Line(id="legal", name="法律", name_en="Legal", number_shown="2"),
                   Staff(id="he", username="he", name="He", password_hash=""))  # fmt: skip
    return made


async def test_everybody_finds_their_own_and_those_of_their_lines_and_no_others(
    scene: FindingScene,
) -> None:
    await scene.talked("youth", days=1)
    await scene.talked("legal", days=2, line_id="legal")

    assert await scene.found(LI) == ["youth", "legal"], "her own, on whatever line"
    assert await scene.found(CHEN) == ["youth"]
    assert await scene.found(HE) == ["youth"]
    assert await scene.found(somebody("sun", "supervisor", "legal")) == ["legal"]
    assert await scene.found(somebody("root", "admin")) == []
    assert await scene.found(somebody("tianhe", "officer")) == []


async def test_what_one_may_not_read_shows_no_codes(scene: FindingScene) -> None:
    await scene.talked("c", record={"risk": "high", "topics": ["violence"]})

    (theirs,) = await scene.rows(CHEN)
    (own,) = await scene.rows(LI)

    assert not theirs.may_read
    assert (theirs.contact_type, theirs.topics, theirs.risk) == ("", (), "")
    assert (theirs.state, theirs.escalated, theirs.written) == (None, None, True)
    assert (own.contact_type, list(own.topics), own.risk) == ("self", ["violence"], "high")


@pytest.mark.parametrize(
    "sought",
    [
        {"topic": "violence"},
        {"risk": "high"},
        {"contact_type": "self"},
        {"state": RecordState.FINISHED},
        {"escalated": False},
        {"counselor": "li"},
    ],
)
async def test_codes_find_nothing_that_one_may_not_read(
    scene: FindingScene, sought: dict[str, Any]
) -> None:
    await scene.talked("c", record={"risk": "high", "topics": ["violence"]})

    assert await scene.found(CHEN, **sought) == [], "the answer would tell what it says"
    assert await scene.found(HE, **sought) == ["c"]


async def test_an_opened_record_is_found_by_its_codes_as_long_as_it_is_open(
    scene: FindingScene,
) -> None:
    await scene.talked("c")
    await scene.add(RecordReading(call_id="c", staff_id="chen", kind="asked", state="granted",
                                  reason_sealed="", asked_at=NOON, until=NOON + DAY))  # fmt: skip

    (row,) = await scene.rows(CHEN, topic="family")
    later = replace(CHEN, at=NOON + DAY)

    assert (row.may_read, row.asked, row.open_until) == (True, "granted", NOON + DAY)
    assert await scene.found(later, topic="family") == []


@pytest.mark.parametrize(
    ("sought", "expected"),
    [
        ({"line": "youth"}, ["new", "old"]),
        ({"line": "legal"}, ["legal"]),
        ({"since": NOON - 3 * DAY}, ["new", "legal"]),
        ({"until": NOON - 3 * DAY}, ["old"]),
        ({"since": NOON - 2 * DAY, "until": NOON - DAY}, ["legal"]),
        ({"contact_type": "silent"}, ["old"]),
        ({"topic": "peers"}, ["legal"]),
        ({"topic": "missing"}, []),
        ({"risk": "high"}, ["old"]),
        ({"risk": "low"}, ["new"]),
        ({"counselor": "li"}, ["new", "legal", "old"]),
        ({"counselor": "chen"}, []),
        ({"number_index": "child"}, ["old"]),
        ({"number_index": ""}, []),
        ({"risk": "low", "topic": "peers"}, []),
    ],
)
async def test_each_thing_one_can_ask_for(
    scene: FindingScene, sought: dict[str, Any], expected: list[str]
) -> None:
    await scene.talked("new", days=1)
    await scene.talked("legal", days=2, line_id="legal",
                       record={"topics": ["study", "peers"], "risk": "none"})  # fmt: skip
    await scene.talked("old", days=9, from_index="child",
                       record={"contact_type": "silent", "risk": "high"})  # fmt: skip

    assert await scene.found(LI, **sought) == expected


async def test_draft_finished_and_late_are_told_apart(scene: FindingScene) -> None:
    await scene.talked("finished", days=3)
    await scene.talked("begun", days=0.5, record={"disposition": ""})
    await scene.talked("nothing", days=0.6, record=None)
    await scene.talked("late", days=1.1, record={"contact_type": ""})
    await scene.talked("never", days=5, record=None)

    assert await scene.found(LI, state=RecordState.FINISHED) == ["finished"]
    assert await scene.found(LI, state=RecordState.DRAFT) == ["begun", "nothing"]
    assert await scene.found(LI, state=RecordState.LATE) == ["late", "never"]


async def test_those_with_an_escalation_are_found(scene: FindingScene) -> None:
    await scene.add(Station(id="s", name="s", name_en="S", division="440106", phone="1"))
    await scene.talked("raised", days=1)
    await scene.talked("calm", days=2)
    await scene.add(Escalation(id="e", number="1", call_id="raised", level="high", next_due_at=NOON,
                               station_id="s", created_at=NOON))  # fmt: skip

    assert await scene.found(LI, escalated=True) == ["raised"]
    assert await scene.found(LI, escalated=False) == ["calm"]


async def test_a_call_nobody_answered_is_no_record(scene: FindingScene) -> None:
    await scene.talked("hung up", record=None, joined_at=None, counselor_id=None)

    assert await scene.found(HE) == []


async def test_pages_neither_repeat_nor_lose_a_record_when_others_come_in(
    scene: FindingScene,
) -> None:
    many = [f"c{number:02}" for number in range(2 * A_PAGE + 1)]
    for call_id in many:
        await scene.talked(call_id, days=1)  # all in the same moment

    read, after = list[str](), ""
    while True:
        async with scene.work() as work:
            page = await find_records(work, LI, Sought(), at=NOON, after=after)
        read += [one.call_id for one in page.found]
        await scene.talked(f"newer{len(read)}", days=0.1)
        after = page.next
        if not after:
            break

    assert read == many[::-1]


@pytest.mark.parametrize("nowhere", ["x", "1", "9999999999999999999.c", "-1.c", "1.c' or true"])
async def test_a_place_that_is_none_is_refused(scene: FindingScene, nowhere: str) -> None:
    async with scene.work() as work:
        with pytest.raises(Invalid):
            await find_records(work, LI, Sought(), at=NOON, after=nowhere)
