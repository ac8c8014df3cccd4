import pytest

from streams.dedupe.fingerprint import Fingerprint, fingerprint_of
from streams.dedupe.revision import next_revision
from streams.records import Memory, Revision, RevisionKind
from tests.support.builders import FETCHED, TEXT, TITLE, clean_article

NOTICE = "\n\nCorrection: an earlier version named the wrong storm."


def before() -> Memory:
    return remembered(fingerprint_of(clean_article()))


def remembered(fingerprint: Fingerprint) -> Memory:
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


NOTES = [
    ("12 comments", "15 comments"),
    ("Updated 5 minutes ago", "Updated 2 hours ago"),
    (
        "Last updated: Monday, 2 March 2026, 10:32 GMT",
        "Last updated: Tuesday, 3 March 2026, 8:02 GMT",
    ),
    ("By Jane Doe | a minute ago | 1,204 views", "By Jane Doe | yesterday | 2,310 views"),
    ("This article has been viewed 1,204 times.", "This article has been viewed 2,310 times."),
    ("Kommentare (12)", "Kommentare (15)"),
    ("Zuletzt aktualisiert am Montag um 10:32 Uhr", "Zuletzt aktualisiert am Dienstag um 8:02 Uhr"),
    ("Mis à jour le 2 mars 2026 à 10h32", "Mis à jour le 3 mars 2026 à 8h02"),
    ("Hace 3 horas", "Hace 2 días"),
    ("Обновлено 5 минут назад", "Обновлено 2 часа назад"),
    ("3 dakika önce, 12 yorum", "2 saat önce, 15 yorum"),
    ("评论(12) 3分钟前", "评论(15) 2小时前"),
    ("コメント12件", "コメント15件"),
    ("قبل 5 دقائق", "قبل 3 ساعات"),
]


def version_after(first: str, second: str) -> Revision:
    known, article = (
        fingerprint_of(clean_article(text=f"{text}\n\n{TEXT}")) for text in (first, second)
    )
    return next_revision(article, remembered(known))


@pytest.mark.parametrize(("first", "second"), NOTES)
def test_notes_of_page_are_no_material_revision(first: str, second: str) -> None:
    revision = version_after(first, second)

    assert revision.kinds == (RevisionKind.COSMETIC,)
    assert not revision.material


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("12 people were killed", "15 people were killed"),
        ("12 killed", "15 killed"),
        ("Toll: 12", "Toll: 15"),
        ("Green List 45.2", "Green List 44.9"),
        ("Shares up 3.5%", "Shares up 4.5%"),
        ("13 Tote", "15 Tote"),
        ("死者12人", "死者15人"),
    ],
)
def test_figures_of_news_are_material_revision(first: str, second: str) -> None:
    assert version_after(first, second).material
