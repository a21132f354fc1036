"""The system's clock: nothing else reads it."""

from datetime import UTC, datetime


class SystemClock:
    """The clock of production."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)
