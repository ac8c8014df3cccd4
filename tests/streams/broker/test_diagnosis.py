import pytest

from streams.broker.diagnosis import FailureKind, diagnose


@pytest.mark.parametrize(
    ("output", "text"),
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
         "its last message: Exiting Kafka due to this"),
        ("[t] ERROR Exiting (k.K)\njava.lang.RuntimeException: Stored node id 2 is not 1\n\tat a.b",
         "its last message: Stored node id 2 is not 1"),
        ("Unrecognized option: -XX:x\n", "its last message: Unrecognized option: -XX:x"),
        ("\n", "it logged nothing"),
    ],
)  # fmt: skip
def test_diagnose_explains_the_output(output: str, text: str) -> None:
    diagnosis = diagnose(output)

    assert text in diagnosis.text
    assert diagnosis.kind is FailureKind.OTHER


def test_diagnose_recognizes_a_taken_port() -> None:
    output = "Socket server failed to bind to 127.0.0.1:9092: Address already in use."

    assert diagnose(output).kind is FailureKind.PORT_TAKEN
