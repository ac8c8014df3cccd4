"""What cannot be loaded is refused before anything is started, in a process of its own."""

import pytest

from streams.extensions import ExtensionError
from streams.processors.enrichers_check import check_enrichers


def test_check_enrichers_refuses_in_one_sentence_what_cannot_be_loaded() -> None:
    with pytest.raises(ExtensionError, match=r"^setting NEWS_ENRICHERS: 'nowhere:f': no module"):
        check_enrichers("nowhere:f")


def test_check_enrichers_survives_a_module_that_ends_its_process() -> None:
    with pytest.raises(ExtensionError, match="importing it ends the process"):
        check_enrichers("tests.support.deadly_module:f")
