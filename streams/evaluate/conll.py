"""Read labeled sentences: one token, a tab and its tag per line; blank lines between sentences."""

from collections.abc import Iterator

from streams.tag.gazetteer import Span

Sentence = tuple[list[str], list[str]]
"""Tokens and their tags, of equal length."""


def read_conll(text: str) -> Iterator[Sentence]:
    r"""Yield the sentences of a CoNLL text.

    Examples:
        >>> list(read_conll("Rome\tB-LOC\ncalls\tO\n\nYes\tO\n"))
        [(['Rome', 'calls'], ['B-LOC', 'O']), (['Yes'], ['O'])]
    """
    words: list[str] = []
    tags: list[str] = []
    for line in [*text.split("\n"), ""]:
        fields = line.rstrip("\r").split("\t")
        if len(fields) > 1 and fields[0].strip():
            words.append(fields[0].strip())
            tags.append(fields[-1].strip() or "O")
        elif words:
            yield words, tags
            words, tags = [], []


def tagged_spans(tags: list[str]) -> list[Span]:
    """Return the spans of tokens that tags mark, with their type as kind.

    Examples:
        >>> tagged_spans(["B-PER", "I-PER", "O", "B-LOC"])
        [Span(start=0, end=2, kind='PER'), Span(start=3, end=4, kind='LOC')]
    """
    spans: list[Span] = []
    former = "O"
    for index, tag in enumerate(tags):
        if tag != "O":
            if tag[0] == "I" and former[2:] == tag[2:]:
                spans[-1] = Span(spans[-1].start, index + 1, tag[2:])
            else:
                spans.append(Span(index, index + 1, tag[2:]))
        former = tag
    return spans
