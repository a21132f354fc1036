"""What a caller of a line hears before a human answers."""

from hotline.lines.kept import KeptDocuments
from hotline.storage.tables import Line
from ivr.flow import parse
from ivr.model import ROUTINE, Enqueue, Flow, Phrase

STRAIGHT_TO_A_HUMAN = Flow(
    name="straight-to-a-human",
    language="cmn",
    start="human",
    steps={
        "human": Enqueue(
            say=(Phrase("greeting.line"), Phrase("menu.to_human")), urgency=ROUTINE, topic=None
        )
    },
)

_flows = KeptDocuments("flow", parse, fallback=STRAIGHT_TO_A_HUMAN)


def flow_of(line: Line) -> Flow:
    """The flow in force."""
    return _flows.of(line.flow, version=line.flow_version)
