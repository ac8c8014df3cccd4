"""``streams evaluate links``: scores of entity linking."""

from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.table import Table

from streams.cli._arguments import JsonObject, readable_file
from streams.cli._output.console import out
from streams.evaluate.links import evaluate_links, read_benchmark
from streams.processors.names_model import installed_tagger


def links(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Benchmark in ELEVANT's format.", callback=readable_file
        ),
    ],
    save: Annotated[
        Path | None, typer.Option(help="Write the predicted links of each text to this file.")
    ] = None,
    *,
    json: JsonObject = False,
) -> None:
    """Score links to Wikidata, for recognized names and for given spans.

    **Examples:**

    - `streams evaluate links ../shared/evals/links/news-fair.benchmark.jsonl`
    """
    scores, links_by_text = evaluate_links(read_benchmark(file.read_bytes()), installed_tagger())
    if save:
        lines = (orjson.dumps(text, option=orjson.OPT_APPEND_NEWLINE) for text in links_by_text)
        save.write_bytes(b"".join(lines))
    if json:
        typer.echo(orjson.dumps(scores))
        return

    table = Table("measure", "score")
    for name, score in scores.items():
        table.add_row(name.replace("_", " "), f"{score:g}")
    out.print(table)
