"""Settings of the watch: refused where they would ring nobody, or wake people."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from hotline.settings import Settings

SENDER: dict[str, Any] = {"watch_sender": "02000000991"}


def test_without_any_of_them_nobody_is_rung() -> None:
    settings = Settings()

    assert settings.watched_by == ()
    assert (settings.drill_number, settings.dead_man_url) == ("", "")
    assert settings.contact_drill_at is None


def test_phones_are_rung_in_the_order_in_which_they_are_written() -> None:
    settings = Settings(watch_phones=" 15400000901, 15400000902,", **SENDER)

    assert settings.watched_by == ("15400000901", "15400000902")


@pytest.mark.parametrize(
    "given",
    [{"watch_phones": "1"}, {"drill_number": "1"}, {"contact_drills": "tue 12:00"}],
    ids=lambda given: next(iter(given)),
)
def test_what_rings_needs_a_number_that_rings(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="HOTLINE_WATCH_SENDER"):
        Settings.model_validate(given)


@pytest.mark.parametrize(
    "url", ["http://outside.example/x", "outside", "https://", "https://me@outside.example/"]
)
def test_somebody_outside_is_told_in_secret(url: str) -> None:
    with pytest.raises(ValidationError, match="HOTLINE_DEAD_MAN_URL"):
        Settings(dead_man_url=url)


def test_an_address_outside_and_how_often_it_is_asked() -> None:
    settings = Settings(dead_man_url="https://outside.example/ours", dead_man_every_s=30)

    assert settings.dead_man_every == timedelta(seconds=30)


@pytest.mark.parametrize(
    ("written", "read"), [("tue 12:00", (1, 12)), ("Mon 9:00", (0, 9)), ("sun 19:00", (6, 19))]
)
def test_a_day_and_an_hour(written: str, read: tuple[int, int]) -> None:
    assert Settings(contact_drills=written, **SENDER).contact_drill_at == read


@pytest.mark.parametrize("written", ["tue 03:00", "tue 23:00", "tuesday 12:00", "12:00"])
def test_nobody_is_woken_and_nothing_is_guessed(written: str) -> None:
    with pytest.raises(ValidationError, match="HOTLINE_CONTACT_DRILLS"):
        Settings(contact_drills=written, **SENDER)
