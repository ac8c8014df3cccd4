"""Resolve host names to public addresses only."""

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
"""RFC 4291, section 2.5.5.1, deprecated: the last 32 bits are an IPv4 address."""

GLOBAL_UNICAST: Final = ipaddress.ip_network("2000::/3")
"""All that IANA allocates for the Internet (IPv6 Address Space, 2026-11); without it the former
site-local addresses (fec0::/10) and local translators (64:ff9b:1::/48) would count as public."""


class RefusedAddressError(OSError):
    """A host resolves to an address that is not public."""


def is_public(address: Address) -> bool:
    """Return whether an address is public; an embedded IPv4 address is checked instead.

    References:
        IANA's special-purpose registries, as implemented by `ipaddress`; RFC 4291
        (IPv4-mapped), RFC 3056 (6to4), RFC 4380 (Teredo), RFC 6052 (NAT64).

    Examples:
        >>> is_public(ipaddress.ip_address("::ffff:169.254.169.254"))
        False
        >>> is_public(ipaddress.ip_address("9.9.9.9"))
        True
    """
    embedded = _embedded_ipv4(address)
    if embedded is not None:
        return is_public(embedded)
    if isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast


def _embedded_ipv4(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64 or address in COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def check_literal_address(host: str, allowed: Collection[str]) -> None:
    """Refuse a host that is a literal address and not public; names are not checked.

    Raises:
        RefusedAddressError: If the host is such an address and not in ``allowed``.
    """
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return
    if host not in allowed and not is_public(address):
        raise RefusedAddressError(f"{host} is not a public address")


class CheckedResolver(AbstractResolver):
    """A resolver for aiohttp that returns public addresses only; create it in an event loop.

    aiohttp connects to the addresses that were checked, without a second resolution. A name
    that changes its address between check and connection (DNS rebinding) has no effect.

    Args:
        allowed: Hosts that may resolve to any address.
        inner: Resolver to use. Defaults to the system's.
    """

    def __init__(
        self, allowed: Collection[str] = (), *, inner: AbstractResolver | None = None
    ) -> None:
        self._allowed = frozenset(allowed)
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host that may be connected to.

        Raises:
            RefusedAddressError: If the host has addresses and none of them is public.
            OSError: If the host has no address.
        """
        results = await self._inner.resolve(host, port, family)
        if host in self._allowed:
            return results
        public = [
            result
            for result in results
            if is_public(ipaddress.ip_address(result["host"].partition("%")[0]))
        ]
        if results and not public:
            address = results[0]["host"]
            raise RefusedAddressError(f"{host} resolves to {address}, not a public address")
        return public

    async def close(self) -> None:
        """Close the inner resolver."""
        await self._inner.close()
