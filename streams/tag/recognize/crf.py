"""The trained tagger: finds people, organizations and places in English text."""

from collections.abc import Sequence

import pycrfsuite

from streams.tag.gazetteer import Span
from streams.tag.recognize.features import gazetteer_marks, sentence_features
from streams.tag.recognize.tokens import Token
from streams.tag.recognize.words import Words

LABELS = {"PER": "p", "ORG": "o", "LOC": "l"}
"""The model's types to the letters of `streams.tag.knowledge.KINDS`."""


class Recognizer:
    """A linear-chain conditional random field over words and known names."""

    def __init__(self, model: bytes, words: Words) -> None:
        """Take a model that CRFsuite wrote, and the words it was trained with."""
        self._words = words
        self._model = model  # CRFsuite reads from it as long as it tags
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(model)

    def labels(self, sentence: Sequence[Token], known: Sequence[Span]) -> list[str]:
        """Label each token, such as ``B-PER``, ``I-ORG`` or ``O``.

        Args:
            sentence: Tokens.
            known: Names of the knowledge base in the sentence, without overlap.
        """
        marks = gazetteer_marks(sentence, known)
        labels: list[str] = self._tagger.tag(sentence_features(sentence, marks, self._words))
        return labels

    def is_ordinary(self, name: str, *, first: bool) -> bool:
        """Whether a name is a single word that is mostly written small: ``We``.

        Args:
            name: As it stands.
            first: Whether it begins the sentence, where every word has a capital.
        """
        letter = self._words.table.get(name.lower(), ("", "e"))[1]
        return letter == "a" or (first and letter == "b")


def labelled_spans(sentence: Sequence[Token], labels: Sequence[str]) -> list[Span]:
    """Join labels to names.

    Returns:
        One span for each name, with the letter of its kind; an ``I-`` that
        continues nothing begins a name, as the CoNLL-2000 evaluation has it.

    Examples:
        >>> from streams.tag.recognize.tokens import tokens
        >>> labelled_spans(tokens("New York calls"), ["B-LOC", "I-LOC", "O"])
        [Span(start=0, end=8, kind='l')]
    """
    spans: list[Span] = []
    former = "O"
    for token, label in zip(sentence, labels, strict=True):
        if label != "O":
            kind = LABELS[label[2:]]
            if label[0] == "I" and former[2:] == label[2:]:
                spans[-1] = Span(spans[-1].start, token.end, kind)
            else:
                spans.append(Span(token.start, token.end, kind))
        former = label
    return spans
