"""What is recorded, as the process knows it that answers callers."""

import pytest

from hotline.prompts.coverage import HeardAs, heard
from hotline.prompts.known import TOPIC, KnownPrompts, recorded_prompts
from hotline.prompts.notes import notes_on_prompts
from hotline.prompts.queries import ActiveTake
from hotline.prompts.scripts import NamedLine, scripts_in
from hotline.prompts.service import keep_take
from hotline.prompts.sound import CheckedSound, check_sound
from hotline.storage.news import Change
from hotline.storage.session import Database
from hotline.storage.tables import Line, Staff, Station
from tests.fakes import NOON
from tests.hotline.prompts.conftest import tone

pytestmark = pytest.mark.anyio

TWICE = 2


class EnoughLooks(Exception):
    """A loop that would go on for ever is left."""


@pytest.fixture
async def line(database: Database) -> None:
    """A line on which Hakka can be chosen, and somebody who records."""
    choice = {"say": "language.hak", "language": "hak", "next": "human"}
    steps = {
        "menu": {"choices": {"1": choice}, "silence": "human"},
        "human": {"say": "menu.to_human", "enqueue": "routine"},
    }
    flow = {"name": "youth", "language": "cmn", "start": "menu", "steps": steps}
    async with database.work() as work:
        work.add(Station(id="s", name="s", name_en="s", division="440106", phone="1"))
        work.add(Staff(id="root", username="root", name="root", password_hash="", roles=["admin"]))
        await work.flush()
        work.add(
            Line(id="youth", name="青少年", name_en="Youth", number_shown="1", station_id="s",
                 flow=flow, flow_version="prompts-tests")
        )  # fmt: skip


async def keeps(database: Database, sound: CheckedSound) -> None:
    async with database.work() as work:
        await keep_take(work, "hak", "wait.first", sound, staff_id="root", at=NOON)


async def test_what_is_recorded_is_read_with_the_change_that_is_announced(
    database: Database, line: None
) -> None:
    prompts, sound, looks = KnownPrompts(), check_sound(tone()), 0

    async def next_changes() -> list[Change]:
        nonlocal looks
        looks += 1
        if looks == 1:
            assert prompts.sound(sound.sha256) is None
            await keeps(database, sound)
            return [Change("call", "7")]
        if looks == TWICE:
            assert prompts.sound(sound.sha256) is None, "read for a change of something else"
            return [Change(TOPIC, "wait.first")]
        raise EnoughLooks

    with pytest.raises(EnoughLooks):
        await prompts.keep_fresh(database, next_changes)

    assert prompts.sound(sound.sha256) == sound.wav


async def test_what_was_known_is_heard_on_while_the_database_is_away(
    database: Database, line: None
) -> None:
    prompts, sound = KnownPrompts(), check_sound(tone())
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    await keeps(database, sound)
    async with database.work() as work:
        await prompts.read(work)

    async def next_changes() -> list[Change]:
        raise EnoughLooks

    with pytest.raises(EnoughLooks):
        await prompts.keep_fresh(nowhere, next_changes)
    await nowhere.close()

    assert prompts.sound(sound.sha256) == sound.wav


async def test_a_configuration_is_told_which_prompts_are_not_said_in_their_language(
    database: Database, line: None
) -> None:
    async with database.work() as work:
        (before,) = await notes_on_prompts(work, KnownPrompts())
    await keeps(database, check_sound(tone()))
    async with database.work() as work:
        (after,) = await notes_on_prompts(work, KnownPrompts())

    assert before.startswith("note: line youth: ")
    assert "are not said in hak" in before
    assert before != after


def test_hakka_and_teochew_are_recorded_from_the_mandarin_words() -> None:
    assert scripts_in("hak", []) == scripts_in("nan", []) == scripts_in("cmn", [])
    assert scripts_in("eng", [])["value.digit.7"] == "seven"
    assert scripts_in("eng", [])["value.number.30"] == "thirty"
    assert scripts_in("hak", [])["value.number.10"] == "十"


def test_a_prompt_with_a_number_is_recorded_once_all_words_of_numbers_are() -> None:
    line = NamedLine("youth", "青少年", "Youth")
    words = scripts_in("hak", [line])
    digits = [key for key in words if key.startswith(("wait.place.", "value.digit."))]
    tens = ["value.number.10", "value.number.100"]

    def how(keys: list[str]) -> HeardAs:
        takes = [ActiveTake("hak", key, words[key], f"sha-{key}") for key in keys]
        voices = KnownPrompts().voices_with(recorded_prompts(takes, [line]))
        return heard("wait.place", "hak", line, voices).how

    assert how(digits) is HeardAs.STAND_IN
    assert how(digits + tens) is HeardAs.RECORDED


def test_the_recorded_english_name_of_a_line_is_played_to_english_callers() -> None:
    line = NamedLine("youth", "青少年", "Youth")
    words = scripts_in("eng", [line])
    keys = [key for key in words if key.startswith(("line.", "caller.blocked"))]
    takes = [ActiveTake("eng", key, words[key], f"sha-{key}") for key in keys]

    voices = KnownPrompts().voices_with(recorded_prompts(takes, [line]))

    assert heard("caller.blocked", "eng", line, voices).how is HeardAs.RECORDED
