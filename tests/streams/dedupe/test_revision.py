import pytest

from streams.dedupe.fingerprint import fingerprint_of
from streams.dedupe.revision import next_revision
from streams.records import Memory, RevisionKind
from tests.support.builders import FETCHED, TEXT, TITLE, clean_article

NOTICE = "\n\nCorrection: an earlier version named the wrong storm."


def before() -> Memory:
    fingerprint = fingerprint_of(clean_article())
    return Memory(
        article_id=clean_article().id,
        group_id=clean_article().id,
        time=FETCHED,
        fetched=FETCHED,
        clock=FETCHED,
        title_hash=fingerprint.title_hash,
        text_hash=fingerprint.text_hash,
        sentence_hashes=fingerprint.sentence_hashes,
        numbers_hash=fingerprint.numbers_hash,
        names_hash=fingerprint.names_hash,
        revision=3,
    )


@pytest.mark.parametrize(
    ("title", "text", "kinds", "material", "added", "removed"),
    [
        ("Harbor bridge is open", TEXT, {"headline"}, False, 0, 0),
        (TITLE.upper(), TEXT.replace(",", ""), {"cosmetic"}, False, 0, 0),
        (TITLE, TEXT + "\n\nThe mayor was glad.", {"appended"}, True, 1, 0),
        (TITLE, TEXT + NOTICE, {"correction_notice", "appended"}, True, 1, 0),
        (TITLE, TEXT.replace("twelve", "13"), {"numbers", "rewritten"}, True, 1, 1),
        (TITLE, TEXT.replace("Monday", "Tuesday"), {"names", "rewritten"}, True, 1, 1),
        (TITLE, TEXT.replace("whole", "entire"), {"rewritten"}, False, 1, 1),
        (TITLE, "Another text stands here. It has two sentences.", None, True, 2, 4),
    ],
)
def test_next_revision_names_kinds_of_change(
    *, title: str, text: str, kinds: set[str] | None, material: bool, added: int, removed: int
) -> None:
    revision = next_revision(fingerprint_of(clean_article(title=title, text=text)), before())

    assert set(revision.kinds) == (kinds or {RevisionKind.NAMES, RevisionKind.REWRITTEN})
    assert (revision.material, revision.added, revision.removed) == (material, added, removed)
    assert revision.number == 4
