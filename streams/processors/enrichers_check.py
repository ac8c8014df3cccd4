"""Check that the functions of ``NEWS_ENRICHERS`` can be loaded, before any process starts."""

from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from streams.extensions import ExtensionError
from streams.processors.enrich import SETTING, load_enrichers


def check_enrichers(text: str) -> None:
    """Import the functions in a separate process, so that this process does not grow.

    Raises:
        ExtensionError: If a function cannot be loaded.
    """
    if not text:
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as executor:
        try:
            executor.submit(_try_to_load, text).result()
        except BrokenProcessPool as error:
            raise ExtensionError(
                f"setting {SETTING}: {text!r}: importing it ends the process; correct the module"
            ) from error


def _try_to_load(text: str) -> None:
    load_enrichers(text)
