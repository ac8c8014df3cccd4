"""Load or create the key from which callback URLs and secrets of subscriptions are derived."""

import os
import secrets
from pathlib import Path
from typing import Final

from streams.errors import SettingsError
from streams.runtime.private_folder import ensure_private_folder
from streams.settings import Settings

FILE: Final = "websub.key"
"""Name of the key file in the data folder."""

LEAST_CHARACTERS: Final = 16
"""Shortest key: shorter ones can be guessed."""


def websub_key(settings: Settings) -> bytes:
    """Return the key of the settings, or else of a file that is created on first use.

    A different key changes all callback URLs, and all subscriptions are requested again.

    Raises:
        SettingsError: If the key is too short, or the file cannot be read or created.
    """
    key = settings.websub_key.get_secret_value()
    if key:
        if len(key) < LEAST_CHARACTERS:
            raise SettingsError(
                f"setting NEWS_WEBSUB_KEY: shorter than {LEAST_CHARACTERS} characters"
            )
        return key.encode()
    path = settings.data / FILE
    try:
        return _read(path) or _create(path)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; or set NEWS_WEBSUB_KEY") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes().strip()
    except FileNotFoundError:
        return b""


def _create(path: Path) -> bytes:
    ensure_private_folder(path.parent)
    key = secrets.token_hex(32).encode()
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(key + b"\n")
    try:
        os.link(draft, path)  # atomic; of two processes the first wins
    except FileExistsError:
        return _read(path)
    finally:
        draft.unlink()
    return key
