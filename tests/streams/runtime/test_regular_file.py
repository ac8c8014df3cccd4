"""Links, pipes and devices are refused with one sentence, without waiting."""

import os
import socket
from pathlib import Path

import pytest

from streams.config.channels_file import load_channels
from streams.config.entities import load_entities
from streams.config.feeds_file import load_feeds
from streams.config.tokens_file import read_tokens
from streams.errors import UsageError
from streams.runtime.regular_file import NotRegularFileError, open_regular
from streams.sources.files.files import find_files, read_articles
from streams.sources.imports.position import file_identity
from streams.sources.rejection import Rejected

PIPE = "a pipe, not a file; use - to read standard input"
LINK = "a symbolic link; name the file that it leads to"


@pytest.fixture
def odd(tmp_path: Path) -> dict[str, Path]:
    """Things with the name of a text that are no regular files."""
    folder = tmp_path / "odd"
    folder.mkdir()
    outside = tmp_path / "secret"
    outside.write_text("Secret\n\nroot:x:0:0")
    paths = {name: folder / f"{name}.txt" for name in ("link", "chain", "zero", "pipe", "broken")}
    paths["link"].symlink_to(outside)
    paths["chain"].symlink_to(paths["link"])
    paths["zero"].symlink_to("/dev/zero")
    paths["broken"].symlink_to(tmp_path / "nothing")
    os.mkfifo(paths["pipe"])
    return paths


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("link", "a symbolic link"),
        ("chain", "a symbolic link"),
        ("zero", "a symbolic link"),
        ("broken", "a symbolic link"),
        ("pipe", "a pipe"),
    ],
)
def test_odd_file_given_by_name_is_refused(odd: dict[str, Path], name: str, kind: str) -> None:
    with pytest.raises(UsageError, match=kind):
        find_files(odd[name])
    with pytest.raises(NotRegularFileError, match=kind):
        open_regular(odd[name])
    with pytest.raises(NotRegularFileError):
        file_identity(odd[name])


def test_device_is_refused() -> None:
    with pytest.raises(UsageError, match="/dev/zero: a device, not a file"):
        find_files(Path("/dev/zero"))


def test_socket_is_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(tmp_path / "a.txt"))

        with pytest.raises(UsageError, match="a socket"):
            find_files(tmp_path / "a.txt")


def test_folder_names_what_it_does_not_read(odd: dict[str, Path]) -> None:
    folder = odd["link"].parent
    (folder / "good.txt").write_text("Rain in Oslo\n\nIt rained all day.")
    (folder / "elsewhere").symlink_to("/etc", target_is_directory=True)

    items = list(read_articles(folder))

    rejected = [item.detail for item in items if isinstance(item, Rejected)]
    assert len(items) == len(odd) + 1
    assert sorted(rejected) == sorted(
        f"{path}: {PIPE if name == 'pipe' else LINK}" for name, path in odd.items()
    )


def test_index_of_pages_is_no_link(tmp_path: Path) -> None:
    (tmp_path / "index.csv").symlink_to("/etc/passwd")
    (tmp_path / "a.html").write_text("<p>Rain.</p>")

    with pytest.raises(UsageError, match="a symbolic link"):
        list(read_articles(tmp_path))


@pytest.mark.parametrize("load", [load_channels, load_entities, load_feeds, read_tokens])
def test_configuration_may_be_a_link_but_no_pipe(tmp_path: Path, load: object) -> None:
    assert callable(load)
    real, link, pipe = tmp_path / "real", tmp_path / "link", tmp_path / "pipe"
    real.write_text("")
    real.chmod(0o600)
    link.symlink_to(real)
    os.mkfifo(pipe, 0o600)

    load(link)
    with pytest.raises(UsageError, match="a pipe"):
        load(pipe)
