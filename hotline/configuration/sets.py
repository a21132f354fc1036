"""A configuration as a set of texts: path → text, as a folder holds it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory

from hotline.configuration.files import read_text
from hotline.configuration.load import Configuration, load_folder
from hotline.errors import ConfigError

Files = Mapping[str, str]

PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*\.yaml")
LONGEST_PATH = 120  # characters: what any disk takes
FAULT = re.compile(r"(?P<path>[^:\s]+\.yaml)(?::(?P<line>\d+))?: (?P<said>.*)")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong. `line` is 0 where no line is known, `path` empty where no file is."""

    path: str
    line: int
    said: str


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that differs, as a unified diff."""

    path: str
    lines: tuple[str, ...]


def read_files(folder: Path) -> dict[str, str]:
    """Every YAML file of a folder. Raises `ConfigError`."""
    paths = sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*.yaml"))
    return {path: read_text(folder, path) for path in paths if PATH.fullmatch(path)}


def write_files(files: Files, folder: Path) -> None:
    """Lay the files down in a folder. What else lies there stays."""
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def load_files(files: Files) -> Configuration:
    """The same reading and checking as of a folder. Raises `ConfigError`."""
    strange = [path for path in files if len(path) > LONGEST_PATH or not PATH.fullmatch(path)]
    if strange:
        path = strange[0][:LONGEST_PATH]
        raise ConfigError(f"{path}: name files by letters, digits, `-` and `_`, shortly, as .yaml.")
    with TemporaryDirectory() as folder:
        write_files(files, Path(folder))
        return load_folder(Path(folder))


def faults_of(refusal: ConfigError) -> list[Fault]:
    """A refusal taken apart, so that each fault can stand beside its line."""
    return [_fault(line) for line in refusal.public.splitlines()]


def places_of(said: list[str]) -> list[Fault]:
    """The same of warnings."""
    return [_fault(line) for line in said]


def _fault(told: str) -> Fault:
    found = FAULT.fullmatch(told)
    if found is None:
        return Fault("", 0, told)
    return Fault(found["path"], int(found["line"] or 0), found["said"])


def changes_between(before: Files, after: Files) -> list[FileChange]:
    """The files that differ, line by line."""
    return list(_changes(before, after))


def _changes(before: Files, after: Files) -> Iterator[FileChange]:
    for path in sorted({*before, *after}):
        old, new = before.get(path, "").splitlines(), after.get(path, "").splitlines()
        lines = tuple(unified_diff(old, new, lineterm="", n=3))[2:]  # without the two file names
        if lines:
            yield FileChange(path, lines)
