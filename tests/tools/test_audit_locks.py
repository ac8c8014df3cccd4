"""No lock has a version that is refused for its security."""

import pytest

from tests.conftest import ROOT
from tools.audit_locks import REFUSED, pins, problems, read_refused
from tools.lock import DOCS_LOCK, RUN_LOCK, TEST_LOCK

LIST = read_refused((ROOT / REFUSED).read_text("utf-8"))


@pytest.mark.parametrize("lock", [RUN_LOCK, TEST_LOCK, DOCS_LOCK], ids=str)
def test_lock_has_no_refused_version(lock: object) -> None:
    assert problems((ROOT / str(lock)).read_text("utf-8"), LIST) == []


@pytest.mark.parametrize("version", ["3.11.18", "3.14.1", "3.0"])
@pytest.mark.parametrize("name", ["aiohttp", "AioHTTP", "aiohttp[speedups]"])
def test_refused_version_is_found(name: str, version: str) -> None:
    [problem] = problems(f"{name}=={version} \\\n    --hash=sha256:00\n", LIST)

    assert problem.startswith(f"aiohttp {version}: it takes 127.1")


@pytest.mark.parametrize(
    "lock",
    [
        pytest.param("lark>=1 \\\n    --hash=sha256:00", id="a range"),
        pytest.param("lark \\\n    --hash=sha256:00", id="any version"),
        pytest.param("lark==1.3.1", id="no hash"),
    ],
)
def test_lock_without_exact_version_and_hash_is_refused(lock: str) -> None:
    with pytest.raises(ValueError, match="no exact version with a hash"):
        list(pins(lock))
