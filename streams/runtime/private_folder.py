"""Folders that only their owner reads: they hold keys, and records with secrets in addresses."""

from contextlib import suppress
from pathlib import Path
from typing import Final

OTHERS: Final = 0o007
"""Rights of all other users, which are taken from a folder that exists; those of its group stay."""


def ensure_private_folder(folder: Path) -> None:
    """Create a folder for its owner only, with its parents; close one that others may enter.

    A folder of another owner is left as it is.

    Raises:
        OSError: If it cannot be created.
    """
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    mode = folder.stat().st_mode & 0o7777
    if mode & OTHERS:
        with suppress(PermissionError):
            folder.chmod(mode & ~OTHERS)
