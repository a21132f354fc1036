"""The softphone's token."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from hotline.errors import Invalid
from hotline.telephony.tokens import softphone_token

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET = "a secret of thirty-two characters"


def claims(identity: str = "li_mei", **changes: Any) -> dict[str, Any]:
    token = softphone_token(
        account_sid="AC1",
        api_key_sid="SK1",
        api_key_secret=SECRET,
        identity=identity,
        now=NOON,
        **changes,
    )
    read: dict[str, Any] = jwt.decode(
        token, SECRET, algorithms=["HS256"], options={"verify_exp": False, "verify_nbf": False}
    )
    return read


def test_a_counselor_may_receive_calls_and_place_none() -> None:
    read = claims()

    assert read["grants"] == {"identity": "li_mei", "voice": {"incoming": {"allow": True}}}
    assert (read["iss"], read["sub"]) == ("SK1", "AC1")


def test_a_token_lives_fifteen_minutes_by_the_houses_clock() -> None:
    read = claims()

    assert read["nbf"] == int(NOON.timestamp())
    assert read["exp"] == int((NOON + timedelta(minutes=15)).timestamp())


@pytest.mark.parametrize(("asked", "given"), [(5, 5), (15, 15), (60, 15)])
def test_a_longer_life_is_cut_to_fifteen_minutes(asked: int, given: int) -> None:
    read = claims(ttl=timedelta(minutes=asked))

    assert read["exp"] - read["nbf"] == given * 60


@pytest.mark.parametrize("identity", ["", "li mei", "李梅", "li-mei", "x" * 122])
def test_a_name_the_carrier_would_not_take_is_refused(identity: str) -> None:
    with pytest.raises(Invalid, match="letters, digits and underscores"):
        claims(identity)
