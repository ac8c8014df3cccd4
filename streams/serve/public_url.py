"""The URL under which clients reach this server: a setting, else what a trusted proxy says."""

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final

from litestar import Request

from streams.errors import SettingsError
from streams.settings import Settings

_SCHEMES: Final = frozenset({"http", "https"})
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?", re.IGNORECASE
)
_PREFIX = re.compile(r"(?:/[\w.~-]+)*", re.ASCII)
_PAIR = re.compile(r'(?<![a-z])([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s;,"]*))', re.IGNORECASE)

Network = IPv4Network | IPv6Network


def public_url(request: Request[Any, Any, Any], settings: Settings) -> str:
    """Return the base URL of the server as the client of a request sees it, without a slash.

    Args:
        request: The request.
        settings: ``public_url`` is used if set; headers of ``trusted_proxies`` are believed.
    """
    client = request.client.host if request.client else ""
    base = str(request.base_url).rstrip("/")
    return base_url(base, client, request.headers, settings)


def base_url(base: str, client: str, headers: Mapping[str, str], settings: Settings) -> str:
    """Return the base URL of the server as its clients see it, without a slash at the end.

    Args:
        base: Base URL as the server sees it.
        client: Address of the connection's other end.
        headers: Headers by lower-case name.
        settings: ``public_url`` is used if set; headers of ``trusted_proxies`` are believed.

    References:
        RFC 7239 (``Forwarded``); ``X-Forwarded-Proto``, ``-Host`` and ``-Prefix`` are a custom of
        proxies. Of several values the last is used, which the nearest proxy wrote: a client can
        send the others.

    Examples:
        >>> proxy = Settings(trusted_proxies="10.0.0.0/8")
        >>> headers = {"x-forwarded-proto": "https", "x-forwarded-host": "news.example.org"}
        >>> base_url("http://10.0.0.2:8080", "10.0.0.7", headers, proxy)
        'https://news.example.org'
        >>> base_url("http://10.0.0.2:8080", "192.0.2.1", headers, proxy)
        'http://10.0.0.2:8080'
    """
    if settings.public_url:
        return settings.public_url.rstrip("/")
    if not is_trusted(client, trusted_networks(settings.trusted_proxies)):
        return base.rstrip("/")
    said = _forwarded(headers)
    scheme, _, rest = base.partition("://")
    if (proto := said.get("proto", "").lower()) in _SCHEMES:
        scheme = proto
    if _HOST.fullmatch(host := said.get("host", "")):
        rest = host
    prefix = said.get("prefix", "").rstrip("/")
    return f"{scheme}://{rest.rstrip('/')}{prefix if _PREFIX.fullmatch(prefix) else ''}"


@lru_cache(maxsize=8)
def trusted_networks(text: str) -> tuple[Network, ...]:
    """Parse the addresses and networks of a setting.

    Raises:
        SettingsError: If one is neither.

    Examples:
        >>> trusted_networks("127.0.0.1, 10.0.0.0/8")
        (IPv4Network('127.0.0.1/32'), IPv4Network('10.0.0.0/8'))
    """
    try:
        return tuple(
            ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip()
        )
    except ValueError as error:
        raise SettingsError(
            f"setting NEWS_TRUSTED_PROXIES: {error}; expected addresses or networks such as "
            "127.0.0.1,10.0.0.0/8"
        ) from None


def is_trusted(client: str, networks: tuple[Network, ...]) -> bool:
    """Return whether an address is in one of some networks."""
    try:
        address = ip_address(client.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)


def _forwarded(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what the nearest proxy says: ``proto``, ``host`` and ``prefix``, as far as it does."""
    custom = {
        name: headers.get(f"x-forwarded-{name}", "").rpartition(",")[2].strip()
        for name in ("proto", "host", "prefix")
    }
    if headers.get("x-forwarded-ssl", "").strip().lower() == "on" and not custom["proto"]:
        custom["proto"] = "https"
    last = headers.get("forwarded", "").rpartition(",")[2]
    standard = {name.lower(): quoted or plain for name, quoted, plain in _PAIR.findall(last)}
    return {name: value for name, value in (custom | standard).items() if value}
