from typing import Any

from streams.cli.why_chain import chain_as_json, chain_lines
from streams.dedupe.diff import diff_articles
from streams.inspect.duplicate_chain import ChainLink, DuplicateChain
from streams.records import CopyGroup
from tests.support.builders import FETCHED, duplicate_article, unique_article

TEXT = " ".join(f"Word{n} stands in its place." for n in range(20))


def told(text: str, other: str = TEXT, **changes: Any) -> str:
    """What a person reads of a copy with a text and what it repeats."""
    copy, original = duplicate_article(text=text, **changes), unique_article(text=other)
    links = (ChainLink(article_id=original.id, article=original),)
    chain = DuplicateChain(links=links, explanation=diff_articles(original, copy))
    return "\n".join(line.plain for line in chain_lines(copy, chain))


def test_a_person_reads_what_is_repeated_how_near_and_which_words_differ() -> None:
    words = told(TEXT.replace("Word7 stands", "Seven is standing"))

    for line in (
        "is near       Harbor bridge reopens",
        "how near      similarity 0.",
        "headlines     the same words",
        "words         2 of the other's are missing here, 3 are new",
        "… stands in its place [-word7 stands-] {+seven is standing+}",
    ):
        assert line in words


def test_a_long_stretch_and_many_differences_are_cut() -> None:
    many = told(TEXT.replace("stands", "lies"))
    long = told(f"{TEXT} {' '.join(f'more{n}' for n in range(90))}")

    assert "and 8 more; --json lists them" in many
    assert "… 74 words more+}" in long


def test_the_group_is_told_with_its_copies_and_outlets() -> None:
    original = unique_article().id
    group = CopyGroup(original=original, first_seen=FETCHED, copies=1, outlets=2)

    words = told(TEXT, group=group)

    assert f"{original}: 1 copy beside the original, 2 outlets, 1 independent" in words
    assert "the same, in the same order" in words


def test_control_characters_of_a_headline_do_not_reach_the_terminal() -> None:
    original = unique_article(title="Red \x1b[31m")
    chain = DuplicateChain(links=(ChainLink(article_id=original.id, article=original),))

    assert "\x1b" not in "".join(line.plain for line in chain_lines(duplicate_article(), chain))


def test_an_article_that_is_gone_is_said_to_be_gone() -> None:
    copy = duplicate_article()
    chain = DuplicateChain(links=(ChainLink(article_id=copy.duplicate_of, article=None),))

    assert "no longer on any topic" in "".join(line.plain for line in chain_lines(copy, chain))
    assert chain_as_json(chain) == {
        "chain": [{"article_id": copy.duplicate_of, "on_topic": False}],
        "compared": None,
    }


def test_json_has_the_likeness_and_every_difference() -> None:
    original, copy = unique_article(text=TEXT), duplicate_article(text=TEXT.replace("in", "on"))
    links = (ChainLink(article_id=original.id, article=original),)

    compared = chain_as_json(
        DuplicateChain(links=links, explanation=diff_articles(original, copy))
    )["compared"]

    assert compared["likeness"].keys() >= {"similarity", "whole", "containment"}
    assert [item["right"] for item in compared["differences"]] == ["on"] * 20
    assert (compared["words_removed"], compared["words_added"]) == (20, 20)
