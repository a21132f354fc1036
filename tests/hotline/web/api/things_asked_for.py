"""What the routes of `test_who_may` are asked for: rows about li's call, and the ids in paths."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlmodel import SQLModel

from hotline.forecasting.asking import DayQuestion
from hotline.forecasting.whatif import CallsFrom
from hotline.storage.tables import (
    Callback,
    CallerBlock,
    CallerPlan,
    CallRecording,
    Debrief,
    FollowUp,
)


def what_follows_the_call(now: datetime) -> Iterator[SQLModel]:
    """What is owed after it, what is kept of it, and what is known of its number."""
    yield Callback(
        id="owed",
        line_id="youth",
        call_id="call",
        from_index="child",
        why="asked",
        state="in_hand",
        promised_at=now,
        place_at=now,
        due_at=now,
    )
    yield FollowUp(
        id="followed",
        line_id="youth",
        call_id="call",
        level="high",
        days=[1],
        state="in_hand",
        began_at=now,
        due_at=now,
        late_at=now,
        try_at=now,
    )
    yield from what_is_known_of_the_caller(now)


def what_is_known_of_the_caller(now: datetime) -> Iterator[SQLModel]:
    """A recording, a block, a plan; and what the counselor is owed."""
    yield CallRecording(id="recording", call_id="call", leg_sid="CA", due_at=now, created_at=now)
    yield CallerBlock(
        id="block",
        number_index="x",
        masked="x",
        line_id="youth",
        call_id="call",
        code="prank",
        by_id="he",
        at=now,
        until=now + timedelta(hours=1),
    )
    yield CallerPlan(
        id="plan",
        number_index="x",
        masked="x",
        line_id="youth",
        call_id="call",
        counselor_id="li",
        times="x",
        minutes=30,
        goals_sealed="",
        approved_by="he",
        review_on=now.date(),
        approved_at=now,
    )
    yield Debrief(
        id="debrief", staff_id="li", call_id="call", why="heavy_call", created_at=now, due_at=now
    )


A_WHAT_IF = DayQuestion(
    line_id="youth",
    day=date(2026, 3, 2),
    calls_from=CallsFrom.PAST,
    counselors=("+1",),
    asked_on=date(2026, 3, 1),
)
IDS = {
    "calls": "call",
    "offers": "offer-wong",
    "acts": "act",
    "callers": "call",
    "lines": "youth",
    "notices": "told",
    "reminders": "call",
    "blocks": "block",
    "plans": "plan",
    "recordings": "recording",
    "help": "wanted",
    "callbacks": "owed",
    "debriefs": "debrief",
    "prompts": "hak",
    "keys": "wait.first",
    "takes": "take",
    "history": "1",
    "readings": "reading",
    "follow-ups": "followed",
    "texts": "text",
    "accounts": "chen",
    "a": "no-such-link",
    "cases": "case",
    "parts": "history",
    "people": "person",
    "steps": "step",
    "links": "link",
    "attachments": "file",
    "handovers": "shift",
    "shift": "shift",
    "consents": "consent",
    "provisions": "provision",
    "members": "member",
    "statutory": "report",
    "f": "no-such-link",
    "g": "no-such-link",
    "tasks": "task",
    "referrals": "referral",
    "reports": "month",
    "report-mails": "mail",
    "rights": "asked",
    "holds": "held",
    "shifts": "planned",
    "leaves": "leave",
    "swaps": "swap",
    "sessions": "0" * 24,
    "what-ifs": A_WHAT_IF.id,
    "samples": "lot",
    "reviews": "review",
    "feedback": "review",
    "calibrations": "calibration",
    "certificates": "certificate",
    "alerts": "alert",
}
OF_THE_ESCALATION = ("escalations", "station", "station-news")


def ids_of(escalation: str) -> dict[str, str]:
    """By the word of a path that stands before it: which thing is asked for."""
    return IDS | dict.fromkeys(OF_THE_ESCALATION, escalation)
