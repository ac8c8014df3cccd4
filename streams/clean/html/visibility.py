"""Find the parts of a page that a browser does not show with the article."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

_DIALOGS: Final = frozenset({"dialog", "alertdialog"})
"""WAI-ARIA 1.2: windows over the page."""

_STYLE: Final = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:left|top)\s*:\s*-\d{4})",
    re.IGNORECASE,
)
"""Declarations that take an element off the page, or off the screen."""

_CLASSES: Final = frozenset(
    ("sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screenreader-text",
     "hidden", "hide", "d-none", "is-hidden", "u-hidden", "display-none")
)  # fmt: skip
"""Names that mean "not shown on screens" in Bootstrap, WordPress, Bulma and Tailwind."""

_SHOWN_AGAIN: Final = re.compile(r"(?:^|\s)(?:d-(?:sm|md|lg|xl|xxl|print)-|\w+:)")
"""Bootstrap's and Tailwind's names for parts that are hidden on small screens only."""

_REMOVED: Final = "removed-part"
"""Tag of parts to remove: libxml2 strips a tag in one pass, in linear time."""

_CLASS_PARTS: Final = re.compile("hid|sr-only|d-none|reader-text|display-none")
"""A part of each of `_CLASSES`."""

_ATTRIBUTES: Final = ("style", "role", "hidden", "aria-modal")


def is_hidden(element: Element) -> bool:
    """Return whether an element by itself is not shown, or is a dialog over the page.

    ``aria-hidden`` does not count: it hides a part from screen readers only, and is set on the
    whole page while a dialog is open.

    Examples:
        >>> is_hidden(etree.fromstring('<p style="color: red; DISPLAY : none">Rain</p>'))
        True
        >>> is_hidden(etree.fromstring('<div role="dialog">Cookies</div>'))
        True
        >>> is_hidden(etree.fromstring('<p hidden="until-found">Rain</p>'))
        False
    """
    attributes = element.attrib
    hidden = attributes.get("hidden")
    if hidden is not None and hidden.lower() != "until-found":
        return True
    if attributes.get("role", "").lower() in _DIALOGS or attributes.get("aria-modal") == "true":
        return True
    if _STYLE.search(attributes.get("style", "")):
        return True
    names = attributes.get("class", "")
    return not _CLASSES.isdisjoint(names.split()) and not _SHOWN_AGAIN.search(names)


def hidden_parts(root: Element, *, headline: Element | None = None) -> list[Element]:
    """Return the hidden parts of a tree, except those that contain the headline.

    A page whose headline is hidden is shown by a script; the article is then inside.

    Args:
        root: The tree.
        headline: The page's headline; None if it is unknown.
    """
    around = set() if headline is None else {headline, *headline.iterancestors()}
    body = root.find("body")
    start = root if body is None else body
    return [
        element
        for element in start.iterdescendants("*")
        if _may_be_hidden(element.attrib) and element not in around and is_hidden(element)
    ]


def _may_be_hidden(attributes: Mapping[str, str]) -> bool:
    """Return whether attributes are worth a closer look: XPath takes twice as long."""
    if not attributes:
        return False
    names = attributes.get("class")
    if names and _CLASS_PARTS.search(names):
        return True
    return any(name in attributes for name in _ATTRIBUTES)


def remove_parts(root: Element, parts: Iterable[Element]) -> None:
    """Remove elements from a tree, in place; the text behind each remains."""
    for element in parts:
        element.tag = _REMOVED
    etree.strip_elements(root, _REMOVED, with_tail=False)
