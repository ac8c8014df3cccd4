"""``streams evaluate entities``: how well people, organizations and places are found."""

from pathlib import Path
from typing import Annotated

import typer

from streams.cli.paths import readable_file


def entities(
    file: Annotated[
        Path, typer.Argument(help="Token, tab, BIO tag a line.", callback=readable_file)
    ],
    save: Annotated[Path | None, typer.Option(help="Write our tag of each token.")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Score the names found in labelled sentences: exact span and type.

    **Example:** `streams evaluate entities ../shared/corpora/ner/pud_news.conll`
    """
    import orjson  # noqa: PLC0415  # start fast

    from streams.cli.context import out  # noqa: PLC0415
    from streams.evaluate.conll import read_conll  # noqa: PLC0415
    from streams.evaluate.entities import evaluate_entities  # noqa: PLC0415
    from streams.tag.article import load_tagger  # noqa: PLC0415

    sentences = read_conll(file.read_text(encoding="utf-8"))
    scores, tagged = evaluate_entities(sentences, load_tagger())
    if save:
        blocks = ("\n".join(f"{word}\t{tag}" for word, tag in sentence) for sentence in tagged)
        save.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    if json:
        typer.echo(orjson.dumps(scores))
        return
    from rich.table import Table  # noqa: PLC0415

    table = Table("", "precision", "recall", "F1")
    for name, score in scores.items():
        table.add_row(name, *(f"{score[key]:.3f}" for key in ("precision", "recall", "f1")))
    out.print(table)
