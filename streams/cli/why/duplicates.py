"""The chain of a duplicate: originals, similarity, and the words that differ."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from rich.text import Text

from streams.cli._output.console import printable
from streams.cli._output.utc_time import utc_time
from streams.dedupe.diff import ArticleDiff, Difference
from streams.inspect.duplicate_chain import ChainLink, DuplicateChain
from streams.records import CleanArticle, DuplicateArticle, event_time
from streams.text.plural import plural

MAX_DIFFERENCES: Final = 12
"""Number of differences shown; ``--json`` lists all."""

_MAX_WORDS: Final = 16
"""Number of words shown of a difference."""

_RELATIONS: Final = {"near": "similar to", "shortened": "shortened from", "extended": "extends"}
"""Labels by method of the duplicate; all other methods: repeats."""


def chain_as_json(chain: DuplicateChain) -> dict[str, Any]:
    """Return a chain as plain values."""
    explained = None
    if chain.explanation is not None:
        explained = asdict(chain.explanation)
        if chain.explanation.likeness is not None:
            explained["likeness"]["similarity"] = chain.explanation.likeness.similarity
        explained["words_removed"], explained["words_added"] = _counts(chain.explanation)
    return {"chain": [_link_as_json(link) for link in chain.links], "compared": explained}


def _link_as_json(link: ChainLink) -> dict[str, Any]:
    article = link.article
    if article is None:
        return {"article_id": link.article_id, "on_topic": False}
    return {
        "article_id": link.article_id,
        "on_topic": True,
        "title": article.title,
        "url": article.url,
        "outlet": _outlet(article),
        "time": event_time(article),
        "change": article.change if isinstance(article, DuplicateArticle) else None,
        "method": article.method if isinstance(article, DuplicateArticle) else None,
    }


def chain_lines(record: DuplicateArticle, chain: DuplicateChain) -> Iterator[Text]:
    """Yield lines that say what a duplicate repeats, and how it differs."""
    for number, link in enumerate(chain.links):
        label = "which repeats" if number else _RELATIONS.get(record.method, "repeats")
        yield from _link_lines(label, link)
    if chain.explanation is not None:
        yield from _comparison_lines(record, chain.explanation)
    if record.group is not None:
        group = record.group
        copies = plural(group.copies, "copy", "copies")
        outlets = plural(group.outlets, "outlet")
        yield _row(
            "group",
            f"{record.group_id}: original and {copies}, {outlets}, "
            f"{group.independent_outlets} independent",
        )
        yield _row("first seen", f"{utc_time(group.first_seen)} as {group.original}")


def _link_lines(label: str, link: ChainLink) -> Iterator[Text]:
    if link.article is None:
        yield _row(label, f"{link.article_id}, no longer on any topic: cannot be compared")
        return
    article = link.article
    where = f"{_outlet(article)} · {utc_time(event_time(article))}"
    yield _row(label, f"{article.title or '(no title)'} · {where}")
    yield _row("", " · ".join(filter(None, (link.article_id, article.url))), style="dim")


def _comparison_lines(record: DuplicateArticle, explanation: ArticleDiff) -> Iterator[Text]:
    if explanation.likeness is not None:
        like = explanation.likeness
        yield _row(
            "similarity",
            f"{like.similarity:.2f} (whole {like.whole:.2f}, middle {like.middle:.2f}, "
            f"least shared passage {like.passage:.2f}), containment {like.containment:.2f}",
        )
    else:
        yield _row("similarity", f"{record.method}: too short, compared only as a whole")
    for number, reason in enumerate(explanation.reasons):
        yield _row("" if number else "because", reason)
    yield _row("headlines", "same words" if explanation.same_title else "different")
    if explanation.same_text:
        yield _row("words", "same words in the same order")
        return
    removed, added = _counts(explanation)
    yield _row("words", f"{removed:,} removed, {added:,} added")
    for difference in explanation.differences[:MAX_DIFFERENCES]:
        yield _difference(difference)
    if len(explanation.differences) > MAX_DIFFERENCES:
        n_more = len(explanation.differences) - MAX_DIFFERENCES
        yield _row("", f"and {n_more:,} more; --json lists them")


def _difference(difference: Difference) -> Text:
    line = _row("", f"… {difference.before} " if difference.before else "", style="dim")
    if difference.left:
        line.append(f"[-{_shorten(difference.left)}-]", "red")
    if difference.left and difference.right:
        line.append(" ")
    if difference.right:
        line.append(f"{{+{_shorten(difference.right)}+}}", "green")
    return line


def _shorten(text: str) -> str:
    words = printable(text).split(" ")
    if len(words) <= _MAX_WORDS:
        return " ".join(words)
    return f"{' '.join(words[:_MAX_WORDS])} … {plural(len(words) - _MAX_WORDS, 'word')} more"


def _counts(explanation: ArticleDiff) -> tuple[int, int]:
    removed = sum(len(item.left.split()) for item in explanation.differences)
    return removed, sum(len(item.right.split()) for item in explanation.differences)


def _outlet(article: CleanArticle) -> str:
    return article.site.domain or article.source


def _row(name: str, text: str, *, style: str = "") -> Text:
    return Text(f"  {name:<14}", "dim").append(printable(text), style or "default")
