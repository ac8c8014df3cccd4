import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT
from tools.lock import addresses

LOCKS = {
    name: (ROOT / name).read_text() for name in ("requirements.lock", "requirements-test.lock")
}
DOCS_LOCK = (ROOT / "requirements-docs.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
OURS = {path.parent.name for path in ROOT.glob("packages/*/pyproject.toml")}
"""Packages of this checkout: without hash, hence not in the locks."""
RUN = [
    *PROJECT["project"]["dependencies"],
    *(wanted for name, extra in EXTRAS.items() if name != "all" for wanted in extra),
    *GROUPS["install"],
]
WANTED = sorted(
    {
        (lock, wanted)
        for lock, all_wanted in (
            ("requirements.lock", RUN),
            ("requirements-test.lock", [*RUN, *GROUPS["test"]]),
        )
        for wanted in all_wanted
        if Requirement(wanted).name not in OURS
    }
)


def pins(lock: str) -> set[str]:
    """Return the packages of a lock with their versions and systems."""
    return set(re.findall(r"^(\S+==.*?) \\$", lock, re.MULTILINE))


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
def test_addresses_finds_hosts_and_folders(line: str) -> None:
    assert addresses(f"ada-url==4.0.0 \\\n    --hash=sha256:0641\n{line}\n") == [line]


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-docs.lock"])
def test_lock_names_no_host(lock: str) -> None:
    assert addresses((ROOT / lock).read_text()) == []


@pytest.mark.parametrize("wanted", GROUPS["docs"])
def test_docs_lock_has_the_pinned_versions(wanted: str) -> None:
    assert f"\n{wanted} " in f"\n{DOCS_LOCK}", "run `make lock`"


@pytest.mark.parametrize(("lock", "wanted"), WANTED)
def test_lock_has_the_packages_of_pyproject(lock: str, wanted: str) -> None:
    requirement = Requirement(wanted)
    name = re.escape(canonicalize_name(requirement.name))
    locked = re.search(rf"^{name}(?:\[.*\])?==(\S+)", LOCKS[lock], re.MULTILINE)

    assert locked is not None, "run `make lock`"
    assert requirement.specifier.contains(locked[1])


def test_locks_leave_out_the_packages_of_the_checkout() -> None:
    sources = PROJECT["tool"]["uv"]["sources"]

    assert set(sources) == OURS
    assert [name for name in OURS for lock in LOCKS.values() if name in lock] == []


def test_packages_of_the_checkout_need_no_others() -> None:
    projects = [
        tomllib.loads((ROOT / "packages" / name / "pyproject.toml").read_text()) for name in OURS
    ]

    # install.sh installs them without their requirements and without network.
    assert [p["project"]["name"] for p in projects if p["project"].get("dependencies")] == []
    assert {p["build-system"]["build-backend"] for p in projects} == {"hatchling.build"}


def test_test_lock_has_all_runtime_pins() -> None:
    run, test = (pins(lock) for lock in LOCKS.values())

    assert run - test == set()
    assert len(run) > 50
