"""Settings of the watch: whom it rings, its drills, and who notices its silence.

README: "Settings".
"""

import re
from datetime import timedelta
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from hotline.oidc_settings import LOOPBACK, OidcSettings

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKLY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun) ([01]?\d|2[0-3]):00")
BY_DAY = range(9, 20)  # hours at which nobody is woken


class WatchSettings(OidcSettings):
    """`watch_phones`: with commas between, the first first. `watch_sender`: the number shown.

    `drill_number`: of ours, that answers drills. `contact_drills`: a day and an hour.
    """

    watch_phones: str = ""
    watch_sender: str = ""
    drill_number: str = ""
    dead_man_url: str = ""
    dead_man_every_s: float = Field(default=60.0, ge=10.0, le=3600.0)
    contact_drills: str = ""

    @field_validator("dead_man_url")
    @classmethod
    def _read_dead_man_url(cls, url: str) -> str:
        parts = urlsplit(url)
        safe = parts.scheme == "https" or parts.hostname in LOOPBACK
        if url and (not safe or not parts.hostname or parts.username):
            raise ValueError(
                "HOTLINE_DEAD_MAN_URL is no address that can be told in secret: write https://…"
            )
        return url

    @field_validator("contact_drills")
    @classmethod
    def _read_contact_drills(cls, when: str) -> str:
        found = WEEKLY.fullmatch(when.lower())
        if when and (found is None or int(found[2]) not in BY_DAY):
            raise ValueError(
                "HOTLINE_CONTACT_DRILLS is no hour of a day on which people are awake: write one"
                " such as tue 12:00, between 9:00 and 19:00"
            )
        return when.lower()

    @model_validator(mode="after")
    def _refuse_without_sender(self) -> Self:
        rings = self.watched_by or self.drill_number or self.contact_drills
        if rings and not self.watch_sender:
            raise ValueError(
                "HOTLINE_WATCH_PHONES, HOTLINE_DRILL_NUMBER and HOTLINE_CONTACT_DRILLS ring"
                " telephones: set HOTLINE_WATCH_SENDER to the number that rings them"
            )
        return self

    @property
    def watched_by(self) -> tuple[str, ...]:
        """Whom the auditor rings, the first first."""
        return tuple(one.strip() for one in self.watch_phones.split(",") if one.strip())

    @property
    def dead_man_every(self) -> timedelta:
        """How often somebody outside hears that all is well."""
        return timedelta(seconds=self.dead_man_every_s)

    @property
    def contact_drill_at(self) -> tuple[int, int] | None:
        """Day of the week, from Monday as 0, and hour; None: contacts are not rung."""
        found = WEEKLY.fullmatch(self.contact_drills)
        return None if found is None else (DAYS.index(found[1]), int(found[2]))
