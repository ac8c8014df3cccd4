"""The name of this installation in the consumer groups: no other one has it."""

import os
import secrets
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final

FILE: Final = "member-id"
"""File in the data folder with a random id, created at the first start."""

BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
"""Linux's random id of the current boot; other systems have none."""


def member_suffix(data: Path, *, boot_id: Path = BOOT_ID) -> str:
    """Return 8 hexadecimal digits that stay the same until the machine is booted again.

    A group takes two processes of one name for one that came back, so that both work on all of its
    partitions or shut each other out. Host names are not unique: cloned machines share theirs, and
    with it a copy of the data folder. So the id in the folder is combined with the id of the boot,
    which differs between machines, and with the number of the file on its disk, which differs
    between copies of a folder on one machine.

    Args:
        data: The data folder; created if missing. Without a writable folder each call returns
            another name: the process then is a new member at each start, which waits for its
            predecessor's session to end.
        boot_id: File with the id of the current boot.
    """
    path = data / FILE
    try:
        data.mkdir(parents=True, exist_ok=True)
        identity = _read_or_create(path)
        identity += f" {path.stat().st_ino}"
    except OSError:
        identity = secrets.token_hex(16)
    with suppress(OSError):
        identity += f" {boot_id.read_text('ascii').strip()}"
    return blake2b(identity.encode(), digest_size=4).hexdigest()


def _read_or_create(path: Path) -> str:
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(16))
    return path.read_text("ascii", "replace")
