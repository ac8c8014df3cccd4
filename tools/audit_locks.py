"""Compare the lock files with the versions that are refused, without a network: ``make check``.

A lock has exact versions, so a refused one can only come back by `make lock`, or by hand. What a
published advisory says is added to ``tools/refused_versions.toml`` by a person.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from tools.lock import DOCS_LOCK, RUN_LOCK, TEST_LOCK

REFUSED = Path("tools/refused_versions.toml")

Refused = dict[str, list[tuple[SpecifierSet, str]]]


def read_refused(text: str) -> Refused:
    """Return the refused versions of each package, with the reason."""
    refused: Refused = {}
    for entry in tomllib.loads(text)["refused"]:
        reason = f"{entry['why']} ({entry['source']})"
        name = canonicalize_name(entry["package"])
        refused.setdefault(name, []).append((SpecifierSet(entry["versions"]), reason))
    return refused


def pins(lock: str) -> Iterator[tuple[str, Version]]:
    r"""Yield the packages of a lock with their versions.

    Raises:
        ValueError: If a line has no exact version, or no hash follows it.

    Examples:
        >>> list(pins("lark==1.3.1 \\\n    --hash=sha256:00\n"))
        [('lark', <Version('1.3.1')>)]
        >>> list(pins("lark>=1\n"))
        Traceback (most recent call last):
        ...
        ValueError: lark>=1: no exact version with a hash
    """
    for block in re.split(r"\n(?=\S)", lock.strip()):
        first = block.splitlines()[0]
        requirement = Requirement(first.rstrip(" \\"))
        exact = [each.version for each in requirement.specifier if each.operator == "=="]
        if len(exact) != 1 or "--hash=sha256:" not in block:
            raise ValueError(f"{first}: no exact version with a hash")
        yield canonicalize_name(requirement.name), Version(exact[0])


def problems(lock: str, refused: Refused) -> list[str]:
    """Return a line for each package of a lock whose version is refused."""
    return [
        f"{name} {version}: {reason}"
        for name, version in pins(lock)
        for versions, reason in refused.get(name, ())
        if versions.contains(version, prereleases=True)
    ]


def main() -> None:
    """Check every lock; end with code 1 if one has a refused version."""
    refused = read_refused(REFUSED.read_text("utf-8"))
    found = [
        f"{path}: {problem}"
        for path in (RUN_LOCK, TEST_LOCK, DOCS_LOCK)
        for problem in problems(path.read_text("utf-8"), refused)
    ]
    if found:
        sys.exit("\n".join([*found, f"choose other versions with `make lock`; see {REFUSED}"]))


if __name__ == "__main__":
    main()
