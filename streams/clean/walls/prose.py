"""Weigh the text of a page: how much is running text, and how much is what a wall says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from streams.clean.body.sentences import split_sentences
from streams.clean.walls.phrases import wall_senses
from streams.clean.walls.vocabulary import Sense
from streams.text.characters import text_size

MIN_SENTENCE_SIZE: Final = 40
"""Smaller sentences are labels, captions and exclamations: they are no sign of an article."""

MIN_LINK_SIZE: Final = 15
"""Smallest linked line that is a headline, which begins another item of a list of teasers."""


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line that a page prints.

    Attributes:
        text: The text.
        is_link: Whether it is mostly linked, as the headlines of teasers are.
    """

    text: str
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Content without a linked headline or a wall's sentence within.

    Attributes:
        size: Size of its sentences.
        n_lines: Number of its lines.
    """

    size: int = 0
    n_lines: int = 0


@dataclass(frozen=True, slots=True)
class Prose:
    """The text of a page, weighed; sizes are in characters, ideographs counted as three.

    Attributes:
        content: Size of the sentences that a wall does not say.
        labels: Size of those that are too short for a sign of an article.
        wall: Size of the sentences that a wall says.
        said: The sentences that a wall says, with their senses.
        run: The longest run of content: an article's text is one run, a list of teasers is
            many short ones.
    """

    content: int = 0
    labels: int = 0
    wall: int = 0
    said: tuple[tuple[str, Sense], ...] = ()
    run: Run = Run()


def weigh_text(lines: Iterable[PrintedLine]) -> Prose:
    """Weigh the sentences of a text or page. Linear in its length.

    Args:
        lines: Lines in reading order.

    Examples:
        >>> weigh_text([PrintedLine("It rained in Vik.")]).content
        0
        >>> rain = PrintedLine("It rained all day in the old harbor of Vik, on Monday.")
        >>> weigh_text([rain]).content, weigh_text([rain]).wall
        (54, 0)
    """
    content = labels = wall = 0
    run = longest = Run()
    said: list[tuple[str, Sense]] = []
    for line in lines:
        if line.is_link:
            run = Run() if text_size(line.text) >= MIN_LINK_SIZE else run
            continue
        is_counted = False
        for sentence in split_sentences(line.text):
            senses = wall_senses(sentence)
            size = text_size(sentence)
            if senses is not None:
                wall += size
                said.append((sentence, senses))
                run, is_counted = Run(), False
            elif size >= MIN_SENTENCE_SIZE:
                content += size
                run = Run(run.size + size, run.n_lines + (not is_counted))
                is_counted = True
                longest = max(longest, run, key=lambda run: run.size)
            else:
                labels += size
    return Prose(content, labels, wall, tuple(said), longest)
