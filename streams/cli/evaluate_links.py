"""``streams evaluate links``: how well names are linked to Wikidata."""

from pathlib import Path
from typing import Annotated

import typer

from streams.cli.paths import readable_file


def links(
    file: Annotated[
        Path, typer.Argument(help="A benchmark in ELEVANT's format.", callback=readable_file)
    ],
    save: Annotated[Path | None, typer.Option(help="Write the links found in each text.")] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Score the links of names to Wikidata: found by ourselves, and where the spans are given.

    **Example:** `streams evaluate links ../shared/evals/links/news-fair.benchmark.jsonl`
    """
    import orjson  # noqa: PLC0415  # start fast

    from streams.cli.context import out  # noqa: PLC0415
    from streams.evaluate.links import evaluate_links, read_benchmark  # noqa: PLC0415
    from streams.tag.article import load_tagger  # noqa: PLC0415

    scores, found = evaluate_links(read_benchmark(file.read_bytes()), load_tagger())
    if save:
        lines = (orjson.dumps(text, option=orjson.OPT_APPEND_NEWLINE) for text in found)
        save.write_bytes(b"".join(lines))
    if json:
        typer.echo(orjson.dumps(scores))
        return
    from rich.table import Table  # noqa: PLC0415

    table = Table("measure", "score")
    for name, score in scores.items():
        table.add_row(name.replace("_", " "), f"{score:g}")
    out.print(table)
