"""The Faust app of a stage, with the settings that its delivery guarantee needs."""

import ssl
from datetime import timedelta
from typing import Any

import faust
from faust.auth import SASLCredentials, SSLCredentials
from faust.sensors import Monitor, Sensor
from mode import CrashingSupervisor

from streams.kafka.connection import COMPRESSION, MAX_REQUEST_BYTES
from streams.settings import Settings
from streams.topology import Stage
from streams.worker.faust_patches.commit import patch_commits
from streams.worker.faust_patches.receive import patch_receive
from streams.worker.faust_patches.sleep import patch_sleep

COMMIT_INTERVAL = timedelta(seconds=1)
"""Limits what is processed again after a crash; Faust's default is 2.8 s."""


def _credentials(settings: Settings) -> Any:
    context = None
    if "SSL" in settings.security_protocol:
        cafile = str(settings.ssl_cafile) if settings.ssl_cafile else None
        context = ssl.create_default_context(cafile=cafile)
    if "SASL" in settings.security_protocol:
        return SASLCredentials(
            username=settings.sasl_username,
            password=settings.sasl_password.get_secret_value(),
            mechanism=settings.sasl_mechanism,
            ssl_context=context,
        )
    return SSLCredentials(context=context) if context else None


class QuietMonitor(Monitor):  # type: ignore[misc]  # faust has no types
    """Faust's monitor without its per-message sensors; workers have metrics of their own."""

    on_message_in = Sensor.on_message_in
    on_message_out = Sensor.on_message_out
    on_stream_event_in = Sensor.on_stream_event_in
    on_stream_event_out = Sensor.on_stream_event_out


class StageApp(faust.App):  # type: ignore[misc]  # faust has no types
    """A Faust app without tables, and so without folders for tables."""

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
    patch_receive()
    patch_sleep()
    group = settings.topic_prefix + stage.app_id
    return StageApp(
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
        stream_buffer_maxsize=stage.buffer_records,
        stream_wait_empty=True,
        producer_acks=-1,
        producer_linger=0.0,
        producer_max_batch_size=256 * 1024,
        producer_max_request_size=MAX_REQUEST_BYTES,
        producer_compression_type=COMPRESSION,
        producer_request_timeout=60.0,
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_replication_factor=settings.replication_factor,
        table_standby_replicas=0,
        web_enabled=False,
        worker_redirect_stdouts=False,
    )
