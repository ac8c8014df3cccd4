"""Load channels of other packages (entry point ``news_streams.channels``) from channels.toml."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import msgspec
from pydantic import SecretStr

from streams.config.channels import ChannelError, Plugin
from streams.extensions import CHANNELS, ExtensionError, installed, load_installed

HIDDEN: Final = "***"
"""Replaces a secret in a message."""


def plugin_named(keys: Collection[str]) -> str:
    """Return the first key of a table that names a channel of an installed package.

    Args:
        keys: Keys of the table, in the order of the file.

    Returns:
        The name of the channel, or an empty string if no package offers one of the keys.
    """
    return next((key for key in keys if key in installed(CHANNELS)), "")


def plugin_channel(name: str, options: Mapping[str, Any], *, secrets: Collection[str]) -> Plugin:
    """Load a channel and validate the options of its table with its class ``Options``.

    Args:
        name: Name of the entry point.
        options: Keys and values of the table.
        secrets: Values read from the environment; hidden in error messages.

    Raises:
        ChannelError: If the package cannot be loaded or an option is invalid. The message
            begins with the option and contains no secret.
    """
    try:
        factory, package = load_installed(CHANNELS, name)
    except ExtensionError as error:
        raise ChannelError(f"{name}: {error}") from error
    options_type = getattr(factory, "Options", None)
    known = _fields(options_type)
    if not known or not callable(getattr(factory, "send", None)):
        raise ChannelError(
            f"{name}: package {package}: its channel needs a method send, and a class Options "
            "with at least one field"
        )
    for key in options:
        if key not in known:
            raise ChannelError(f"{key}: unknown; known here: {', '.join(known)}, tokens")
    try:
        validated = msgspec.convert(options, options_type, dec_hook=_secret)
    except msgspec.ValidationError as error:
        raise ChannelError(f"{name}: {_redacted(str(error), secrets)}") from None
    own = {
        value.get_secret_value()
        for value in (getattr(validated, key) for key in known.values())
        if isinstance(value, SecretStr)
    }
    return Plugin(
        name=name,
        package=package,
        factory=factory,
        options=validated,
        secrets=frozenset(filter(None, {*own, *secrets})),
    )


def _fields(options_type: Any) -> dict[str, str]:
    """Return the allowed keys and their attributes; empty if the type has no fields."""
    try:
        info = msgspec.inspect.type_info(options_type)
    except TypeError:
        return {}
    if not isinstance(info, msgspec.inspect.StructType | msgspec.inspect.DataclassType):
        return {}
    return {field.encode_name: field.name for field in info.fields}


def _secret(wanted: type, value: object) -> object:
    if wanted is SecretStr and isinstance(value, str):
        return SecretStr(value)
    raise ValueError("give a text")


def _redacted(text: str, secrets: Collection[str]) -> str:
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text
