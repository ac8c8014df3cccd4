import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from streams.errors import SettingsError
from streams.settings import Settings
from streams.sources.feeds.websub.key import websub_key


def test_the_key_of_the_settings_is_used(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, websub_key=SecretStr("k" * 32))

    assert websub_key(settings) == b"k" * 32
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "new")

    key = websub_key(settings)

    [file] = (tmp_path / "new").iterdir()
    assert len(key) == 64
    assert websub_key(settings) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="NEWS_WEBSUB_KEY"):
        websub_key(Settings(data=tmp_path, websub_key=SecretStr("secret")))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(SettingsError, match="NEWS_WEBSUB_KEY"):
        websub_key(Settings(data=tmp_path / "file" / "data"))
