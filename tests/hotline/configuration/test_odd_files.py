"""Whatever stands in a file, it is applied or refused in sentences; nothing else ever comes out.

The examples are the same in every run.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hotline.configuration.load import load_folder
from hotline.errors import ConfigError
from hotline.i18n.prompts import spoken_prompts
from ivr.flow import parse
from routing.policy import read_policy

GUANGDONG = Path(__file__).parents[3] / "deploy" / "guangdong"
SETTINGS = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),  # one folder serves all examples
)
FILES = (
    "lines.yaml",
    "stations.yaml",
    "staff.yaml",
    "flows/youth-12355.yaml",
    "plans/youth-12355.yaml",
)
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.dates()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Everything that stands somewhere in a document."""
    inner = list(value.items()) if isinstance(value, dict) else []
    inner = list(enumerate(value)) if isinstance(value, list) else inner
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The document with something else at one place."""
    if not path:
        return new
    key, *rest = path
    made = dict(value) if isinstance(value, dict) else list(value)
    made[key] = replaced(value[key], tuple(rest), new)
    return made


@st.composite
def spoiled(draw: st.DrawFn, document: Any) -> Any:
    """A good document with something odd in one, two or three places."""
    for _ in range(draw(st.integers(1, 3))):
        document = replaced(document, draw(st.sampled_from(places(document))), draw(VALUES))
    return document


def good(name: str) -> Any:
    return yaml.safe_load((GUANGDONG / name).read_text(encoding="utf-8"))


FLOW, PLAN = good("flows/youth-12355.yaml"), good("plans/youth-12355.yaml")


@SETTINGS
@given(document=st.one_of(VALUES, spoiled(FLOW)))
def test_a_flow_is_read_or_refused_with_the_places_of_its_faults(document: Any) -> None:
    try:
        parse(document, prompts=spoken_prompts())
    except ValidationError as fault:
        assert fault.errors()  # noqa: PT017 – both ends are right: it is read, or each fault is named


@SETTINGS
@given(document=st.one_of(VALUES, spoiled(PLAN)))
def test_a_plan_is_read_or_refused_with_the_places_of_its_faults(document: Any) -> None:
    try:
        read_policy(document)
    except ValidationError as fault:
        assert fault.errors()  # noqa: PT017 – both ends are right: it is read, or each fault is named


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the real configuration."""
    return Path(shutil.copytree(GUANGDONG, tmp_path_factory.mktemp("odd") / "guangdong"))


def told_of(folder: Path, name: str, raw: bytes) -> str:
    """What is said of the folder with other bytes in one file; empty where nothing is."""
    file = folder / name
    kept = file.read_bytes()
    file.write_bytes(raw)
    try:
        load_folder(folder)
    except ConfigError as fault:
        return fault.public
    finally:
        file.write_bytes(kept)
    return ""


@SETTINGS
@given(data=st.data(), name=st.sampled_from(FILES))
def test_a_folder_with_an_odd_file_is_read_or_refused_by_the_name_of_a_file(
    folder: Path, data: st.DataObject, name: str
) -> None:
    document = data.draw(spoiled(good(name)))

    told = told_of(folder, name, yaml.safe_dump(document, allow_unicode=True).encode())

    assert all(line.partition(":")[0].endswith(".yaml") for line in told.splitlines())


@SETTINGS
@given(name=st.sampled_from(FILES), raw=st.binary(max_size=60), at=st.integers(0, 2000))
def test_bytes_that_mean_nothing_are_refused_by_the_name_of_their_file(
    folder: Path, name: str, raw: bytes, at: int
) -> None:
    whole = (folder / name).read_bytes()

    told = told_of(folder, name, whole[:at] + raw + whole[at:])

    assert all(line.partition(":")[0].endswith(".yaml") for line in told.splitlines())
