"""Secrets and signatures of webhooks: set by the operator, or derived from a master key."""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import SecretStr
from standardwebhooks import Webhook

from streams.errors import UsageError
from streams.runtime.private_folder import ensure_private_folder
from streams.runtime.regular_file import read_text
from streams.settings import Settings

FILE: Final = "deliver/master.key"
"""Path in the data folder. With deliverers on several machines, copy it to all of them."""

KEY_BYTES: Final = 32


def master_key(settings: Settings) -> SecretStr:
    """Read the key from which secrets are derived; create it if there is none.

    Raises:
        UsageError: If the file is unreadable or does not contain a key.
    """
    file = settings.data / FILE
    try:
        if not file.exists():
            _create_key(file)
        text = read_text(file).strip()
    except OSError as error:
        raise UsageError(f"reading the key in {file}: {error.strerror or error}") from error
    if len(text) < 2 * KEY_BYTES:
        raise UsageError(
            f"{file}: not a key; remove the file to create a new one (derived secrets will change)"
        )
    return SecretStr(text)


def _create_key(file: Path) -> None:
    """Write a new key, readable by its owner only; keep the first one if two processes race."""
    ensure_private_folder(file.parent)
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
    """Return the secret of one webhook of one saved search.

    Knowing one secret does not help to compute another; the same three values give the same secret.

    References:
        RFC 2104 (HMAC) with SHA-256 as a pseudo-random function. Standard Webhooks 1.0.0:
        ``whsec_`` and base64 of 24 to 64 bytes.

    Examples:
        >>> key = SecretStr("00" * 32)
        >>> secret = derived_secret(key, owner="", subscription_id="a", url="https://b.test/")
        >>> secret.get_secret_value()[:10], len(secret.get_secret_value())
        ('whsec_9N8J', 50)
    """
    parts = f"webhook\0{owner}\0{subscription_id}\0{url}"
    key = master.get_secret_value().encode()
    digest = hmac.new(key, parts.encode(), hashlib.sha256).digest()
    return SecretStr("whsec_" + base64.b64encode(digest).decode())


def signature_headers(
    secret: SecretStr,
    *,
    message_id: str,
    now: datetime,
    body: str,
    former: Sequence[SecretStr] = (),
) -> dict[str, str]:
    """Return the headers that let a receiver check that a message is authentic, whole and recent.

    Args:
        secret: ``whsec_`` and base64.
        message_id: The same whenever the message is sent again.
        now: Time of this attempt; receivers refuse messages that are minutes off.
        body: Body of the request.
        former: Secrets that were in use before; during their rotation, a receiver accepts the
            signature of the secret that it knows.

    References:
        Standard Webhooks 1.0.0, "signature scheme": several signatures in one header, separated by
        spaces, for "zero downtime secret rotation".
    """
    signature = " ".join(
        Webhook(each.get_secret_value()).sign(message_id, now, body) for each in (secret, *former)
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
