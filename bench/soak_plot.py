"""Draw the samples of a soak: ``make bench NAME=soak_plot ARGS="FOLDER/samples.jsonl soak.svg"``.

One curve below the other over the same minutes, each from zero, as a plain SVG of a few KB that
needs no library and is deterministic.
"""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP, GAP = 720, 130, 70, 14, 34
"""Pixels: size of a plot, its left edge, the space above the first plot and between two."""

CURVES = {
    "memory_mb": "memory, MB",
    "file_handles": "file handles",
    "lag": "lag, records",
    "compacted_mb": "compacted topics, MB",
}
"""Fields that are drawn, and their titles."""

STYLE = "font:12px sans-serif;fill:#444"


def round_up(value: float) -> float:
    """Return the next number of one digit that is not smaller, for the end of an axis.

    Examples:
        >>> round_up(731), round_up(98), round_up(6), round_up(0.031), round_up(0)
        (800.0, 100.0, 6.0, 0.04, 1.0)
    """
    if value <= 0:
        return 1.0
    unit = 10 ** math.floor(math.log10(value))
    return float(f"{math.ceil(value / unit - 1e-9) * unit:.6g}")


def curve(values: Sequence[float], minutes: Sequence[float], top: int, name: str) -> list[str]:
    """Return one figure over time as SVG elements."""
    end, most = max(minutes[-1], 1e-9), round_up(max(values))
    points = " ".join(
        f"{LEFT + WIDTH * minute / end:.1f},{top + HEIGHT * (1 - value / most):.1f}"
        for minute, value in zip(minutes, values, strict=True)
    )
    right, bottom = LEFT + WIDTH, top + HEIGHT
    return [
        f'<path d="M{LEFT} {top}V{bottom}H{right}" fill="none" stroke="#999"/>',
        f'<polyline points="{points}" fill="none" stroke="#1f6fb4" stroke-width="1.5"/>',
        f'<text x="{LEFT - 6}" y="{top + 9}" text-anchor="end">{most:,g}</text>',
        f'<text x="{LEFT - 6}" y="{bottom}" text-anchor="end">0</text>',
        f'<text x="{LEFT + 8}" y="{top + 9}">{name}</text>',
    ]


def drawing(samples: Sequence[Mapping[str, float]]) -> str:
    """Return every figure of a soak as SVG."""
    minutes = [sample["seconds"] / 60 for sample in samples]
    lines = []
    for number, (key, name) in enumerate(CURVES.items()):
        top = TOP + number * (HEIGHT + GAP)
        lines += curve([sample[key] for sample in samples], minutes, top, name)
        lines.append(f'<text x="{LEFT}" y="{top + HEIGHT + 16}">0</text>')
        lines.append(
            f'<text x="{LEFT + WIDTH}" y="{top + HEIGHT + 16}" text-anchor="end">'
            f"{minutes[-1]:.0f} minutes</text>"
        )
    width, height = LEFT + WIDTH + 10, TOP + len(CURVES) * (HEIGHT + GAP)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" style="{STYLE}">'
    )
    back = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    return "\n".join((head, back, *lines, "</svg>")) + "\n"


def main() -> None:
    """Draw a file of samples."""
    source, target = (Path(argument) for argument in sys.argv[1:3])
    target.write_text(drawing([json.loads(line) for line in source.open()]))


if __name__ == "__main__":
    main()
