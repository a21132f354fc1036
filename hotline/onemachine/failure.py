"""Why a server of our own does not start."""

from hotline.errors import HotlineError


class EmbeddedServerError(HotlineError):
    """A server of our own does not start. The message says why and what to do."""


def refuse_windows(platform: str, setting: str) -> None:
    """`platform`: as `sys.platform`. Windows has neither the Valkey wheel nor the file locks."""
    if platform == "win32":
        raise EmbeddedServerError(
            "There are no built-in servers on Windows. Start Hotline in WSL, or set"
            f" {setting} to a server that runs elsewhere."
        )
