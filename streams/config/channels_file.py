"""Read the operator's file of channels; no secret stands in any message."""

import base64
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from pydantic import SecretStr
from yarl import URL

from streams.config.channel_plugin import plugin_channel, plugin_named
from streams.config.channels import (
    AppriseService,
    Channel,
    ChannelError,
    ChannelKind,
    Channels,
    Email,
    KafkaTopic,
    Webhook,
    check_webhook_url,
)
from streams.config.toml_tables import TomlFile, unknown
from streams.config.watched_file import WatchedFile
from streams.errors import UsageError, did_you_mean
from streams.extensions import CHANNELS, installed
from streams.records.topics import TOPICS

HERE: Final = Path("channels.toml")
"""Taken from the working directory when no file is named."""

CHANNEL_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")

MailAddress = Annotated[str, msgspec.Meta(pattern=r"\A[^\s@<>,;]+@[^\s@<>,;]+\Z")]
TopicName = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._-]{1,249}\Z")]
"""Kafka's rule for names of topics."""

REMEDIES: Final = {
    "webhook": "give a text: https://HOST/… or http://HOST/…",
    "secret": "give whsec_ and the base64 of 24 to 64 bytes",
    "email": "give smtp://USER:PASSWORD@HOST:587 or smtps://…",
    "from": "give addresses such as desk@example.org",
    "to": 'give addresses, at least one: ["desk@example.org"]',
    "starttls": "say true or false",
    "apprise": "give a URL of apprise, such as slack://…",
    "topic": "give the name of a topic of yours, none of the pipeline's",
    "tokens": 'give a list of texts, such as ["desk"]',
    "allow_private_hosts": 'give a list of texts, such as ["intranet.test"]',
}
"""What a key of the file takes."""


