"""The Faust app of a stage, with the settings that its delivery guarantee needs."""

from datetime import timedelta
from typing import Any

import faust
from faust.auth import OAuthCredentials, SASLCredentials, SSLCredentials
from faust.sensors import Monitor, Sensor
from mode import CrashingSupervisor

from streams.kafka.assignor import RejoinAssignor, SingleAssignor
from streams.kafka.connection import COMPRESSION, MAX_REQUEST_BYTES, metadata_max_age_ms
from streams.kafka.security import security_options
from streams.settings import Settings
from streams.topology import Stage
from streams.worker.faust_patches.commit import patch_commits
from streams.worker.faust_patches.create import patch_create
from streams.worker.faust_patches.rebalance import patch_rebalance
from streams.worker.faust_patches.receive import patch_receive
from streams.worker.faust_patches.sleep import patch_sleep

COMMIT_INTERVAL = timedelta(seconds=1)
"""Limits what is processed again after a crash; Faust's default is 2.8 s."""


def _credentials(settings: Settings) -> Any:
    """Return TLS and login as Faust takes them; None without both.

    Raises:
        SettingsError: If they cannot be used.
    """
    options = security_options(settings)
    context = options.get("ssl_context")
    if "sasl_oauth_token_provider" in options:
        return OAuthCredentials(oauth_cb=options["sasl_oauth_token_provider"], ssl_context=context)
    if "sasl_mechanism" in options:
        return SASLCredentials(
            username=options["sasl_plain_username"],
            password=options["sasl_plain_password"],
            mechanism=options["sasl_mechanism"],
            ssl_context=context,
        )
    return SSLCredentials(context=context) if context else None


class QuietMonitor(Monitor):  # type: ignore[misc]  # faust has no types
    """Faust's monitor without its per-message sensors; workers have metrics of their own."""

    def track_tp_end_offset(self, tp: Any, offset: int | None) -> None:
        """Track nothing: the end of a partition that a rebalance took is unknown."""

    on_message_in = Sensor.on_message_in
    on_message_out = Sensor.on_message_out
    on_stream_event_in = Sensor.on_stream_event_in
    on_stream_event_out = Sensor.on_stream_event_out


class StageApp(faust.App):  # type: ignore[misc]  # faust has no types
    """A Faust app without tables, and so without folders for tables.

    Attributes:
        news_assignor: How the members of its group share partitions; `faust_patches.create`.
    """

    news_assignor: RejoinAssignor

    def _create_directories(self) -> None:
        """Create no folders."""


def create_app(stage: Stage, settings: Settings, *, instance: str = "") -> Any:
    """Create the Faust app of a stage; importing this module creates none.

    Args:
        stage: Stage to run.
        settings: Settings that name a broker.
        instance: Name of this process within its consumer group, for static membership: the
            process is back 2 s after kill -9 instead of 47 s. Two processes with one name shut
            each other out. If empty, the process is a dynamic member.
    """
    patch_commits()
    patch_create()
    patch_rebalance()
    patch_receive()
    patch_sleep()
    group = settings.topic_prefix + stage.app_id
    app = StageApp(
        group,
        monitor=QuietMonitor(),
        broker=";".join(f"kafka://{host}" for host in settings.broker.split(",")),
        broker_credentials=_credentials(settings),
        processing_guarantee="at_least_once",
        agent_supervisor=CrashingSupervisor,
        broker_commit_interval=COMMIT_INTERVAL.total_seconds(),
        broker_session_timeout=settings.session_seconds,
        broker_heartbeat_interval=min(3.0, settings.session_seconds / 3),
        broker_rebalance_timeout=60.0,
        broker_max_poll_interval=300.0,
        broker_max_poll_records=1000,
        broker_request_timeout=60.0,
        consumer_group_instance_id=f"{group}-{instance}" if instance else None,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=MAX_REQUEST_BYTES,
        consumer_metadata_max_age_ms=metadata_max_age_ms(settings),
        stream_buffer_maxsize=stage.buffer_records,
        stream_wait_empty=True,
        producer_acks=-1,
        producer_linger=0.0,
        producer_max_batch_size=256 * 1024,
        producer_max_request_size=MAX_REQUEST_BYTES,
        producer_compression_type=COMPRESSION,
        producer_request_timeout=60.0,
        producer_metadata_max_age_ms=metadata_max_age_ms(settings),
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_replication_factor=settings.replication_factor,
        table_standby_replicas=0,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
    app.news_assignor = SingleAssignor() if stage.is_single else RejoinAssignor()
    return app
