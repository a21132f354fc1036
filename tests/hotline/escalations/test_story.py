"""Three lines tell the story, and every entry of the timeline is behind exactly one of them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.deliveries.model import Channel, DeliveryState
from hotline.escalations.queries import AttemptRow, EscalationEntryRow
from hotline.escalations.story import ACTS, ASIDES, PAGED_FOR, StoryPart, outcome_of, story_of
from hotline.escalations.story_words import (
    DONE,
    OUTCOMES,
    StoryNames,
    beginning_of,
    sentence,
    when,
    why_this_station,
)
from hotline.i18n.catalog import CHINESE, ENGLISH, speaking
from hotline.i18n.event_words import EVENT_WORDS
from hotline.stations.responsible import WhyStation

TWO = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)  # 02:00 in Guangdong
NAMES = StoryNames(
    people={"staff:chen": "Chen", "contact:city": "市值班", "staff:he": "何"},
    stations={"tianhe": "天河", "city": "广州", "haizhu": "海珠"},
)
STATIONS = {"night": "tianhe", "deputy": "tianhe", "city": "city"}


def entry(kind: str, after_s: float = 0, actor: str = "system", **facts: Any) -> EscalationEntryRow:
    at = TWO + timedelta(seconds=after_s)
    return EscalationEntryRow(id=0, at=at, kind=kind, actor=actor, facts=facts, has_note=False)


def attempt(
    key: str, contact: str, state: str = "failed", why: str = "no_answer", channel: str = "phone"
) -> AttemptRow:
    return AttemptRow(
        id=key, channel=channel, contact_name=contact, station_id=STATIONS[contact], step=0,
        round=0, state=state, tries=1, wrong_pins=0, last_error=why, created_at=TWO, ended_at=None,
    )  # fmt: skip


def ring(key: str, after_s: float, *what: str) -> list[EscalationEntryRow]:
    """The entries of one attempt."""
    kinds = ("planned", "claimed", "taken", *what)
    return [entry(f"attempt.{kind}", after_s + n, attempt_id=key) for n, kind in enumerate(kinds)]


NIGHT = [
    entry("escalation.raised", 0, "staff:chen", level="imminent"),
    *ring("1", 0, "failed"),
    *ring("2", 60, "failed"),
    entry("escalation.not_acknowledged", 120, step=0),
    *ring("3", 120, "failed"),
    entry("escalation.not_acknowledged", 240, step=1),
    *ring("4", 300, "answered"),
    entry("escalation.acknowledged", 312, "contact:city", attempt_id="4"),
    entry("attempt.acknowledged", 312, "contact:city", attempt_id="4"),
    entry("attempt.failed", 330, attempt_id="3"),  # late news of the carrier
]
RUNG = [
    attempt("1", "night"),
    attempt("2", "night"),
    attempt("3", "deputy", why="refused 21211"),
    attempt("4", "city", "acknowledged", ""),
]


def told(timeline: list[EscalationEntryRow], rung: list[AttemptRow]) -> list[str]:
    with speaking(CHINESE):
        return [f"{when(part, TWO)} {sentence(part, NAMES)}" for part in story_of(timeline, rung)]


def test_a_night_is_told_in_few_lines() -> None:
    assert told(NIGHT, RUNG) == [
        "02:00 Chen 标记危机（迫在眉睫）",
        "02:00–02:05 未联系上 天河：night 没人接 ×2、deputy 空号",
        "02:05 已联系上 广州：city 电话里确认",
        "02:05 市值班 已确认接收（标记后 5 分 12 秒）",
    ]


def test_the_same_night_in_english() -> None:
    with speaking(ENGLISH):
        lines = [sentence(part, NAMES) for part in story_of(NIGHT, RUNG)]

    assert lines == [
        "Chen raised the flag (Imminent)",
        "天河 not reached: night no answer ×2, deputy no such number",
        "广州 reached: city acknowledged by phone",
        "市值班 acknowledged (5 min 12 s after the flag)",
    ]


def test_an_hour_of_rounds_is_one_line_for_each_station() -> None:
    timeline, rung = [entry("escalation.raised", actor="staff:chen")], []
    for number in range(40):
        for contact in ("night", "city"):
            key = f"{number}-{contact}"
            timeline += ring(key, 60 * number, "failed")
            timeline.append(entry("supervisors.paged", 60 * number, why="chain_exhausted"))
            rung.append(attempt(key, contact))

    parts = story_of(timeline, rung)

    assert [part.kind for part in parts] == ["raised", "reach", "reach"]
    assert [part.rings[0].outcomes for part in parts[1:]] == [(("no_answer", 40),)] * 2
    assert all(part.paged for part in parts[1:])


def test_who_looks_while_it_rings_does_not_cut_the_ringing_in_two() -> None:
    looks = entry("escalation.summary_read", 30, "staff:he")
    timeline = [NIGHT[0], *ring("1", 0, "failed"), looks, *ring("2", 60, "failed"), looks]

    parts = story_of(timeline, RUNG[:2])

    assert [(part.kind, part.times) for part in parts] == [("raised", 1), ("reach", 8), ("read", 2)]


def test_after_a_return_the_ringing_is_a_line_of_its_own() -> None:
    returned = entry("escalation.given_back", 400, "contact:city")
    timeline = [*NIGHT, returned, *ring("5", 401, "failed")]

    parts = story_of(timeline, [*RUNG, attempt("5", "night", "submitted", "")])

    assert [part.kind for part in parts][-2:] == ["given_back", "reach"]
    assert parts[-1].rings_now
    with speaking(CHINESE):
        assert sentence(parts[-1], NAMES) == "正在呼叫 天河：night 正在响"


def test_a_hand_over_names_both_stations() -> None:
    over = {"from": "tianhe", "to": "haizhu"}
    [line] = told([entry("escalation.handed_to", 0, "staff:he", **over)], [])

    assert line == "02:00 何 转给 海珠，不再由 天河 负责"


def test_the_same_hand_over_in_english() -> None:
    over = {"from": "tianhe", "to": "haizhu"}
    with speaking(ENGLISH):
        [part] = story_of([entry("escalation.handed_to", 0, "staff:he", **over)], [])
        assert sentence(part, NAMES) == "何 handed it to 海珠; it is no longer 天河's"


def test_what_was_written_is_told_apart_from_what_was_rung() -> None:
    rung = [
        attempt("1", "night", "delivered", "", "text"),
        attempt("2", "night"),
        attempt("3", "deputy", "failed", "handed_on", "webhook"),
        attempt("4", "city", "acknowledged", "", "mail"),
    ]
    timeline = [
        *ring("1", 0, "delivered"),
        *ring("2", 60, "failed"),
        *ring("3", 120, "handed_on", "failed"),
        *ring("4", 180),
    ]

    assert told(timeline, rung) == [
        "02:00–02:02 未联系上 天河："
        "night 用短信 已送到、night 没人接、deputy 用系统接口 转给下一位",
        "02:03 已联系上 广州：city 用邮件 用链接确认",
    ]


def test_supervisors_and_a_rescue_have_lines_of_their_own_and_say_who_confirmed() -> None:
    paged = [
        entry("supervisors.paged", 902, why="rescue_unconfirmed"),
        entry("supervisors.paged", 903, why="no_supervisor_saw_it"),
    ]
    timeline = [
        entry("rescue.asked", 0),
        entry("supervisors.rung", 30, turn=1),
        entry("supervisors.rung", 60, turn=2),
        entry("supervisors.seen", 65, "staff:he", how="phone"),
        entry("rescue.unconfirmed", 902, times=1),
        *paged,
        entry("rescue.confirmed", 960, "staff:he", agency="110", contacted_at="x"),
        entry("escalation.linked", 970, "staff:chen", call_id="c"),
    ]

    assert [line.partition(" ")[2] for line in told(timeline, [])] == [
        "须由救援方确认",
        "呼叫督导的电话 ×2",
        "何 已看到",
        "救援尚未确认，已再次提醒督导",
        "何 记下：救援方已接手（110）",
        "同一号码的另一通来电也有上报，已关联",
    ]


@pytest.mark.parametrize("why", list(WhyStation))
def test_why_this_station_answers_is_said_with_the_flag(why: WhyStation) -> None:
    facts = {"level": "high", "why_station": why, "station_id": "tianhe", "chosen_in_vain": True}
    [part] = story_of([entry("escalation.raised", 0, "staff:chen", **facts)], [])

    with speaking(CHINESE):
        said = sentence(part, NAMES)
    with speaking(ENGLISH):
        english = sentence(part, NAMES)

    assert "天河" in said
    assert said.endswith("；指定的工作站没有找到")
    assert english.endswith("; the station that was asked for was not found")


def test_a_flag_that_is_added_says_which_station_was_wished_for() -> None:
    added = entry("escalation.flag_added", 0, "staff:chen", station_wished="haizhu")

    assert told([added], []) == ["02:00 Chen 再次标记危机，希望由 海珠 负责"]


def test_where_nobody_can_be_rung_it_is_said() -> None:
    [line] = told([entry("supervisors.paged", 0, why="no_contacts")], [])

    assert line == "02:00 没有可以呼叫的人；已通知督导"


def test_what_the_house_notes_before_anybody_is_rung_is_a_note() -> None:
    [line] = told([entry("escalation.deadline_clamped")], [])

    assert line == "02:00 系统记录"


@pytest.mark.parametrize("kind", ["police.confirmed", "escalation.rescued", "x", "", "attemptless"])
def test_what_is_of_no_known_kind_is_told_all_the_same(kind: str) -> None:
    parts = story_of([NIGHT[0], entry(kind, 5), entry(kind, 6)], [])

    assert [(part.kind, part.times) for part in parts] == [("raised", 1), ("other", 2)]
    with speaking(CHINESE):
        assert sentence(parts[1], NAMES) == "其他记录 ×2"


@pytest.mark.parametrize(
    ("state", "why", "outcome"),
    [
        ("failed", "no_answer", "no_answer"),
        ("failed", "busy", "busy"),
        ("failed", "completed", "no_pin"),
        ("failed", "wrong_pins", "wrong_pins"),
        ("failed", "refused 21211", "no_such_number"),
        ("failed", "refused 20003", "refused"),
        ("failed", "failed", "failed"),
        ("failed", "", "failed"),
        ("pending", "", "rings"),
        ("submitted", "", "rings"),
        ("unknown", "unreachable", "rings"),
        ("answered", "", "answered"),
        ("superseded", "", "superseded"),
        ("dead", "unreachable", "dead"),
        ("acknowledged", "", "acknowledged"),
    ],
)
def test_what_became_of_a_ring_has_a_word(state: str, why: str, outcome: str) -> None:
    assert outcome_of(attempt("1", "night", state, why)) == outcome
    with speaking(ENGLISH):
        assert OUTCOMES[outcome]


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("state", list(DeliveryState))
def test_whatever_a_delivery_says_there_is_a_word(channel: Channel, state: DeliveryState) -> None:
    assert outcome_of(attempt("1", "night", state, "undelivered", channel)) in OUTCOMES


def test_every_kind_that_a_timeline_has_is_told_by_a_sentence_of_its_own() -> None:
    kinds = [kind for kind in EVENT_WORDS["timeline"] if kind in {*ACTS, *ASIDES}]
    for language in (CHINESE, ENGLISH):
        with speaking(language):
            lines = {sentence(story_of([entry(kind)], [])[0], NAMES) for kind in kinds}
        assert len(lines) == len(kinds)
    assert set(DONE) <= {*ACTS.values(), *ASIDES.values(), *PAGED_FOR.values()}


KINDS = st.sampled_from([*EVENT_WORDS["timeline"], "of.tomorrow", "attempt.of_tomorrow"])
ENTRIES = st.lists(
    st.tuples(KINDS, st.sampled_from(["", "1", "2", "3", "4", "gone"]),
              st.sampled_from(["system", "staff:he", "contact:city"])),
    max_size=40,
)  # fmt: skip


@settings(deadline=None)
@given(ENTRIES)
def test_every_entry_is_behind_exactly_one_line(
    happenings: list[tuple[str, str, str]],
) -> None:
    timeline = [
        EscalationEntryRow(id=n, at=TWO + timedelta(seconds=n), kind=kind, actor=actor,
                           facts={"attempt_id": key} if key else {}, has_note=False)
        for n, (kind, key, actor) in enumerate(happenings)
    ]  # fmt: skip

    parts = story_of(timeline, RUNG)

    behind = Counter(one.id for part in parts for one in part.entries)
    assert behind == Counter(range(len(timeline)))
    assert all(part.entries for part in parts)
    assert [part.since for part in parts] == sorted(part.since for part in parts)
    _each_has_a_sentence(parts)


def _each_has_a_sentence(parts: list[StoryPart]) -> None:
    for language in (CHINESE, ENGLISH):
        with speaking(language):
            assert all(sentence(part, NAMES).strip() for part in parts)
            assert all(when(part, TWO) for part in parts)


def test_why_a_station_answers_is_no_longer_said_once_it_was_handed_on() -> None:
    raised = entry("escalation.raised", 0, "staff:chen", why_station="line", station_id="tianhe")
    handed = entry("escalation.handed_to", 9, "staff:he", **{"from": "tianhe", "to": "haizhu"})

    with speaking(CHINESE):
        said = [
            why_this_station(beginning_of(told), NAMES) for told in ([raised], [raised, handed])
        ]

    assert said == ["由这条线路的 天河 负责", ""]


def test_phones_that_were_let_be_are_not_told_as_a_station_that_was_not_reached() -> None:
    rung = attempt("one", "night", state="superseded")
    [line] = told(ring("one", 0), [rung])

    assert "停止呼叫" in line
    assert "未联系上" not in line
