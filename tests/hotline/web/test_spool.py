"""A file that was cut off or damaged gives back all that is whole in it, and nothing else."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.storage.vault import Vault, make_key
from hotline.web.spool import Spool, SpoolEntry
from tests.fakes import NOON

VAULT = Vault(make_key())
NUMBER = "13800138000"


def entry(n: int) -> SpoolEntry:
    """The n-th."""
    return SpoolEntry(
        name=f"e{n}",
        at=NOON + timedelta(seconds=n),
        danger=n % 2 == 0,
        path=f"/voice/calls/c{n}/wait",
        query="turn=3",
        body=f"From={NUMBER}&Digits={n}".encode() + b"\xff",
    )


def written(folder: Path, entries: list[SpoolEntry]) -> bytes:
    """As they lie on the disk when the process dies."""
    spool = Spool(folder, VAULT)
    spool.append(entries)
    spool.close(keep=True)
    (path,) = folder.glob("*.spool")
    raw = path.read_bytes()
    path.unlink()
    return raw


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file of five entries."""
    return written(tmp_path_factory.mktemp("spool"), [entry(n) for n in range(5)])


def test_what_was_written_is_read_and_no_number_lies_open(five: bytes) -> None:
    found = list(Spool(Path(), VAULT).read(five))

    assert found == [entry(n) for n in range(5)]
    assert NUMBER.encode() not in five


@given(data=st.data())
def test_a_file_that_was_cut_off_anywhere_gives_all_whole_lines(
    five: bytes, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(five)))

    found = list(Spool(Path(), VAULT).read(five[:cut]))

    whole = five[:cut].count(b"\n") + (five[cut : cut + 1] == b"\n")
    assert found == [entry(n) for n in range(whole)]


@given(data=st.data())
def test_a_byte_that_went_wrong_costs_no_more_than_the_lines_it_touches(
    five: bytes, data: st.DataObject
) -> None:
    where, byte = data.draw(st.integers(0, len(five) - 1)), data.draw(st.integers(0, 255))

    found = list(Spool(Path(), VAULT).read(five[:where] + bytes([byte]) + five[where + 1 :]))

    assert len(found) >= 3
    assert all(one in [entry(n) for n in range(5)] for one in found)


def test_what_follows_a_torn_line_is_whole(tmp_path: Path) -> None:
    raw = written(tmp_path, [entry(0)])
    (tmp_path / "1-dead.spool").write_bytes(raw[:-20])

    spool = Spool(tmp_path, VAULT)
    taken = spool.take_over()
    spool.append([entry(1)])
    spool.close(keep=True)

    assert taken == []
    assert Spool(tmp_path, VAULT).take_over() == [entry(1)]


def test_a_file_of_a_living_process_is_left_to_it(tmp_path: Path) -> None:
    living = Spool(tmp_path, VAULT)
    living.append([entry(0)])

    assert Spool(tmp_path, VAULT).take_over() == []


def test_what_is_taken_over_is_on_disk_again_before_it_is_gone_there(tmp_path: Path) -> None:
    (tmp_path / "1-dead.spool").write_bytes(written(tmp_path, [entry(0)]))

    second = Spool(tmp_path, VAULT)
    second.take_over()
    second.close(keep=True)

    assert Spool(tmp_path, VAULT).take_over() == [entry(0)]
    assert not (tmp_path / "1-dead.spool").exists()


def test_an_entry_sealed_with_a_key_that_we_do_not_have_is_not_destroyed(tmp_path: Path) -> None:
    raw = written(tmp_path, [entry(0)])
    (tmp_path / "1-dead.spool").write_bytes(raw)

    taken = Spool(tmp_path, Vault(make_key())).take_over()

    assert taken == []
    assert (tmp_path / "1-dead.spool.damaged").read_bytes() == raw
