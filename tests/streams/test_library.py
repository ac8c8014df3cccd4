"""The library API: what `import streams` offers, and that it costs nothing until used."""

import ast
import copy
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from pathlib import Path

import pytest
from msgspec.structs import replace

import streams
from streams.errors import NotAnArticleError, UsageError
from streams.records import Change, CleanArticle, DuplicateArticle, EntityType, PublicationTime
from tests.conftest import ROOT

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

PAGE = """<html lang="en"><head><title>Harbor bridge reopens | News Test</title>
<meta property="og:title" content="Harbor bridge reopens">
<meta property="article:published_time" content="2026-03-01T08:00:00Z">
<meta name="author" content="Ann Lee"></head><body><article><h1>Harbor bridge reopens</h1>
<p>The harbor bridge in Hamburg was reopened on Sunday after two years of work, the city said.</p>
<p>Café owners on both banks of the Elbe welcomed the news; trucks may cross again on Monday.</p>
</article></body></html>"""

STORY = (
    "The harbor bridge in Hamburg was reopened on Sunday after two years of work, the city said. "
    "Owners of cafes on both banks of the Elbe welcomed the news. Trucks of more than twelve tons "
    "may cross again from Monday, and the toll stays as it was before the works had begun. The "
    "senate had put the costs at ninety million euros; a final figure is expected in the summer."
)

HEAVY = ["aiohttp", "aiokafka", "faust", "lxml", "msgspec", "numpy", "pydantic", "trafilatura"]
"""Modules that a plain import must not load; each takes longer than this whole package."""


def run_python(program: str, *, folder: Path | None = None, path: Path = ROOT) -> str:
    """Run a program in a new process and return what it prints."""
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        cwd=folder,
        env={"PYTHONPATH": str(path), "PATH": ""},
    ).stdout


# --- import streams


def test_import_loads_no_heavy_module() -> None:
    program = f"import sys, streams; print([name for name in {HEAVY} if name in sys.modules])"

    assert run_python(program) == "[]\n"


def test_import_takes_less_than_50_ms() -> None:
    program = (
        "import time; start = time.perf_counter(); import streams; "
        "print(time.perf_counter() - start)"
    )

    assert min(float(run_python(program)) for _ in range(3)) < 0.05


def test_stub_and_exports_agree() -> None:
    tree = ast.parse((ROOT / "streams/__init__.pyi").read_text())
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]

    assert {node.names[0].name: node.module for node in imports} == streams._EXPORTS


@pytest.mark.parametrize("name", sorted(streams._EXPORTS))
def test_export_is_documented_and_listed(name: str) -> None:
    assert getattr(streams, name).__doc__
    assert name in dir(streams)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'streams' has no attribute 'nope'"):
        attrgetter("nope")(streams)


# --- read_page


@pytest.mark.parametrize(
    "page", [PAGE, PAGE.encode(), PAGE.encode("utf-16")], ids=["str", "utf-8", "utf-16"]
)
def test_read_page_returns_title_text_author_date_language(page: str | bytes) -> None:
    article = streams.read_page(page, url="https://news.test/bridge?utm_source=x", fetched=NOW)

    assert article.title == "Harbor bridge reopens"
    assert "Café owners" in article.text
    assert [author.name for author in article.authors] == ["Ann Lee"]
    assert article.published.time == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert article.language.code == "en"
    assert article.url == "https://news.test/bridge"


def test_read_page_uses_the_declared_charset() -> None:
    page = PAGE.encode("cp1250")

    assert "Café owners" in streams.read_page(page, charset="windows-1250").text


def test_read_page_reads_plain_text(seeds: Path) -> None:
    article = streams.read_page((seeds / "000_4ca3d1f29f86ce73.txt").read_bytes())

    assert article.title
    assert len(article.text) > 500


