"""YAML files with the line of every value, so that a fault can be pointed at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hotline.errors import ConfigError

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
    try:
        text = (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{name}: there is no such file in the folder.") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(f"{name}: cannot be read ({type(fault).__name__}).") from fault
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as fault:
        line = fault.problem_mark.line + 1 if fault.problem_mark else 1
        raise ConfigError(f"{name}:{line}: this is not YAML: {fault.problem}.") from fault
    if not isinstance(data, dict) or root is None:
        raise ConfigError(f"{name}:1: the file must hold `name: value` pairs.")
    return Document(name, data, _each_once(name, root))


def _each_once(name: str, root: yaml.Node) -> dict[DocumentPath, int]:
    """Where each value stands. YAML takes the last of two equal keys in silence: we refuse them."""
    lines: dict[DocumentPath, int] = {}
    again: dict[DocumentPath, int] = {}
    for path, line in _lines(root, ()):
        (again if path in lines else lines)[path] = line
    told = [
        f"{name}:{line}: `{path[-1]}` is given twice. Keep one."
        for path, line in again.items()
        if path[:-1] not in again
    ]
    if told:
        raise ConfigError("\n".join(told))
    return lines


def _lines(node: yaml.Node, path: DocumentPath) -> Iterator[tuple[DocumentPath, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*path, str(index)))
