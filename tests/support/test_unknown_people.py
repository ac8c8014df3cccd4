"""Names of unknown people out of labelled sentences, and who of them is linked."""

from streams.tag.article import Tagger
from tests.support.unknown_people import unknown_people, wrongly_linked

SENTENCES = [
    (["Zora", "Quimbleford", "met", "Angela", "Merkel"], ["B-PER", "I-PER", "O", "B-PER", "I-PER"]),
    (["Zora", "Quimbleford", "left", "IBM"], ["B-PER", "I-PER", "O", "B-ORG"]),
]


def test_only_full_names_that_are_not_known_are_taken_each_once(tagger: Tagger) -> None:
    assert unknown_people(SENTENCES, tagger.knowledge, 10) == ["Zora Quimbleford"]


def test_a_known_name_counts_as_linked_and_an_unknown_one_does_not(tagger: Tagger) -> None:
    wrong = wrongly_linked(["Angela Merkel", "Zora Quimbleford"], tagger)

    assert [(name, id_) for name, id_, _ in wrong] == [("Angela Merkel", "Q567")]
