"""Whether the talks of a line are recorded, after which words, and how long that is kept. Pure.

A line that says nothing about it records nothing.
"""

import json
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from hotline.lines.kept import KeptDocuments
from hotline.storage.tables import Line

NOTICE = "recording.notice"
THREE_YEARS = 1095  # domain research, requirement 52

Days = Annotated[int, Field(ge=1, le=36500)]


class RecordingFile(BaseModel):
    """What stands under `recording` of a line.

    `notice`: the prompt that a caller has heard before anything is recorded. `counselor_may_hear`:
    whether who took a call may play it; a supervisor of the line always may. `in_danger`:
    `at_once` records a caller in danger without the notice, and somebody must tell them afterwards.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    when: Literal["never", "always"] = "never"
    notice: str = NOTICE
    keep_days: Days = THREE_YEARS
    counselor_may_hear: bool = False
    in_danger: Literal["after_notice", "at_once"] = "after_notice"

    @property
    def records(self) -> bool:
        """Whether anything is recorded at all."""
        return self.when == "always"

    @property
    def kept_for(self) -> timedelta:
        """From the end of a recording until it is erased."""
        return timedelta(days=self.keep_days)


_rules = KeptDocuments("recording", RecordingFile.model_validate, fallback=RecordingFile())


def recording_rule(line: Line) -> RecordingFile:
    """The rule in force."""
    return _rules.of(line.recording, version=json.dumps(line.recording, sort_keys=True))
