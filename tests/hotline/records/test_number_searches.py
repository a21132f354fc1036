"""A number to search by: sealed for one person, for one shift, and never the number itself."""

from datetime import timedelta
from typing import Any

import pytest

from hotline.errors import Invalid
from hotline.records.number_searches import (
    LASTS,
    index_of_caller,
    index_of_number,
    open_search,
    seal_search,
)
from hotline.storage.tables import Call
from hotline.storage.vault import Vault, make_key
from tests.fakes import NOON

MOBILE = "15400000001"
SHORT_OF_OVER = LASTS - timedelta(seconds=1)


@pytest.fixture
def vault() -> Vault:
    return Vault(make_key())


def a_call(**values: Any) -> Call:
    return Call(carrier_sid="CA", line_id="l", state="ended", arrived_at=NOON, heard_at=NOON,
                **values)  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [MOBILE, "154 0000 0001", "+86 154-0000-0001", "0086 15400000001", "１５４００００００01"],
)
def test_a_number_is_found_however_it_is_written(vault: Vault, written: str) -> None:
    assert index_of_number(vault, written) == index_of_number(vault, f"+86{MOBILE}")


@pytest.mark.parametrize("written", ["", "anonymous", "abc", "未知", "1" * 40])
def test_what_is_no_number_finds_nobody(vault: Vault, written: str) -> None:
    with pytest.raises(Invalid):
        index_of_number(vault, written)


@pytest.mark.parametrize("kind", ["trunk", "withheld", "malformed"])
def test_a_number_that_many_share_finds_no_caller(kind: str) -> None:
    with pytest.raises(Invalid):
        index_of_caller(a_call(from_index="i", number_kind=kind))


def test_a_call_without_a_number_finds_no_caller() -> None:
    with pytest.raises(Invalid):
        index_of_caller(a_call(from_index=""))
    assert index_of_caller(a_call(from_index="i")) == "i"


def test_a_search_opens_for_who_began_it_until_the_shift_is_over(vault: Vault) -> None:
    index = index_of_number(vault, MOBILE)
    sealed = seal_search(vault, index, by="li", at=NOON)

    assert open_search(vault, sealed, by="li", at=NOON + SHORT_OF_OVER) == index
    with pytest.raises(Invalid):
        open_search(vault, sealed, by="li", at=NOON + LASTS)


def test_a_search_is_no_use_to_anybody_else_and_tells_no_number(vault: Vault) -> None:
    sealed = seal_search(vault, index_of_number(vault, MOBILE), by="li", at=NOON)

    assert MOBILE not in sealed
    for made_up in (sealed[:-4] + "AAAA", "", "x", "v1.x.y", "." * 9):
        with pytest.raises(Invalid):
            open_search(vault, made_up, by="li", at=NOON)
    with pytest.raises(Invalid):
        open_search(vault, sealed, by="chen", at=NOON)


def test_the_index_has_a_key_of_its_own() -> None:
    keys = make_key()

    one, other = Vault(keys, index_secret="a"), Vault(keys, index_secret="b")

    assert index_of_number(one, MOBILE) != index_of_number(other, MOBILE)
