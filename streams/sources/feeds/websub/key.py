"""The key that callbacks and secrets of subscriptions are made from: settings in, bytes out."""

import os
import secrets
from pathlib import Path
from typing import Final

from streams.errors import SettingsError
from streams.settings import Settings

FILE: Final = "websub.key"
"""Its name in the data folder."""

LEAST_CHARACTERS: Final = 16
"""Shorter ones can be guessed."""


def websub_key(settings: Settings) -> bytes:
    """Give the key: of the settings, else of a file that is made when it is first needed.

    With another key all callbacks change, and every hub is asked anew.

    Raises:
        SettingsError: If it is too short, or the file cannot be read or made.
    """
    given = settings.websub_key.get_secret_value()
    if given:
        if len(given) < LEAST_CHARACTERS:
            raise SettingsError(
                f"setting NEWS_WEBSUB_KEY: shorter than {LEAST_CHARACTERS} characters"
            )
        return given.encode()
    path = settings.data / FILE
    try:
        return _read(path) or _made(path)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; or set NEWS_WEBSUB_KEY") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes().strip()
    except FileNotFoundError:
        return b""


def _made(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_hex(32).encode()
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(key + b"\n")
    try:
        os.link(draft, path)  # whole or not at all, and of two processes the first
    except FileExistsError:
        return _read(path)
    finally:
        draft.unlink()
    return key
