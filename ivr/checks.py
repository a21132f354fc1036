"""What must hold for a flow as a whole: nobody can get lost in it, and everything can be said.

Looks at the steps that could be read: a target may lead to one that could not, or to none.
"""

from collections.abc import Iterator, Mapping
from string import Formatter

from pydantic_core import InitErrorDetails

from ivr.document import FlowPath, flow_fault
from ivr.model import Enqueue, Flow, HangUp, Menu, Phrase, Say, Step, Voicemail, exits
from ivr.wording import MENU_PROMPTS, written_language

Prompts = Mapping[str, Mapping[str, str]]
"""Language → key → text."""

HOUSE_VALUES = frozenset({"line"})
"""Placeholders that are filled in whatever a flow says."""


def check_steps(flow: Flow, *, whole: bool) -> Iterator[InitErrorDetails]:
    """Loops, menus, the way to a human and, if all steps were read, unreachable ones."""
    for name, step in flow.steps.items():
        if isinstance(step, Menu):
            yield from _check_menu(flow, step, ("steps", name))
        elif _leads_back(flow, name):
            yield flow_fault(
                ("steps", name, "next"),
                "This goes round in a circle without ever asking the caller."
                " Let one of these steps lead on to a queue.",
            )
    if whole and flow.start in flow.steps:
        yield from _check_reachable(flow)
        yield from _check_asked_first(flow)


def _check_asked_first(flow: Flow) -> Iterator[InitErrorDetails]:
    """A recorder and a goodbye are for who chose them at a menu, where 0 and silence mean a human.

    So from every step there is a way to one: a queue is it, a menu has it, words lead to one of
    them, and nobody comes to the other two but from a menu.
    """
    if isinstance(_end(flow, flow.start), Voicemail | HangUp):
        *_, last = _path(flow, flow.start)
        yield flow_fault(
            ("steps", last),
            "Every caller would come here without having been asked: nobody could reach a human."
            " Ask first, or lead to a step with `enqueue`.",
        )


def _check_menu(flow: Flow, menu: Menu, where: FlowPath) -> Iterator[InitErrorDetails]:
    for path, target in exits(menu):
        if isinstance(_end(flow, target), Menu):
            yield flow_fault(
                (*where, *path),
                "This leads to a menu behind a menu. A caller is asked once only:"
                " lead to a queue instead.",
            )
    end = _end(flow, menu.silence)
    if end is not None and not isinstance(end, Enqueue):
        yield flow_fault(
            (*where, "silence"),
            "A caller who presses nothing, 0 or wrong keys must reach a human:"
            " lead to a step with `enqueue`.",
        )


def _check_reachable(flow: Flow) -> Iterator[InitErrorDetails]:
    seen: set[str] = set()
    ahead = [flow.start]
    while ahead:
        name = ahead.pop()
        if name in flow.steps and name not in seen:
            seen.add(name)
            ahead += [target for _, target in exits(flow.steps[name])]
    for name in flow.steps:
        if name not in seen:
            yield flow_fault(
                ("steps", name),
                "No caller can ever come here. Let another step lead to it, or remove it.",
            )


def _path(flow: Flow, name: str) -> Iterator[str]:
    """The steps a caller passes from here without pressing anything, each once."""
    seen: set[str] = set()
    while name in flow.steps and name not in seen:
        yield name
        seen.add(name)
        step = flow.steps[name]
        if isinstance(step, Say):
            name = step.next


def _end(flow: Flow, name: str) -> Step | None:
    """Where a caller comes to rest. None on a circle or a missing step, reported elsewhere."""
    *_, last = (None, *_path(flow, name))
    step = flow.steps[last] if last else None
    return None if isinstance(step, Say) else step


def _leads_back(flow: Flow, name: str) -> bool:
    *_, last = _path(flow, name)
    step = flow.steps[last]
    return isinstance(step, Say) and step.next == name


# ── prompts ─────────────────────────────────────────────────────────────────────────────────────


def check_prompts(flow: Flow, prompts: Prompts) -> Iterator[InitErrorDetails]:
    """Everything this flow says is written in every language it can be said in."""
    for where, phrase, values in _phrases(flow):
        for language in (phrase.language,) if phrase.language else flow.languages:
            written = written_language(language, prompts)
            texts = prompts.get(written, {})
            yield from _check_phrase(where, phrase.prompt, written, texts, values)


def _phrases(flow: Flow) -> Iterator[tuple[FlowPath, Phrase, frozenset[str]]]:
    """Where something is said, what, and which placeholders it may have."""
    for name, step in flow.steps.items():
        for phrase in step.say:
            yield ("steps", name, "say"), phrase, HOUSE_VALUES
        if isinstance(step, Menu):
            for prompt in MENU_PROMPTS:
                yield ("steps", name, "choices"), Phrase(prompt), HOUSE_VALUES
            told = ((digit, one, one.say) for digit, one in step.choices.items() if one.say)
            for digit, choice, say in told:
                said = Phrase(say.prompt, say.language or choice.language)
                yield ("steps", name, "choices", digit, "say"), said, HOUSE_VALUES | {"digit"}


def _check_phrase(
    where: FlowPath,
    prompt: str,
    language: str,
    texts: Mapping[str, str],
    values: frozenset[str],
) -> Iterator[InitErrorDetails]:
    if prompt not in texts:
        yield flow_fault(
            where,
            f"The prompt `{prompt}` has no text in `{language}`."
            " Add it to the texts of that language, or use another prompt.",
        )
        return
    asked = {field for _, field, _, _ in Formatter().parse(texts[prompt]) if field}
    if asked - values:
        yield flow_fault(
            where,
            f"The prompt `{prompt}` needs {', '.join(sorted(asked - values))}, which a flow cannot"
            " know. Use another prompt.",
        )
