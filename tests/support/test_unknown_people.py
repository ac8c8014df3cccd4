"""Names of unknown people in labeled sentences, and which of them are linked."""

from streams.tag.article import Tagger
from tests.support.unknown_people import unknown_people, wrongly_linked

SENTENCES = [
    (["Zora", "Quimbleford", "met", "Angela", "Merkel"], ["B-PER", "I-PER", "O", "B-PER", "I-PER"]),
    (["Zora", "Quimbleford", "left", "IBM"], ["B-PER", "I-PER", "O", "B-ORG"]),
]


def test_unknown_people_are_full_unknown_names(tagger: Tagger) -> None:
    assert unknown_people(SENTENCES, tagger.knowledge, 10) == ["Zora Quimbleford"]


def test_wrongly_linked_returns_known_names_only(tagger: Tagger) -> None:
    wrong = wrongly_linked(["Angela Merkel", "Zora Quimbleford"], tagger)

    assert [(name, id_) for name, id_, _ in wrong] == [("Angela Merkel", "Q567")]
