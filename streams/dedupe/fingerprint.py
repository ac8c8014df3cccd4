"""Compute the fingerprint of an article: the features that are compared and remembered."""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Final

from streams.dedupe.features import (
    has_correction_notice,
    is_placeholder,
    names,
    number_values,
    numbers,
    plain,
    sentence_digests,
    sentences,
    smallest_hashes,
    spelling,
    text_digest,
    tokens,
)
from streams.dedupe.minhash import Hashes, Keys, band_keys, minhash_signature, shingle_hashes
from streams.dedupe.page_notes import without_page_notes
from streams.dedupe.sketch import sketch_of
from streams.records import CleanArticle, Memory

SHORT_WORDS: Final = 40
"""Texts with fewer words are equal only if their titles are equal too: stock sentences are
short."""

NEAR_WORDS: Final = 30
"""Texts with fewer words are compared for equality only: one word more or less changes the
similarity too much."""

HEADLINE_WORDS: Final = 5
"""Smallest number of words of a headline by which an article without a text is compared; shorter
headlines ("Morning briefing") name a column. The shortest true repeat in Reuters-21578 has 9."""

SENTENCE_WORDS: Final = (6, 60)
"""Smallest and largest number of words of a running sentence. Of the words of Reuters-21578 and of
ECB+ 90 and 97 % are in such sentences, of those of webis-web, with the menus of their pages, half;
2026-12-01."""

NUMBER_MARKS: Final = 48
NAME_MARKS: Final = 32
TITLE_MARKS: Final = 24
NUMBER_VALUES: Final = 24
"""Largest numbers of numbers and names of a text, and of words of a title, that are remembered."""


@dataclass(frozen=True)
class Fingerprint:
    """The features of an article that are compared.

    Attributes:
        title: The title with single spaces.
        text: The text with single spaces; empty when the body is a placeholder.
        title_words: Words of the title.
        sentences: Words of each sentence of the text.
        content: Title and sentences without the notes of the page, see `page_notes`; ``None``
            where there are no such notes.
    """

    title: str
    text: str
    title_words: tuple[str, ...]
    sentences: tuple[tuple[str, ...], ...]
    content: tuple[str, ...] | None = None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Words of the text."""
        return tuple(chain.from_iterable(self.sentences))

    @cached_property
    def title_hash(self) -> str:
        """Hash of the words of the title."""
        return text_digest(self.title_words)

    @cached_property
    def text_hash(self) -> str:
        """Hash of the words of the text."""
        return text_digest(self.words)

    @cached_property
    def version_hash(self) -> str:
        """Hash of title and text, with case and punctuation."""
        return text_digest([self.title, "\n", self.text])

    @cached_property
    def shingles(self) -> Hashes:
        """Hashes of the 3-word shingles of the text; none for a short one."""
        return shingle_hashes(self.words if len(self.words) >= NEAR_WORDS else ())

    @cached_property
    def bands(self) -> Keys:
        """Keys that near texts share; empty for a short text."""
        return band_keys(minhash_signature(self.shingles))

    @cached_property
    def sketch(self) -> bytes:
        """Sketch that near texts are compared with, as bytes; empty for a short text."""
        return sketch_of(self.shingles).to_bytes() if len(self.shingles) else b""

    @cached_property
    def sentence_hashes(self) -> bytes:
        """Hashes of the sentences, in order, without the notes of the page."""
        if self.content is None:
            return sentence_digests(self.sentences)
        return sentence_digests(map(tokens, self.content[1:]))

    @cached_property
    def prose(self) -> dict[bytes, int]:
        """Number of words of each running sentence of the text, by its hash.

        Lines of menus and tables are shorter, text without punctuation is longer.
        """
        return {
            sentence_digests((words,)): len(words)
            for words in self.sentences
            if SENTENCE_WORDS[0] <= len(words) <= SENTENCE_WORDS[1]
        }

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in the text."""
        return numbers(self.text)

    @cached_property
    def names(self) -> frozenset[str]:
        """The capitalized names in the text."""
        return names(self.text)

    @cached_property
    def number_share(self) -> float:
        """Share of the words of the text that begin with a digit: tables of prices have many."""
        return sum(word[0].isdigit() for word in self.words) / max(1, len(self.words))

    @cached_property
    def numbers_hash(self) -> str:
        """Hash of the set of numbers in title and text, without the notes of the page."""
        if self.content is None:
            return text_digest(sorted(numbers(self.title) | self.numbers))
        return text_digest(sorted(numbers("\n".join(self.content))))

    @cached_property
    def number_marks(self) -> bytes:
        """Short hashes of the numbers in the text, to compare with those of another text."""
        return smallest_hashes(self.numbers, size=NUMBER_MARKS)

    @cached_property
    def number_values(self) -> bytes:
        """Values of the first numbers in the text, in order, to find converted ones."""
        return number_values(self.text, size=NUMBER_VALUES)

    @cached_property
    def name_marks(self) -> bytes:
        """Short hashes of the capitalized names in the text, to compare with another text's."""
        return smallest_hashes(self.names, size=NAME_MARKS)

    @cached_property
    def title_marks(self) -> bytes:
        """Short hashes of the words of the title, to compare with those of another title."""
        return smallest_hashes(self.title_words, size=TITLE_MARKS)

    @cached_property
    def title_spellings(self) -> bytes:
        """Short hashes of the spellings of the words of the title."""
        return smallest_hashes(map(spelling, self.title_words), size=TITLE_MARKS)

    @cached_property
    def names_hash(self) -> str:
        """Hash of the set of capitalized names in the text, without the notes of the page."""
        if self.content is None:
            return text_digest(sorted(self.names))
        return text_digest(sorted(names(plain(" ".join(self.content[1:])))))

    @cached_property
    def corrected(self) -> bool:
        """Whether title or text announce that the article was corrected."""
        return has_correction_notice(f"{self.title} {self.text}")

    @property
    def exact_key(self) -> str:
        """Key that equal articles share; empty when the article has too little to compare."""
        if not self.words and len(self.title_words) < HEADLINE_WORDS:
            return ""
        return exact_key(self.title_hash, self.text_hash, len(self.words))


def exact_key(title_hash: str, text_hash: str, words: int) -> str:
    """Return the key that equal articles share: text hash, and title hash if the text is short."""
    return text_hash if words >= SHORT_WORDS else f"{title_hash} {text_hash}"


def memory_key(memory: Memory) -> str:
    """Return the key that articles share with an equal remembered one."""
    return exact_key(memory.title_hash, memory.text_hash, memory.words)


def fingerprint_of(article: CleanArticle) -> Fingerprint:
    """Return the fingerprint of an article.

    Examples:
        >>> from datetime import UTC, datetime
        >>> day = datetime(2026, 1, 2, tzinfo=UTC)
        >>> id_ = "0" * 8 + "-0000-0000-0000-" + "0" * 12
        >>> flash = CleanArticle(id=id_, source="x", fetched=day, title="Rain", text="Video")
        >>> fingerprint_of(flash).words
        ()
    """
    text = "" if is_placeholder(article.text) else article.text
    title, parts = plain(article.title), sentences(text)
    words = tuple(tuple(tokens(sentence)) for sentence in parts)
    title_words = tuple(tokens(article.title))
    own_title = without_page_notes([(title, title_words)]) or [""]
    content = (*own_title, *without_page_notes(zip(parts, words, strict=True)))
    return Fingerprint(
        title=title,
        text=plain(text),
        title_words=title_words,
        sentences=words,
        content=None if content == (title, *parts) else content,
    )
