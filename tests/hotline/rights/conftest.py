"""The scene of an escalation, and a call whose time may be over."""

from tests.hotline.escalations.conftest import scene

__all__ = ["scene"]
