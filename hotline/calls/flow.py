"""A caller in the scripted part: what they did is taken into their call."""

from datetime import datetime

from hotline.calls.model import Urgency
from hotline.calls.service import make_urgent
from hotline.storage.session import Work
from hotline.storage.tables import Call
from ivr import interpreter
from ivr.model import Collect, Flow, FlowOutcome, FlowReply, Heard, Position


def begin_flow(flow: Flow, call: Call) -> FlowReply:
    """The first words, or the same once more: nothing of what was pressed before counts."""
    reply = interpreter.begin(flow)
    _keep_position(call, reply.position)
    call.language = reply.then.language
    return reply


def hear_in_flow(work: Work, flow: Flow, call: Call, heard: Heard, *, at: datetime) -> FlowReply:
    """The answer to keys, speech or silence. With a `FlowOutcome` in it the flow is over."""
    reply = interpreter.proceed(flow, Position(call.step, call.misses), heard)
    _keep_position(call, reply.position)
    call.language = reply.then.language
    if not isinstance(reply.then, Collect):
        _keep_outcome(work, call, reply.then, at=at)
    return reply


def _keep_position(call: Call, position: Position) -> None:
    call.step, call.misses = position.step, position.misses


def _keep_outcome(work: Work, call: Call, outcome: FlowOutcome, *, at: datetime) -> None:
    call.topic = outcome.topic
    call.age_group, call.wished_gender = outcome.age_group, outcome.gender
    if outcome.place is not None:
        call.place_code, call.place_source = outcome.place, "flow"
    call.also_speaks = None if outcome.also is None else list(outcome.also)
    if outcome.urgency == Urgency.CRISIS:
        make_urgent(work, call, at=at, why="key_in_menu")
