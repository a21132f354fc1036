"""What is wrong with a document: a line of the file, and a sentence that says what to do."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hotline.configuration.files import Document
from hotline.errors import ConfigError
from hotline.storage.documents import DocumentFault

Read = TypeVar("Read")
JsonSchema = Mapping[str, Any]

KEY = "[key]"  # what pydantic adds to a path where the key itself is at fault
MUST = {  # by pydantic's names of faults
    "model_type": "be `name: value` pairs",
    "dict_type": "be `name: value` pairs",
    "list_type": "be a list",
    "too_short": "not be empty",
    "string_type": "be a text; a number is one only in quotes",
    "string_too_short": "have {min_length} or more characters",
    "string_too_long": "have {max_length} characters at most",
    "too_long": "have {max_length} entries at most",
    "bool_type": "be true or false",
    "wrong_form": "be {rule}",
    **dict.fromkeys(
        ("int_type", "float_type", "finite_number", "greater_than_equal", "less_than_equal"),
        "be {number}",
    ),
}


def read_shape(document: Document, shape: type[BaseModel], read: Callable[[Any], Read]) -> Read:
    """What `read` makes of a document. Raises `ConfigError` with every fault by file and line.

    `shape`: the model that `read` validates with. What it says of itself becomes the hints.
    """
    try:
        return read(document.data)
    except ValidationError as error:
        schema = shape.model_json_schema()
        told = [(fault["loc"], _sentence(fault, schema)) for fault in error.errors()]
        told.sort(key=lambda one: document.line(one[0]))
    # Not from within: pydantic's own text would show passwords and PINs to whoever logs it.
    raise ConfigError("\n".join(f"{document.where(path)}: {said}" for path, said in told))


def refuse_faults(document: Document, faults: Iterable[DocumentFault]) -> None:
    """Raises `ConfigError` with every fault by file and line, where there is one.

    `faults`: what no value alone shows.
    """
    found = sorted(faults, key=lambda one: document.line(one.where))
    if found:
        raise ConfigError("\n".join(f"{document.where(one.where)}: {one.said}" for one in found))


def _sentence(fault: ErrorDetails, schema: JsonSchema) -> str:
    path = [part for part in fault["loc"] if part != KEY]
    name = next((part for part in reversed(path) if isinstance(part, str)), "the file")
    kind, given, values = fault["type"], fault["input"], fault.get("ctx", {})
    if kind == "missing":
        return f"`{name}` is missing: {_description(schema, path) or 'add it'}."
    if kind in ("extra_forbidden", "invalid_key"):
        known = [key for part in _at(schema, path[:-1]) for key in part.get("properties", ())]
        return f"`{name}` means nothing here.{_hint(name, known)}"
    if kind in ("literal_error", "enum"):
        words = re.findall("'([^']+)'", values["expected"]) or [values["expected"].lower()]
        return f"`{given}` cannot stand here.{_hint(given, words)}"
    if kind in MUST:
        rule = MUST[kind].format(number=_number(schema, path), **values)
        return f"`{name}` must {': '.join(filter(None, (rule, _description(schema, path))))}."
    return fault["msg"] + (_hint(values["given"], values["known"]) if "known" in values else "")


def _hint(given: object, known: Sequence[str]) -> str:
    """The word that was probably meant, or which there are."""
    close = get_close_matches(str(given), known, n=1)
    return f" Did you mean `{close[0]}`?" if close else f" Use one of: {', '.join(known)}."


# ── what a shape says of itself ─────────────────────────────────────────────────────────────────


def _at(schema: JsonSchema, path: Sequence[str | int]) -> list[JsonSchema]:
    """What may stand at a place; several where there are alternatives, none where nothing may."""
    places = [schema]
    for key in path:
        inside = [_inside(place, key) for place in places]
        places = [one for inner in inside if inner for one in _alternatives(schema, inner)]
    return places


def _inside(place: JsonSchema, key: str | int) -> JsonSchema | None:
    inner: JsonSchema | None = place.get("properties", {}).get(key)
    return inner or place.get("additionalProperties") or place.get("items")


def _alternatives(schema: JsonSchema, place: JsonSchema) -> Iterator[JsonSchema]:
    """A place with its references followed. It keeps its own description."""
    named = [schema["$defs"][place["$ref"].rpartition("/")[2]]] if "$ref" in place else []
    inner = [*named, *place.get("anyOf", ())]
    for one in inner:
        described = {"description": place.get("description", "")}
        yield from _alternatives(schema, {**one, **described})
    if not inner:
        yield place


def _description(schema: JsonSchema, path: Sequence[str | int]) -> str:
    return next((one["description"] for one in _at(schema, path) if one.get("description")), "")


def _number(schema: JsonSchema, path: Sequence[str | int]) -> str:
    """Which one may stand here."""
    for one in _at(schema, path):
        if "minimum" in one:
            kind = "a whole number" if one["type"] == "integer" else "a number"
            return f"{kind} from {one['minimum']:g} to {one['maximum']:g}"
    return "a number"
