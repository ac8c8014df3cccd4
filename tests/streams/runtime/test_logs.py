"""Logs: one line per event, JSON for machines, and never a secret."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # each test starts a process

PROGRAM = """
import logging, structlog
from streams.settings import load_settings
from streams.runtime.logs import configure_logs
settings = load_settings()
configure_logs(settings)
log = structlog.get_logger()
log.info("starting", stage="clean", settings=settings, password=settings.sasl_password)
logging.getLogger("elsewhere").warning("said %s", "so")
logging.getLogger("faust").info("twelve lines of a rebalance")
logging.getLogger("faust.transport.drivers.aiokafka").error("a false alarm")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("crashed")
"""


def lines(log_format: str) -> list[str]:
    """Return the log lines of a process without a terminal; its stdout must be empty."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "NEWS_LOG_FORMAT": log_format, "NEWS_SASL_PASSWORD": "correct horse"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == ""
    assert "correct horse" not in ended.stderr
    return ended.stderr.splitlines()


@pytest.mark.parametrize("log_format", ["auto", "json"])
def test_logs_are_json_for_machines_without_secrets(log_format: str) -> None:
    events = [json.loads(line) for line in lines(log_format)]

    assert [(event["level"], event["event"]) for event in events] == [
        ("info", "starting"),
        ("warning", "said so"),
        ("error", "crashed"),
    ]
    assert "ZeroDivisionError" in events[2]["exception"]
    assert all("timestamp" in event for event in events)


def test_logs_are_text_for_people_without_secrets() -> None:
    first, *_ = lines("text")

    assert "starting" in first
    assert not first.startswith("{")
