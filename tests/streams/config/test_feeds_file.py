import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.config.feeds import FeedValue, TextFrom, parse_feeds
from streams.config.feeds_file import add_feeds, edit_feeds, load_feeds, remove_feeds
from streams.errors import UsageError

TEXT = """contact = "me"  # a page

# wire
[[feed]]
url = "https://a.test/rss"
id = "wire"

[[feed]]  # no id
url = "https://b.test/rss"
text = "page"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of two feeds."""
    path = tmp_path / "feeds.toml"
    path.write_text(TEXT)
    return path


def test_add_feeds_writes_fields(file: Path) -> None:
    values: dict[str, FeedValue] = {"id": "c", "text": TextFrom.FEED, "min_minutes": 7.5}

    assert add_feeds(file, ["https://c.test/"], values=values) == (1, 3)

    added = load_feeds(file).feed[-1]
    assert (added.name, added.text, added.min_minutes) == ("c", TextFrom.FEED, 7.5)
    assert file.read_text().startswith(TEXT)


@pytest.mark.parametrize("name", ["wire", "https://a.test/rss"])
def test_remove_feeds_by_id_or_url(file: Path, name: str) -> None:
    removed = remove_feeds(file, [name])

    assert [feed.name for feed in removed] == ["wire"]
    assert file.read_text() == (
        'contact = "me"  # a page\n\n[[feed]]  # no id\nurl = "https://b.test/rss"\ntext = "page"\n'
    )


def test_remove_feeds_removes_all_of_them_or_none(file: Path) -> None:
    with pytest.raises(UsageError):
        remove_feeds(file, ["wire", "nowhere"])
    before = file.read_text()

    remove_feeds(file, ["wire", "b.test-rss"])

    assert before == TEXT
    assert load_feeds(file).feed == ()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wrie", 'no feed wrie; did you mean "wire"?'),
        ("https://a.test/rs", 'did you mean "https://a.test/rss"?'),
        ("b.test", 'no feed b.test; did you mean "b.test-rss"?'),
        ("x", "no feed x; `streams feeds list` lists the feeds"),
    ],
)
def test_unknown_feed_gets_suggestion(file: Path, name: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        edit_feeds(file, [name], {"paused": True})

    assert message in str(caught.value)


def test_edit_feeds_pauses_and_resumes_without_trace(file: Path) -> None:
    paused = edit_feeds(file, ["wire", "b.test-rss"], {"paused": True})
    states = [feed.paused for feed in load_feeds(file).feed]
    resumed = edit_feeds(file, ["wire", "b.test-rss"], {"paused": None})

    assert (sorted(paused), states, sorted(resumed)) == (
        ["b.test-rss", "wire"],
        [True, True],
        ["b.test-rss", "wire"],
    )
    assert file.read_text() == TEXT


def test_edit_feeds_names_no_feed_that_has_the_values(file: Path) -> None:
    assert edit_feeds(file, ["b.test-rss"], {"text": "page"}) == []
    assert file.read_text() == TEXT


def test_new_url_keeps_derived_id(file: Path) -> None:
    edit_feeds(file, ["b.test-rss"], {"url": "https://b.test/feed"})

    feed = load_feeds(file).feed[1]
    assert (feed.url, feed.id) == ("https://b.test/feed", "b.test-rss")


@pytest.mark.parametrize("values", [{"id": "b.test-rss"}, {"min_minutes": 0.5}, {"text": "pages"}])
def test_edit_feeds_refuses_invalid_values(file: Path, values: dict[str, FeedValue]) -> None:
    with pytest.raises(UsageError, match=r"feeds\.toml:\d+: "):
        edit_feeds(file, ["wire"], values)

    assert file.read_text() == TEXT


def test_feeds_written_as_array_are_left_to_an_editor(tmp_path: Path) -> None:
    file = tmp_path / "feeds.toml"
    file.write_text('feed = [{ url = "https://a.test/rss" }]\n')

    with pytest.raises(UsageError, match="change the file in an editor"):
        edit_feeds(file, ["a.test-rss"], {"paused": True})


def test_opml_file_is_not_changed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="streams feeds import"):
        remove_feeds(tmp_path / "list.opml", ["x"])


def test_change_keeps_line_ends_permissions_and_symbolic_link(file: Path, tmp_path: Path) -> None:
    file.write_bytes(TEXT.replace("\n", "\r\n").encode())
    file.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(file)

    edit_feeds(link, ["wire"], {"paused": True})

    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert (
        file.read_bytes()
        == TEXT.replace('"wire"\n', '"wire"\npaused = true\n').replace("\n", "\r\n").encode()
    )


def test_file_in_missing_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError, match=r"^writing .*feeds.toml: "):
        add_feeds(tmp_path / "file" / "feeds.toml", ["https://a.test/"])


SPACES = st.sampled_from(["", "\n", "# note\n", "\n# note\n\n"])
KEYS = st.sampled_from(["", "paused = true # now\n", "min_minutes = 6\n", "text = 'feed'\n"])


@given(
    st.lists(st.tuples(SPACES, KEYS, SPACES), min_size=1, max_size=4),
    st.integers(0, 3),
    st.sampled_from([{"paused": True}, {"paused": None}, {"max_minutes": 60.0}]),
)
def test_edits_change_the_chosen_feed_only(
    tmp_path_factory: pytest.TempPathFactory,
    blocks: list[tuple[str, str, str]],
    index: int,
    values: dict[str, FeedValue | None],
) -> None:
    text = "".join(
        f"{above}[[feed]]\nid = 'f{n}'\nurl = 'https://a.test/{n}'\n{keys}{below}"
        for n, (above, keys, below) in enumerate(blocks)
    )
    file = tmp_path_factory.mktemp("feeds") / "feeds.toml"
    file.write_text(text)
    name = f"f{index % len(blocks)}"

    edit_feeds(file, [name], values)
    edited = parse_feeds(file.read_text(), file="x").feed
    remove_feeds(file, [name])

    others = [feed for feed in parse_feeds(text, file="x").feed if feed.name != name]
    assert [feed for feed in edited if feed.name != name] == others
    assert list(load_feeds(file).feed) == others
