"""The surface that other programs rely on, one line per name, sorted.

Run as a program, it prints the lines: ``python -m tests.contract.surface``.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from streams.deliver.channels.kafka_topic import MESSAGE_ID_HEADER
from streams.deliver.deliverer import GROUP
from streams.deliver.metrics import DeliverMetrics
from streams.extensions import CHANNELS, SOURCE_FORMATS
from streams.outcome import DropReason, RejectReason
from streams.records import ATTEMPT_HEADER, ORIGIN_HEADER, REPLAY_HEADER, TAKEN_HEADER
from streams.records.describe import topic_schema
from streams.records.topics import TOPICS, Topic, routed_topic
from streams.runtime.clock import SystemClock
from streams.serve.app import create_app
from streams.serve.metrics import ServeMetrics
from streams.settings import Settings
from streams.sources.feeds.metrics import FeedMetrics
from streams.sources.feeds.polling.stats import PollStats
from streams.topology import STAGES
from streams.worker.metrics import StageMetrics


def surface(data: Path) -> list[str]:
    """Return a line for every frozen name, sorted.

    Args:
        data: Empty folder for the HTTP application.
    """
    topics = (*TOPICS, routed_topic("name"))
    lines = [
        *(_topic_line(topic) for topic in topics),
        *(line for topic in topics for line in _field_lines(topic)),
        *(f"group {stage.app_id}" for stage in STAGES),
        f"group {GROUP}",
        *(f"header {name}" for name in (ORIGIN_HEADER, REPLAY_HEADER, MESSAGE_ID_HEADER)),
        *(f"header {name}" for name in (ATTEMPT_HEADER, TAKEN_HEADER)),
        *(f"reason {reason}" for reason in (*DropReason, *RejectReason)),
        *(f"entry points {group}" for group in (CHANNELS, SOURCE_FORMATS)),
        *_setting_lines(),
        *_metric_lines(),
        *_http_lines(data),
    ]
    return sorted(set(lines))


def _topic_line(topic: Topic) -> str:
    return (
        f"topic {topic.name} key={topic.key} partitions={topic.partitions}"
        f" cleanup={topic.cleanup} days={topic.retention.days} max_bytes={topic.max_bytes}"
    )


def _field_lines(topic: Topic) -> Iterator[str]:
    schema = topic_schema(topic)
    for name, definition in schema["$defs"].items():
        for field, shape in definition.get("properties", {}).items():
            required = "required" if field in definition.get("required", ()) else "optional"
            yield f"json {topic.name} {name}.{field}: {_shape(shape)} {required}"
        for value in definition.get("enum", ()):
            yield f"json {topic.name} {name} = {value}"


def _shape(shape: Mapping[str, Any]) -> str:
    """Return a JSON Schema as one line, without its descriptions."""
    kept = {key: value for key, value in shape.items() if key not in {"description", "title"}}
    return " ".join(f"{key}={_value(value)}" for key, value in sorted(kept.items()))


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({_shape(value)})"
    if isinstance(value, list):
        return "[" + ", ".join(_value(part) for part in value) + "]"
    return str(value)


def _setting_lines() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        default = getattr(field.default, "get_secret_value", lambda f=field: f.default)()
        shown = "data folder" if field.default_factory is not None else default
        yield f"setting NEWS_{name.upper()} default={shown}"


def _metric_lines() -> Iterator[str]:
    registries = (
        StageMetrics("clean").registry,
        FeedMetrics(PollStats(), SystemClock()).registry,
        ServeMetrics().registry,
        DeliverMetrics().registry,
    )
    for registry in registries:
        names = registry._names_to_collectors  # type: ignore[attr-defined]
        for family in registry.collect():
            exposed = f"{family.name}_total" if family.type == "counter" else family.name
            labels = ",".join(names[exposed]._labelnames)
            yield f"metric {exposed} {family.type} labels={labels}"


def _http_lines(data: Path) -> Iterator[str]:
    app = create_app(Settings(broker="127.0.0.1:1", data=data))
    document = app.openapi_schema.to_schema()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = ",".join(sorted(operation["responses"]))
            yield f"http {method.upper()} {path} answers={answers}"
            yield from (
                f"http {method.upper()} {path} {parameter['in']}:{parameter['name']}"
                for parameter in operation.get("parameters", ())
            )
    for name, definition in document["components"]["schemas"].items():
        for field, shape in definition.get("properties", {}).items():
            yield f"http schema {name}.{field}: {_shape(_plain(shape))}"


def _plain(shape: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema without examples, which are no part of the contract, at any depth."""
    return {
        key: _plain(value) if isinstance(value, Mapping) else value
        for key, value in shape.items()
        if key != "examples"
    }


def show(lines: Iterable[str]) -> None:
    """Print the lines."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        show(surface(Path(folder)))
