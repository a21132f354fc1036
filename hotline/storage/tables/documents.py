"""What the tables share in which documents of the configuration are kept by their version."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import no_column


class KeptVersion(SQLModel):
    """A document that rows may name. `version`: the hash of what it says."""

    version: str = Field(primary_key=True)
    document: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB, nullable=False)
    first_used_at: datetime
    in_force: bool = no_column()
