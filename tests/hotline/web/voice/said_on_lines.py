"""Every document of the shipped lines, by moment: made by the renderer, without a database."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hotline.calls.flow import begin_flow
from hotline.calls.model import CallState, Urgency
from hotline.calls.places import PlaceNews
from hotline.configuration.load import load_folder
from hotline.configuration.plans import written
from hotline.configuration.service_hours import calendar_of, overflow_of_file
from hotline.lines.flows import flow_of
from hotline.lines.hours import hours_of
from hotline.lines.overflow import partner_of
from hotline.storage.documents import version_of_document
from hotline.storage.tables import Call, Line
from hotline.web.voice.closed import CLOSED, OUT_OF_HOURS, TO_PARTNER, words_of_closed
from hotline.web.voice.documents import CONFIRM, for_caller, part_with
from ivr.interpreter import proceed
from ivr.model import CRISIS, Collect, Flow, FlowOutcome, FlowReply, Heard, Utterance
from tests.fakes import NOON

GUANGDONG = Path(__file__).parents[4] / "deploy" / "guangdong"
NOTICE = "recording.notice"
TOLD = {"": "nothing is pressed", "0": "key 0: a human", "9": "key 9: danger", "#": "a wrong key"}


@cache
def shipped_lines() -> dict[str, Line]:
    """By id, as `hotline apply` would keep them."""
    wanted = load_folder(GUANGDONG)
    return {
        line.id: Line(
            id=line.id,
            name=line.name,
            name_en=line.name_en,
            number_shown=line.number_shown,
            flow=wanted.flows[line.id],
            flow_version=version_of_document(wanted.flows[line.id]),
            hours=[written(one) for one in line.hours],
            calendar=calendar_of(line, ()),
            overflow=overflow_of_file(line),
        )
        for line in wanted.lines
    }


def a_call(line_id: str, language: str, **values: Any) -> Call:
    """Who waits since noon, on the second round."""
    return Call(**{"id": "c1", "carrier_sid": "CA-c1", "line_id": line_id, "language": language,
                   "state": "waiting", "turn": 4, "waits": 1, "arrived_at": NOON,
                   "heard_at": NOON, **values})  # fmt: skip


def said_on_line(line: Line, language: str) -> dict[str, str]:
    """What callers of one line hear in one language, by the moment at which they hear it."""
    return {**_said_in_flow(line, language), **dict(_said_after_flow(line, language))}


# ── the flow ────────────────────────────────────────────────────────────────────────────────────


def _said_in_flow(line: Line, language: str) -> dict[str, str]:
    """Every way through the flow that ends or asks in this language; each document once."""
    found: dict[str, str] = {}
    for moment, reply in _ways(flow_of(line)):
        document = _document(line, reply)
        if reply.then.language == language and document not in found.values():
            found[moment] = document
    return found


def _ways(flow: Flow) -> Iterator[tuple[str, FlowReply]]:
    """From the first words on: silence, each key that means something, one that does not."""
    first = begin_flow(flow, a_call("", flow.language))
    yield "the call comes in", first
    asked, seen = [("", first)], {first.position}
    while asked:
        before, reply = asked.pop(0)
        step = flow.steps[reply.position.step]
        for key in ("", "0", "9", *getattr(step, "choices", {}), "#"):
            then = proceed(flow, reply.position, Heard(digits=key))
            moment = f"{before}{TOLD.get(key, f'key {key}')}"
            yield moment, then
            if isinstance(then.then, Collect) and then.position not in seen:
                seen.add(then.position)
                asked.append((f"{moment}, then ", then))


def _document(line: Line, reply: FlowReply) -> str:
    """Of an open line."""
    call = a_call(line.id, reply.then.language, state="flow", turn=1, waits=0)
    if isinstance(reply.then, FlowOutcome):
        call.state = CallState.WAITING
        call.urgency = Urgency.CRISIS if reply.then.urgency == CRISIS else Urgency.ROUTINE
    return for_caller(line, call, reply)


# ── after it ────────────────────────────────────────────────────────────────────────────────────


def _said_after_flow(line: Line, language: str) -> Iterator[tuple[str, str]]:
    """What names the line, its hours, its partner or a key that its flow leaves free."""
    waits = a_call(line.id, language)
    yield "the place in line", for_caller(line, waits, news=PlaceNews(place=3, minutes=4))
    yield "nobody can answer", for_caller(line, a_call(line.id, language, alarm_step=1, waits=2))
    asked = Utterance(CONFIRM, language, flow_of(line).free_key)
    yield "asked whether to be called back", for_caller(line, waits, asked)
    first = a_call(line.id, language, waits=0)
    yield "talks are recorded: while waiting", for_caller(line, first, notice=NOTICE)
    at_door = a_call(line.id, language, state=CallState.CONNECTING)
    yield "talks are recorded: at the door", for_caller(line, at_door, notice=NOTICE)
    yield "the number is blocked", part_with(line, waits, "caller.blocked")
    yield from _said_when_closed(line, language)


def _said_when_closed(line: Line, language: str) -> Iterator[tuple[str, str]]:
    message = a_call(line.id, language, state=CallState.MESSAGE)
    if hours_of(line).spans:
        closed = words_of_closed(OUT_OF_HOURS, line, language)
        yield "closed: a message", for_caller(line, message, closed)
    if hours_of(line).spans and partner_of(line):
        handed = words_of_closed(TO_PARTNER, line, language)
        yield "closed: the partner", for_caller(line, a_call(line.id, language), handed)
    shut = Utterance(CLOSED, language)
    yield "closed by a supervisor: a message", for_caller(line, message, shut)
