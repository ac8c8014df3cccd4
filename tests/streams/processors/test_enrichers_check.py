"""Enrichers that cannot be loaded are refused in a separate process, before the start."""

import pytest

from streams.extensions import ExtensionError
from streams.processors.enrichers_check import check_enrichers


def test_check_enrichers_refuses_in_one_sentence() -> None:
    with pytest.raises(ExtensionError, match=r"^setting NEWS_ENRICHERS: 'nowhere:f': no module"):
        check_enrichers("nowhere:f")


def test_check_enrichers_survives_module_that_exits() -> None:
    with pytest.raises(ExtensionError, match="importing it ends the process"):
        check_enrichers("tests.support.deadly_module:f")
