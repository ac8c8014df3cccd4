"""Hooks of mkdocs: add the documents of the repository root, and adapt links for the site.

Documents are written for readers of the repository, so their links are relative to the file. On
the site, the documents of the root are pages, and links lead to them; links to source files, which
the site does not contain, become plain text.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from tools.site_links import ROOT_PAGES, rewrite_document


def on_files(files: Files, config: Mapping[str, Any]) -> Files:
    """Add the documents of the repository root to the site."""
    root = Path(config["config_file_path"]).parent
    for name, page in ROOT_PAGES.items():
        text = (root / name).read_text("utf-8")
        files.append(File.generated(config, page, content=text))  # type: ignore[arg-type]
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Point the links of a page to pages of the site; code blocks are unchanged."""
    return rewrite_document(markdown, page=page.file.src_uri)
