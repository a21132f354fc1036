"""What is known of a caller when a plan is chosen."""

from dataclasses import dataclass

from routing.engine import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """`counselor`: somebody they know, to be asked first. `also_speaks`: beside their own."""

    line: str
    language: str
    urgency: Urgency = Urgency.ROUTINE
    topic: str | None = None
    also_speaks: tuple[str, ...] = ()
    gender: str | None = None
    age_group: str | None = None
    counselor: str | None = None
