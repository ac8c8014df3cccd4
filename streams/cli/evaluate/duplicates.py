"""``streams evaluate duplicates``: scores of duplicate detection."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.table import Table

from streams.cli._arguments import JsonObject, readable_file
from streams.cli._output.console import out
from streams.errors import UsageError
from streams.evaluate.duplicates import Judgement, judge, read_pairs, summary
from streams.evaluate.duplicates_stream import (
    Repeat,
    Stream,
    distance,
    merges_of,
    read_stream,
    send_again,
)
from streams.evaluate.duplicates_training import (
    cross_validate as cross_validate_sets,
)
from streams.evaluate.duplicates_training import (
    cross_validated_scores,
    example_of,
)
from streams.route.match.snippet import beginning
from streams.settings import load_settings


def duplicates(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE", help="Files of labeled pairs: id, a, b, label.", callback=readable_file
        ),
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write id, score and verdict of each pair to this file.")
    ] = None,
    stream: Annotated[
        Path | None,
        typer.Option(
            help="File of articles in order; count duplicates by method.", callback=readable_file
        ),
    ] = None,
    samples: Annotated[
        int, typer.Option(min=0, help="Number of sample duplicates to show per method.")
    ] = 3,
    merges: Annotated[
        int, typer.Option(min=0, help="Number of merges of the stream to list, with their ids.")
    ] = 0,
    *,
    cross_validate: Annotated[
        bool,
        typer.Option(
            help="Learn the weights without one file at a time, and score that file with them."
        ),
    ] = False,
    again: Annotated[
        bool,
        typer.Option(help="Send the stream again, with one word in twenty of each article edited."),
    ] = False,
    json: JsonObject = False,
) -> None:
    """Score duplicate detection on labeled pairs, each through the steps of `dedupe`.

    The threshold is the setting `dedupe_threshold`.

    **Examples:**

    - `streams evaluate duplicates ../shared/evals/duplicates/*.jsonl`
    - `streams evaluate duplicates --stream wire.jsonl.xz --again --merges 200`
    - `streams evaluate duplicates ../shared/evals/duplicates/*.jsonl --cross-validate`
    - `NEWS_DEDUPE_THRESHOLD=.6 streams evaluate duplicates pairs.jsonl`
    """
    if not files and not stream:
        raise UsageError("nothing to evaluate: expected files of labeled pairs, or --stream FILE")
    if cross_validate:
        _cross_validate(files or [], json=json)
        return
    threshold = load_settings().dedupe_threshold
    report: dict[str, Any] = {}
    repeats: list[Repeat] = []
    if files:
        report = _evaluate_pairs(files, threshold, save)
    if stream:
        stream_report, repeats = _evaluate_stream(stream, threshold, merges=merges, again=again)
        report |= stream_report
    if json:
        typer.echo(orjson.dumps(report))
        return
    _print_report(report, repeats, samples)


def _cross_validate(files: list[Path], *, json: bool) -> None:
    sets = {path.stem: [example_of(pair) for pair in read_pairs(path)] for path in files}
    report = cross_validated_scores(cross_validate_sets(sets))
    if json:
        typer.echo(orjson.dumps(report))
        return
    table = Table("left out", "pairs", "precision", "recall", "f1")
    for name, scores in report.items():
        table.add_row(
            name,
            *(_format_value(scores[key]) for key in ("pairs", "precision", "recall", "f1")),
        )
    out.print(table)
    for name, scores in report.items():
        for item in scores["worst"]:
            kind = "missed copy" if item["copy"] else "false merge"
            typer.echo(f"{name}  {kind}  {item['id']}: {item['reason']}")


def _evaluate_pairs(files: list[Path], threshold: float, save: Path | None) -> dict[str, Any]:

    # The folder distinguishes files of the same name.
    names = [path.name for path in files]
    judgements = {
        path.name if names.count(path.name) == 1 else str(path): [
            judge(pair, threshold=threshold) for pair in read_pairs(path)
        ]
        for path in files
    }
    if save:
        save.write_bytes(b"".join(_json_lines(items) for items in judgements.values()))
    return summary(judgements, threshold=threshold)


def _evaluate_stream(
    path: Path, threshold: float, *, merges: int, again: bool
) -> tuple[dict[str, Any], list[Repeat]]:
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


def _json_lines(items: list[Judgement]) -> bytes:
    return b"".join(
        orjson.dumps(
            {"id": item.pair.id, "score": item.score, "verdict": item.verdict},
            option=orjson.OPT_APPEND_NEWLINE,
        )
        for item in items
    )


def _print_report(report: dict[str, Any], repeats: list[Repeat], samples: int) -> None:
    if "f1" in report:
        columns = {"all": report, **report["files"]}
        table = Table("", *columns)
        for name in ("pairs", "precision", "recall", "f1", "average_precision", "threshold"):
            table.add_row(name, *(_format_value(scores[name]) for scores in columns.values()))
        table.add_section()
        for name in report["information"]:
            values = (_format_value(scores["information"][name]) for scores in columns.values())
            table.add_row(name.replace("_", " "), *values)
        out.print(table)
    if "stream" in report:
        table = Table("method", "articles")
        for kind, count in report["stream"].items():
            table.add_row(kind, str(count))
        out.print(table)
        _print_samples(repeats, samples)
    for merge in report.get("merges", ()):
        titles = f"{_short_title(merge['other_title'])} | {_short_title(merge['title'])}"
        typer.echo(
            f"{merge['method']:14} {merge['similarity']:.2f}  {merge['id']} of "
            f"{merge['duplicate_of']}  {titles}"
        )
    if "again" in report:
        _print_again(report["again"])


def _print_again(again: dict[str, int]) -> None:
    for name, recognized, of in (
        ("articles", again["recognized"], again["articles"]),
        ("with a text of 30 words or more", again["texts_recognized"], again["texts"]),
    ):
        share = recognized / max(1, of)
        typer.echo(f"sent again, edited: {name}: {recognized:,} of {of:,} recognized, {share:.2%}")
    typer.echo(f"sent again, edited: {again['merged_elsewhere']:,} merged into another group")


def _print_samples(repeats: list[Repeat], samples: int) -> None:
    kinds: dict[str, list[Repeat]] = {}
    for repeat in repeats:
        kinds.setdefault(repeat.article.method, []).append(repeat)
    for kind, items in kinds.items():
        for item in items[:: max(1, len(items) // max(1, samples))][:samples]:
            article = item.article
            typer.echo(
                f"{kind:14} {article.similarity:.2f}  {distance(item)!s:>20}  "
                f"{_short_title(item.original.title)} | {_short_title(article.title)}"
            )


def _short_title(title: str) -> str:
    return beginning(title, 70) or "(no title)"


def _format_value(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
