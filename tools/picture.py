"""The picture in the README, from a real run: ``make picture``.

The demonstration runs in a terminal of its own, as wide as a README is on a screen. The fonts
that rich names are left out: a picture in a README may load nothing, and the page of a project
should not tell another host who reads it.
"""

import os
import pty
import re
import sys
from pathlib import Path

PICTURE = Path("docs/demo.svg")
COLUMNS = "128"
"""Letters of a legible size where GitHub shows a README 830 pixels wide."""


def without_fonts(svg: str) -> str:
    """Take out what would be loaded from elsewhere.

    Examples:
        >>> without_fonts("<style>@font-face { src: url('https://cdn.test/f'); } .a { }</style>")
        '<style> .a { }</style>'
    """
    return re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)


def main() -> None:
    """Run the demonstration and keep its picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    os.environ["COLUMNS"] = COLUMNS
    streams = str(Path(sys.executable).with_name("streams"))
    status = pty.spawn([streams, "demo", "--svg", str(PICTURE)])
    if status != 0:
        sys.exit(os.waitstatus_to_exitcode(status))
    PICTURE.write_text(without_fonts(PICTURE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
