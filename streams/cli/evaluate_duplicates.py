"""``streams evaluate duplicates``: how well copies are told from other articles."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from streams.cli.paths import readable_file

if TYPE_CHECKING:
    from streams.evaluate.duplicates import Judgement
    from streams.evaluate.duplicates_stream import Repeat


def duplicates(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Judged pairs: id, a, b, label.", callback=readable_file),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write id, score, verdict of each pair.")
    ] = None,
    stream: Annotated[
        Path | None,
        typer.Option(help="Articles in order: count the kinds.", callback=readable_file),
    ] = None,
    samples: Annotated[int, typer.Option(min=0, help="So many repeats of each kind.")] = 3,
    merges: Annotated[
        int, typer.Option(min=0, help="List so many of all merges of the stream, with their ids.")
    ] = 0,
    *,
    again: Annotated[
        bool,
        typer.Option(help="Send the stream a second time, one word in twenty of each edited."),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Score the verdicts on judged pairs, each pair through index and comparison of `dedupe`.

    The threshold is the pipeline's: `dedupe_threshold` in the settings.

    **Examples:** `streams evaluate duplicates ../shared/evals/duplicates/*.jsonl`,
    `streams evaluate duplicates --stream wire.jsonl.xz --again --merges 200`,
    `NEWS_DEDUPE_THRESHOLD=.6 streams evaluate duplicates pairs.jsonl`
    """
    import orjson  # noqa: PLC0415  # start fast

    from streams.errors import UsageError  # noqa: PLC0415
    from streams.settings import load_settings  # noqa: PLC0415

    if not files and not stream:
        raise UsageError("nothing to evaluate: give files with judged pairs, or --stream FILE")
    threshold = load_settings().dedupe_threshold
    report: dict[str, Any] = {}
    repeats: list[Repeat] = []
    if files:
        report = _judged(files, threshold, save)
    if stream:
        told, repeats = _streamed(stream, threshold, merges=merges, again=again)
        report |= told
    if json:
        typer.echo(orjson.dumps(report))
        return
    _print(report, repeats, samples)


def _judged(files: list[Path], threshold: float, save: Path | None) -> dict[str, Any]:
    from streams.evaluate.duplicates import judge, read_pairs, summary  # noqa: PLC0415

    # Two files of one name in two folders are told apart by their folder.
    names = [path.name for path in files]
    judgements = {
        path.name if names.count(path.name) == 1 else str(path): [
            judge(pair, threshold=threshold) for pair in read_pairs(path)
        ]
        for path in files
    }
    if save:
        save.write_bytes(b"".join(_saved(items) for items in judgements.values()))
    return summary(judgements, threshold=threshold)


def _streamed(
    path: Path, threshold: float, *, merges: int, again: bool
) -> "tuple[dict[str, Any], list[Repeat]]":
    from dataclasses import asdict  # noqa: PLC0415

    from streams.evaluate.duplicates_stream import (  # noqa: PLC0415
        Stream,
        merges_of,
        read_stream,
        send_again,
    )

    articles = list(read_stream(path))
    stream = Stream(threshold=threshold)
    for article in articles:
        stream.send(article)
    report: dict[str, Any] = {"stream": dict(stream.counts.most_common())}
    repeats = list(stream.repeats)
    if merges:
        report["merges"] = merges_of(repeats, merges)
    if again:
        report["again"] = asdict(send_again(stream, articles))
    return report, repeats


def _saved(items: "list[Judgement]") -> bytes:
    import orjson  # noqa: PLC0415

    return b"".join(
        orjson.dumps(
            {"id": item.pair.id, "score": item.score, "verdict": item.verdict},
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for item in items
    )


def _print(report: dict[str, Any], repeats: "list[Repeat]", samples: int) -> None:
    from rich.table import Table  # noqa: PLC0415

    from streams.cli.context import out  # noqa: PLC0415

    if "f1" in report:
        columns = {"all": report, **report["files"]}
        table = Table("", *columns)
        for name in ("pairs", "precision", "recall", "f1", "average_precision", "threshold"):
            table.add_row(name, *(_shown(scores[name]) for scores in columns.values()))
        table.add_section()
        for name in report["information"]:
            values = (_shown(scores["information"][name]) for scores in columns.values())
            table.add_row(name.replace("_", " "), *values)
        out.print(table)
    if "stream" in report:
        table = Table("kind", "articles")
        for kind, count in report["stream"].items():
            table.add_row(kind, str(count))
        out.print(table)
        _print_samples(repeats, samples)
    for merge in report.get("merges", ()):
        typer.echo(
            f"{merge['method']:14} {merge['similarity']:.2f}  {merge['id']} of "
            f"{merge['duplicate_of']}  {_line(merge['other_title'])} | {_line(merge['title'])}"
        )
    if "again" in report:
        _print_again(report["again"])


def _print_again(again: dict[str, int]) -> None:
    for name, recognized, of in (
        ("articles", again["recognized"], again["articles"]),
        ("with a text of 30 words or more", again["texts_recognized"], again["texts"]),
    ):
        share = recognized / max(1, of)
        typer.echo(f"again, edited: {name}: {recognized:,} of {of:,} recognized, {share:.2%}")
    typer.echo(f"again, edited: {again['merged_elsewhere']:,} merged into another group")


def _print_samples(repeats: "list[Repeat]", samples: int) -> None:
    from streams.evaluate.duplicates_stream import distance  # noqa: PLC0415

    kinds: dict[str, list[Repeat]] = {}
    for repeat in repeats:
        kinds.setdefault(repeat.article.method, []).append(repeat)
    for kind, items in kinds.items():
        for item in items[:: max(1, len(items) // max(1, samples))][:samples]:
            article = item.article
            typer.echo(
                f"{kind:14} {article.similarity:.2f}  {distance(item)!s:>20}  "
                f"{_line(item.original.title)} | {_line(article.title)}"
            )


def _line(title: str) -> str:
    return " ".join(title.split())[:70] or "(no title)"


def _shown(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
