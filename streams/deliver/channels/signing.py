"""Secrets that sign webhooks: given by the operator, or derived from a key of ours."""

import base64
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from standardwebhooks import Webhook

from streams.errors import UsageError
from streams.settings import Settings

FILE: Final = "deliver/master.key"
"""In the data folder. Whoever delivers on several machines copies it to all of them."""

KEY_BYTES: Final = 32


def master_key(settings: Settings) -> SecretStr:
    """Read the key from which secrets are derived; make it if there is none.

    Raises:
        UsageError: If it cannot be read, or is none.
    """
    file = settings.data / FILE
    try:
        if not file.exists():
            _make(file)
        text = file.read_text().strip()
    except OSError as error:
        raise UsageError(f"reading the key in {file}: {error.strerror}") from error
    if len(text) < 2 * KEY_BYTES:
        raise UsageError(f"{file} is no key: remove it, and a new one is made (secrets change)")
    return SecretStr(text)


def _make(file: Path) -> None:
    """Write a new key, readable by its owner only; whoever comes second leaves the first's."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secrets.token_hex(KEY_BYTES))
        opened.flush()
        os.fsync(opened.fileno())
    with suppress(FileExistsError):
        os.link(fresh, file)
    fresh.unlink()


def derived_secret(master: SecretStr, *, owner: str, subscription_id: str, url: str) -> SecretStr:
    """Derive the secret of one webhook of one subscription.

    Nobody who knows one can compute another; the same three give the same.

    References:
        RFC 2104 (HMAC) with SHA-256 as a pseudo-random function. Standard Webhooks 1.0.0:
        ``whsec_`` and base64 of 24 to 64 bytes.

    Examples:
        >>> key = SecretStr("00" * 32)
        >>> found = derived_secret(key, owner="", subscription_id="a", url="https://b.test/")
        >>> found.get_secret_value()[:10], len(found.get_secret_value())
        ('whsec_9N8J', 50)
    """
    parts = f"webhook\0{owner}\0{subscription_id}\0{url}"
    key = master.get_secret_value().encode()
    digest = hmac.new(key, parts.encode(), hashlib.sha256).digest()
    return SecretStr("whsec_" + base64.b64encode(digest).decode())


def signature_headers(
    secret: SecretStr, *, message_id: str, now: datetime, body: str
) -> dict[str, str]:
    """Give the headers by which a receiver knows that a message is ours, whole and fresh.

    Args:
        secret: ``whsec_`` and base64.
        message_id: The same however often the message is sent.
        now: The time of this attempt; receivers refuse what is minutes off.
        body: As it is sent.

    References:
        Standard Webhooks 1.0.0, "signature scheme".
    """
    signature = Webhook(secret.get_secret_value()).sign(message_id, now, body)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