def test_read_page_derives_one_id_from_a_url() -> None:
    first = streams.read_page(PAGE, url="https://news.test/a")
    second = streams.read_page(PAGE.replace("Ann", "Eve"), url="HTTPS://news.test/a#top")

    assert first.id == second.id


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("", "empty_article"),
        ("<html><head><title>Harbor</title></head><body></body></html>", "empty_shell"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 50, "unreadable_body"),
        ("<p>" + "rain " * 1000, "too_large"),
    ],
    ids=["nothing", "shell", "picture", "large"],
)
def test_read_page_raises_the_reason(page: str | bytes, reason: str) -> None:
    with pytest.raises(NotAnArticleError) as caught:
        streams.read_page(page, max_bytes=3000)

    assert caught.value.reason == reason


def test_not_an_article_error_can_be_copied_and_pickled() -> None:
    error = copy.copy(NotAnArticleError("too_large", "9 bytes"))  # uses the same method as pickle

    assert (error.reason, error.detail, str(error)) == (
        "too_large",
        "9 bytes",
        "too_large: 9 bytes",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"url": "/bridge"}, "read_page: url: "),
        ({"fetched": NOW.replace(tzinfo=None)}, "read_page: fetched has no time zone"),
    ],
    ids=["relative url", "naive time"],
)
def test_read_page_refuses_unusable_arguments(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        streams.read_page(PAGE, **arguments)


@pytest.mark.parametrize("call", [streams.read_page, streams.find_names])
def test_wrong_type_is_a_type_error(call: object) -> None:
    with pytest.raises(TypeError, match="is NoneType, not str or"):
        call(None)


# --- find_names


def test_find_names_links_people_and_places() -> None:
    names = streams.find_names("Angela Merkel spoke in Hamburg.", title="Merkel speaks")

    assert [(entity.id, entity.type) for entity in names.entities] == [
        ("Q567", EntityType.PERSON),
        ("Q1055", EntityType.GPE),
    ]
    assert [(mention.field, mention.surface) for mention in names.mentions] == [
        ("title", "Merkel"),
        ("text", "Angela Merkel"),
        ("text", "Hamburg"),
    ]


def test_find_names_accepts_an_article() -> None:
    names = streams.find_names(streams.read_page(PAGE))

    assert "Hamburg" in [entity.name for entity in names.entities]


def test_find_names_of_an_empty_text_is_empty() -> None:
    assert streams.find_names("") == streams.Names((), ())


# --- Deduplicator


def test_deduplicator_finds_near_copy() -> None:
    seen = streams.Deduplicator()

    first = seen.add_text(STORY, key="a", published=NOW)
    other = seen.add_text(
        "It rained in Kiel all day, and the ferry to Oslo stayed in port.", key="b"
    )
    copy = seen.add_text(f"(dpa) {STORY} End of the report.", key="c", published=NOW)

    assert [result.duplicate_of for result in (first, other, copy)] == [None, None, "a"]
    assert copy.similarity > 0.8
    assert isinstance(copy.article, DuplicateArticle)
    assert len(seen) == 3


def test_deduplicator_numbers_texts_without_a_key() -> None:
    seen = streams.Deduplicator()

    results = [seen.add_text(STORY) for _ in range(3)]

    assert [(result.key, result.duplicate_of) for result in results] == [
        ("#1", None),
        ("#2", "#1"),
        ("#3", "#1"),
    ]


def test_deduplicator_recognizes_an_unchanged_article() -> None:
    seen = streams.Deduplicator()
    article = streams.read_page(PAGE, url="https://news.test/bridge", fetched=NOW)

    seen.add(article)
    again = seen.add(article)

    assert again.duplicate_of == again.key == article.id
    assert isinstance(again.article, DuplicateArticle)
    assert again.article.change is Change.UNCHANGED


def test_deduplicator_compares_within_horizon() -> None:
    seen = streams.Deduplicator(horizon=timedelta(days=2))
    now = datetime.now(UTC)

    seen.add_text(STORY, key="new", published=now)

    assert not seen.add_text(STORY, key="old", published=now - timedelta(days=3)).is_duplicate
    assert seen.add_text(STORY, key="newer", published=now - timedelta(days=1)).is_duplicate


def test_deduplicator_forgets_articles_and_their_keys() -> None:
    seen = streams.Deduplicator(max_articles=5)

    for number in range(20):
        seen.add_text(f"Report {number}: {STORY[number:]}", key=str(number))

    assert len(seen) <= 6
    assert len(seen._keys) == len(seen)


@pytest.mark.parametrize("limits", [{"max_articles": 0}, {"threshold": 0.1}, {"threshold": 1.0}])
def test_deduplicator_refuses_unusable_limits(limits: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="max_articles must be at least 1 and threshold from"):
        streams.Deduplicator(**limits)


def test_deduplicator_refuses_wrong_types_and_naive_times() -> None:
    seen = streams.Deduplicator()

    with pytest.raises(TypeError, match="article is str, not CleanArticle; see add_text"):
        seen.add(STORY)
    with pytest.raises(TypeError, match="text is CleanArticle, not str"):
        seen.add_text(CleanArticle(id="x", source="x", fetched=NOW))
    with pytest.raises(UsageError, match="published has no time zone"):
        seen.add_text(STORY, published=NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "bridge"},
        {"fetched": NOW.replace(tzinfo=None)},
        {"published": PublicationTime(time=NOW.replace(tzinfo=None))},
    ],
    ids=["id", "fetched", "published"],
)
def test_deduplicator_refuses_invalid_records(fields: dict[str, object]) -> None:
    article = streams.read_page(PAGE, fetched=NOW)

    with pytest.raises(UsageError, match="id must be a UUID, and times need a time zone"):
        streams.Deduplicator().add(replace(article, **fields))


