"""The spoken texts, read from the `ivr` package's data."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def spoken_prompts() -> Mapping[str, Mapping[str, str]]:
    """Language → key → text, for every language that has a file."""
    found: dict[str, Mapping[str, str]] = {}
    for file in sorted(files("ivr").joinpath("prompts").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            texts = tomllib.loads(file.read_text(encoding="utf-8"))
            found[file.name.removesuffix(".toml")] = dict(_flat(texts))
    return found


def _flat(table: Mapping[str, object], before: str = "") -> list[tuple[str, str]]:
    """Nested tables as dotted keys."""
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, Mapping):
            pairs += _flat(value, f"{before}{key}.")
        else:
            pairs.append((f"{before}{key}", str(value)))
    return pairs
