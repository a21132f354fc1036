"""What `hotline apply` says of prompts that are not said in the caller's language: no faults."""

from sqlmodel import col, select

from hotline.lines.flows import flow_of
from hotline.prompts.coverage import HeardAs, count_heard
from hotline.prompts.known import KnownPrompts
from hotline.prompts.scripts import NamedLine, keys_of_flow
from hotline.storage.session import Work
from hotline.storage.tables import Line


async def notes_on_prompts(work: Work, prompts: KnownPrompts) -> list[str]:
    """One sentence for each language of each line in which somebody stands in."""
    await prompts.read(work)
    notes: list[str] = []
    for line in (await work.exec(select(Line).order_by(col(Line.id)))).all():
        notes += _notes_of_line(line, prompts)
    return notes


def _notes_of_line(line: Line, prompts: KnownPrompts) -> list[str]:
    flow = flow_of(line)
    keys, name = keys_of_flow(flow), NamedLine(line.id, line.name, line.name_en)
    notes, voices = [], prompts.voices.with_own(flow.voices)
    for language in flow.languages:
        missing = count_heard(keys, language, name, voices)[HeardAs.STAND_IN]
        if missing:
            notes.append(
                f"note: line {line.id}: {missing} of {len(keys)} prompts are not said in {language}"
                " but in the language that stands in for it: record them on the page /prompts."
            )
    return notes
