"""Rewrite links of Markdown documents for the documentation site."""

import posixpath
import re
from typing import Final

ROOT_PAGES: Final = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
}
"""Documents of the repository root, and the pages of the site that show them."""

DOCS: Final = "docs/"
LINK: Final = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
PATH: Final = re.compile(r"[\w-]*[./][\w./-]*")
FENCE: Final = re.compile(r"^( *```.*?^ *```)", re.MULTILINE | re.DOTALL)


def rewrite_document(markdown: str, *, page: str) -> str:
    """Rewrite the relative links of a document for the site; code blocks are unchanged."""
    return "".join(
        part if part.lstrip().startswith("```") else rewrite_links(part, page=page)
        for part in FENCE.split(markdown)
    )


def rewrite_links(markdown: str, *, page: str) -> str:
    """Rewrite the relative links of a text for the site.

    Args:
        markdown: Text without code blocks.
        page: Path of the page on the site, such as ``how-to/mail-alerts.md``.

    Examples:
        >>> rewrite_links("[map](../ARCHITECTURE.md)", page="tutorial.md")
        '[map](architecture.md)'
        >>> rewrite_links("[how](docs/how-to/mail-alerts.md#test)", page="index.md")
        '[how](how-to/mail-alerts.md#test)'
        >>> rewrite_links("[the map](streams/topology.py)", page="index.md")
        'the map'
        >>> rewrite_links("[topology.py](streams/topology.py)", page="index.md")
        '`topology.py`'
    """
    source = {page: name for name, page in ROOT_PAGES.items()}.get(page, DOCS + page)

    def rewritten(link: re.Match[str]) -> str:
        image, text, target = link.groups()
        if target.startswith(("#", "mailto:")) or "://" in target:
            return link[0]
        path, mark, anchor = target.partition("#")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        if path in ROOT_PAGES:
            path = ROOT_PAGES[path]
        elif path.startswith(DOCS):
            path = path.removeprefix(DOCS)
        else:
            return f"`{text}`" if PATH.fullmatch(text) else text
        relative = posixpath.relpath(path, posixpath.dirname(page) or ".")
        return f"{image}[{text}]({relative}{mark}{anchor})"

    return LINK.sub(rewritten, markdown)
