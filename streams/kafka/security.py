"""TLS and logins of Kafka clients, from the settings."""

import asyncio
import ssl
from pathlib import Path
from typing import Any, Final

from aiokafka.abc import AbstractTokenProvider
from aiokafka.errors import KafkaError

from streams.errors import SettingsError
from streams.extensions import load_function
from streams.settings import Settings

OAUTHBEARER: Final = "OAUTHBEARER"
"""The mechanism with a token instead of a user name and a password (RFC 7628)."""

TLS_SETTINGS: Final = ("ssl_cafile", "ssl_certfile", "ssl_keyfile", "ssl_key_password")

TOKEN_SETTINGS: Final = ("sasl_token_file", "sasl_token_provider")

TOKEN_WITHIN_SECONDS: Final = 10.0
"""Maximum time of a token provider; Kafka drops a connection that does not log in for long."""


class TokenError(KafkaError):  # type: ignore[misc]  # aiokafka has no types
    """A token cannot be had. An error of Kafka, so that clients treat it as a failed login."""


class TokenProvider(AbstractTokenProvider):  # type: ignore[misc]  # aiokafka has no types
    """Gets the OAUTHBEARER token at each login, from a file or a function of the operator.

    Both return the token of the moment: a file that another program renews, or a function that
    asks a service and keeps the token as long as it is valid.

    Args:
        settings: Settings with a file or the name of a function.

    Raises:
        SettingsError: If neither is set, or both.
        ExtensionError: If the function cannot be imported.
    """

    def __init__(self, settings: Settings) -> None:
        n_set = sum(bool(getattr(settings, name)) for name in TOKEN_SETTINGS)
        if n_set != 1:
            raise SettingsError(
                "setting NEWS_SASL_MECHANISM: OAUTHBEARER needs either NEWS_SASL_TOKEN_FILE or "
                "NEWS_SASL_TOKEN_PROVIDER"
            )
        self._file = settings.sasl_token_file
        self._name = settings.sasl_token_provider
        self._function = (
            load_function(self._name, setting="NEWS_SASL_TOKEN_PROVIDER") if self._name else None
        )

    async def token(self) -> str:
        """Return the token.

        Raises:
            TokenError: If the file or the function has none.
        """
        try:
            async with asyncio.timeout(TOKEN_WITHIN_SECONDS):
                return await asyncio.to_thread(self._read)
        except TimeoutError:
            raise TokenError(
                f"setting NEWS_SASL_TOKEN_PROVIDER: {self._name}: no token within "
                f"{TOKEN_WITHIN_SECONDS:g} s"
            ) from None

    def _read(self) -> str:
        if self._file is not None:
            where = f"setting NEWS_SASL_TOKEN_FILE: {self._file}"
            try:
                token = self._file.read_text(encoding="ascii").strip()
            except OSError as error:
                raise TokenError(f"{where}: {_reason(error)}") from error
            except UnicodeDecodeError as error:
                raise TokenError(f"{where}: not a token: it is not ASCII text") from error
        else:
            where = f"setting NEWS_SASL_TOKEN_PROVIDER: {self._name}"
            try:
                token = self._function() if self._function else ""
            except Exception as error:
                raise TokenError(f"{where}: {type(error).__name__}: {error}") from error
        if not isinstance(token, str) or not token or not token.isprintable():
            raise TokenError(f"{where}: no token: expected one line of text")
        return token


