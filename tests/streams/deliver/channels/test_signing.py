"""Keys and signatures: derived, stored, and verified by standardwebhooks."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError

from streams.deliver.channels.signing import FILE, derived_secret, master_key, signature_headers
from streams.errors import UsageError
from streams.settings import Settings

KEY = SecretStr("ab" * 32)


def test_master_key_is_created_once_with_mode_0600(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)

    first, second = master_key(settings), master_key(settings)

    assert first == second
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / FILE).parent.iterdir()] == [Path(FILE).name]
    assert first.get_secret_value() not in repr(first)


def test_damaged_master_key_is_refused(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    master_key(settings)
    (tmp_path / FILE).write_text("short")

    with pytest.raises(UsageError, match="not a key"):
        master_key(settings)


def test_derived_secret_depends_on_owner_search_and_url() -> None:
    cases = [("", "a", "x"), ("b", "a", "x"), ("", "b", "x"), ("", "a", "y")]
    secrets = {
        derived_secret(KEY, owner=owner, subscription_id=name, url=url).get_secret_value()
        for owner, name, url in cases
    }

    assert len(secrets) == len(cases)


def test_signature_detects_changes() -> None:
    secret = derived_secret(KEY, owner="", subscription_id="a", url="https://b.test/")
    body = '{"title": "Łódź"}'
    headers = signature_headers(secret, message_id="msg_1", now=datetime.now(UTC), body=body)
    receiver = Webhook(secret.get_secret_value())

    assert receiver.verify(body, headers) == {"title": "Łódź"}
    with pytest.raises(WebhookVerificationError):
        receiver.verify(body + " ", headers)
    with pytest.raises(WebhookVerificationError):
        receiver.verify(body, headers | {"webhook-id": "msg_2"})
