import pytest

from tests.conftest import ROOT
from tools.lock import addresses


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://index.test/simple",
        "--extra-index-url=https://index.test",
        "--find-links /opt/wheels",
        "-i https://index.test",
        "lark @ https://files.test/lark.whl",
    ],
)
def test_addresses_finds_what_names_a_host_or_folder(line: str) -> None:
    assert addresses(f"ada-url==4.0.0 \\\n    --hash=sha256:0641\n{line}\n") == [line]


def test_the_lock_names_no_host() -> None:
    assert addresses((ROOT / "requirements.lock").read_text()) == []
