"""From where a request came, as far as floods and guesses are counted by it; and the carrier's."""

import re
from ipaddress import ip_address, ip_network

from starlette.types import Scope

WEBHOOKS = ("/voice/", "/texts/incoming", "/texts/status")
"""What the addresses of the carrier's webhooks start with: they go before all else."""

_OPENS_SOMETHING = re.compile(r"((?:/seat/[^/]*)?/[afgr]/).*", re.DOTALL)

SITE_BITS = 64  # one home or office owns all IPv6 addresses below such a prefix


def address_of(scope: Scope) -> str:
    """The sender's address, or its whole site in IPv6.

    Behind a proxy it is the proxy's word, where the server was told to trust it
    (`FORWARDED_ALLOW_IPS`, as uvicorn reads it).
    """
    host = (scope.get("client") or ("", 0))[0]
    try:
        address = ip_address(host)
    except ValueError:  # a socket of this machine
        return host
    if address.version == 4:  # noqa: PLR2004 – the number of the protocol
        return host
    return str(ip_network((address, SITE_BITS), strict=False))


def path_for_log(path: str) -> str:
    """Without what opens something to whoever reads it (`ack_links` and its likes in `pages`)."""
    found = _OPENS_SOMETHING.fullmatch(path)
    return f"{found[1]}…" if found else path


def on_loopback(scope: Scope) -> bool:
    """Whether it came from this machine, and no proxy says that it came from elsewhere."""
    forwarded = any(name in (b"x-forwarded-for", b"forwarded") for name, _ in scope["headers"])
    try:
        address = ip_address((scope.get("client") or ("", 0))[0])
    except ValueError:
        return False
    return address.is_loopback and not forwarded
