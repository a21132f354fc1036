"""Whom a line rings when nobody takes a caller, and how long after. Pure.

A caller in danger rings one step after the other, round and round. For any other caller the duty
phone is rung, and only where nobody on duty could take them, or where they have waited for long:
danger always goes first, so that nobody knows when their turn comes.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hotline.lines.kept import KeptDocuments
from hotline.storage.tables import Line
from routing.engine import Urgency


class AlarmStep(StrEnum):
    """Whose phones ring at one step."""

    ANY_LINE = "any_line"  # who is ready, of whatever line, trained for danger first
    OWN_PHONES = "own_phones"  # counselors who are not signed in and let themselves be rung
    DUTY_PHONE = "duty_phone"
    SUPERVISOR = "supervisor"
    PARTNER = "partner"  # of the line's overflow (`hotline.lines.overflow`)
    BACK = "back"  # from another line, which did not take them either


class _AlarmPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


SoonS = Annotated[float, Field(ge=0, le=600)]
LaterS = Annotated[float, Field(ge=30, le=3600)]
PauseS = Annotated[float, Field(ge=10, le=3600)]  # no phone is rung without end and rest


class DangerAlarmFile(_AlarmPart):
    """Seconds since somebody in danger waits. `pause_s`: from the last step to the next round."""

    any_line_s: SoonS = 20
    own_phones_s: SoonS = 40
    duty_phone_s: SoonS = 60
    supervisor_s: SoonS = 90
    partner_s: SoonS = 120  # only where the line has a partner outside
    pause_s: PauseS = 30


class RoutineAlarmFile(_AlarmPart):
    """The same for any other caller whom nobody on duty could take, or none did for long."""

    duty_phone_s: LaterS = 180
    pause_s: PauseS = 180
    long_wait_s: LaterS = 900  # after that the duty phone rings whoever is on duty


class AlarmFile(_AlarmPart):
    """What stands under `alarm` of a line. What is left out has its default."""

    danger: DangerAlarmFile = DangerAlarmFile()
    routine: RoutineAlarmFile = RoutineAlarmFile()


@dataclass(frozen=True, slots=True)
class AlarmPlan:
    """Steps with their seconds, in order, round and round. Never empty.

    `long_wait_s`: until then no step is taken for somebody whom a counselor on duty could take.
    """

    steps: tuple[tuple[float, AlarmStep], ...]
    pause_s: float
    long_wait_s: float = 0.0

    def step(self, taken: int) -> AlarmStep:
        """The step that comes after so many."""
        return self.steps[taken % len(self.steps)][1]

    def round_over(self, taken: int) -> bool:
        """Whether everybody was rung: then comes the pause."""
        return taken % len(self.steps) == 0

    def due_after(self, taken: int) -> timedelta:
        """When the next step is due after so many, counted from the beginning of the wait."""
        rounds, n = divmod(taken, len(self.steps))
        first, last = self.steps[0][0], self.steps[-1][0]
        return timedelta(seconds=self.steps[n][0] + rounds * (last - first + self.pause_s))

    @property
    def longest(self) -> timedelta:
        """No next step can be further away than this."""
        return timedelta(seconds=self.steps[-1][0] + self.pause_s)


_alarms = KeptDocuments("alarm", AlarmFile.model_validate, fallback=AlarmFile())


def danger_partner_s(line: Line) -> float:
    """When the partner outside is rung for somebody in danger."""
    return _read_alarm(line).danger.partner_s


def _read_alarm(line: Line) -> AlarmFile:
    return _alarms.of(line.alarm, version=json.dumps(line.alarm, sort_keys=True))


def alarm_of(line: Line, urgency: str) -> AlarmPlan:
    """The plan in force for a caller of this line."""
    read = _read_alarm(line)
    if urgency != Urgency.CRISIS:
        routine = read.routine
        only = (routine.duty_phone_s, AlarmStep.DUTY_PHONE)
        return AlarmPlan((only,), routine.pause_s, routine.long_wait_s)
    steps = (
        (read.danger.any_line_s, AlarmStep.ANY_LINE),
        (read.danger.own_phones_s, AlarmStep.OWN_PHONES),
        (read.danger.duty_phone_s, AlarmStep.DUTY_PHONE),
        (read.danger.supervisor_s, AlarmStep.SUPERVISOR),
    )
    return AlarmPlan(tuple(sorted(steps, key=lambda one: one[0])), read.danger.pause_s)
