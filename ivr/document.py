"""Reading a loaded document without giving up at the first fault.

A `Place` is a value and the way to it. Faults are collected with that way, so that whoever loaded
the file can add its name and the line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

FlowPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class FlowProblem:
    """One fault: the path into the document, what is wrong and what to do."""

    where: FlowPath
    message: str

    def __str__(self) -> str:
        """For a log or a terminal that knows no lines."""
        return f"{'.'.join(map(str, self.where)) or 'flow'}: {self.message}"


class FlowError(Exception):
    """A flow cannot be used. `problems` holds all of them, in the order of the checks."""

    def __init__(self, problems: Sequence[FlowProblem]) -> None:
        """At least one problem."""
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Place:
    """A value in the document, and how to complain about it."""

    value: object
    where: FlowPath
    problems: list[FlowProblem]

    def fault(self, message: str) -> None:
        """Note what is wrong here and what to do."""
        self.problems.append(FlowProblem(self.where, message))

    def entries(self) -> list[tuple[str, "Place"]]:
        """What a mapping holds. A key that YAML read as a number becomes text, in the path too."""
        if not isinstance(self.value, Mapping):
            return []
        return [
            (str(key), Place(value, (*self.where, str(key)), self.problems))
            for key, value in self.value.items()
        ]

    def inner(self, key: str) -> "Place | None":
        """The place under this key, None where there is none."""
        return dict(self.entries()).get(key)

    def at(self, *keys: str) -> "Place":
        """As far down this path as the document goes."""
        place = self
        for key in keys:
            place = place.inner(key) or place
        return place

    def is_mapping(self, what: str) -> bool:
        """Complain unless this is a mapping with something in it."""
        if isinstance(self.value, Mapping) and self.value:
            return True
        self.fault(f"{what} must be a list of `name: value` pairs, and not an empty one.")
        return False

    def allow(self, keys: Sequence[str]) -> None:
        """Complain about keys that mean nothing: mostly typing errors."""
        for key, place in self.entries():
            if key not in keys:
                place.fault(f"`{key}` means nothing here.{nearest(key, keys)}")

    def text(self, what: str) -> str:
        """The text here; complain and give an empty one if it is none."""
        if isinstance(self.value, str) and self.value.strip():
            return self.value
        self.fault(f"{what} must be a text.")
        return ""

    def one_of(self, allowed: Sequence[str], what: str) -> str | None:
        """The text here if it is one of these; complain otherwise."""
        if self.value in allowed:
            return str(self.value)
        self.fault(f"`{self.value}` is no {what}. Use one of: {', '.join(allowed)}.")
        return None


def nearest(word: str, words: Sequence[str]) -> str:
    """A hint to the word that was probably meant, or which there are."""
    close = get_close_matches(word, words, n=1)
    if close:
        return f" Did you mean `{close[0]}`?"
    return f" Use one of: {', '.join(words)}."