def test_lone_surrogate_is_replaced() -> None:
    text = "\ud800 Angela Merkel spoke in Hamburg."

    assert streams.Deduplicator().add_text(text, key="\ud800").key == "?"
    assert streams.find_names(text).mentions[0].start == 2
    assert streams.read_page(text).text.startswith("?")


# --- Driver


def test_driver_runs_all_stages(driver: streams.Driver) -> None:
    article = streams.raw_article(source="test", title="Harbor bridge reopens", text=STORY)

    topics = [topic for topic, _ in driver.run(article)]

    assert topics[:3] == ["articles.clean.v1", "articles.unique.v1", "articles.enriched.v1"]


# --- the documents


def python_blocks(name: str) -> list[str]:
    """Return the Python programs in a document."""
    return re.findall(r"^```python\n(.*?)^```", (ROOT / name).read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_snippets_of_the_readme_run(tmp_path: Path) -> None:
    page = PAGE.replace("</article>", f"<p>{STORY}</p></article>")
    snippets = [block for block in python_blocks("README.md") if "await" not in block]
    program = "\n".join(["import streams", f"html = {page!r}", *snippets])

    output = run_python(program.replace("in articles]", "in [article, article]]"), folder=tmp_path)

    assert "Harbor bridge reopens" in output
    assert "Q" in output
    assert "routed.unmatched.v1" in output


@pytest.mark.slow
def test_program_of_the_guide_runs(tmp_path: Path) -> None:
    program = next(b for b in python_blocks("docs/how-to/use-as-a-library.md") if "read_page(" in b)
    (tmp_path / "page.html").write_text(PAGE.replace("</article>", f"<p>{STORY}</p></article>"))

    output = run_python(program, folder=tmp_path)

    assert "Harbor bridge reopens" in output
    assert "Hamburg" in output
    assert "True" in output
    assert "routed.unmatched.v1" in output


# --- the wheel, together with the modules of its user


@pytest.mark.slow
def test_wheel_works_with_the_users_own_schemas_module(
    unpacked_wheel: Path, tmp_path: Path
) -> None:
    (tmp_path / "schemas.py").write_text("MINE = True\n")
    program = (
        "import schemas, streams, streams.client\n"
        "article = streams.raw_article(source='x', title='Rain', text='It rained.')\n"
        "print(schemas.MINE, article.title, streams.__file__)"
    )

    output = run_python(program, folder=tmp_path, path=unpacked_wheel)

    assert output == f"True Rain {unpacked_wheel / 'streams' / '__init__.py'}\n"