def security_options(settings: Settings) -> dict[str, Any]:
    """Return the arguments for TLS and login of any aiokafka client.

    Raises:
        SettingsError: If a file cannot be used, or settings contradict each other; in one
            sentence that names the setting.
    """
    _require_effect(settings)
    options: dict[str, Any] = {"security_protocol": settings.security_protocol}
    if "SSL" in settings.security_protocol:
        options["ssl_context"] = tls_context(settings)
    if "SASL" in settings.security_protocol:
        options["sasl_mechanism"] = settings.sasl_mechanism
        if settings.sasl_mechanism == OAUTHBEARER:
            options["sasl_oauth_token_provider"] = TokenProvider(settings)
        else:
            options["sasl_plain_username"] = settings.sasl_username
            options["sasl_plain_password"] = settings.sasl_password.get_secret_value()
    return options


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Return the TLS settings of a client: whom it trusts, and its own certificate if any.

    The name and certificate of the broker are always verified.

    Raises:
        SettingsError: If a file is missing, not PEM, or does not belong to the others.
    """
    for name in TLS_SETTINGS[:3]:
        path = getattr(settings, name)
        if path is not None:
            _require_readable(name, path)
    try:
        cafile = str(settings.ssl_cafile) if settings.ssl_cafile else None
        context = ssl.create_default_context(cafile=cafile)
    except ssl.SSLError:
        raise SettingsError(
            f"setting NEWS_SSL_CAFILE: {settings.ssl_cafile}: no certificate in PEM format"
        ) from None
    if settings.ssl_certfile is not None:
        _load_certificate(context, settings, settings.ssl_certfile)
    elif settings.ssl_keyfile is not None:
        raise SettingsError("setting NEWS_SSL_KEYFILE: set NEWS_SSL_CERTFILE, too")
    return context


def _load_certificate(context: ssl.SSLContext, settings: Settings, certfile: Path) -> None:
    keyfile = settings.ssl_keyfile
    asked = False

    def password() -> str:
        nonlocal asked
        asked = True
        return settings.ssl_key_password.get_secret_value()

    try:
        # Without `password` OpenSSL would ask for one on the terminal.
        context.load_cert_chain(certfile, keyfile, password=password)
    except (ssl.SSLError, ValueError) as error:
        key = f"NEWS_SSL_KEYFILE: {keyfile}" if keyfile else f"NEWS_SSL_CERTFILE: {certfile}"
        if asked:
            given = "is wrong" if settings.ssl_key_password.get_secret_value() else "is missing"
            problem = f"setting {key}: the key is encrypted, and NEWS_SSL_KEY_PASSWORD {given}"
        elif "KEY_VALUES_MISMATCH" in str(error):
            problem = f"setting {key}: the key does not belong to the certificate in {certfile}"
        else:
            problem = (
                f"setting NEWS_SSL_CERTFILE: {certfile}: expected a certificate in PEM format, and "
                f"its key {'in NEWS_SSL_KEYFILE' if keyfile else 'behind it'}"
            )
        raise SettingsError(problem) from None


def _require_effect(settings: Settings) -> None:
    """Refuse settings that would be ignored: their author believes that they protect something."""
    protocol = settings.security_protocol
    if "SSL" not in protocol:
        for name in TLS_SETTINGS:
            if _is_set(settings, name):
                raise SettingsError(
                    f"setting NEWS_{name.upper()}: no effect with NEWS_SECURITY_PROTOCOL="
                    f"{protocol}; set that to SSL or SASL_SSL"
                )
    if "SASL" not in protocol or settings.sasl_mechanism != OAUTHBEARER:
        for name in TOKEN_SETTINGS:
            if _is_set(settings, name):
                raise SettingsError(
                    f"setting NEWS_{name.upper()}: no effect unless NEWS_SECURITY_PROTOCOL is "
                    "SASL_SSL or SASL_PLAINTEXT and NEWS_SASL_MECHANISM is OAUTHBEARER"
                )


def _is_set(settings: Settings, name: str) -> bool:
    value = getattr(settings, name)
    return bool(value.get_secret_value() if hasattr(value, "get_secret_value") else value)


def _require_readable(name: str, path: Path) -> None:
    try:
        with path.open("rb"):
            return
    except OSError as error:
        reason = _reason(error)
    raise SettingsError(f"setting NEWS_{name.upper()}: {path}: {reason}")


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
