import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT
from tools.lock import addresses

LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
WANTED = sorted(
    {
        *PROJECT["project"]["dependencies"],
        *(wanted for name, extra in EXTRAS.items() if name != "all" for wanted in extra),
        *GROUPS["test"],
        *GROUPS["install"],
    }
)


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
    assert addresses(LOCK) == []


@pytest.mark.parametrize("wanted", WANTED)
def test_the_lock_has_what_pyproject_asks_for(wanted: str) -> None:
    requirement = Requirement(wanted)
    name = re.escape(canonicalize_name(requirement.name))
    locked = re.search(rf"^{name}(?:\[.*\])?==(\S+)", LOCK, re.MULTILINE)

    assert locked is not None, "run `make lock`"
    assert requirement.specifier.contains(locked[1])
