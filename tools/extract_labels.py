r"""Makes tools/kb/data/wikidata_labels.tsv from the labels of Wiki27K.

    git show 3e92149f49:dataset/Wiki27K/entity2label.txt > labels.txt        # pat-jj/TagReal
    git show 3e92149f49:dataset/Wiki27K/entity2definition.txt > definitions.txt
    python tools/extract_labels.py labels.txt definitions.txt

Wiki27K is a set of 27,000 well connected Wikidata entities (Lv et al., "Do
pre-trained models benefit knowledge graph completion?", ACL 2022); ids, labels
and descriptions are Wikidata's (CC0). Years and things without a capital are
left out.
"""

import re
import sys
from pathlib import Path

OUT = Path(__file__).parent / "kb" / "data" / "wikidata_labels.tsv"
ESCAPE = re.compile(r"\\u([0-9A-F]{4})")
MOST = 70
"""Characters kept of a description."""


def table(path: str) -> dict[str, str]:
    r"""Read id, tab, text lines with ``\\uXXXX`` escapes."""
    rows = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        id_, _, text = line.partition("\t")
        plain = ESCAPE.sub(lambda match: chr(int(match[1], 16)), text).replace('\\"', '"')
        rows[id_] = " ".join(plain.split())
    return rows


def main() -> None:
    """Join, choose, write."""
    labels, definitions = table(sys.argv[1]), table(sys.argv[2])
    rows = ["id\tname\tabout"]
    for id_ in sorted(labels, key=lambda key: int(key[1:]) if key[1:].isdigit() else 0):
        label = labels[id_]
        if re.fullmatch(r"Q\d+", id_) and label[:1].isupper() and len(label) > 2:  # noqa: PLR2004
            rows.append(f"{id_}\t{label}\t{definitions.get(id_, '')[:MOST]}")
    OUT.write_text("\n".join(rows) + "\n", encoding="utf-8")
    print(len(rows) - 1, "labels")


if __name__ == "__main__":
    main()
