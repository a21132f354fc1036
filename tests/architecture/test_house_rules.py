"""Rules of the house that no linter knows. Each test names every place that breaks its rule."""

import ast
import os
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Formatter

ROOT = Path(__file__).parents[2]
CODE = ("hotline", "routing", "ivr", "scripts", "tests")
NOT_OURS = {"node_modules", "vendor", "htmlcov", "uv.lock"}  # nor what starts with . or _
GLOSSARY_BINDS = ("routing", "ivr", "hotline/calls", "hotline/escalations")
BANNED_WORDS = re.compile(r"(?<![a-z])(agent|customer|ticket)s?(?![a-z])")
MIGRATIONS = "hotline/storage/migrations/"  # history: each is written once, beside any session
# Put together here, or this file would break its own rules.
HOSTS = (
    "registry npm-js,registry npm-mirror,registry yarn-pkg,py-pi org,python-hosted org,py-pi tuna"
)
REGISTRIES = re.compile("|".join(HOSTS.replace("-", "").split(",")).replace(" ", r"\.").encode())
WORDS = "To-Do|Fix-Me|X-X-X".replace("-", "").upper()
SLEEPS = re.compile(r"\b(asyncio|anyio)\.sleep\(|\bfrom (asyncio|anyio) import .*\bsleep\b")
PATCHED_PRIVATE = re.compile(r"\.setattr\([^()]*?\"([\w.]+\.)?_\w")
MARKS = re.compile(rf"\b({WORDS})\b".encode())


def ours(*tops: str) -> Iterator[Path]:
    for top in tops:
        for folder, folders, files in os.walk(ROOT / top):
            folders[:] = [each for each in folders if each == ".ci" or each[0] not in "._"]
            folders[:] = sorted(set(folders) - NOT_OURS)
            yield from (Path(folder, file) for file in sorted(set(files) - NOT_OURS))


def python(*tops: str) -> Iterator[tuple[str, str]]:
    for file in ours(*tops):
        name = file.relative_to(ROOT).as_posix()
        if file.suffix == ".py" and not name.startswith(MIGRATIONS):
            yield name, file.read_text(encoding="utf-8")


def functions(code: str) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def names(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Constant):
            yield from (value for value in vars(node).values() if isinstance(value, str))


def classes(code: str) -> Iterator[str]:
    yield from (node.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ClassDef))


def types(code: str) -> Iterator[str]:
    """Aliases at the top of a file: `Chain = tuple[ChainStep, ...]`."""
    for node in ast.parse(code).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and re.fullmatch(r"_?[A-Z][a-z]\w*", target.id):
            yield target.id


def named_twice(names: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of (name, file): those whose name stands in more than one place."""
    found = sorted(names)
    count = Counter(name for name, _ in found)
    return [at for at in found if count[at[0]] > 1]


def in_words(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("user_agent", "")


def flat(table: dict[str, object], at: str = "") -> Iterator[tuple[str, set[str | None]]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{at}{key}.")
        else:
            yield f"{at}{key}", {field for _, field, _, _ in Formatter().parse(str(value))} - {None}


def modules(code: str) -> Iterator[str]:
    """What is imported: of other packages the first name, of ours the first two."""
    for node in ast.walk(ast.parse(code)):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        for name in [node.module or ""] if isinstance(node, ast.ImportFrom) else names:
            first, *rest = name.split(".")
            yield ".".join([first, *rest[:1]]) if first in CODE else first


def test_no_file_is_longer_than_400_lines() -> None:
    assert [name for name, code in python(*CODE) if len(code.splitlines()) > 400] == []


def test_no_function_is_longer_than_40_lines() -> None:
    found = [(name, *each) for name, code in python(*CODE) for each in functions(code)]

    assert [each for each in found if each[2] > 40] == []


def test_the_routing_engine_stays_small_and_needs_nothing_but_python() -> None:
    engine = list(python("routing/engine"))
    imported = {each for _, code in engine for each in modules(code)}

    assert sum(len(code.splitlines()) for _, code in engine) <= 1_050
    assert imported - sys.stdlib_module_names == {"routing.engine"}


def test_only_the_session_commits() -> None:
    committing = [name for name, code in python("hotline", "routing", "ivr") if ".commit(" in code]

    assert committing == ["hotline/storage/session.py"]


def test_every_language_has_every_prompt_with_the_same_gaps_to_fill() -> None:
    files = sorted((ROOT / "ivr/prompts").glob("*.toml"))
    spoken = {file.stem: dict(flat(tomllib.loads(file.read_text("utf-8")))) for file in files}

    assert len(spoken) > 1
    assert {name: prompts for name, prompts in spoken.items() if prompts != spoken["cmn"]} == {}


def test_one_word_for_one_thing() -> None:
    used = {(file, name) for file, code in python(*GLOSSARY_BINDS) for name in names(code)}

    assert [each for each in sorted(used) if BANNED_WORDS.search(in_words(each[1]))] == []


def test_nothing_committed_names_a_package_registry_or_unfinished_work() -> None:
    texts = [file for file in ours(".") if file.suffix != ".png"]
    found = {file.relative_to(ROOT).as_posix(): file.read_bytes() for file in texts}

    assert [name for name, raw in found.items() if REGISTRIES.search(raw)] == []
    assert [name for name, raw in found.items() if MARKS.search(raw)] == []


def test_no_test_sleeps_and_none_reaches_into_a_module() -> None:
    """Time is a clock that the test moves; collaborators are passed in."""
    tests = dict(python("tests"))

    assert [name for name, code in tests.items() if SLEEPS.search(code)] == []
    assert [name for name, code in tests.items() if PATCHED_PRIVATE.search(code)] == []


def test_no_name_of_a_class_or_type_stands_for_two_things() -> None:
    product, around = list(python("hotline", "routing", "ivr")), python("scripts", "tests")
    named = [(name, file) for file, code in product for name in (*classes(code), *types(code))]

    assert named_twice(named) == []
    assert named_twice((name, file) for file, code in around for name in classes(code)) == []
