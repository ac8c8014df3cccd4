"""A duplicate's chain in words and as plain values: of what, how near, which words differ."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from rich.text import Text

from streams.cli.printable import printable
from streams.dedupe.diff import ArticleDiff, Difference
from streams.inspect.duplicate_chain import ChainLink, DuplicateChain
from streams.records import CleanArticle, DuplicateArticle, event_time
from streams.text.plural import plural

MOST_SHOWN: Final = 12
"""So many differences are printed; ``--json`` has them all."""

_MOST_WORDS: Final = 16
"""So many words of a difference."""


def chain_as_json(chain: DuplicateChain) -> dict[str, Any]:
    """Give a chain as plain values."""
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
    """Say to a person what a duplicate repeats, and how it differs."""
    relation = {"near": "is near", "shortened": "shortens", "extended": "extends"}
    for number, link in enumerate(chain.links):
        verb = "which repeats" if number else relation.get(record.method, "repeats")
        yield from _link_lines(verb, link)
    if chain.explanation is not None:
        yield from _explained(record, chain.explanation)
    if record.group is not None:
        group = record.group
        outlets = plural(group.outlets, "outlet")
        yield _row(
            "group",
            f"{record.group_id}: {plural(group.copies, 'copy', 'copies')} beside "
            f"the original, {outlets}, {group.independent_outlets} independent",
        )
        yield _row("first seen", f"{group.first_seen:%Y-%m-%d %H:%M} as {group.original}")


def _link_lines(verb: str, link: ChainLink) -> Iterator[Text]:
    if link.article is None:
        yield _row(verb, f"{link.article_id}, which is no longer on any topic: nothing to compare")
        return
    article = link.article
    where = f"{_outlet(article)} · {event_time(article):%Y-%m-%d %H:%M}"
    yield _row(verb, f"{article.title or '(no title)'} · {where}")
    yield _row("", " · ".join(filter(None, (link.article_id, article.url))), style="dim")


def _explained(record: DuplicateArticle, told: ArticleDiff) -> Iterator[Text]:
    if told.likeness is not None:
        like = told.likeness
        yield _row(
            "how near",
            f"similarity {like.similarity:.2f} (whole {like.whole:.2f}, middle {like.middle:.2f}, "
            f"least shared passage {like.passage:.2f}), containment {like.containment:.2f}",
        )
    else:
        yield _row("how near", f"{record.method}: too short to be compared but as a whole")
    yield _row("headlines", "the same words" if told.same_title else "differ")
    if told.same_text:
        yield _row("words", "the same, in the same order")
        return
    removed, added = _counts(told)
    yield _row("words", f"{removed:,} of the other's are missing here, {added:,} are new")
    for difference in told.differences[:MOST_SHOWN]:
        yield _difference(difference)
    if len(told.differences) > MOST_SHOWN:
        yield _row("", f"and {len(told.differences) - MOST_SHOWN:,} more; --json lists them")


def _difference(difference: Difference) -> Text:
    line = _row("", f"… {difference.before} " if difference.before else "", style="dim")
    if difference.left:
        line.append(f"[-{_cut(difference.left)}-]", "red")
    if difference.left and difference.right:
        line.append(" ")
    if difference.right:
        line.append(f"{{+{_cut(difference.right)}+}}", "green")
    return line


def _cut(words: str) -> str:
    split = printable(words).split(" ")
    if len(split) <= _MOST_WORDS:
        return " ".join(split)
    return f"{' '.join(split[:_MOST_WORDS])} … {plural(len(split) - _MOST_WORDS, 'word')} more"


def _counts(told: ArticleDiff) -> tuple[int, int]:
    removed = sum(len(item.left.split()) for item in told.differences)
    return removed, sum(len(item.right.split()) for item in told.differences)


def _outlet(article: CleanArticle) -> str:
    return article.site.domain or article.source


def _row(name: str, text: str, *, style: str = "") -> Text:
    return Text(f"  {name:<14}", "dim").append(printable(text), style or "default")
