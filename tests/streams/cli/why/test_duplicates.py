from typing import Any

from streams.cli.why.duplicates import chain_as_json, chain_lines
from streams.dedupe.diff import diff_articles
from streams.inspect.duplicate_chain import ChainLink, DuplicateChain
from streams.records import CopyGroup
from tests.support.builders import FETCHED, duplicate_article, unique_article

TEXT = " ".join(f"Word{n} stands in its place." for n in range(20))


def differing_words(text: str, other: str = TEXT, **changes: Any) -> str:
    """The lines about a duplicate with a text."""
    copy, original = duplicate_article(text=text, **changes), unique_article(text=other)
    links = (ChainLink(article_id=original.id, article=original),)
    chain = DuplicateChain(links=links, explanation=diff_articles(original, copy))
    return "\n".join(line.plain for line in chain_lines(copy, chain))


def test_chain_lines_show_original_and_differences() -> None:
    words = differing_words(TEXT.replace("Word7 stands", "Seven is standing"))

    for line in (
        "similar to    Harbor bridge reopens",
        "similarity    0.",
        "headlines     same words",
        "words         2 removed, 3 added",
        "… stands in its place [-word7 stands-] {+seven is standing+}",
    ):
        assert line in words


def test_chain_lines_cut_long_differences() -> None:
    many = differing_words(TEXT.replace("stands", "lies"))
    long = differing_words(f"{TEXT} {' '.join(f'more{n}' for n in range(90))}")

    assert "and 8 more; --json lists them" in many
    assert "… 74 words more+}" in long


def test_chain_lines_show_group() -> None:
    original = unique_article().id
    group = CopyGroup(original=original, first_seen=FETCHED, copies=1, outlets=2)

    words = differing_words(TEXT, group=group)

    assert f"{original}: original and 1 copy, 2 outlets, 1 independent" in words
    assert "same words in the same order" in words


def test_chain_lines_escape_control_characters() -> None:
    original = unique_article(title="Red \x1b[31m")
    chain = DuplicateChain(links=(ChainLink(article_id=original.id, article=original),))

    assert "\x1b" not in "".join(line.plain for line in chain_lines(duplicate_article(), chain))


def test_chain_lines_report_expired_article() -> None:
    copy = duplicate_article()
    chain = DuplicateChain(links=(ChainLink(article_id=copy.duplicate_of, article=None),))

    assert "no longer on any topic" in "".join(line.plain for line in chain_lines(copy, chain))
    assert chain_as_json(chain) == {
        "chain": [{"article_id": copy.duplicate_of, "on_topic": False}],
        "compared": None,
    }


def test_chain_json_has_every_difference() -> None:
    original, copy = unique_article(text=TEXT), duplicate_article(text=TEXT.replace("in", "on"))
    links = (ChainLink(article_id=original.id, article=original),)

    compared = chain_as_json(
        DuplicateChain(links=links, explanation=diff_articles(original, copy))
    )["compared"]

    assert compared["likeness"].keys() >= {"similarity", "whole", "containment"}
    assert [item["right"] for item in compared["differences"]] == ["on"] * 20
    assert (compared["words_removed"], compared["words_added"]) == (20, 20)
