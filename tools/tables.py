"""Render Markdown tables from the code; cog inserts them into documents (``make generate``)."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from typer.main import get_command

from streams.cli._lazy import LazyGroup
from streams.cli.main import app
from streams.deliver.metrics import DeliverMetrics
from streams.outcome import DropReason, RejectReason
from streams.records.topics import TOPICS, Cleanup, Topic, routed_topic
from streams.runtime.clock import SystemClock
from streams.serve.metrics import ServeMetrics
from streams.settings import Settings
from streams.sources.feeds.metrics import FeedMetrics
from streams.sources.feeds.polling.stats import PollStats
from streams.topology import STAGES, Stage, readers_of, writers_of
from streams.worker.metrics import StageMetrics
from tools.reading import log_events, member_texts

PLACEHOLDER = "NAME"
"""Placeholder of the route's name in the name of its topic."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    r"""Return a Markdown table; bars in a cell are escaped, line ends become spaces.

    Examples:
        >>> print(table(["a", "b"], [["1", "2|3"]]))
        | a | b |
        |---|---|
        | 1 | 2\|3 |
    """
    lines = [head, ["---"] * len(head), *rows]
    rendered = ["| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines]
    return "\n".join(rendered).replace("| --- " * len(head) + "|", "|---" * len(head) + "|")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def code(*names: str) -> str:
    """Return names as code, joined by commas; empty without names.

    Examples:
        >>> code("clean", "tag")
        '`clean`, `tag`'
    """
    return ", ".join(f"`{name}`" for name in names)


def stages_table(stages: Sequence[Stage] = STAGES) -> str:
    """Return the table of the stages: what each reads and writes, and its reasons."""
    head = ("stage", "what it does", "reads", "writes", "drops because", "also rejects because")
    return table(
        head,
        (
            (
                code(stage.name),
                stage.text,
                code(*(topic.name for topic, _ in stage.reads)),
                code(*(topic.name for topic in _sinks(stage))),
                code(*stage.drops) or "–",
                code(*_own(stage.rejects)) or "–",
            )
            for stage in stages
        ),
    )


def stages_overview(stages: Sequence[Stage] = STAGES) -> str:
    """Return a short table of the stages: what each does, reads and writes."""
    return table(
        ("stage", "what it does", "reads", "writes"),
        (
            (
                code(stage.name),
                stage.text,
                code(*(topic.name for topic, _ in stage.reads)),
                code(*(topic.name for topic in _sinks(stage))),
            )
            for stage in stages
        ),
    )


def layers() -> str:
    """Draw the layers of the packages, from the contract that import-linter checks.

    Examples:
        >>> layers().splitlines()[1]
        'cli'
    """
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (drawn,) = (one["layers"] for one in contracts if one["type"] == "layers")
    return "\n".join(["```text", *drawn, "```"])


def _own(reasons: Iterable[RejectReason]) -> list[RejectReason]:
    return [reason for reason in reasons if reason not in shared_reasons()]


def shared_reasons() -> list[RejectReason]:
    """Return the reasons for which every stage rejects a record."""
    return [reason for reason in RejectReason if all(reason in s.rejects for s in STAGES)]


def _sinks(stage: Stage) -> tuple[Topic, ...]:
    return ((_routed(),) if stage.writes_routes else ()) + stage.writes


def _routed() -> Topic:
    topic = routed_topic(PLACEHOLDER.lower())
    named = topic.name.replace(PLACEHOLDER.lower(), PLACEHOLDER)
    return Topic(**{**vars(topic), "name": named})


def topics_overview(topics: Sequence[Topic] = TOPICS) -> str:
    """Return a short table of the topics: record, key, partitions, retention, readers."""
    return table(
        ("topic", "record", "key", "partitions", "kept", "read by"),
        (
            (
                code(topic.name),
                " or ".join(code(record.__name__) for record in topic.records),
                topic.key,
                str(topic.partitions),
                _kept(topic),
                ", ".join(readers_of(topic)),
            )
            for topic in (*topics, _routed())
        ),
    )


def topics_table(topics: Sequence[Topic] = TOPICS) -> str:
    """Return a table of writers, readers and purpose of each topic; the routed ones are one row."""
    return table(
        ("topic", "written by", "read by", "why"),
        (
            (
                code(topic.name),
                ", ".join(writers_of(topic)),
                ", ".join(readers_of(topic)),
                topic.why,
            )
            for topic in (*topics, _routed())
        ),
    )


def _kept(topic: Topic) -> str:
    if topic.cleanup is Cleanup.COMPACT:
        return "latest of each key"
    return f"{topic.retention.days} days"


def reasons_table() -> str:
    """Return a table of both closed sets of reasons, with the stages that use them."""
    rows = [
        (code(reason), "dropped", text, ", ".join(_stages_with(reason)))
        for reason, text in member_texts(DropReason).items()
    ]
    rows += [
        (code(reason), "dead letter", text, ", ".join(_stages_with(reason)))
        for reason, text in member_texts(RejectReason).items()
    ]
    return table(("reason", "becomes", "meaning", "stages"), rows)


def _stages_with(reason: str) -> list[str]:
    if reason in shared_reasons():
        return ["every stage"]
    return [stage.name for stage in STAGES if reason in (*stage.drops, *stage.rejects)]


def settings_table() -> str:
    """Return a table of the settings: environment variable, default, meaning."""
    return table(
        ("setting", "default", "meaning"),
        (
            (code(f"NEWS_{name.upper()}"), _default(field), field.description or "")
            for name, field in Settings.model_fields.items()
        ),
    )


def _default(field: Any) -> str:
    if field.default_factory is not None:
        return "the user's data folder"
    value = getattr(field.default, "get_secret_value", lambda: field.default)()
    return "–" if value in (None, "") else code(str(value))


def metrics_table() -> str:
    """Return a table of the metrics as Prometheus names them, by the processes that serve them."""
    registries = {
        "stages": StageMetrics("clean").registry,
        "sources": FeedMetrics(PollStats(), SystemClock()).registry,
        "serve": ServeMetrics().registry,
        "deliver": DeliverMetrics().registry,
    }
    return table(
        ("metric", "type", "labels", "process", "meaning"),
        (
            (
                code(_exposed(family)),
                family.type,
                # Prometheus shows the labels of a metric only once it has values.
                ", ".join(registry._names_to_collectors[_exposed(family)]._labelnames),  # type: ignore[attr-defined]  # noqa: SLF001
                process,
                family.documentation,
            )
            for process, registry in registries.items()
            for family in registry.collect()
        ),
    )


def _exposed(family: Any) -> str:
    return f"{family.name}_total" if family.type == "counter" else str(family.name)


def log_table(root: Path) -> str:
    """Return a table of every log event of a package: event, level, fields, module.

    Args:
        root: Folder of the package, searched recursively.
    """
    return table(
        ("event", "level", "fields", "module"),
        (
            (event.text, event.level, code(*event.fields), code(module))
            for path in sorted(root.rglob("*.py"))
            for module in [path.relative_to(root).with_suffix("").as_posix()]
            for event in log_events(path)
        ),
    )


def walk_commands() -> Iterator[tuple[str, Any]]:
    """Yield every command as typed, with its Click command, in the order of ``--help``."""
    for words, command in each_command(get_command(app)):
        if not hasattr(command, "commands"):
            yield " ".join(words), command


def commands() -> dict[str, str]:
    """Return every command as typed, with the first paragraph of its help."""
    return {
        name: " ".join(re.split(r"\n\s*\n", command.help or "")[0].split())
        for name, command in walk_commands()
    }


def each_command(
    command: Any, words: tuple[str, ...] = ("streams",)
) -> Iterable[tuple[tuple[str, ...], Any]]:
    """Yield a command and all commands below it, each of them imported."""
    yield words, command
    for name, child in getattr(command, "commands", {}).items():
        loaded = command.load(name) if isinstance(command, LazyGroup) else child
        yield from each_command(loaded, (*words, name))


def commands_table() -> str:
    """Return the index of the commands; each name links to its section on the same page."""
    return table(
        ("command", "what it does"),
        ((f"[{code(name)}](#{name.replace(' ', '-')})", text) for name, text in commands().items()),
    )
