"""Read and validate channels.toml; no error message contains a secret."""

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
from streams.runtime.regular_file import read_text

DEFAULT_FILE: Final = Path("channels.toml")
"""File in the working directory that is read by default."""

CHANNEL_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")

MailAddress = Annotated[str, msgspec.Meta(pattern=r"\A[^\s@<>,;]+@[^\s@<>,;]+\Z")]
TopicName = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._-]{1,249}\Z")]
"""Kafka's rule for topic names."""

REMEDIES: Final = {
    "webhook": "give a text: https://HOST/… or http://HOST/…",
    "secret": "give whsec_ and the base64 of 24 to 64 bytes",
    "former_secrets": "give at most three secrets, each whsec_ and base64",
    "email": "give smtp://USER:PASSWORD@HOST:587 or smtps://…",
    "from": "give addresses such as desk@example.org",
    "to": 'give addresses, at least one: ["desk@example.org"]',
    "starttls": "give true or false",
    "apprise": "give a URL of apprise, such as slack://…",
    "topic": "give the name of one of your own topics, not one of the pipeline's",
    "tokens": 'give a list of texts, such as ["desk"]',
    "allow_private_hosts": 'give a list of texts, such as ["intranet.test"]',
}
"""The remedy that an error message names for each key."""


def load_channels(path: Path | None = None) -> Channels:
    """Read the channels from a file.

    Args:
        path: The file. Defaults to ``channels.toml`` in the working directory, which need not
            exist.

    Raises:
        ChannelError: If the file cannot be read or is invalid; the message names table and key.
    """
    file = path or DEFAULT_FILE
    if path is None and not file.exists():
        return Channels()
    try:
        return parse_channels(read_text(file), file=str(file))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ChannelError(f"reading the channels in {file}: {reason}") from error
    except UnicodeDecodeError as error:
        raise ChannelError(f"{file}: not UTF-8: {error.reason}") from error


def watched_channels(path: Path | None = None) -> WatchedFile[Channels]:
    """Return the channels, reloaded when their file changes; see `load_channels`."""
    return WatchedFile(path or DEFAULT_FILE, lambda: load_channels(path))


def parse_channels(
    text: str, *, file: str = "channels.toml", environment: Mapping[str, str] = os.environ
) -> Channels:
    r"""Parse the text of channels.toml.

    Args:
        text: Content of the file.
        file: Name of the file in messages.
        environment: Variables that replace values ``env:NAME``.

    Raises:
        ChannelError: If the text is not TOML or a channel is invalid.

    Examples:
        >>> channels = parse_channels('[bus]\ntopic = "our.alerts"')
        >>> channels.named["bus"].kind
        KafkaTopic(topic='our.alerts')
    """
    toml = TomlFile(text, file, error=ChannelError)
    tables = {name: value for name, value in toml.tables.items() if isinstance(value, dict)}
    top = {name: value for name, value in toml.tables.items() if name not in tables}
    for name in top:
        if name != "allow_private_hosts":
            raise toml.problem(
                "unknown; the only key outside of a table is allow_private_hosts, and a channel "
                f"is a table: [name]{did_you_mean(name, ['allow_private_hosts'])}",
                key=name,
            )
    hosts = toml.convert(top, _Top, remedies=REMEDIES).allow_private_hosts
    of_tokens: dict[str, frozenset[str]] = {}
    for entry in hosts:
        if isinstance(entry, _PrivateHost):
            for token in entry.tokens:
                of_tokens[token] = of_tokens.get(token, frozenset()) | {entry.host}
    named = {name: _channel(toml, name, table, environment) for name, table in tables.items()}
    return Channels(
        named=named,
        private_hosts=frozenset(entry for entry in hosts if isinstance(entry, str)),
        private_hosts_of=of_tokens,
    )


class _PrivateHost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A private host for single tokens."""

    host: str
    tokens: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class _Top(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    allow_private_hosts: tuple[str | _PrivateHost, ...] = ()


class _InvalidValueError(ValueError):
    """The value of a key is invalid."""

    def __init__(self, key: str, message: str = "") -> None:
        self.key = key
        super().__init__(message or REMEDIES[key])


class _Fields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a channel."""

    tokens: tuple[str, ...] = ()

    def kind(self) -> ChannelKind:
        """Return the kind of the channel.

        Raises:
            _InvalidValueError: If a value is invalid.
        """
        raise NotImplementedError


