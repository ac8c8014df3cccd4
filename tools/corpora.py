"""Select training sentences by the license of their text; tools/corpora.toml lists the parts."""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIST: Final = Path(__file__).with_name("corpora.toml")

PERMISSIVE: Final = frozenset(
    {"CC-BY-2.5", "CC-BY-4.0", "CC0-1.0", "LicenseRef-US-public-domain", "MIT", "OGL-UK-3.0"}
)
"""Licenses of text that may train the model in the wheel: they ask for attribution at most."""

SHARE_ALIKE: Final = frozenset({"CC-BY-SA-3.0", "CC-BY-SA-4.0"})
"""Licenses of text that may also train the model of the share-alike package.

CC BY-SA 3.0 allows adaptations under a later version (section 4b), hence CC BY-SA 4.0.
"""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Sentences of one file under one license.

    Attributes:
        file: Name of the file.
        sha256: Digest of the file for which ``sentences`` holds.
        sentences: First sentence and the one behind the last.
        content: Corpus, part and kind of text.
        source: Repository and commit.
        license: SPDX expression; empty if the text may not be used.
        copies: Times that sentences with names are repeated with other names, for the wheel.
    """

    file: str
    sha256: str
    content: str
    source: str
    license: str
    copies: int = 1
    sentences: tuple[int, int | None] = (0, None)


def read_parts(path: Path = LIST) -> tuple[Part, ...]:
    """Read the list of parts."""
    entries = tomllib.loads(path.read_text("utf-8"))["part"]
    return tuple(
        Part(**{**entry, "sentences": tuple(entry.get("sentences", (0, None)))})
        for entry in entries
    )


def spdx_ids(expression: str) -> frozenset[str]:
    """Return the licenses of an SPDX expression.

    Examples:
        >>> sorted(spdx_ids("MIT AND (CC0-1.0 OR ISC)"))
        ['CC0-1.0', 'ISC', 'MIT']
    """
    return frozenset(re.findall(r"[\w.-]+", expression)) - {"AND", "OR", "WITH"}


def may_train(part: Part, *, share_alike: bool) -> bool:
    """Return whether the text of a part may train a model.

    Args:
        part: The part.
        share_alike: Whether the model is licensed under CC BY-SA 4.0.
    """
    licenses = spdx_ids(part.license)
    return bool(licenses) and licenses <= PERMISSIVE | (SHARE_ALIKE if share_alike else frozenset())


def joint_license(parts: Iterable[Part]) -> str:
    """Return the SPDX expression of what is made of all parts: each license holds.

    Text in the public domain asks for nothing.

    Examples:
        >>> joint_license(part for part in read_parts() if part.file == "re3d.conll")
        'OGL-UK-3.0 AND CC-BY-SA-3.0'
    """
    ids = dict.fromkeys(
        id_ for part in parts if part.license for id_ in part.license.split(" AND ")
    )
    return " AND ".join(id_ for id_ in ids if not id_.startswith("LicenseRef-"))


def checked_text(part: Part, folder: Path) -> str:
    """Read the file of a part, and check that it is the version that was cut.

    Raises:
        SystemExit: If the file is another version.
    """
    data = (folder / part.file).read_bytes()
    if hashlib.sha256(data).hexdigest() != part.sha256:
        raise SystemExit(f"{part.file} is another version: cut it again in tools/corpora.toml")
    return data.decode()
