"""The inventory of origins and licenses, REUSE.toml, and what wheels say about theirs."""

import re
import tomllib
import zipfile
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from tests.conftest import ROOT


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An annotation of REUSE.toml: the files that it covers, their license and origin."""

    patterns: tuple[str, ...]
    license: str
    copyright: tuple[str, ...]
    origin: str

    def covers(self, file: str) -> bool:
        """Return whether the entry is about a file, by its path in the repository."""
        return any(re.fullmatch(_regex(pattern), file) for pattern in self.patterns)


def _regex(pattern: str) -> str:
    """Convert a pattern: ``**`` matches everything, ``*`` everything but a slash."""
    parts = re.split(r"(\*\*|\*)", pattern)
    return "".join({"**": ".*", "*": "[^/]*"}.get(part, re.escape(part)) for part in parts)


def _all(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def inventory() -> tuple[Entry, ...]:
    """Read REUSE.toml."""
    entries = tomllib.loads((ROOT / "REUSE.toml").read_text("utf-8"))["annotations"]
    return tuple(
        Entry(
            patterns=_all(entry["path"]),
            license=entry["SPDX-License-Identifier"],
            copyright=_all(entry["SPDX-FileCopyrightText"]),
            origin=entry["SPDX-FileComment"],
        )
        for entry in entries
    )


def in_repository(name: str) -> str:
    """Return where a file of the wheel is in the repository."""
    return name.removeprefix("streams/data/") if name.startswith("streams/data/schemas/") else name


def contents(wheel: Path) -> list[str]:
    """Return the files of a wheel, without those about the distribution."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    return [name for name in names if not name.split("/")[0].endswith(".dist-info")]


def license_files(wheel: Path) -> set[str]:
    """Return the license files of a wheel, relative to their folder."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    return {name.split(".dist-info/licenses/")[1] for name in names if "/licenses/" in name}


def wheel_metadata(wheel: Path) -> Message:
    """Return the METADATA of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return message_from_bytes(archive.read(name))
