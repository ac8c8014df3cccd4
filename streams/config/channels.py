"""The channels through which alerts are delivered, and the tokens that may use each."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import SecretStr
from yarl import URL

from streams.errors import UsageError
from streams.fetch.address import RefusedAddressError, check_literal_address, is_allowed

ALL_TOKENS: Final = "*"
"""Entry of ``tokens`` that allows every token to use the channel."""


MAX_ADDRESS: Final = 2000
"""Maximum length of an address in characters; the same as in a saved search."""


class ChannelError(UsageError):
    """A channel is invalid, or this saved search may not use it; the message names both."""


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Signed requests to an address.

    Attributes:
        url: Address that receives the requests.
        secret: ``whsec_`` and base64. If None, it is derived from the key of `deliver`.
        former_secrets: Secrets before it, whose signatures are sent too while receivers change.
    """

    url: SecretStr
    secret: SecretStr | None = None
    former_secrets: tuple[SecretStr, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Email:
    """Mail through an SMTP server of the operator.

    Attributes:
        url: ``smtp://`` or ``smtps://``, with user and password where needed.
        sender: Address of the From header.
        to: Addresses of the recipients.
        starttls: Whether ``smtp://`` switches to TLS before anything is sent: always, never, or
            (None) if the server offers it, and always before a password.
    """

    url: SecretStr
    sender: str
    to: tuple[str, ...]
    starttls: bool | None = None


@dataclass(frozen=True, kw_only=True)
class AppriseService:
    """A service that apprise supports, named by its apprise URL."""

    url: SecretStr


@dataclass(frozen=True, kw_only=True)
class KafkaTopic:
    """A topic of the operator on the same Kafka cluster."""

    topic: str


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A channel of another package.

    Attributes:
        name: Name of its entry point.
        package: Name and version of the package.
        factory: Creates the sender; see `streams.deliver.channels.plugin.ChannelPlugin`.
        options: Options validated by the package; may contain secrets.
        secrets: Texts that no log may contain.
    """

    name: str
    package: str
    factory: Callable[..., Any] = field(repr=False)
    options: Any = field(repr=False)
    secrets: frozenset[str] = field(default=frozenset(), repr=False)


ChannelKind = Webhook | Email | AppriseService | KafkaTopic | Plugin


def kind_label(kind: ChannelKind) -> str:
    """Return the label of a kind of channel in metrics; labels never change.

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
    """A channel for alerts.

    Attributes:
        label: Name in the ledger, logs and messages; see `channel_label`.
        kind: Kind and address of the channel.
        tokens: Names of the tokens whose saved searches may use it; ``*`` for all. Searches
            made on the command line may use every channel.
    """

    label: str
    kind: ChannelKind
    tokens: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Channels:
    """The content of channels.toml.

    Attributes:
        named: Channels by name.
        private_hosts: Hosts that all webhooks may reach although their addresses are not public:
            ``HOST:PORT``, or ``HOST`` for every port.
        private_hosts_of: The same for the webhooks of the saved searches of single tokens, by the
            token's name.
    """

    named: Mapping[str, Channel] = field(default_factory=dict)
    private_hosts: frozenset[str] = frozenset()
    private_hosts_of: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def private_hosts_for(self, owner: str) -> frozenset[str]:
        """Return the private hosts that the webhooks of a token's saved searches may reach.

        Args:
            owner: Name of the token; empty for searches made on the command line, whose author may
                write channels.toml, too.
        """
        if not owner:
            return self.private_hosts.union(*self.private_hosts_of.values())
        return self.private_hosts | self.private_hosts_of.get(owner, frozenset())


def channel_label(text: str) -> str:
    """Return a label for the channel of a saved search that contains no secret.

    Args:
        text: A name from the file, or the address of a webhook.

    Returns:
        A name unchanged; for an address, its host and 48 bits of its SHA-256.

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
    """Return the channel that a saved search names.

    Args:
        channels: Content of channels.toml.
        text: A name in it, or the address of a webhook.
        owner: Name of the token that owns the search; empty if it was made on the command line.

    Raises:
        ChannelError: If there is no such channel, or this owner may not use it.
    """
    if _is_address(text):
        return Channel(label=channel_label(text), kind=Webhook(url=check_webhook_url(text)))
    channel = channels.named.get(text)
    if channel is None or not (not owner or channel.tokens & {owner, ALL_TOKENS}):
        # The message is the same in both cases, so that a token cannot find out the names of
        # channels that it may not use.
        usable = sorted(
            name
            for name, other in channels.named.items()
            if not owner or other.tokens & {owner, ALL_TOKENS}
        )
        raise ChannelError(
            f"no channel {text[:60]!r} for you in channels.toml; available: "
            f"{', '.join(usable) or 'none'}; or give the address of a webhook, https://…"
        )
    return channel


def check_channel(channels: Channels, text: str, *, owner: str) -> None:
    """Check that a saved search may use a channel.

    A webhook whose host is a literal private address or ``localhost`` is refused. Host names
    are resolved and checked when a message is sent (`streams.fetch.address`).

    The arguments are those of `channel_of`.

    Raises:
        ChannelError: If there is no such channel, this owner may not use it, or the host of the
            webhook is private and not in ``allow_private_hosts``.
    """
    kind = channel_of(channels, text, owner=owner).kind
    if not isinstance(kind, Webhook):
        return
    url = URL(kind.url.get_secret_value())
    host = url.host or ""
    if is_allowed(host, url.port, channels.private_hosts_for(owner)):
        return
    name = host.rstrip(".")
    is_local = name == "localhost" or name.endswith(".localhost")
    try:
        check_literal_address("127.0.0.1" if is_local else host, ())
    except RefusedAddressError:
        raise ChannelError(
            f"{host} is not a public address; if it is yours, add "
            f'allow_private_hosts = ["{host}"] at the top of channels.toml'
        ) from None


def _is_address(text: str) -> bool:
    return "://" in text


def check_webhook_url(text: str) -> SecretStr:
    """Check the syntax of a webhook's address; its host is checked when a message is sent.

    Raises:
        ChannelError: If it is not an ``http`` or ``https`` URL, or contains a user name.

    Examples:
        >>> check_webhook_url("ftp://news.test/")
        Traceback (most recent call last):
        streams.config.channels.ChannelError: a webhook's address is https://HOST/… or http://HOST/…
    """
    try:
        url = URL(text)
        is_valid = url.scheme in {"http", "https"} and bool(url.host) and not url.user
    except ValueError:
        is_valid = False
    if not is_valid or len(text) > MAX_ADDRESS or not text.isprintable():
        raise ChannelError("a webhook's address is https://HOST/… or http://HOST/…, without a user")
    return SecretStr(text)
