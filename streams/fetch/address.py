"""Connect to public addresses only: checks of hosts, resolved names and connections."""

import ipaddress
import re
import socket
import unicodedata
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final

from aiohttp import AddrInfoType as AddressInfo
from aiohttp import TCPConnector
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

MAX_PERMITTED: Final = 10_000
"""Addresses of allowed hosts that are remembered between resolution and connection."""

_HEXADECIMAL: Final = re.compile(r"0x[0-9a-f]*")


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


def is_allowed(host: str, port: int | None, allowed: Collection[str]) -> bool:
    """Return whether an operator allows a host, at any port or at this one.

    Args:
        host: Host of a URL, in lower case; an IPv6 address without brackets.
        port: Port of the URL; None if unknown, which only a host without a port allows.
        allowed: ``HOST`` for every port, or ``HOST:PORT``, ``[ADDRESS]:PORT``.

    Examples:
        >>> is_allowed("intranet.test", 80, ["intranet.test:8080"])
        False
        >>> is_allowed("::1", 8080, ["[::1]:8080"])
        True
    """
    spelled = f"[{host}]" if ":" in host else host
    return not {host, spelled, f"{spelled}:{port}"}.isdisjoint(allowed)


def check_literal_address(host: str, allowed: Collection[str], *, port: int | None = None) -> None:
    """Refuse a host that is a literal address and not public; names are not checked.

    A host that resolvers and HTTP libraries may read as an address although it is not spelled as
    one (``127.1``, ``2130706433``, ``0x7f.1``, ``0177.0.0.1``) is refused, public or not: otherwise
    the check would depend on how each of them reads it.

    Args:
        host: Host of a URL.
        allowed: See `is_allowed`.
        port: Port of the URL; None if unknown.

    Raises:
        RefusedAddressError: If the host is such an address and not in ``allowed``.

    References:
        WHATWG URL, "ends-in-a-number checker": which hosts are IPv4 addresses or invalid.
    """
    literal = host.strip("[]").partition("%")[0]
    try:
        address = ipaddress.ip_address(literal)
    except ValueError:
        if "%" in host or _ends_in_number(host):
            raise RefusedAddressError(
                f"{host[:80]} is neither a host name nor a canonical address"
            ) from None
        return
    if isinstance(address, IPv4Address) and host != str(address):
        raise RefusedAddressError(f"{host[:80]} is not a canonical address")
    if not is_public(address) and not is_allowed(host, port, allowed):
        raise RefusedAddressError(f"{host} is not a public address")


def _ends_in_number(host: str) -> bool:
    """Return whether the last label of a host is a number, as in no name of the Internet."""
    text = unicodedata.normalize("NFKC", host).replace("\u3002", ".").rstrip(".")
    last = text.rpartition(".")[2].lower()
    return last.isdigit() or bool(_HEXADECIMAL.fullmatch(last))


class CheckedResolver(AbstractResolver):
    """A resolver for aiohttp that returns public addresses only; create it in an event loop.

    aiohttp connects to the addresses that were checked, without a second resolution. A name
    that changes its address between check and connection (DNS rebinding) has no effect. The
    address of every connection is checked again by `open_socket`, whatever led to it.

    Args:
        allowed: Hosts that may resolve to any address; see `is_allowed`.
        inner: Resolver to use. Defaults to the system's.
    """

    def __init__(
        self, allowed: Collection[str] = (), *, inner: AbstractResolver | None = None
    ) -> None:
        self._allowed = frozenset(allowed)
        self._inner = inner or ThreadedResolver()
        self._permitted: set[tuple[str, int]] = set()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a host that may be connected to.

        Raises:
            RefusedAddressError: If the host has addresses and none of them is public.
            OSError: If the host has no address.
        """
        check_literal_address(host, self._allowed, port=port)
        results = await self._inner.resolve(host, port, family)
        if is_allowed(host, port, self._allowed):
            if len(self._permitted) >= MAX_PERMITTED:
                self._permitted.clear()
            self._permitted.update((_bare(result["host"]), result["port"]) for result in results)
            return results
        public = [result for result in results if _is_public_text(result["host"])]
        if results and not public:
            address = results[0]["host"]
            raise RefusedAddressError(f"{host} resolves to {address}, not a public address")
        return public

    def open_socket(self, address: AddressInfo) -> socket.socket:
        """Open the socket of a connection, if it may be connected: aiohttp's ``socket_factory``.

        Raises:
            RefusedAddressError: If the address is neither public nor one of an allowed host.
        """
        family, kind, protocol, _, place = address
        host, port = _bare(str(place[0])), int(place[1])
        is_permitted = (host, port) in self._permitted or is_allowed(host, port, self._allowed)
        if not is_permitted and not _is_public_text(host):
            raise RefusedAddressError(f"{host} is not a public address")
        return socket.socket(family, kind, protocol)

    async def close(self) -> None:
        """Close the inner resolver."""
        await self._inner.close()


def checked_connector(
    allowed: Collection[str] = (), *, resolver: AbstractResolver | None = None, **options: Any
) -> TCPConnector:
    """Return a connector of aiohttp that connects to public addresses and to allowed hosts.

    Args:
        allowed: Hosts that may have any address; see `is_allowed`.
        resolver: Resolves names before they are checked. Defaults to the system's.
        options: Further arguments of aiohttp's ``TCPConnector``.
    """
    checked = CheckedResolver(allowed, inner=resolver)
    return TCPConnector(resolver=checked, socket_factory=checked.open_socket, **options)


def _bare(address: str) -> str:
    """Return an address without the zone of a link-local one."""
    return address.partition("%")[0]


def _is_public_text(address: str) -> bool:
    try:
        return is_public(ipaddress.ip_address(_bare(address)))
    except ValueError:
        return False
