"""(flow, position, what was heard) → what to say now, and what then.

Pure and total: a position that the flow no longer knows (it was changed while the caller was
listening) leads to a human, never to an error. One that does not ask just goes on from there.
"""

from dataclasses import replace

from ivr.model import (
    CRISIS,
    DANGER,
    HUMAN,
    ROUTINE,
    CallerFacts,
    Collect,
    Enqueue,
    Flow,
    FlowOutcome,
    FlowReply,
    HangUp,
    Heard,
    Menu,
    OutcomeKind,
    Position,
    Say,
    Step,
    Utterance,
    Voicemail,
)
from ivr.speech import language_of, longest_said
from ivr.wording import MENU_AGAIN, MENU_DANGER, MENU_HUMAN


def begin(flow: Flow, *, language: str | None = None) -> FlowReply:
    """The first reply. `language`: the caller's if known from elsewhere, else the flow's own."""
    return _walk(flow, flow.start, CallerFacts(language or flow.language))


def proceed(
    flow: Flow, position: Position, heard: Heard, *, language: str | None = None
) -> FlowReply:
    """The reply to this input. Give the same `language` as to `begin`."""
    caller = CallerFacts(_language_heard(flow, heard) or language or flow.language)
    step = flow.steps.get(position.step)
    if is_danger(heard, flow.danger_words):
        return _queued_at_once(position, caller, CRISIS)
    if step is None:
        return _queued_at_once(position, caller, ROUTINE)
    if isinstance(step, Menu):
        return _answered(flow, step, position, heard, caller)
    reply = _walk(flow, position.step, caller)
    was_said = reply.position.step == position.step
    return replace(reply, say=()) if was_said else reply


def is_danger(heard: Heard, danger_words: tuple[str, ...]) -> bool:
    """Whether the caller said so, with the key or with a word."""
    return _first_key(heard) == DANGER or bool(longest_said(heard.speech, danger_words))


def _answered(
    flow: Flow, menu: Menu, position: Position, heard: Heard, caller: CallerFacts
) -> FlowReply:
    key = _first_key(heard)
    choice = menu.choices.get(key or _spoken_digit(menu, heard.speech))
    if choice is not None:
        return _walk(flow, choice.next, caller.after(choice))
    if key and key != HUMAN and position.misses == 0:
        return _ask(flow, menu, Position(position.step, 1), caller)
    return _walk(flow, menu.silence, caller)


def _walk(flow: Flow, name: str, caller: CallerFacts) -> FlowReply:
    """Go on until the caller is asked or the flow ends. Circles were refused by `ivr.checks`."""
    step = flow.steps[name]
    said: tuple[Utterance, ...] = ()
    while isinstance(step, Say):
        said += _phrases_said(step, caller)
        name = step.next
        step = flow.steps[name]
    if isinstance(step, Menu):
        return _ask(flow, step, Position(name), caller, before=said)
    said += _phrases_said(step, caller)
    return FlowReply(say=said, position=Position(name), then=_outcome(step, caller))


def _ask(
    flow: Flow,
    menu: Menu,
    position: Position,
    caller: CallerFacts,
    *,
    before: tuple[Utterance, ...] = (),
) -> FlowReply:
    """The menu, said after whatever came before it, so that its keys work from the first word."""
    if position.misses:
        before = (Utterance(MENU_AGAIN, caller.language),)
    hints = menu.words + flow.danger_words if menu.words else ()
    return FlowReply(
        say=before + _menu_said(menu, caller),
        position=position,
        then=Collect(timeout_s=menu.timeout_s, language=caller.language, hints=hints),
    )


def _menu_said(menu: Menu, caller: CallerFacts) -> tuple[Utterance, ...]:
    """Danger first, the human last. Each choice in the language it leads to, if it is told."""
    choices = (
        Utterance(say.prompt, say.language or choice.language or caller.language, digit)
        for digit, choice in menu.choices.items()
        if (say := choice.say) is not None
    )
    return (
        Utterance(MENU_DANGER, caller.language),
        *_phrases_said(menu, caller),
        *choices,
        Utterance(MENU_HUMAN, caller.language),
    )


def _phrases_said(step: Step, caller: CallerFacts) -> tuple[Utterance, ...]:
    return tuple(
        Utterance(phrase.prompt, phrase.language or caller.language) for phrase in step.say
    )


def _outcome(step: Enqueue | Voicemail | HangUp, caller: CallerFacts) -> FlowOutcome:
    if isinstance(step, Voicemail):
        return FlowOutcome(kind=OutcomeKind.VOICEMAIL, language=caller.language)
    if isinstance(step, HangUp):
        return FlowOutcome(kind=OutcomeKind.HANG_UP, language=caller.language, reason=step.reason)
    crisis = CRISIS in (step.urgency, caller.urgency)
    return FlowOutcome(
        kind=OutcomeKind.ENQUEUE,
        language=caller.language,
        urgency=CRISIS if crisis else ROUTINE,
        topic=caller.topic or step.topic,
        age_group=caller.age_group,
        gender=caller.gender,
        also=caller.also,
        place=caller.place,
    )


def _queued_at_once(position: Position, caller: CallerFacts, urgency: str) -> FlowReply:
    """Without another word: the queue's own first words follow immediately."""
    outcome = FlowOutcome(kind=OutcomeKind.ENQUEUE, language=caller.language, urgency=urgency)
    return FlowReply(say=(), position=position, then=outcome)


def _language_heard(flow: Flow, heard: Heard) -> str | None:
    """Whoever spoke is answered in that language, if the flow serves it. A choice counts more."""
    spoken = language_of(heard.speech)
    return spoken if spoken in flow.languages else None


def _first_key(heard: Heard) -> str:
    return heard.digits.strip()[:1]


def _spoken_digit(menu: Menu, speech: str) -> str:
    """The key whose word was said; of several, the longest word counts."""
    word = longest_said(speech, menu.words)
    return next((key for key, choice in menu.choices.items() if word in choice.words), "")
