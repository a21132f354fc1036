"""Whom a change concerns, and who hears of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel

from hotline.floor.audience import NOBODY, Audience, audience_of, hears
from hotline.staff.sign_in import SignedIn
from hotline.storage.news import Change
from hotline.storage.session import Database
from hotline.storage.tables import (
    Call,
    Case,
    CaseLink,
    Escalation,
    Line,
    Offer,
    Participant,
    RecordReading,
    Referral,
    ReferralPlace,
    Staff,
    Station,
    StatutoryReport,
)
from tests.fakes import NOON

pytestmark = pytest.mark.anyio

TOPICS = ("call", "offer", "leg", "presence", "escalation", "case", "statutory", "referral")
OF_A_COLLEAGUE = ("call", "offer", "leg", "presence", "escalation")
OF_A_STATION = ("escalation", "case", "referral")


def somebody(role: str, *, line: str = "", station: str | None = None) -> SignedIn:
    """A listener of this role."""
    return SignedIn(staff_id="me", username="me", name="", roles=(role,), station_id=station,
                    lines=(line,))  # fmt: skip


OF_THE_CASE = Audience(frozenset({"youth"}), frozenset({"tianhe", "city"}), frozenset({"li", "he"}))
YOUTH = Audience(frozenset({"youth"}), frozenset({"tianhe"}))


@pytest.mark.parametrize(
    ("who", "heard"),
    [
        (somebody("counselor", line="youth"), OF_A_COLLEAGUE),
        (somebody("supervisor", line="youth"), TOPICS),
        (somebody("supervisor", line="legal"), ()),
        (somebody("counselor", line="legal"), ()),
        (somebody("officer", station="tianhe"), OF_A_STATION),
        (somebody("officer", station="haizhu"), ()),
        (somebody("officer"), ()),
        (somebody("admin", line="youth"), ()),
    ],
)
def test_one_hears_of_ones_lines_and_station_and_of_nothing_else(
    who: SignedIn, heard: tuple[str, ...]
) -> None:
    assert tuple(topic for topic in TOPICS if hears(who, topic, YOUTH)) == heard


def test_ones_own_affairs_are_heard_of_on_whatever_line() -> None:
    mine = Audience(frozenset({"legal"}), people=frozenset({"me"}))

    assert hears(somebody("counselor", line="youth"), "offer", mine)


def test_who_asks_to_read_a_record_is_known_to_them_and_to_supervisors_alone() -> None:
    mine = Audience(frozenset({"youth"}), people=frozenset({"me"}))

    assert hears(somebody("counselor", line="youth"), "reading", mine)
    assert hears(somebody("supervisor", line="youth"), "reading", YOUTH)
    assert not hears(somebody("counselor", line="youth"), "reading", YOUTH)


def test_what_is_not_for_browsers_is_heard_by_nobody() -> None:
    assert not hears(somebody("supervisor", line="youth"), "session", YOUTH)


async def add(database: Database, *rows: SQLModel) -> None:
    async with database.work() as work:
        for row in rows:
            work.add(row)
            await work.flush()


@pytest.fixture
async def database_with_rows(database: Database) -> Database:
    """One of each that browsers are told of."""
    moments: dict[str, Any] = {"arrived_at": NOON, "heard_at": NOON}
    await add(
        database,
        Station(id="city", name="", name_en="", division="", phone=""),
        Station(id="tianhe", name="", name_en="", division="", phone="", parent_id="city"),
        Line(id="youth", name="", name_en="", number_shown=""),
        Staff(id="li", username="li", name="", password_hash="", lines=["youth", "legal"]),
        Staff(id="he", username="he", name="", password_hash="", lines=["youth"]),
        Call(id="c", carrier_sid="CA", line_id="youth", state="talking", counselor_id="li",
             **moments),
        Offer(id="o", call_id="c", staff_id="li", offered_at=NOON, expires_at=NOON),
        Participant(id="p", call_id="c", role="counselor", staff_id="li", address="",
                    created_at=NOON),
        Escalation(id="e", number="1", call_id="c", station_id="tianhe", level="high",
                   chain=[{"station_id": "city"}], created_at=NOON,
                   next_due_at=NOON + timedelta(minutes=2)),
        RecordReading(id="r", call_id="c", staff_id="li", kind="asked", state="asked",
                      reason_sealed="", asked_at=NOON),
        Case(id="k", number="1234567", line_id="youth", station_id="tianhe", owner_id="he",
             opened_as="high", opened_by="system", opened_at=NOON),
        CaseLink(case_id="k", kind="call", subject_id="c", by="system", at=NOON),
        StatutoryReport(id="s", number="1", kind="mandatory", line_id="youth", call_id="c",
                        case_id="k", opened_at=NOON, opened_by="staff:sun", warn_at=NOON,
                        breach_at=NOON, next_due_at=NOON),
        ReferralPlace(id="shelter", position=1, number="1", receives={"station": "haizhu"}),
        ReferralPlace(id="clinic", position=2, number="2"),
        Referral(id="f", case_id="k", place_id="shelter", state="sent", reason="shelter",
                 by="staff:li", at=NOON, promised_at=NOON, due_at=NOON),
        Referral(id="g", case_id="k", place_id="clinic", state="sent", reason="shelter",
                 by="staff:li", at=NOON, promised_at=NOON, due_at=NOON),
    )  # fmt: skip
    return database


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("call", "c"), Audience(frozenset({"youth"}), people=frozenset({"li"}))),
        (("offer", "o"), Audience(frozenset({"youth"}), people=frozenset({"li"}))),
        (("reading", "r"), Audience(frozenset({"youth"}), people=frozenset({"li"}))),
        (("reading", "gone"), NOBODY),
        (("leg", "p"), Audience(frozenset({"youth"}), people=frozenset({"li"}))),
        (("presence", "li"), Audience(frozenset({"youth", "legal"}), people=frozenset({"li"}))),
        (
            ("escalation", "e"),
            Audience(frozenset({"youth"}), frozenset({"tianhe", "city"}), frozenset({"li"})),
        ),
        (("case", "k"), OF_THE_CASE),
        (("statutory", "s"), Audience(OF_THE_CASE.lines, people=OF_THE_CASE.people | {"sun"})),
        (("referral", "f"), replace(OF_THE_CASE, stations=OF_THE_CASE.stations | {"haizhu"})),
        (("referral", "g"), OF_THE_CASE),
        (("case", "gone"), NOBODY),
        (("statutory", "gone"), NOBODY),
        (("referral", "gone"), NOBODY),
        (("call", "gone"), NOBODY),
        (("offer", "gone"), NOBODY),
        (("presence", "gone"), Audience(people=frozenset({"gone"}))),
        (("escalation", "gone"), NOBODY),
        (("configuration", "applied"), NOBODY),
    ],
)
async def test_whom_a_change_concerns(
    database_with_rows: Database, change: tuple[str, str], expected: Audience
) -> None:
    async with database_with_rows.work() as work:
        assert await audience_of(work, Change(*change)) == expected
