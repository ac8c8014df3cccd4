"""Create the picture in the README from a real run: ``make picture``.

The demonstration runs in a separate terminal, as wide as a README on a screen. The fonts that
rich names are removed: a picture in a README must load nothing, and the page of a project should
not report its readers to another host.
"""

import os
import pty
import re
import sys
from pathlib import Path

PICTURE = Path("docs/demo.svg")
COLUMNS = "128"
"""Number of columns that is legible on GitHub, where a README is 830 pixels wide."""


def without_fonts(svg: str) -> str:
    """Return the picture without what would be loaded from other hosts.

    Examples:
        >>> without_fonts("<style>@font-face { src: url('https://cdn.test/f'); } .a { }</style>")
        '<style> .a { }</style>'
    """
    return re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)


def main() -> None:
    """Run the demonstration and store its picture."""
    PICTURE.parent.mkdir(exist_ok=True)
    os.environ["COLUMNS"] = COLUMNS
    streams = str(Path(sys.executable).with_name("streams"))
    status = pty.spawn([streams, "demo", "--svg", str(PICTURE)])
    if status != 0:
        sys.exit(os.waitstatus_to_exitcode(status))
    PICTURE.write_text(without_fonts(PICTURE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
