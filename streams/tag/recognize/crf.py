"""Find people, organizations and places in English text with the trained model."""

from collections.abc import Sequence

import pycrfsuite

from streams.tag.gazetteer import Span
from streams.tag.recognize.features import gazetteer_marks, sentence_features
from streams.tag.recognize.tokens import Token
from streams.tag.recognize.words import Words

LABELS = {"PER": "p", "ORG": "o", "LOC": "l"}
"""The model's types to the letters of `streams.tag.knowledge.KINDS`."""


class Recognizer:
    """A linear-chain conditional random field over words and known names.

    Args:
        model: Model file written by CRFsuite.
        words: Features of the words that the model was trained with.
    """

    def __init__(self, model: bytes, words: Words) -> None:
        self._words = words
        self._model = model  # CRFsuite reads from these bytes as long as it tags.
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(model)

    def labels(self, sentence: Sequence[Token], known: Sequence[Span]) -> list[str]:
        """Return a label for each token, such as ``B-PER``, ``I-ORG`` or ``O``.

        Args:
            sentence: Tokens of the sentence.
            known: Names of the knowledge base in the sentence, without overlap.
        """
        marks = gazetteer_marks(sentence, known)
        labels: list[str] = self._tagger.tag(sentence_features(sentence, marks, self._words))
        return labels

    def is_ordinary(self, name: str, *, first: bool) -> bool:
        """Return whether a name is a single word that is mostly lower-case: ``We``.

        Args:
            name: The name as written.
            first: Whether it begins the sentence, where every word is capitalized.
        """
        letter = self._words.table.get(name.lower(), ("", "e"))[1]
        return letter == "a" or (first and letter == "b")


def labeled_spans(sentence: Sequence[Token], labels: Sequence[str]) -> list[Span]:
    """Convert the labels of a sentence to spans of names.

    Returns:
        One span for each name, with the letter of its kind; an ``I-`` that
        continues no name begins one, as in the CoNLL-2000 evaluation.

    Examples:
        >>> from streams.tag.recognize.tokens import tokens
        >>> labeled_spans(tokens("New York calls"), ["B-LOC", "I-LOC", "O"])
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
