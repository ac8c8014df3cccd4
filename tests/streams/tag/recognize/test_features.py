from streams.tag.recognize.features import gazetteer_marks, sentence_features
from streams.tag.recognize.tokens import tokens
from streams.tag.recognize.words import Words


def test_gazetteer_marks_begin_and_continue_names() -> None:
    sentence = tokens("in New York on Iran")

    assert gazetteer_marks(sentence, [(3, 11, "g"), (15, 19, "g")]) == ["", "Bg", "Ig", "", "Sg"]


def test_sentence_features_include_neighbors() -> None:
    sentence = tokens("Rome calls")

    described = sentence_features(sentence, ["Sg", ""], Words({}, frozenset()))

    assert "w=rome" in described[0]
    assert "+1w=calls" in described[0]
    assert "-1g=Sg" in described[1]
