"""How a person's browsers and addresses are told, so that they know them again."""

import pytest

from hotline.staff.sessions import device_words, masked_address

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (WINDOWS, "Chrome / Windows"),
        (WINDOWS + " Edg/140.0", "Edge / Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", "Firefox / Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari", "Chrome / Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Safari/604.1", "Safari / iOS"),
        ("python-httpx/0.28", ""),
        ("", ""),
    ],
)
def test_a_browser_is_told_in_words_that_people_know(sent: str, words: str) -> None:
    assert device_words(sent) == words


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("/run/web.sock", ""),
    ],
)
def test_of_an_address_only_the_office_is_shown(address: str, shown: str) -> None:
    assert masked_address(address) == shown
