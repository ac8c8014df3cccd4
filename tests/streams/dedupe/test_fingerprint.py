import pytest

from streams.dedupe.fingerprint import fingerprint_of
from tests.support.builders import clean_article

LONG = " ".join(f"word{n}" for n in range(40))


@pytest.mark.parametrize("body", ["", "Video", "*****", "Photo: Jane Doe/ANI"])
def test_fingerprint_of_placeholder_has_no_words(body: str) -> None:
    assert fingerprint_of(clean_article(text=body)).words == ()


@pytest.mark.parametrize(
    ("text", "is_equal"), [("Rain fell.", False), (LONG, True), (LONG[:-7], False)]
)
def test_exact_key_of_short_text_includes_title(text: str, *, is_equal: bool) -> None:
    one = fingerprint_of(clean_article(text=text, title="One title"))
    other = fingerprint_of(clean_article(text=text, title="Another title"))

    assert (one.exact_key == other.exact_key) is is_equal


def test_exact_key_of_short_headline_is_empty() -> None:
    assert fingerprint_of(clean_article(text="", title="Morning briefing")).exact_key == ""


def test_version_hash_depends_on_case_and_punctuation() -> None:
    one, other = (
        fingerprint_of(clean_article(text=LONG)),
        fingerprint_of(clean_article(text=LONG + "!")),
    )

    assert one.text_hash == other.text_hash
    assert one.version_hash != other.version_hash


def test_fingerprint_of_short_text_has_no_signature() -> None:
    short = fingerprint_of(clean_article(text="Rain fell on Paris."))

    assert (len(short.bands), short.sketch) == (0, b"")


def test_number_share_counts_words_beginning_with_digit() -> None:
    assert fingerprint_of(clean_article(text="May7 6265 up 5 1st")).number_share == 0.6
    assert fingerprint_of(clean_article(text="")).number_share == 0
