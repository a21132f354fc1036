"""The PIN of a station's contact."""

import pytest

from hotline.escalations.pins import hash_pin, pin_fits

pytestmark = pytest.mark.anyio


async def test_a_pin_fits_its_own_hash_only() -> None:
    pin_hash = await hash_pin("1232")

    assert "1232" not in pin_hash
    assert await pin_fits("1232", pin_hash)
    assert not await pin_fits("1233", pin_hash)


@pytest.mark.parametrize("pin_hash", ["", "1232", "$2b$12$abc"])
async def test_no_pin_fits_what_is_no_hash_of_ours(pin_hash: str) -> None:
    assert not await pin_fits("1232", pin_hash)


async def test_no_keys_are_no_pin() -> None:
    assert not await pin_fits("", await hash_pin(""))
