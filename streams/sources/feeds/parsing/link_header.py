"""Parse the Link header of a response."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

MAX_LINKS: Final = 50
"""Number of links of a header that are read."""

_LINK = re.compile(r"<([^<>]{1,2048})>([^<]{0,2048})")
_PARAMETER = re.compile(
    r"""([a-z][a-z*-]{0,39})\s{0,9}=\s{0,9}(?:"([^"]{0,400})"|'([^']{0,400})'|([^\s,;"']{1,400}))""",
    re.IGNORECASE,
)


class HeaderLink(NamedTuple):
    """A link of a header.

    Attributes:
        target: URL as written.
        relations: Names of its relations, in lower case.
        type: MIME type without parameters, in lower case; empty if none.
        title: Title; empty if none.
    """

    target: str
    relations: frozenset[str]
    type: str
    title: str


def header_links(header: str) -> Iterator[HeaderLink]:
    """Yield the links of a Link header, in order.

    Missing semicolons and single quotes are accepted, since servers send both (idno/idno 771).

    References:
        RFC 8288, section 3: the first of several parameters with a name counts.

    Examples:
        >>> [link.target for link in header_links('</a>; rel="self hub", </b> rel=hub')]
        ['/a', '/b']
    """
    for link in islice(_LINK.finditer(header), MAX_LINKS):
        parameters: dict[str, str] = {}
        for name, *values in _PARAMETER.findall(link[2]):
            parameters.setdefault(name.lower(), "".join(values))
        yield HeaderLink(
            target=link[1].strip(),
            relations=frozenset(parameters.get("rel", "").lower().split()),
            type=parameters.get("type", "").partition(";")[0].strip().lower(),
            title=parameters.get("title", ""),
        )
