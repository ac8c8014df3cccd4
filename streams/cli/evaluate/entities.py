"""``streams evaluate entities``: scores of name recognition."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from streams.cli._arguments import JsonObject, readable_file
from streams.cli._output.console import out
from streams.evaluate.conll import read_conll
from streams.evaluate.entities import evaluate_entities
from streams.processors.names_model import installed_tagger


def entities(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="File of sentences, one token, tab and BIO tag per line.",
            callback=readable_file,
        ),
    ],
    save: Annotated[
        Path | None, typer.Option(help="Write the predicted tag of each token to this file.")
    ] = None,
    *,
    json: JsonObject = False,
) -> None:
    """Score recognized names on labeled sentences, by exact span and type.

    **Examples:**

    - `streams evaluate entities ../shared/corpora/ner/pud_news.conll`
    """
    sentences = read_conll(file.read_text(encoding="utf-8"))
    scores, tagged = evaluate_entities(sentences, installed_tagger())
    if save:
        blocks = ("\n".join(f"{word}\t{tag}" for word, tag in sentence) for sentence in tagged)
        save.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
    if json:
        typer.echo(orjson.dumps(scores))
        return

    table = Table("", "precision", "recall", "F1")
    for name, score in scores.items():
        table.add_row(name, *(f"{score[key]:.3f}" for key in ("precision", "recall", "f1")))
    out.print(table)
