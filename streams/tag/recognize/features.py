"""Compute the features of a sentence's words for the linear-chain tagger."""

from collections.abc import Sequence

from streams.tag.recognize.tokens import Token
from streams.tag.recognize.words import Words


def sentence_features(
    sentence: Sequence[Token], marks: Sequence[str], words: Words
) -> list[list[str]]:
    """Return the features of each token of a sentence, as strings.

    Args:
        sentence: Tokens of the sentence.
        marks: For each token the mark of the known name that covers it, such
            as ``Bg``; empty if there is none (`gazetteer_marks`).
        words: Features of single words.
    """
    local = [words.features(token.text) for token in sentence]
    lowers = [features[2][0] for features in local]
    style = _style(sentence)
    last = len(sentence) - 1
    described = []
    for i, features in enumerate(local):
        own = [*features[2], style]
        if marks[i]:
            own.append(f"g={marks[i]}")
        if i > 0:
            own += local[i - 1][1]
            own.append(f"{lowers[i - 1]}|{lowers[i]}")
            if marks[i - 1]:
                own.append(f"-1g={marks[i - 1]}")
        else:
            own.append("first")
        if i > 1:
            own += local[i - 2][0]
        if i < last:
            own += local[i + 1][3]
            own.append(f"{lowers[i]}|{lowers[i + 1]}+")
            if marks[i + 1]:
                own.append(f"+1g={marks[i + 1]}")
        else:
            own.append("last")
        if i < last - 1:
            own += local[i + 2][4]
        described.append(own)
    _add_runs(described, lowers, [features[2] for features in local])
    return described


def _add_runs(
    described: list[list[str]], lowers: Sequence[str], own: Sequence[Sequence[str]]
) -> None:
    """Add features of the run of capitalized words around each word: its end and its neighbors.

    The last word of a name indicates its type (… Agency), and so does the word before
    or after the name (… said), at any distance.
    """
    shapes = [features[1] for features in own]
    capitalized = [shape.startswith("s=X") for shape in shapes]
    last = len(shapes) - 1
    first, end = 0, -1
    for i, shape in enumerate(shapes):
        before = shapes[i - 1] if i else "^"
        after = shapes[i + 1] if i < last else "$"
        described[i].append(f"s3={before}|{shape}|{after}")
        if not capitalized[i]:
            continue
        if i > end:
            first = end = i
            while end < last and capitalized[end + 1]:
                end += 1
        described[i].append(f"run={min(end - first, 4)}{min(i - first, 3)}{min(end - i, 3)}")
        described[i].append(f"rl{lowers[end]}")
        described[i].append(f"rl{_cluster(own[end])}")
        if first > 0:
            described[i].append(f"rp{lowers[first - 1]}")
        if end < last:
            described[i].append(f"rn{lowers[end + 1]}")


def _cluster(features: Sequence[str]) -> str:
    """Return the feature of a word's cluster that has its first eight bits."""
    return next((feature for feature in features if feature.startswith("b8=")), "b8=")


def _style(sentence: Sequence[Token]) -> str:
    """Classify a sentence as prose or headline by the share of capitalized words."""
    alphabetic = [token.text for token in sentence if token.text[0].isalpha()]
    if len(alphabetic) < 2:  # noqa: PLR2004
        return "style=short"
    if all(word.isupper() for word in alphabetic):
        return "style=capitals"
    capitalized = sum(word[0].isupper() for word in alphabetic)
    return "style=title" if capitalized * 10 > len(alphabetic) * 7 else "style=prose"


def gazetteer_marks(sentence: Sequence[Token], names: Sequence[tuple[int, int, str]]) -> list[str]:
    """Return for each token whether it begins, continues or is a known name, and its kind.

    Args:
        sentence: Tokens in order of position.
        names: Start, end and kind of known names, in order and without overlap.
    """
    marks = [""] * len(sentence)
    if not names or not sentence:
        return marks
    at = 0
    for start, end, kind in names:
        while at < len(sentence) and sentence[at].start < start:
            at += 1
        first = at
        while at < len(sentence) and sentence[at].end <= end:
            marks[at] = ("B" if at == first else "I") + kind
            at += 1
        if at == first + 1:
            marks[first] = "S" + kind
    return marks
