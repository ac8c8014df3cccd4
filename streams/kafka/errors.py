"""Translate Kafka's errors into `BrokerError`: the action that failed, and a readable reason."""

import os
import ssl
from types import TracebackType
from typing import Final, Self

from aiokafka.errors import (
    BrokerResponseError,
    IllegalSaslStateError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
)

from streams.errors import BrokerError, BrokerRefusalError
from streams.kafka.security import TokenError

SASL_ERRORS: Final = (
    SaslAuthenticationFailed,
    UnsupportedSaslMechanismError,
    IllegalSaslStateError,
)
"""Errors of a broker that answers and refuses the login."""


class ClosedConnectionError(KafkaError):  # type: ignore[misc]  # aiokafka has no types
    """A server closes the connection right after the TLS handshake."""

    def __str__(self) -> str:
        """Return the reason."""
        return "Kafka closes the connection after the TLS handshake"


class ProtocolMismatchError(KafkaError):  # type: ignore[misc]  # aiokafka has no types
    """A server accepts connections and does not speak Kafka's protocol in plain text."""

    def __str__(self) -> str:
        """Return the reason."""
        return "a server answers, but does not speak Kafka's protocol without TLS"


SASL_REMEDY: Final = "check NEWS_SASL_USERNAME, NEWS_SASL_PASSWORD and NEWS_SASL_MECHANISM"


REMEDIES: Final[tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...]] = (
    (TokenError, "check NEWS_SASL_TOKEN_FILE or NEWS_SASL_TOKEN_PROVIDER"),
    (SASL_ERRORS, SASL_REMEDY),
    (
        ssl.SSLCertVerificationError,
        "check NEWS_SSL_CAFILE, and that NEWS_BROKER is the name in the broker's certificate",
    ),
    (ssl.SSLError, "check NEWS_SECURITY_PROTOCOL and NEWS_SSL_CAFILE"),
    (
        ClosedConnectionError,
        "it may require a client certificate: check NEWS_SSL_CERTFILE and NEWS_SSL_KEYFILE",
    ),
    (ProtocolMismatchError, "check NEWS_BROKER and NEWS_SECURITY_PROTOCOL"),
)
"""What to do about each kind of refusal; the first that fits."""

CLIENT_CERTIFICATE_ALERTS: Final = ("certificate", "unknown ca", "access denied")
"""Words in the TLS alerts of a broker that refuses a client's certificate (RFC 8446, 6.2)."""


class _TranslateErrors:
    """Raise errors of Kafka in the body as `BrokerError`.

    A class, because a context manager made from a generator breaks when an outer generator that
    was abandoned is closed together with its event loop: both are closed at the same time.

    Args:
        action: What the body does, such as ``reading articles.raw.v1``.

    Raises:
        BrokerError: If the body raises an error of Kafka.
    """

    def __init__(self, action: str) -> None:
        self._action = action

    async def __aenter__(self) -> Self:
        """Return the context manager."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Raise an error of Kafka as `BrokerError`."""
        if isinstance(error, KafkaError):
            raise BrokerError(f"{self._action}: {describe_error(error)}") from error


translate_errors = _TranslateErrors
"""The context manager under a name that reads as a verb."""


def unreachable_error(broker: str, error: KafkaError | OSError) -> BrokerError:
    r"""Return the error for a connection that could not be opened.

    Examples:
        >>> from aiokafka.errors import KafkaConnectionError
        >>> str(unreachable_error("a:1", KafkaConnectionError("Unable to bootstrap from [...]")))
        'connecting to Kafka at a:1: nothing answers there; is it running? (`streams doctor`)'
    """
    remedy = refusal_remedy(error)
    kind = BrokerRefusalError if remedy else BrokerError
    remedy = remedy or "is it running? (`streams doctor`)"
    return kind(f"connecting to Kafka at {broker}: {describe_error(error)}; {remedy}")


def refusal_remedy(error: BaseException) -> str:
    """Return what to do about a broker that refuses a connection; empty if it does not answer.

    Examples:
        >>> refusal_remedy(ProtocolMismatchError())
        'check NEWS_BROKER and NEWS_SECURITY_PROTOCOL'
        >>> refusal_remedy(KafkaConnectionError("Unable to bootstrap from [...]"))
        ''
    """
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLCertVerificationError):
        alert = str(error).lower().replace("_", " ")
        if any(word in alert for word in CLIENT_CERTIFICATE_ALERTS):
            return "check NEWS_SSL_CERTFILE and NEWS_SSL_KEYFILE"
    return next((remedy for kinds, remedy in REMEDIES if isinstance(error, kinds)), "")


def describe_error(error: BaseException) -> str:
    """Return a readable reason for an error of a Kafka client or broker.

    Examples:
        >>> from aiokafka.errors import RecordListTooLargeError, KafkaTimeoutError
        >>> describe_error(RecordListTooLargeError())[:34]
        'if a message batch in a produce re'
        >>> describe_error(KafkaTimeoutError()), describe_error(ConnectionRefusedError(111, "x"))
        ('Kafka does not answer in time', 'connection refused')
        >>> describe_error(SaslAuthenticationFailed("Invalid username or password"))
        'authentication failed: invalid username or password'
    """
    if isinstance(error, KafkaConnectionError):
        return "nothing answers there"
    if isinstance(error, TimeoutError) or type(error).__name__ == "KafkaTimeoutError":
        return "Kafka does not answer in time"
    if isinstance(error, (*SASL_ERRORS, ssl.SSLError)):
        return _describe_refusal(error)
    if isinstance(error, OSError):
        text = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        return _sentence(text or str(error))
    if isinstance(error, BrokerResponseError) and error.description:
        return _sentence(error.description)
    text = str(error).removeprefix(f"{type(error).__name__}: ")
    return _sentence(text) if text != type(error).__name__ else text


def _describe_refusal(error: KafkaError | ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLError):
        verification = getattr(error, "verify_message", "")  # only of certificates
        reason = verification or getattr(error, "reason", "") or error.strerror or str(error)
        # OpenSSL's reasons are constants: WRONG_VERSION_NUMBER where a broker does not speak TLS.
        return f"TLS handshake failed: {_sentence(reason.replace('_', ' ').lower())}"
    # For an unsupported mechanism aiokafka passes its connection instead of a text.
    text = next((part for part in error.args if isinstance(part, str)), "") or error.description
    reason = _sentence(text)
    known = reason.startswith("authentication failed")
    return reason if known else f"authentication failed: {reason}"


def _sentence(text: str) -> str:
    """Return a sentence as part of another.

    Without its full stop; its first letter becomes lower case unless an acronym begins it.
    """
    text = " ".join(text.split()).rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
