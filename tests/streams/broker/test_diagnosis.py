import pytest

from streams.broker.diagnosis import FailureKind, diagnose


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("org.apache.kafka.common.KafkaException: Failed to acquire lock on file .lock in /r",
         "another Kafka uses this folder"),
        ("Caused by: java.io.IOException: No space left on device", "the disk is full"),
        ("Error occurred during initialization of VM\nCould not reserve enough space for heap",
         "not enough memory"),
        ("Error occurred during initialization of VM\nToo small maximum heap\n",
         "not enough memory"),
        ("Terminating due to java.lang.OutOfMemoryError: Java heap space", "not enough memory"),
        ("java.nio.file.AccessDeniedException: /r", "may not write"),
        ("[t] INFO fine (a.B)\n[t] ERROR Exiting Kafka due to this (kafka.Kafka$)\n[t] INFO x (y)",
         "it said: Exiting Kafka due to this"),
        ("[t] ERROR Exiting (k.K)\njava.lang.RuntimeException: Stored node id 2 is not 1\n\tat a.b",
         "it said: Stored node id 2 is not 1"),
        ("Unrecognized option: -XX:x\n", "it said: Unrecognized option: -XX:x"),
        ("\n", "it said nothing"),
    ],
)  # fmt: skip
def test_what_kafka_said_is_explained(said: str, text: str) -> None:
    found = diagnose(said)

    assert text in found.text
    assert found.trouble is FailureKind.OTHER


def test_a_port_that_was_taken_meanwhile_can_be_reacted_to() -> None:
    said = "Socket server failed to bind to 127.0.0.1:9092: Address already in use."

    assert diagnose(said).trouble is FailureKind.PORT_TAKEN
