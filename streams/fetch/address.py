"""Which addresses may be connected to: names in, only addresses that were checked out."""

import ipaddress
import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

Address = IPv4Address | IPv6Address

NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are an IPv4 address."""

COMPATIBLE: Final = ipaddress.ip_network("::/96")
"""RFC 4291, section 2.5.5.1, long out of use: the last 32 bits are an IPv4 address."""

GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
"""All that IANA gives out for the Internet (IPv6 Address Space, 2026-11); without it the former
site-local addresses (fec0::/10) and local translators (64:ff9b:1::/48) would pass for public."""


class RefusedAddressError(OSError):
    """A host leads to an address that news cannot come from."""


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the Internet, wherever it hides another.

    References:
        IANA's special-purpose registries, as `ipaddress` has them; RFC 4291
        (IPv4-mapped), RFC 3056 (6to4), RFC 4380 (Teredo), RFC 6052 (NAT64).

    Examples:
        >>> is_public(ipaddress.ip_address("::ffff:169.254.169.254"))
        False
        >>> is_public(ipaddress.ip_address("9.9.9.9"))
        True
    """
    hidden = _hidden(address)
    if hidden is not None:
        return is_public(hidden)
    if isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast


def _hidden(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64 or address in COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def check_literal_address(host: str, allowed: Collection[str]) -> None:
    """Refuse a host that is itself an address of no public place; names pass.

    Raises:
        RefusedAddressError: If it is one, and not allowed.
    """
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return
    if host not in allowed and not is_public(address):
        raise RefusedAddressError(f"{host} is no public address")


class CheckedResolver(AbstractResolver):
    """Resolves names, and gives only public addresses: aiohttp connects to what it is given.

    So a name that changes its address between check and connection (DNS
    rebinding) gains nothing: there is one resolution, and it is the checked one.
    """

    def __init__(
        self, allowed: Collection[str] = (), *, inner: AbstractResolver | None = None
    ) -> None:
        """Build it, inside an event loop.

        Args:
            allowed: Hosts that may lead anywhere.
            inner: Who resolves; None: the system.
        """
        self._allowed = frozenset(allowed)
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Give the addresses of a host that may be connected to.

        Raises:
            RefusedAddressError: If it has some, and none is public.
            OSError: If it has none.
        """
        found = await self._inner.resolve(host, port, family)
        if host in self._allowed:
            return found
        public = [
            one for one in found if is_public(ipaddress.ip_address(one["host"].partition("%")[0]))
        ]
        if found and not public:
            raise RefusedAddressError(f"{host} leads to {found[0]['host']}, no public address")
        return public

    async def close(self) -> None:
        """Close the resolver inside."""
        await self._inner.close()
