import sys
from datetime import timedelta
from pathlib import Path

from streams.broker.config import MAIN_CLASS
from streams.broker.diagnosis import Diagnosis, FailureKind
from streams.broker.instance import RunningBroker
from streams.broker.launch import launch
from streams.broker.options import BrokerOptions, DataFolder
from streams.broker.process import find_process, java_environment
from streams.broker.state import Identity, read_state
from streams.runtime.ports import free_port

OURS = Identity(cluster_id="A" * 22, directory_id="B" * 22)


async def launch_program(
    folder: DataFolder, code: str, **options: object
) -> RunningBroker | Diagnosis:
    """Launch a program that is not Kafka, and return the outcome."""
    return await launch(
        folder,
        [sys.executable, "-c", code, MAIN_CLASS, str(folder.properties)],
        environment=java_environment([]),
        port=free_port(),
        identity=OURS,
        options=BrokerOptions(data=folder.path, **options),  # type: ignore[arg-type]
    )


async def test_launch_explains_failure_by_new_output(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path)
    folder.log.write_text("[x] ERROR of last time: Address already in use (a.B)\n")

    result = await launch_program(folder, "raise SystemExit('[x] ERROR no luck today (a.B)')")

    assert result == Diagnosis(FailureKind.OTHER, "its last message: no luck today")
    state = read_state(folder.state)
    assert state is not None
    assert (state.pid, state.stopped, state.identity) == (None, False, OURS)


async def test_launch_ends_a_broker_without_an_answer(tmp_path: Path) -> None:
    folder = DataFolder.at(tmp_path)

    result = await launch_program(
        folder, "import time; time.sleep(60)", ready_within=timedelta(milliseconds=200)
    )

    assert isinstance(result, Diagnosis)
    assert result.kind is FailureKind.SLOW
    assert find_process(folder.properties) is None