class _WebhookFields(_Fields, frozen=True, kw_only=True):
    webhook: str
    secret: str | None = None
    former_secrets: Annotated[tuple[str, ...], msgspec.Meta(max_length=3)] = ()

    def kind(self) -> ChannelKind:
        try:
            url = check_webhook_url(self.webhook)
        except ChannelError as error:
            raise _InvalidValueError("webhook", str(error)) from None
        if self.secret is not None and not _is_secret(self.secret):
            raise _InvalidValueError("secret")
        if not all(map(_is_secret, self.former_secrets)):
            raise _InvalidValueError("former_secrets")
        return Webhook(
            url=url,
            secret=None if self.secret is None else SecretStr(self.secret),
            former_secrets=tuple(map(SecretStr, self.former_secrets)),
        )


class _MailFields(_Fields, frozen=True, kw_only=True):
    email: str
    sender: MailAddress = msgspec.field(name="from")
    to: Annotated[tuple[MailAddress, ...], msgspec.Meta(min_length=1)]
    starttls: bool | None = None

    def kind(self) -> ChannelKind:
        try:
            url = URL(self.email)
            is_valid = url.scheme in {"smtp", "smtps"} and bool(url.host)
        except ValueError:
            is_valid = False
        if not is_valid:
            raise _InvalidValueError("email")
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
        if self.topic in {topic.name for topic in TOPICS} or self.topic.startswith("routed."):
            raise _InvalidValueError("topic")
        return KafkaTopic(topic=self.topic)


_KINDS: Final[Mapping[str, type[_Fields]]] = {
    "webhook": _WebhookFields,
    "email": _MailFields,
    "apprise": _AppriseFields,
    "topic": _TopicFields,
}
"""The fields of a channel, by the key that defines its kind."""

_KEYS: Final = (*_KINDS, "secret", "former_secrets", "from", "to", "starttls", "tokens")


def _is_secret(text: str) -> bool:
    """Return whether a text is a secret as the Standard Webhooks specification defines it."""
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return text.startswith("whsec_") and 24 <= len(key) <= 64  # noqa: PLR2004  # the limits of the specification


def _resolved(value: Any, key: str, environment: Mapping[str, str]) -> Any:
    """Return the value of a key with each ``env:NAME`` replaced.

    Raises:
        _InvalidValueError: If the environment has no such variable.
    """
    if isinstance(value, list):
        return [_resolved(entry, key, environment) for entry in value]
    if not isinstance(value, str) or not value.startswith("env:"):
        return value
    name = value[4:]
    if not environment.get(name):
        raise _InvalidValueError(key, f"environment variable {name} is not set")
    return environment[name]


def _channel(
    toml: TomlFile, name: str, table: dict[str, Any], environment: Mapping[str, str]
) -> Channel:
    start, label = toml.table_line(name), f"[{name}]"

    def problem(message: str, key: str = "") -> UsageError:
        return toml.problem(message, key=key, start=start, label=label)

    if not CHANNEL_NAME.fullmatch(name):
        raise problem("invalid channel name; use at most 60 of a-z, 0-9, - and _")
    try:
        values = {key: _resolved(value, key, environment) for key, value in table.items()}
    except _InvalidValueError as error:
        raise problem(str(error), error.key) from None
    kinds = [key for key in _KINDS if key in values]
    try:
        if not kinds and (plugin := plugin_named(tuple(values))):
            return _plugin_channel(plugin, name, values, written=table)
    except ChannelError as error:
        raise problem(str(error)) from error
    known = (*_KEYS, *installed(CHANNELS))
    for key in values if not kinds else ():
        if key not in known:
            raise problem(unknown(key, known), key)
    if len(kinds) != 1:
        raise problem("give exactly one of webhook, email, apprise and topic")
    fields = toml.convert(values, _KINDS[kinds[0]], remedies=REMEDIES, start=start, label=label)
    try:
        return Channel(label=name, kind=fields.kind(), tokens=frozenset(fields.tokens))
    except _InvalidValueError as error:
        raise problem(str(error), error.key) from None


class _TokensField(msgspec.Struct, frozen=True):
    tokens: tuple[str, ...] = ()


def _plugin_channel(
    plugin: str, name: str, values: Mapping[str, Any], *, written: Mapping[str, Any]
) -> Channel:
    """Return the channel of another package; all keys except ``tokens`` are its options."""
    options = {key: value for key, value in values.items() if key != "tokens"}
    secrets = [
        value
        for key, value in options.items()
        if isinstance(value, str) and value != written[key]  # replaced from the environment
    ]
    try:
        tokens = msgspec.convert({"tokens": values.get("tokens", ())}, _TokensField).tokens
    except msgspec.ValidationError:
        raise ChannelError(f"tokens: {REMEDIES['tokens']}") from None
    kind = plugin_channel(plugin, options, secrets=secrets)
    return Channel(label=name, kind=kind, tokens=frozenset(tokens))
