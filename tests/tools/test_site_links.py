import pytest

from tools.site_links import rewrite_document, rewrite_links


@pytest.mark.parametrize(
    ("page", "link", "target"),
    [
        pytest.param("index.md", "docs/how-to/export.md", "how-to/export.md", id="down"),
        pytest.param("how-to/export.md", "../../README.md#x", "../index.md#x", id="to-the-root"),
        pytest.param("how-to/export.md", "mail-alerts.md", "mail-alerts.md", id="beside"),
        pytest.param("architecture.md", "docs/decisions.md#d4", "decisions.md#d4", id="anchor"),
        pytest.param("index.md", "https://a.test/", "https://a.test/", id="absolute"),
        pytest.param("index.md", "#install", "#install", id="same-page"),
    ],
)
def test_rewrite_links_points_at_pages(page: str, link: str, target: str) -> None:
    assert rewrite_links(f"[a]({link})", page=page) == f"[a]({target})"


@pytest.mark.parametrize(("text", "shown"), [("the map", "the map"), ("a/b.py", "`a/b.py`")])
def test_rewrite_links_shows_source_files_as_text(text: str, shown: str) -> None:
    assert rewrite_links(f"[{text}](streams/topology.py)", page="index.md") == shown


def test_rewrite_document_leaves_code_blocks() -> None:
    markdown = "[a](docs/tutorial.md)\n```text\n[b](docs/tutorial.md)\n```\n"

    assert rewrite_document(markdown, page="index.md") == (
        "[a](tutorial.md)\n```text\n[b](docs/tutorial.md)\n```\n"
    )
