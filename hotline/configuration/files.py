"""YAML files with the line of every value, so that a fault can be pointed at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hotline.errors import ConfigError

DocumentPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its data, and where in the file each value stands."""

    name: str
    data: dict[str, Any]
    lines: dict[DocumentPath, int]

    def where(self, path: Sequence[str | int]) -> str:
        """`file:line` of a value, or of the nearest thing around it that exists."""
        place = tuple(path)
        while place and place not in self.lines:
            place = place[:-1]
        return f"{self.name}:{self.lines.get(place, 1)}"


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
    return Document(name, data, dict(_lines(root, ())))


def _lines(node: yaml.Node, path: DocumentPath) -> Iterator[tuple[DocumentPath, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*path, index))
