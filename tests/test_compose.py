"""docker-compose.yml: valid by the specification, with a service for each stage."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from streams.settings import Settings
from streams.topology import STAGES
from tests.conftest import ROOT

COMPOSE: dict[str, Any] = YAML(typ="safe").load(ROOT / "docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name in SERVICES if name != "kafka"]
STAGE_NAMES = [stage.name for stage in STAGES]


def compose_specification() -> dict[str, Any]:
    """Return the schema of the Compose specification that check-jsonschema contains."""
    # Found without importing the package, whose command line needs a click that Faust excludes.
    spec = find_spec("check_jsonschema")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema: dict[str, Any] = orjson.loads(path.read_bytes())
    return schema


def test_compose_file_follows_the_specification() -> None:
    assert [
        error.message for error in Draft7Validator(compose_specification()).iter_errors(COMPOSE)
    ] == []


def test_workers_are_the_stages() -> None:
    workers = {
        name: service["command"] for name, service in SERVICES.items() if "worker" in str(service)
    }

    assert workers == {name: [name] for name in STAGE_NAMES}


@pytest.mark.parametrize("name", STAGE_NAMES)
def test_stage_waits_for_kafka_and_its_topics(name: str) -> None:
    assert SERVICES[name]["depends_on"] == {
        "kafka": {"condition": "service_healthy"},
        "topics": {"condition": "service_completed_successfully"},
    }


@pytest.mark.parametrize("name", STAGE_NAMES)
def test_stage_is_checked_and_restarted(name: str) -> None:
    service = SERVICES[name]
    port = service["expose"][0]

    assert service["restart"] == "unless-stopped"
    assert f"127.0.0.1:{port}/health" in service["healthcheck"]["test"][-1]
    assert f"--http-port {port}" in service["entrypoint"][-1]
    assert service["environment"]["NEWS_HTTP_HOST"] == "0.0.0.0"  # noqa: S104  # in its container


@pytest.mark.parametrize("name", OURS)
def test_services_have_least_privileges(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service  # the image's own user, which is not root


@pytest.mark.parametrize("name", OURS)
def test_services_set_known_settings_only(name: str) -> None:
    known = {f"NEWS_{field.upper()}" for field in Settings.model_fields}

    assert set(SERVICES[name]["environment"]) <= known


def test_kafka_creates_no_topics_and_listens_for_the_stages() -> None:
    environment = SERVICES["kafka"]["environment"]

    assert environment["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert f"INSIDE://{COMPOSE['x-news']['environment']['NEWS_BROKER']}" in (
        environment["KAFKA_ADVERTISED_LISTENERS"].split(",")
    )


def test_kafka_keeps_its_records_in_a_volume() -> None:
    service = SERVICES["kafka"]
    volume, _, folder = service["volumes"][0].partition(":")

    assert volume in COMPOSE["volumes"]
    assert service["environment"]["KAFKA_LOG_DIRS"] == folder


def test_kafka_is_reachable_from_this_machine_only() -> None:
    assert SERVICES["kafka"]["ports"] == ["127.0.0.1:9092:9092"]


def test_image_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()

    assert [line for line in lines if line.startswith("USER")] == ["USER 10001"]


def test_image_is_installed_from_the_lock_with_hashes() -> None:
    text = (ROOT / "Dockerfile").read_text()

    assert "--require-hashes" in text
    assert "COPY requirements.lock" in text


def test_image_has_all_files_for_the_wheel() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = (ROOT / "Dockerfile").read_text()
    allowed = [line.removeprefix("!") for line in ignored if line.startswith("!")]

    assert [name for name in allowed if name not in copied] == []
    assert [name for name in allowed if not (ROOT / name).exists()] == []
