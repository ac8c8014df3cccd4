from streams.tag.recognize.features import gazetteer_marks, sentence_features
from streams.tag.recognize.tokens import tokens
from streams.tag.recognize.words import Words


def test_marks_say_where_a_known_name_begins_and_goes_on() -> None:
    sentence = tokens("in New York on Iran")

    assert gazetteer_marks(sentence, [(3, 11, "g"), (15, 19, "g")]) == ["", "Bg", "Ig", "", "Sg"]


def test_each_token_is_described_with_its_neighbors() -> None:
    sentence = tokens("Rome calls")

    described = sentence_features(sentence, ["Sg", ""], Words({}, frozenset()))

    assert "w=rome" in described[0]
    assert "+1w=calls" in described[0]
    assert "-1g=Sg" in described[1]
