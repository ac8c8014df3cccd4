"""Extract tools/kb/data/regions.tsv from country-coder.

    npm pack @rapideditor/country-coder@5.6.1
    python tools/extract_regions.py rapideditor-country-coder-5.6.1.tgz

Name, Wikidata id and country of its shapes (ISC) are used: parts of countries, islands,
regions of the world. Other sources of countries are better.
"""

import json
import sys
import tarfile
from pathlib import Path
from typing import Any

OUT = Path(__file__).parent / "kb" / "data" / "regions.tsv"
PRIOR = 40
LEFT_OUT = {"world", "country", "sharedLandform", "unitedNations", "union"}
"""Levels of countries and of names like theirs, such as the island of Ireland; the world."""


def main() -> None:
    """Read the package, and write id, type, prior, name and other names."""
    with tarfile.open(sys.argv[1]) as package:
        file = package.extractfile("package/src/data/borders.json")
        shapes = json.load(file)["features"] if file else []
    lines = rows([shape["properties"] for shape in shapes])
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(lines) - 1, "rows in", OUT.name)


def rows(shapes: list[dict[str, Any]]) -> list[str]:
    """Return the table of shapes that are not countries: a header, then lines ordered by id."""
    found = {
        shape["wikidata"]: f"loc\t{PRIOR}\t{shape['nameEn']}\t"
        for shape in shapes
        if "wikidata" in shape
        and shape.get("level") not in LEFT_OUT
        and not shape.get("iso1A2")
        and "," not in shape["nameEn"]
    }
    ordered = sorted(found, key=lambda id_: int(id_[1:]))
    return ["id\ttype\tprior\tname\tother names", *(f"{id_}\t{found[id_]}" for id_ in ordered)]


if __name__ == "__main__":
    main()
