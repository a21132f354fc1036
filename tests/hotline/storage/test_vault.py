"""Sealed values open with the right key in the right place, and nowhere else."""

import pytest

from hotline.errors import SettingsError
from hotline.storage.vault import SealBroken, Vault, make_key


def test_what_was_sealed_can_be_opened_in_its_place() -> None:
    vault = Vault(make_key())

    sealed = vault.seal("我想回家", place="record.narrative.1")

    assert "我想回家" not in sealed
    assert vault.open(sealed, place="record.narrative.1") == "我想回家"


def test_a_sealed_value_moved_to_another_row_does_not_open() -> None:
    vault = Vault(make_key())
    sealed = vault.seal("secret", place="record.narrative.1")

    with pytest.raises(SealBroken):
        vault.open(sealed, place="record.narrative.2")


def test_after_a_key_is_rotated_in_front_old_values_still_open() -> None:
    old, new = make_key(), make_key()
    sealed = Vault(old).seal("before", place="p")

    assert Vault(f"{new},{old}").open(sealed, place="p") == "before"
    with pytest.raises(SealBroken):
        Vault(new).open(sealed, place="p")


def test_a_truncated_value_is_refused_not_guessed() -> None:
    vault = Vault(make_key())
    sealed = vault.seal("whole", place="p")

    for broken in (sealed[:-6], "v1.abc", "nonsense"):
        with pytest.raises(SealBroken):
            vault.open(broken, place="p")


def test_equal_numbers_have_equal_indices_and_different_ones_do_not() -> None:
    vault = Vault(make_key())

    assert vault.index("+8615400000001") == vault.index("+8615400000001")
    assert vault.index("+8615400000001") != vault.index("+8615400000002")
    assert vault.index("") == vault.seal("", place="p") == ""


@pytest.mark.parametrize("keys", ["", "not base64 §", "c2hvcnQ="])
def test_an_unusable_key_stops_the_start(keys: str) -> None:
    with pytest.raises(SettingsError):
        Vault(keys)


def test_the_index_survives_a_rotation_of_the_keys_when_it_has_a_secret_of_its_own() -> None:
    old, new = make_key(), make_key()
    before = Vault(old, index_secret="kept").index("+8615400000001")

    assert Vault(new, index_secret="kept").index("+8615400000001") == before
    assert Vault(new, index_secret="other").index("+8615400000001") != before


def test_a_pin_of_our_own_is_the_same_for_all_processes_and_another_for_each_use() -> None:
    key = make_key()
    one, other = Vault(key).own_pin("drill"), Vault(key).own_pin("something else")

    assert one == Vault(key).own_pin("drill")
    assert one != other
    assert len(one) == 8
    assert one.isdecimal()
