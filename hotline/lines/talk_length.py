"""After how long a counselor is reminded of the time, without a sound. Pure.

No talk is ever ended by its length. Defaults: domain research, requirement 24.
"""

import json
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from hotline.lines.kept import KeptDocuments
from hotline.storage.tables import Line

Minutes = Annotated[int, Field(ge=5, le=480)]


class TalkLengthFile(BaseModel):
    """What stands under `talk_length` of a line: minutes of a talk, the shortest first.

    `high_risk` counts instead of `minutes` while the caller is in danger or at high risk. The
    longest of the list that counts is also when the floor shows a talk as long. Empty: never.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    minutes: list[Minutes] = [50, 60]
    high_risk: list[Minutes] = [90]

    @field_validator("minutes", "high_risk")
    @classmethod
    def _grows(cls, value: list[int]) -> list[int]:
        if value != sorted(set(value)):
            told = "Give the minutes from the shortest to the longest, each once."
            raise PydanticCustomError("talk_length", told)
        return value

    def steps(self, *, in_danger: bool) -> Sequence[int]:
        """The minutes that count for a talk."""
        return self.high_risk if in_danger else self.minutes

    def reached(self, minutes: float, *, in_danger: bool) -> int:
        """The last step that a talk of this length has come to; 0 for none."""
        return max((one for one in self.steps(in_danger=in_danger) if one <= minutes), default=0)

    def is_long(self, minutes: float, *, in_danger: bool) -> bool:
        """Whether the floor shows it."""
        steps = self.steps(in_danger=in_danger)
        return bool(steps) and minutes >= steps[-1]


_rules = KeptDocuments("talk_length", TalkLengthFile.model_validate, fallback=TalkLengthFile())


def talk_length_of(line: Line) -> TalkLengthFile:
    """The rule in force."""
    return _rules.of(line.talk_length, version=json.dumps(line.talk_length, sort_keys=True))
