import pytest

from streams.cli._output.errors import print_error
from streams.errors import UsageError


def test_print_error_writes_one_line_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(UsageError("--speed 0: expected a number above 0"))

    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "streams: --speed 0: expected a number above 0\n")
