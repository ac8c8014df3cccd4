"""The Faust app of a stage: the settings on which the delivery guarantee rests."""

from typing import Any

import pytest
from mode import CrashingSupervisor

from streams.settings import Settings
from streams.topology import STAGES, TAG_STAGE, Stage
from streams.worker.app import create_app


def conf(stage: Stage = TAG_STAGE, *, instance: str = "", **settings: Any) -> Any:
    """Return the configuration that Faust gets."""
    return create_app(stage, Settings(**{"broker": "a:1", **settings}), instance=instance).conf


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_app_is_named_for_its_consumer_group(stage: Stage) -> None:
    assert conf(stage, topic_prefix="test.").id == f"test.news-{stage.name}"


def test_app_redelivers_unacknowledged_messages() -> None:
    found = conf()

    assert str(found.processing_guarantee.value) == "at_least_once"
    assert found.agent_supervisor is CrashingSupervisor
    assert (found.producer_acks, found.consumer_auto_offset_reset) == (-1, "earliest")


def test_app_creates_no_topics() -> None:
    found = conf()

    assert (found.topic_allow_declare, found.topic_disable_leader) == (False, True)


def test_app_uses_every_named_broker() -> None:
    assert [url.host for url in conf(broker="a:1,b:2").broker] == ["a", "b"]


@pytest.mark.parametrize(("instance", "member"), [("", None), ("2", "news-tag-2")])
def test_app_is_a_static_member_only_with_a_name(instance: str, member: str | None) -> None:
    assert conf(instance=instance).consumer_group_instance_id == member


def test_app_authenticates_with_the_settings() -> None:
    found = conf(
        security_protocol="SASL_SSL",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_username="news",
        sasl_password="correct horse",  # noqa: S106  # no real one
    ).broker_credentials

    assert (found.username, found.password, found.protocol.value) == (
        "news",
        "correct horse",
        "SASL_SSL",
    )
    assert "correct horse" not in repr(found)


def test_app_without_credentials_by_default() -> None:
    assert conf().broker_credentials is None
