"""The tagger as it is shipped, loaded once."""

import pytest

from streams.tag.article import Tagger, load_tagger


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return load_tagger()
