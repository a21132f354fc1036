"""What stands beside an account: its second factor, links to it, and who changed it."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, one_of, sealed_column, text_column


class SecondFactor(SQLModel, table=True):
    """The secret that a person's phone makes codes of. It counts once a code has confirmed it.

    `last_step`: the half minute of the newest code that was taken; no code before it counts.
    """

    __tablename__ = "second_factor"

    staff_id: str = Field(primary_key=True, foreign_key="staff.id")
    secret_sealed: str = sealed_column("second_factor.secret_sealed.{staff_id}")
    created_at: datetime
    confirmed_at: datetime | None = None
    last_step: int = 0


class RecoveryCode(SQLModel, table=True):
    """One of ten codes for whoever has lost their phone. Only its SHA-256 is kept."""

    __tablename__ = "recovery_code"

    code_hash: str = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    created_at: datetime
    used_at: datetime | None = None


class HalfSignIn(SQLModel, table=True):
    """A right password whose second factor is still to come, or to be set up: it opens nothing.

    `device`: the browser that is known for this account, if it is.
    """

    __tablename__ = "half_sign_in"
    __table_args__ = (one_of("wants", "code", "enrol"),)

    token_hash: str = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    wants: str
    generation: int
    device: str = text_column()
    tries: int = 0
    expires_at: datetime = Field(index=True)


class ProviderSignIn(SQLModel, table=True):
    """A browser that was sent to the identity provider and is not back yet.

    `staff_id`, `session`: whose proof it is, where somebody says again that it is them. `fresh`:
    the provider was asked to ask who it is.
    """

    __tablename__ = "provider_sign_in"

    state_hash: str = Field(primary_key=True)
    staff_id: str | None = Field(default=None, foreign_key="staff.id", index=True)
    session: str = text_column()
    fresh: bool
    begun_at: datetime
    expires_at: datetime = Field(index=True)


class Invitation(SQLModel, table=True):
    """A link by which a person chooses a password, once. Only the SHA-256 of its token is kept."""

    token_hash: str = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    by_id: str = Field(foreign_key="staff.id")
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class AccountAct(SQLModel, table=True):
    """Who did what to an account. `seen_at`: when its owner was told of what others did."""

    __tablename__ = "account_act"

    id: str = id_column()
    staff_id: str = Field(foreign_key="staff.id", index=True)
    by_id: str = Field(foreign_key="staff.id")
    at: datetime
    kind: str
    seen_at: datetime | None = None
