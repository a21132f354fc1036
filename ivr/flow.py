"""From a loaded YAML file to a checked `Flow`.

`ivr.document` says what may stand in the file; `ivr.checks` looks at where the steps lead and at
the prompts. Loading the file, and making a line and a sentence of a fault, is left to whoever
loads it.
"""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from ivr.checks import Prompts, check_prompts, check_steps
from ivr.document import NO_SUCH_STEP, ChoiceFile, FlowFile, PhraseFile, StepFile, VoiceFile
from ivr.model import Choice, Enqueue, Flow, HangUp, Menu, Phrase, Say, Step, Voice, Voicemail
from ivr.voices import listens_in


def parse(raw: object, *, prompts: Prompts | None = None) -> Flow:
    """Read and check. `prompts` (language → key → text) lets the prompt keys be checked as well.

    Raises pydantic's `ValidationError` with every fault; the `loc` of each is the path to it.
    """
    steps = _steps_in(raw)
    faults: list[InitErrorDetails] = []
    try:
        read: FlowFile | None = FlowFile.model_validate(raw, context=list(steps))
    except ValidationError as error:
        faults += map(_again, error.errors())
        read = _readable(raw, steps, error.errors())
    if read is not None:
        flow = _flow(read)
        faults += check_steps(flow, whole=len(flow.steps) == len(steps))
        faults += check_prompts(flow, prompts) if prompts is not None else ()
        if not faults:
            return flow
    raise ValidationError.from_exception_data("flow", faults)


def _steps_in(raw: object) -> Mapping[str, object]:
    steps = raw.get("steps") if isinstance(raw, Mapping) else None
    return {str(key): step for key, step in steps.items()} if isinstance(steps, Mapping) else {}


def _readable(
    raw: object, steps: Mapping[str, object], told: Sequence[ErrorDetails]
) -> FlowFile | None:
    """The document without what is at fault: the rest is checked at the same time."""
    at_fault = {fault["loc"][:2] for fault in told if fault["type"] != NO_SUCH_STEP}
    sound = {name: step for name, step in steps.items() if ("steps", name) not in at_fault}
    if not sound or not isinstance(raw, Mapping):
        return None
    head = {key: value for key, value in raw.items() if (key,) not in at_fault}
    return FlowFile.model_validate({"name": "?", "start": "?", **head, "steps": sound})


def _again(fault: ErrorDetails) -> InitErrorDetails:
    """A fault that was told, so that it can be told together with others."""
    kind = PydanticCustomError(fault["type"], fault["msg"], fault.get("ctx"))
    return InitErrorDetails(type=kind, loc=fault["loc"], input=fault["input"])


def _flow(read: FlowFile) -> Flow:
    return Flow(
        name=read.name,
        language=read.language,
        start=read.start,
        steps={name: _step(step) for name, step in read.steps.items()},
        danger_words=tuple(read.danger_words),
        voices={code: _voice(code, one) for code, one in read.voices.items()},
    )


def _voice(code: str, read: VoiceFile) -> Voice:
    return Voice(read.language, read.voice, read.gather or listens_in(code, read.language))


def _step(read: StepFile) -> Step:
    say = tuple(_phrase(one) for one in read.say)
    match read.ways[0]:
        case "next":
            return Say(say=say, next=read.next)
        case "choices":
            # In the order of the keys: a database may give them back in another.
            choices = {digit: _choice(one) for digit, one in sorted(read.choices.items())}
            return Menu(say=say, choices=choices, silence=read.silence, timeout_s=read.timeout_s)
        case "enqueue":
            return Enqueue(say=say, urgency=read.enqueue.urgency, topic=read.enqueue.topic)
        case "voicemail":
            return Voicemail(say=say)
        case _:
            return HangUp(say=say, reason=read.hang_up)


def _choice(read: ChoiceFile) -> Choice:
    alike = read.model_dump(exclude={"say", "words", "also"})
    say = None if read.say is None else _phrase(read.say)
    also = None if read.also is None else tuple(read.also)
    return Choice(say=say, words=tuple(read.words), also=also, **alike)


def _phrase(read: PhraseFile) -> Phrase:
    return Phrase(read.prompt, read.language)
