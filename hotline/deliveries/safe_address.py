"""Where a webhook may go: a name is looked up once, judged, and exactly that address is used.

Whoever writes an address into a form must not reach what only we can reach: our own machines, a
cloud's metadata, a printer.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from hotline.errors import CarrierRefused, CarrierUnreachable

IpAddress = IPv4Address | IPv6Address
Networks = Sequence[IPv4Network | IPv6Network]
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

NOT_ALLOWED = "address_not_allowed"
_NAT64 = ip_network("64:ff9b::/96")


async def resolved(host: str, port: int) -> Sequence[str]:
    """What this machine's resolver says of a name. Raises `OSError`."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


async def checked_address(
    host: str, port: int, *, allowed: Networks, resolve: Resolve = resolved
) -> IpAddress:
    """The one address to connect to. Raises `CarrierRefused`, `CarrierUnreachable`.

    One forbidden address among several forbids all: which one is used would be a matter of luck.
    """
    try:
        addresses = [ip_address(one.partition("%")[0]) for one in await resolve(host, port)]
    except (OSError, UnicodeError, ValueError):
        addresses = []
    if not addresses:
        raise CarrierUnreachable
    if not all(may_be_asked(one, allowed) for one in addresses):
        raise CarrierRefused(reason=NOT_ALLOWED)
    return addresses[0]


def may_be_asked(address: IpAddress, allowed: Networks) -> bool:
    """A public address, or one that the settings name."""
    inner = _inner(address)
    if inner is None:
        return False
    if any(inner in network for network in allowed if network.version == inner.version):
        return True
    ours_alone = isinstance(inner, IPv6Address) and inner.is_site_local  # is_global calls it public
    return inner.is_global and not (inner.is_multicast or inner.is_reserved or ours_alone)


def _inner(address: IpAddress) -> IpAddress | None:
    """What an IPv6 address that only wraps another one leads to; None: into a tunnel."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None if address.sixtofour or address.teredo else address
