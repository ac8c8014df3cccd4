"""Choose the model of names: that of an installed data package, or that of News Streams itself.

The wheel contains a model that is trained on text under permissive licenses only. A package with
an entry point in the group `streams.extensions.MODELS` brings another one, which is used instead:
``news-streams-models-sharealike`` has the one that is also trained on share-alike text.
"""

import hashlib
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import msgspec

from streams.extensions import MODELS, ExtensionError, installed, load_installed
from streams.tag.article import DATA, Tagger, load_tagger

ENGLISH: Final = "en"
"""Name of the entry point, the language of the model; its object is the package of the files."""

MANIFEST: Final = "names.json"
"""File beside a model with its license and the digests of what it was trained with."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What `tools/train_tagger.py` records about a model.

    Attributes:
        license: SPDX expression.
        words: SHA-256 of the table of words that gave the features.
    """

    license: str
    words: str


@dataclass(frozen=True, kw_only=True)
class NamesModel:
    """A model of names.

    Attributes:
        folder: Folder of ``names.crf.xz`` and its manifest.
        package: Name and version of the package that brings it; empty for News Streams.
        license: SPDX expression.
    """

    folder: Traversable
    package: str
    license: str


def names_model(language: str = ENGLISH) -> NamesModel:
    """Return the model that is used: of an installed package, otherwise of News Streams.

    Args:
        language: Language of the model; `tag` has a model of English only.

    Raises:
        ExtensionError: If two packages bring a model, if the files of the package cannot be read,
            or if its model was trained with other features of words than this release has.

    Examples:
        >>> names_model("xx").license
        'CC-BY-4.0 AND CC-BY-2.5 AND OGL-UK-3.0'
    """
    if language not in installed(MODELS):
        return built_in()
    module, package = load_installed(MODELS, language)
    folder = resources.files(module) / "data"
    try:
        manifest = _manifest(folder)
    except (OSError, msgspec.DecodeError) as error:
        raise ExtensionError(
            f"package {package}: its model cannot be read: {error}; install it again"
        ) from error
    if manifest.words != hashlib.sha256((DATA / "words.txt.xz").read_bytes()).hexdigest():
        raise ExtensionError(
            f"package {package}: its model belongs to another release of News Streams; "
            'install the matching one: pip install --upgrade "news-streams[models-sharealike]"'
        )
    return NamesModel(folder=folder, package=package, license=manifest.license)


def built_in() -> NamesModel:
    """Return the model of News Streams itself."""
    return NamesModel(folder=DATA, package="", license=_manifest(DATA).license)


def installed_tagger() -> Tagger:
    """Load the tagger with the model of `names_model`.

    Raises:
        ExtensionError: As `names_model` does.
    """
    return load_tagger(names_model().folder)


def _manifest(folder: Traversable) -> Manifest:
    return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
