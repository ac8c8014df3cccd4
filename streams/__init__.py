"""A pipeline for news: it reads raw articles, cleans, deduplicates, tags and routes them.

As a library, each name is imported when it is first used::

    import streams

    article = streams.read_page(html, url="https://news.test/rain")
    names = streams.find_names(article)

``__init__.pyi`` has the same names for type checkers.

To read the code, start at `streams.topology`, the map of the stages; then a stage, such as
`streams.clean.article`; then `streams.worker.worker`, the loop around it.
"""

from importlib import import_module

_EXPORTS = {
    "BrokerError": "streams.errors",
    "Deduplicated": "streams.library.duplicates",
    "Deduplicator": "streams.library.duplicates",
    "Driver": "streams.driver",
    "MissingExtraError": "streams.errors",
    "Names": "streams.library.names",
    "NewsStreamsError": "streams.errors",
    "NotAnArticleError": "streams.errors",
    "Producer": "streams.client",
    "UsageError": "streams.errors",
    "connect": "streams.client",
    "find_names": "streams.library.names",
    "publish": "streams.client",
    "raw_article": "streams.client",
    "read_page": "streams.library.page",
    "receive": "streams.client",
    "subscribe": "streams.client",
}
"""Module that defines each public name."""


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _EXPORTS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_EXPORTS[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, imported or not, for completion."""
    return sorted({*globals(), *_EXPORTS})
