"""What is known of a caller when a plan is chosen."""

from dataclasses import dataclass

from routing.engine import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """`counselor`: somebody they know, to be asked first. `agreed`: they would rather wait a little
    for this one (`CONSENTED_HOLD_S`) than talk to another.

    `also_speaks`: all that they understand beside their own language, as far as it is known; None
    where it is not, and the plan says what is likely. `nobody_speaks`: nobody on duty on the line
    has a language in common with them. `nobody_of_gender`: nobody on duty is what they wish for, a
    woman or a man who fits by language.
    """

    line: str
    language: str
    urgency: Urgency = Urgency.ROUTINE
    topic: str | None = None
    also_speaks: tuple[str, ...] | None = None
    gender: str | None = None
    age_group: str | None = None
    counselor: str | None = None
    agreed: bool = False
    nobody_speaks: bool = False
    nobody_of_gender: bool = False
