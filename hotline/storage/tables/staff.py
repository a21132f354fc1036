"""People who sign in, what each is doing now, and their sessions."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    count_column,
    id_column,
    json_column,
    may_be_json_column,
    no_column,
    one_of,
    text_column,
)


class Staff(SQLModel, table=True):
    """A counselor, supervisor, station officer or administrator.

    `skills`: {"languages": {"yue": 5}, "topics": {"family": 3}, "certified": true, "gender": "f",
    "ages": ["teen"]}. `shifts`: [{"days": ["mon"], "from": "08:00", "to": "16:00"}]; none: always.
    `generation`: of the sessions that count; `revision`: of what decides who is rung, and where.
    `rings_off_duty`: their own phone may ring when a child in danger waits and nobody takes it.
    `disabled_at`: by an administrator on the page; whatever the files say, it stays inactive.
    `signed_in_at`: the last time.
    `skills_kept`: those that come back at `skills_until`, or, null, when the shift is over.
    `certificate_lapsed`: every certificate for calls in danger that is kept of them has ended, so
    `certified` does not count, whatever the files say (`staff.skills`, `quality.certificates`).
    """

    __table_args__ = (one_of("answers_on", "browser", "own_phone"),)

    id: str = id_column()
    username: str = Field(unique=True)
    name: str
    password_hash: str
    password_chosen: bool = False  # by a person: staff/training
    roles: list[str] = json_column(list)
    station_id: str | None = Field(default=None, foreign_key="station.id")
    lines: list[str] = json_column(list)
    skills: dict[str, Any] = json_column(dict)
    skills_kept: dict[str, Any] | None = may_be_json_column()
    skills_until: datetime | None = None
    certificate_lapsed: bool = no_column()
    shifts: list[dict[str, Any]] = json_column(list)
    own_phone: str = ""
    answers_on: str = "browser"
    rings_off_duty: bool = False
    active: bool = True
    disabled_at: datetime | None = None
    signed_in_at: datetime | None = None
    generation: int = count_column()
    revision: int = count_column()


class Presence(SQLModel, table=True):
    """What a counselor is doing now. One row each, made with the account.

    `idle_since` is the end of the last talk: longest idle is served first. `lease_until` is set
    only while a console is open; a lease that runs out means that it answers no more. `console` is
    the browser that has the phone, `phone` what it last said of it (`staff.consoles`).
    `back_at` is when a set-aside, a rest or a break ends by itself; null while paused means "until
    they say so". What keeps them well (`routing.care`) is read from `working_since`, the end of
    the last break; `crisis_in_a_row`; and `crisis_ended_at`, set while the last talk was a crisis.
    `cut_short_call_id` is the call whose wrap-up a crisis call interrupted, while that one rings.
    """

    __table_args__ = (
        one_of("state", "offline", "ready", "offered", "talking", "wrapping_up", "paused"),
    )

    staff_id: str = Field(primary_key=True, foreign_key="staff.id")
    state: str = "offline"
    reason: str = ""
    since: datetime
    idle_since: datetime
    call_id: str | None = None
    back_at: datetime | None = None
    missed: int = 0
    working_since: datetime | None = None
    crisis_in_a_row: int = 0
    crisis_ended_at: datetime | None = None
    cut_short_call_id: str | None = None
    lease_until: datetime | None = None
    console: str = text_column()
    phone: str = text_column()


class StaffSession(SQLModel, table=True):
    """A signed-in browser or a bearer token. Only the SHA-256 of the token is kept.

    It counts while its `generation` is the account's. `device`, `address`: for its owner to know it
    again; the address is masked. `confirmed_at`: when they last proved to be who they are, which
    gives a browser a new token; `previous_hash`: of the one before, good for a moment after
    `renewed_at`.
    """

    __tablename__ = "staff_session"
    __table_args__ = (one_of("kind", "cookie", "bearer"),)

    token_hash: str = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    kind: str
    created_at: datetime
    expires_at: datetime
    generation: int = count_column()
    device: str = text_column()
    address: str = text_column()
    seen_at: datetime | None = None
    confirmed_at: datetime | None = None
    previous_hash: str | None = Field(default=None, index=True)
    renewed_at: datetime | None = None


class SignInTry(SQLModel, table=True):
    """Wrong passwords of one name, sender or device in one window. The key is a hash of it."""

    __tablename__ = "sign_in_try"

    key: str = Field(primary_key=True)
    tries: int
    began_at: datetime = Field(index=True)


class BreakSwap(SQLModel, table=True):
    """Somebody's break was put off for a colleague's, who went first; and who did that.

    `giver_due_at`, `taker_due_at`: when their breaks were due from then on. A swap is in force for
    each of the two for as long as their break is due then.
    """

    __tablename__ = "break_swap"

    id: str = id_column()
    giver_id: str = Field(foreign_key="staff.id")
    taker_id: str = Field(foreign_key="staff.id")
    by_id: str = Field(foreign_key="staff.id")
    at: datetime = Field(index=True)
    giver_due_at: datetime
    taker_due_at: datetime
