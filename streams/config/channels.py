"""Channels: the ways in which alerts are delivered, and who may use which."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import SecretStr
from yarl import URL

from streams.errors import UsageError
from streams.fetch.address import RefusedAddressError, check_literal_address

ANYBODY: Final = "*"
"""Among ``tokens``: every token may use the channel."""


MAX_ADDRESS: Final = 2000
"""Characters of an address, as in a subscription."""


class ChannelError(UsageError):
    """A channel cannot be used, or not by this subscription; the message says which and why."""


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Signed requests to an address.

    Attributes:
        url: Where to.
        secret: ``whsec_`` and base64; None: derived from the deliverer's own key.
    """

    url: SecretStr
    secret: SecretStr | None = None


@dataclass(frozen=True, kw_only=True)
class Email:
    """Mail through a server of the operator's.

    Attributes:
        url: ``smtp://`` (STARTTLS) or ``smtps://``, with user and password where needed.
        sender: Address in From.
        to: Addresses.
        starttls: Whether ``smtp://`` must be encrypted before anything is said.
    """

    url: SecretStr
    sender: str
    to: tuple[str, ...]
    starttls: bool = True


@dataclass(frozen=True, kw_only=True)
class AppriseService:
    """Any service that apprise knows, by its URL."""

    url: SecretStr


@dataclass(frozen=True, kw_only=True)
class KafkaTopic:
    """A topic of the operator's on the same Kafka."""

    topic: str


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A channel of another package.

    Attributes:
        name: Of its entry point.
        package: Name and version of the package.
        factory: Makes what sends, see `streams.deliver.channels.plugin.ChannelPlugin`.
        options: As the package validates them; may hold secrets.
        secrets: Texts that no log may show.
    """

    name: str
    package: str
    factory: Callable[..., Any] = field(repr=False)
    options: Any = field(repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


ChannelKind = Webhook | Email | AppriseService | KafkaTopic | Plugin


def kind_label(kind: ChannelKind) -> str:
    """Name a kind of channel as metrics do: stable for ever.

    Examples:
        >>> kind_label(KafkaTopic(topic="our.alerts"))
        'bustopic'
    """
    match kind:
        case Webhook():
            return "webhook"
        case Email():
            return "mail"
        case AppriseService():
            return "apprise"
        case KafkaTopic():
            return "bustopic"
        case Plugin(name=name):
            return name


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A way of delivery.

    Attributes:
        label: What the ledger, logs and people call it; see `channel_label`.
        kind: How it delivers.
        tokens: Names of tokens whose subscriptions may use it; ``*`` for all. Those that are
            made on the command line always may.
    """

    label: str
    kind: ChannelKind
    tokens: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Channels:
    """What the file says.

    Attributes:
        named: By name.
        private_hosts: Hosts that webhooks may reach although their addresses are not public.
    """

    named: Mapping[str, Channel] = field(default_factory=dict)
    private_hosts: frozenset[str] = frozenset()


def channel_label(text: str) -> str:
    """Name a subscription's channel without its secrets.

    Args:
        text: A name from the file, or the address of a webhook.

    Returns:
        The name as it is; of an address its host and 48 bits of its SHA-256.

    Examples:
        >>> channel_label("desk")
        'desk'
        >>> channel_label("https://hooks.test/T0/secret")
        'hooks.test#830ed769cc68'
    """
    if not _is_address(text):
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    try:
        host = URL(text).host or ""
    except ValueError:
        host = ""
    return f"{host[:200]}#{digest}"


def channel_of(channels: Channels, text: str, *, owner: str) -> Channel:
    """Give the channel that a subscription means.

    Args:
        channels: From the file.
        text: A name in it, or the address of a webhook.
        owner: The subscription's token; empty: made on the command line.

    Raises:
        ChannelError: If there is none, or this owner may not use it.
    """
    if _is_address(text):
        return Channel(label=channel_label(text), kind=Webhook(url=check_webhook_url(text)))
    channel = channels.named.get(text)
    if channel is None or not (not owner or channel.tokens & {owner, ANYBODY}):
        # The same words for both: a token learns nothing of channels that are not for it.
        mine = sorted(
            name
            for name, one in channels.named.items()
            if not owner or one.tokens & {owner, ANYBODY}
        )
        raise ChannelError(
            f"no channel {text[:60]!r} for you in the file of channels; there are: "
            f"{', '.join(mine) or 'none'}; or give the address of a webhook, https://…"
        )
    return channel


def check_channel(channels: Channels, text: str, *, owner: str) -> None:
    """Check that a subscription can use a channel.

    The host of a webhook must not be seen to be private. Names are looked up when a message is
    sent (`streams.fetch.address`).

    Args:
        channels: See `channel_of`.
        text: See `channel_of`.
        owner: See `channel_of`.

    Raises:
        ChannelError: If there is no such channel, this owner may not use it, or the host of the
            webhook is private and the operator does not allow it.
    """
    kind = channel_of(channels, text, owner=owner).kind
    if not isinstance(kind, Webhook):
        return
    host = URL(kind.url.get_secret_value()).host or ""
    if host in channels.private_hosts:
        return
    try:
        check_literal_address("127.0.0.1" if host == "localhost" else host, ())
    except RefusedAddressError:
        raise ChannelError(
            f"{host} is no public address; if it is yours, put "
            f'allow_private_hosts = ["{host}"] at the top of channels.toml'
        ) from None


def _is_address(text: str) -> bool:
    return "://" in text


def check_webhook_url(text: str) -> SecretStr:
    """Check the address of a webhook; whether its host is public is seen when it is asked.

    Raises:
        ChannelError: If it is none, or names a user.

    Examples:
        >>> check_webhook_url("ftp://news.test/")
        Traceback (most recent call last):
        streams.config.channels.ChannelError: a webhook's address is https://HOST/… or http://HOST/…
    """
    try:
        url = URL(text)
        sound = url.scheme in {"http", "https"} and bool(url.host) and not url.user
    except ValueError:
        sound = False
    if not sound or len(text) > MAX_ADDRESS or not text.isprintable():
        raise ChannelError("a webhook's address is https://HOST/… or http://HOST/…, without a user")
    return SecretStr(text)
