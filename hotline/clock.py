"""The system's clock: the only reader of it in the house."""

from datetime import UTC, datetime


class SystemClock:
    """The clock of production."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)
