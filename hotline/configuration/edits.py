"""Changes of single values in a file's text. What is not changed stays as it was written.

Only the text of the value is replaced, so comments, order and line breaks elsewhere stay. Written
with the reader's own library, which puts in quotes what it would otherwise read as a number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from hotline.configuration.files import Loader
from hotline.configuration.stations import FOLDER
from hotline.errors import ConfigError

Fields = Mapping[str, Any]
"""By name, `recording.keep_days` within a part; None takes the name away."""

KEYS = {"lines": "id", "staff": "username", "stations": "id"}
"""By the list of a file: by what its entries are known."""

WIDEST = 100


def file_of(part: str) -> str:
    """Where new entries of a list come to stand."""
    return f"{part}.yaml"


def files_of(files: Mapping[str, str], part: str) -> list[str]:
    """All files that hold entries of a list: of stations, also those of their folder."""
    beside = f"{part}/" if part == FOLDER else None
    others = (path for path in sorted(files) if beside is not None and path.startswith(beside))
    return [file_of(part), *others]


def file_with(files: Mapping[str, str], part: str, key: str) -> str:
    """The file that an entry stands in; of a new one, where it comes to stand."""
    likely = [path for path in files_of(files, part) if key in files.get(path, "")]
    found = (path for path in likely if place_of(files[path], part, key) is not None)
    return next(found, file_of(part))


def entries_of(files: Mapping[str, str], part: str) -> list[dict[str, Any]]:
    """What the files say, entry by entry."""
    return [one for path in files_of(files, part) for one in _entries(files[path], part)]


def _entries(text: str, part: str) -> list[dict[str, Any]]:
    return list((yaml.load(text, Loader) or {}).get(part) or ())  # noqa: S506 – the safe one, in C


def place_of(text: str, part: str, key: str) -> int | None:
    """Which entry of the list it is, from 0. None: there is none."""
    entries = _entries(text, part)
    known = [one.get(KEYS[part]) for one in entries]
    return known.index(key) if key in known else None


def set_fields(text: str, part: str, key: str, fields: Fields) -> str:
    """The text with an entry changed, or with a new one at the end of the list.

    Raises `ConfigError` where the text has no such list.
    """
    place = place_of(text, part, key)
    if place is None:
        return _appended(text, part, {KEYS[part]: key, **_nested({}, fields)})
    before = yaml.safe_load(text)[part][place]
    for name, value in _nested(before, fields).items():
        if before.get(name) != value:
            text = _set(text, _entry(text, part, place), name, value)
    return text


def set_top(text: str, name: str, values: Sequence[Fields]) -> str:
    """The text with a list of its own changed, such as `calendar`."""
    root = yaml.compose(text)
    if not isinstance(root, yaml.MappingNode):
        raise ConfigError(f"{name}: this list is missing.")
    return _set(text, root, name, list(values) or None)


def set_calendar(text: str, line_id: str, days: Sequence[Fields]) -> str:
    """The dates that count for a line are these; those of other lines stay as they are."""
    kept = (yaml.safe_load(text) or {}).get("calendar") or []
    wanted = [{name: it for name, it in day.items() if it is not None} for day in days]
    shown = [_as_shown(day) for day in wanted]
    stays = [
        day
        for day in kept
        if (day.get("lines") and line_id not in day["lines"]) or _as_shown(day) in shown
    ]
    standing = [_as_shown(day) for day in stays]
    new = [day for day in wanted if _as_shown(day) not in standing]
    return set_top(text, "calendar", [*stays, *new]) if stays + new != kept else text


def _as_shown(day: Fields) -> dict[str, str]:
    """YAML reads a date as one, unless it stands in quotes; a page has texts only."""
    return {name: str(it) for name, it in day.items() if it}


def _nested(before: Fields, fields: Fields) -> dict[str, Any]:
    """Dotted names put into the parts they belong to, beside what stands there already."""
    found: dict[str, Any] = {}
    for dotted, value in fields.items():
        name, _, inner = dotted.partition(".")
        if not inner:
            found[name] = value
            continue
        part = dict(found.get(name) or before.get(name) or {})
        part[inner] = value
        found[name] = {one: it for one, it in part.items() if it is not None} or None
    return found


# ── in the text ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Pair:
    """`name: value` in a text: where the name begins, where the value begins and ends."""

    start: int
    colon: int
    end: int


def _list(text: str, part: str) -> yaml.SequenceNode:
    root = yaml.compose(text)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    for name, value in pairs:
        if name.value == part and isinstance(value, yaml.SequenceNode):
            return value
    raise ConfigError(f"{file_of(part)}: `{part}` is missing.")


def _entry(text: str, part: str, place: int) -> yaml.MappingNode:
    entry = _list(text, part).value[place]
    if not isinstance(entry, yaml.MappingNode):
        raise ConfigError(f"{file_of(part)}: `{part}` is missing.")
    return entry


def _set(text: str, entry: yaml.MappingNode, name: str, value: Any) -> str:
    """One name of an entry; within `{ }` the whole entry is written anew."""
    if entry.flow_style:
        changed = {**yaml.safe_load(text[entry.start_mark.index : _end(entry)]), name: value}
        kept = {one: it for one, it in changed.items() if it is not None}
        return text[: entry.start_mark.index] + _flow(kept) + text[_end(entry) :]
    column = entry.start_mark.column
    pair = _pair(entry, name)
    if pair is None:
        return text if value is None else _with_line(text, entry, f"{name}:", value, column)
    if value is None:
        return text[: _line_start(text, pair.start)] + text[_line_end(text, pair.end) :]
    return text[: pair.colon] + _written(value, column) + text[pair.end :]


def _pair(entry: yaml.MappingNode, name: str) -> _Pair | None:
    for key, value in entry.value:
        if key.value == name:
            return _Pair(key.start_mark.index, key.end_mark.index + 1, _end(value))
    return None


def _with_line(text: str, entry: yaml.MappingNode, head: str, value: Any, column: int) -> str:
    """A name that the entry did not have: after its last one."""
    at = _line_end(text, _end(entry))
    before = text[:at] if text[:at].endswith("\n") else f"{text[:at]}\n"
    return f"{before}{' ' * column}{head}{_written(value, column)}\n{text[at:]}"


def _appended(text: str, part: str, entry: Fields) -> str:
    entries = _list(text, part)
    if entries.flow_style:
        raise ConfigError(f"{file_of(part)}: `{part}` must be written as a list with `-`.")
    column = entries.start_mark.column
    lines = [
        f"{name}:{_written(value, column + 2)}"
        for name, value in entry.items()
        if value is not None
    ]
    body = f"\n{' ' * (column + 2)}".join(lines)
    at = _line_end(text, _end(entries))
    before = text[:at] if text[:at].endswith("\n") else f"{text[:at]}\n"
    return f"{before}{' ' * column}- {body}\n{text[at:]}"


def _end(node: yaml.Node) -> int:
    """Without the comments and empty lines after it, which YAML counts in."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(node, yaml.MappingNode) else last)
    return int(node.end_mark.index)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """After the line break; a comment on the line belongs to it."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _written(value: Any, column: int) -> str:
    """What stands after the colon: on one line where there is room, else an entry a line."""
    line = _flow(value)
    if not isinstance(value, list) or (column + len(line) < WIDEST and len(value) < 2):  # noqa: PLR2004 – one entry
        return f" {line}"
    if not any(isinstance(one, dict) for one in value):
        return f" {line}"
    return "".join(f"\n{' ' * (column + 2)}- {_flow(one)}" for one in value)


def _flow(value: Any) -> str:
    written: str = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, sort_keys=False, width=float("inf")
    )
    return written.removesuffix("\n").removesuffix("\n...")
