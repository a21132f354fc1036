"""What must hold for a flow as a whole: nobody can get lost in it, and everything can be said.

The shape has been read by `ivr.flow`; a target may still be empty here where that was refused.
"""

from collections.abc import Iterator, Mapping
from string import Formatter

from ivr.document import Place, nearest
from ivr.model import Enqueue, Flow, Menu, Phrase, Say, Step, exits
from ivr.wording import MENU_PROMPTS, written_language

Prompts = Mapping[str, Mapping[str, str]]
"""Language → key → text."""

HOUSE_VALUES = frozenset({"line"})
"""Placeholders that are filled in whatever a flow says."""


def check_steps(flow: Flow, top: Place, *, whole: bool) -> None:
    """Targets, loops, menus, the way to a human and, if all steps were read, unreachable ones."""
    names = [name for name, _ in top.at("steps").entries()]
    _check_targets(flow, top, names)
    for name, step in flow.steps.items():
        place = top.at("steps", name)
        if isinstance(step, Menu):
            _check_menu(flow, step, place)
        elif _leads_back(flow, name):
            place.at("next").fault(
                "This goes round in a circle without ever asking the caller."
                " Let one of these steps lead on to a queue."
            )
    if whole and flow.start in flow.steps:
        _check_reachable(flow, top)


def _check_targets(flow: Flow, top: Place, names: list[str]) -> None:
    targets: list[tuple[tuple[str, ...], str]] = [(("start",), flow.start)]
    for name, step in flow.steps.items():
        targets += [(("steps", name, *path), target) for path, target in exits(step)]
    for path, target in targets:
        if target and target not in names:
            top.at(*path).fault(f"There is no step `{target}`.{nearest(target, names)}")


def _check_menu(flow: Flow, menu: Menu, place: Place) -> None:
    for path, target in exits(menu):
        if isinstance(_end(flow, target), Menu):
            place.at(*path).fault(
                "This leads to a menu behind a menu. A caller is asked once only:"
                " lead to a queue instead."
            )
    end = _end(flow, menu.silence)
    if end is not None and not isinstance(end, Enqueue):
        place.at("silence").fault(
            "A caller who presses nothing, 0 or wrong keys must reach a human:"
            " lead to a step with `enqueue`."
        )


def _check_reachable(flow: Flow, top: Place) -> None:
    seen: set[str] = set()
    ahead = [flow.start]
    while ahead:
        name = ahead.pop()
        if name in flow.steps and name not in seen:
            seen.add(name)
            ahead += [target for _, target in exits(flow.steps[name])]
    for name in flow.steps:
        if name not in seen:
            top.at("steps", name).fault(
                "No caller can ever come here. Let another step lead to it, or remove it."
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


def check_prompts(flow: Flow, top: Place, prompts: Prompts) -> None:
    """Everything this flow says is written in every language it can be said in."""
    for place, phrase, values in _phrases(flow, top):
        for language in (phrase.language,) if phrase.language else flow.languages:
            _check_phrase(
                place, phrase.prompt, written_language(language, prompts), prompts, values
            )


def _phrases(flow: Flow, top: Place) -> Iterator[tuple[Place, Phrase, frozenset[str]]]:
    """Where something is said, what, and which placeholders it may have."""
    for name, step in flow.steps.items():
        place = top.at("steps", name)
        for phrase in step.say:
            yield place.at("say"), phrase, HOUSE_VALUES
        if isinstance(step, Menu):
            for prompt in MENU_PROMPTS:
                yield place.at("choices"), Phrase(prompt), HOUSE_VALUES
            for digit, choice in step.choices.items():
                said = Phrase(choice.say.prompt, choice.say.language or choice.language)
                yield place.at("choices", digit, "say"), said, HOUSE_VALUES | {"digit"}


def _check_phrase(
    place: Place, prompt: str, language: str, prompts: Prompts, values: frozenset[str]
) -> None:
    texts = prompts.get(language, {})
    if not prompt:
        return  # reported when it was read
    if prompt not in texts:
        place.fault(
            f"The prompt `{prompt}` has no text in `{language}`."
            f" Add it to the texts of that language, or use another prompt."
        )
        return
    asked = {field for _, field, _, _ in Formatter().parse(texts[prompt]) if field}
    if asked - values:
        place.fault(
            f"The prompt `{prompt}` needs {', '.join(sorted(asked - values))}, which a flow cannot"
            " know. Use another prompt."
        )