def load_channels(path: Path | None = None) -> Channels:
    """Read the channels.

    Args:
        path: Their file; none: ``channels.toml`` in the working directory, if it is there.

    Raises:
        ChannelError: If it cannot be read or used; the message names table and key.
    """
    file = path or HERE
    if path is None and not file.is_file():
        return Channels()
    try:
        return parse_channels(file.read_text("utf-8-sig"), file=str(file))
    except OSError as error:
        raise ChannelError(f"reading the channels in {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ChannelError(f"{file}: not UTF-8: {error.reason}") from error


def watched_channels(path: Path | None = None) -> WatchedFile[Channels]:
    """Read the channels, and again when their file changes; see `load_channels`."""
    return WatchedFile(path or HERE, lambda: load_channels(path))


def parse_channels(
    text: str, *, file: str = "channels.toml", environment: Mapping[str, str] = os.environ
) -> Channels:
    r"""Check the text of a file of channels.

    Args:
        text: TOML.
        file: What messages call it.
        environment: Where ``env:NAME`` is looked up.

    Raises:
        ChannelError: If it cannot be used.

    Examples:
        >>> found = parse_channels('[bus]\ntopic = "our.alerts"')
        >>> found.named["bus"].kind
        KafkaTopic(topic='our.alerts')
    """
    toml = TomlFile(text, file, error=ChannelError)
    tables = {name: value for name, value in toml.tables.items() if isinstance(value, dict)}
    top = {name: value for name, value in toml.tables.items() if name not in tables}
    for name in top:
        if name != "allow_private_hosts":
            raise toml.problem(
                "unknown; above the channels stands allow_private_hosts only, and a channel is a "
                f"table: [name]{did_you_mean(name, ['allow_private_hosts'])}",
                key=name,
            )
    hosts = toml.convert(top, _Top, remedies=REMEDIES).allow_private_hosts
    named = {name: _channel(toml, name, table, environment) for name, table in tables.items()}
    return Channels(named=named, private_hosts=frozenset(hosts))


class _Top(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    allow_private_hosts: tuple[str, ...] = ()


class _WrongError(ValueError):
    """The value of a key cannot be used."""

    def __init__(self, key: str, said: str = "") -> None:
        self.key = key
        super().__init__(said or REMEDIES[key])


class _Fields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a channel."""

    tokens: tuple[str, ...] = ()

    def kind(self) -> ChannelKind:
        """Return how the channel delivers.

        Raises:
            _WrongError: If a value cannot be used.
        """
        raise NotImplementedError


class _WebhookFields(_Fields, frozen=True, kw_only=True):
    webhook: str
    secret: str | None = None

    def kind(self) -> ChannelKind:
        try:
            url = check_webhook_url(self.webhook)
        except ChannelError as error:
            raise _WrongError("webhook", str(error)) from None
        if self.secret is None:
            return Webhook(url=url)
        if not _is_secret(self.secret):
            raise _WrongError("secret")
        return Webhook(url=url, secret=SecretStr(self.secret))


class _MailFields(_Fields, frozen=True, kw_only=True):
    email: str
    sender: MailAddress = msgspec.field(name="from")
    to: Annotated[tuple[MailAddress, ...], msgspec.Meta(min_length=1)]
    starttls: bool = True

    def kind(self) -> ChannelKind:
        try:
            url = URL(self.email)
            sound = url.scheme in {"smtp", "smtps"} and bool(url.host)
        except ValueError:
            sound = False
        if not sound:
            raise _WrongError("email")
        return Email(
            url=SecretStr(self.email), sender=self.sender, to=self.to, starttls=self.starttls
        )


class _AppriseFields(_Fields, frozen=True, kw_only=True):
    apprise: Annotated[str, msgspec.Meta(pattern="://")]

    def kind(self) -> ChannelKind:
        return AppriseService(url=SecretStr(self.apprise))


class _TopicFields(_Fields, frozen=True, kw_only=True):
    topic: TopicName

    def kind(self) -> ChannelKind:
        if self.topic in {one.name for one in TOPICS} or self.topic.startswith("routed."):
            raise _WrongError("topic")
        return KafkaTopic(topic=self.topic)


_KINDS: Final[Mapping[str, type[_Fields]]] = {
    "webhook": _WebhookFields,
    "email": _MailFields,
    "apprise": _AppriseFields,
    "topic": _TopicFields,
}
"""What a channel is by the key that it has."""

_KEYS: Final = (*_KINDS, "secret", "from", "to", "starttls", "tokens")


def _is_secret(text: str) -> bool:
    """Whether it is a secret as the Standard Webhooks specification wants it."""
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return text.startswith("whsec_") and 24 <= len(key) <= 64  # noqa: PLR2004  # its limits


def _resolved(value: Any, key: str, environment: Mapping[str, str]) -> Any:
    """Return the value of a key with each ``env:NAME`` replaced.

    Raises:
        _WrongError: If the environment has no such name.
    """
    if isinstance(value, list):
        return [_resolved(one, key, environment) for one in value]
    if not isinstance(value, str) or not value.startswith("env:"):
        return value
    name = value[4:]
    if not environment.get(name):
        raise _WrongError(key, f"the environment has no {name}")
    return environment[name]


def _channel(
    toml: TomlFile, name: str, table: dict[str, Any], environment: Mapping[str, str]
) -> Channel:
    start, label = toml.table_line(name), f"[{name}]"

    def problem(said: str, key: str = "") -> UsageError:
        return toml.problem(said, key=key, start=start, label=label)

    if not CHANNEL_NAME.fullmatch(name):
        said = "the name of a channel is of small letters, digits, - and _, at most 60"
        raise problem(said)
    try:
        values = {key: _resolved(value, key, environment) for key, value in table.items()}
    except _WrongError as error:
        raise problem(str(error), error.key) from None
    given = [key for key in _KINDS if key in values]
    try:
        if not given and (plugin := plugin_named(tuple(values))):
            return _plugin_channel(plugin, name, values, written=table)
    except ChannelError as error:
        raise problem(str(error)) from error
    known = (*_KEYS, *installed(CHANNELS))
    for key in values if not given else ():
        if key not in known:
            raise problem(unknown(key, known), key)
    if len(given) != 1:
        raise problem("webhook, email, apprise or topic: give just one of them")
    fields = toml.convert(values, _KINDS[given[0]], remedies=REMEDIES, start=start, label=label)
    try:
        return Channel(label=name, kind=fields.kind(), tokens=frozenset(fields.tokens))
    except _WrongError as error:
        raise problem(str(error), error.key) from None


class _TokensField(msgspec.Struct, frozen=True):
    tokens: tuple[str, ...] = ()


def _plugin_channel(
    plugin: str, name: str, values: Mapping[str, Any], *, written: Mapping[str, Any]
) -> Channel:
    """Return the channel of another package; all keys but ``tokens`` are its options."""
    options = {key: value for key, value in values.items() if key != "tokens"}
    secrets = [
        value
        for key, value in options.items()
        if isinstance(value, str) and value != written[key]  # it came from the environment
    ]
    try:
        tokens = msgspec.convert({"tokens": values.get("tokens", ())}, _TokensField).tokens
    except msgspec.ValidationError:
        raise ChannelError(f"tokens: {REMEDIES['tokens']}") from None
    kind = plugin_channel(plugin, options, secrets=secrets)
    return Channel(label=name, kind=kind, tokens=frozenset(tokens))
