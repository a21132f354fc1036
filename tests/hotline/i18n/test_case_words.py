"""Every kind that a case's timeline is told has a sentence, in both languages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.i18n.case_words import CASE_FACTS, CASE_SENTENCES
from hotline.i18n.catalog import english
from hotline.i18n.words import WORDS

HOTLINE = Path(__file__).parents[3] / "hotline"
TELLING = {"tell": 2, "tell_in_words": 3}  # which argument is the kind
WHO = ("%(who)s", "%(member_kind)s", "%(receiver)s")
BY_THE_HOUSE = {
    "colour.proposed_by_rule",
    "visit.overdue_told",
    "visit.overdue_nobody",
    *(
        f"{kind}.{what}"
        for kind in ("statutory", "emergency")
        for what in ("warned", "breached", "rung", "nobody_came", "heard")
    ),
    "statutory.answer_due",
}
KIND = re.compile(r"[a-z_]+\.[a-z_]+")


def told() -> Iterator[tuple[str, str]]:
    """Where, and the kind: constants by their name, pieces in braces as a pattern."""
    for file in HOTLINE.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if "cases.timeline import" not in text and file.name != "timeline.py":
            continue
        tree = ast.parse(text)
        known = constants(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                place = TELLING.get(node.func.id)
                if place is not None and len(node.args) > place:
                    for kind in kinds(node.args[place], known):
                        yield f"{file.relative_to(HOTLINE)}:{node.lineno}", kind


def constants(tree: ast.Module) -> dict[str, list[str]]:
    """Names of a module that stand for kinds: alone, in a pair, or as the values of a table."""
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            values = strings(node.value)
            for target in targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                for name in names:
                    if isinstance(name, ast.Name):
                        found[name.id] = values
    return found


def strings(node: ast.AST) -> list[str]:
    texts = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return [text for text in texts if isinstance(text, str) and KIND.fullmatch(text)]


def kinds(node: ast.expr, known: dict[str, list[str]]) -> list[str]:
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        parts = (str(p.value) if isinstance(p, ast.Constant) else ".+" for p in node.values)
        return ["".join(parts)]
    if isinstance(node, ast.IfExp):
        return kinds(node.body, known) + kinds(node.orelse, known)
    base = node.value if isinstance(node, ast.Subscript) else node
    return known.get(base.id, []) if isinstance(base, ast.Name) else []


TOLD = sorted(set(told()))


def test_the_places_that_tell_are_found() -> None:
    found = {kind for _, kind in TOLD}

    assert {"case.opened", "case.call_linked", "case.merged_into", "case.split_off"} <= found
    assert {"case.taken", "case.given", "case.exported"} <= found


@pytest.mark.parametrize(("where", "kind"), TOLD)
def test_what_is_told_has_a_sentence(where: str, kind: str) -> None:
    assert any(re.fullmatch(kind, one) for one in CASE_SENTENCES), f"{where}: no words for {kind}"


def test_each_code_of_a_fact_has_a_list_of_words() -> None:
    assert set(CASE_FACTS.values()) <= set(WORDS)


@pytest.mark.parametrize("kind", sorted(CASE_SENTENCES))
def test_a_sentence_says_who_and_is_said_in_english_too(kind: str) -> None:
    sentence = CASE_SENTENCES[kind]

    assert any(gap in sentence for gap in WHO) or kind in BY_THE_HOUSE
    assert english().get(sentence)
