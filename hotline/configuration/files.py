"""YAML files with the line of every value, so that a fault can be pointed at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hotline.errors import ConfigError
from hotline.texts import name_of_unfit, unfit

MOST_VALUES = 100_000  # a file that repeats itself by name can say more than any machine holds

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The reader in C says the same, eight times as fast; a wheel without it has the other one."""

DocumentPath = tuple[str, ...]
"""Keys and positions, all as text: what is the key 1 in YAML comes back as "1" from a database."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its data, and where in the file each value stands."""

    name: str
    data: dict[str, Any]
    lines: dict[DocumentPath, int]

    def where(self, path: Sequence[str | int]) -> str:
        """`file:line` of a value, or of the nearest thing around it that exists."""
        return f"{self.name}:{self.line(path)}"

    def line(self, path: Sequence[str | int]) -> int:
        """The same as a number."""
        place = tuple(map(str, path))
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_document(folder: Path, name: str) -> Document:
    """Read one file of a configuration folder. Raises `ConfigError`."""
    text = read_text(folder, name)
    try:
        root, lines, data = _composed(name, text)
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise ConfigError(f"{name}:{line}: this is not YAML: {fault.problem}.") from fault
    except (ValueError, RecursionError, yaml.YAMLError) as fault:
        # A date that is none, a thousand brackets: of these the reader gives no line.
        raise ConfigError(f"{name}: this cannot be read as YAML.") from fault
    if not isinstance(data, dict) or root is None:
        raise ConfigError(f"{name}:1: the file must hold `name: value` pairs.")
    return Document(name, data, lines)


def _composed(name: str, text: str) -> tuple[yaml.Node | None, dict[DocumentPath, int], Any]:
    """The document's root, where each value stands, and the values."""
    try:
        return _composed_by(Loader(text), name)
    except yaml.YAMLError:  # the slower reader says better what is wrong
        return _composed_by(yaml.SafeLoader(text), name)


def _composed_by(loader: Any, name: str) -> tuple[yaml.Node | None, dict[DocumentPath, int], Any]:
    root = loader.get_single_node()
    lines = _each_once(name, root) if root is not None else {}
    return root, lines, loader.construct_document(root) if root is not None else None


def read_text(folder: Path, name: str) -> str:
    """What stands in the file, where all of it is text. Raises `ConfigError`."""
    try:
        raw = (folder / name).read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{name}: there is no such file in the folder.") from None
    except (OSError, ValueError) as fault:
        raise ConfigError(f"{name}: cannot be read ({type(fault).__name__}).") from fault
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise ConfigError(f"{name}:{line}: this is not UTF-8: save the file as UTF-8.") from fault
    told = [
        f"{name}:{number}: {_refusal(line)}"
        for number, line in enumerate(text.split("\n"), 1)
        if unfit(line)
    ]
    if told:
        raise ConfigError("\n".join(told))
    return text


def _refusal(text: str) -> str:
    return f"the character {name_of_unfit(text)} cannot stand in a text: remove it."


def _each_once(name: str, root: yaml.Node) -> dict[DocumentPath, int]:
    """Where each value stands. YAML takes the last of two equal keys in silence: we refuse them."""
    lines: dict[DocumentPath, int] = {}
    again: dict[DocumentPath, int] = {}
    told: list[str] = []
    for path, line, written in _lines(root, ()):
        if len(lines) > MOST_VALUES:
            raise ConfigError(f"{name}: this file says more than any hotline needs.")
        (again if path in lines else lines)[path] = line
        if unfit(written):  # escaped: "\\0" is text to whoever reads the file, and NUL afterwards
            told.append(f"{name}:{line}: {_refusal(written)}")
    told += [
        f"{name}:{line}: `{path[-1]}` is given twice. Keep one."
        for path, line in again.items()
        if path[:-1] not in again
    ]
    if told:
        raise ConfigError("\n".join(told))
    return lines


def _lines(
    node: yaml.Node, path: DocumentPath, key: str = ""
) -> Iterator[tuple[DocumentPath, int, str]]:
    """Each value with its line, and with the text that stands there, its key included."""
    text = node.value if isinstance(node, yaml.ScalarNode) else ""
    yield path, node.start_mark.line + 1, key + text
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from _lines(value, (*path, str(name.value)), str(name.value))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*path, str(index)))
