"""The scene of an escalation: each flag opens a case."""

from tests.hotline.escalations.conftest import scene

__all__ = ["scene"]
