import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from streams.errors import SettingsError
from streams.settings import Settings
from streams.sources.feeds.websub.key import websub_key


def test_websub_key_from_settings(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, websub_key=SecretStr("k" * 32))

    assert websub_key(settings) == b"k" * 32
    assert list(tmp_path.iterdir()) == []


def test_websub_key_is_created_once_for_owner(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "new")

    key = websub_key(settings)

    [file] = (tmp_path / "new").iterdir()
    assert len(key) == 64
    assert websub_key(settings) == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_websub_key_refuses_short_key(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="NEWS_WEBSUB_KEY"):
        websub_key(Settings(data=tmp_path, websub_key=SecretStr("secret")))


def test_websub_key_error_names_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(SettingsError, match="NEWS_WEBSUB_KEY"):
        websub_key(Settings(data=tmp_path / "file" / "data"))
