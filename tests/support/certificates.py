"""Certificates for tests, made with the program ``openssl``."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which

import pytest

PASSWORD = "correct horse"  # noqa: S105  # of a key that lives as long as a test


@dataclass(frozen=True)
class Certificates:
    """Files of an authority, and of a server and a client that it knows.

    Attributes:
        ca: Certificate of the authority.
        server: Certificate and key of ``127.0.0.1``.
        client: Certificate of a client.
        client_key: Its key.
        encrypted_key: The same key, encrypted with `PASSWORD`.
        stranger: Certificate and key of a client that another authority knows.
    """

    ca: Path
    server: Path
    client: Path
    client_key: Path
    encrypted_key: Path
    stranger: Path


def make_certificates(folder: Path) -> Certificates:
    """Make certificates in a folder; skip the test without ``openssl``."""
    if which("openssl") is None:
        pytest.skip("needs openssl")
    _make_authority(folder, "ca")
    _make_authority(folder, "other-ca")
    for name, authority in (("server", "ca"), ("client", "ca"), ("stranger", "other-ca")):
        _make_certificate(folder, name, authority)
    for name in ("server", "stranger"):
        both = (folder / f"{name}.pem").read_text() + (folder / f"{name}.key").read_text()
        (folder / f"{name}-both.pem").write_text(both)
    openssl = ("openssl", "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", f"pass:{PASSWORD}")
    _run(folder, *openssl, "-in", "client.key", "-out", "client-encrypted.key")
    return Certificates(
        ca=folder / "ca.pem",
        server=folder / "server-both.pem",
        client=folder / "client.pem",
        client_key=folder / "client.key",
        encrypted_key=folder / "client-encrypted.key",
        stranger=folder / "stranger-both.pem",
    )


NEW_KEY: Sequence[str] = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def _make_authority(folder: Path, name: str) -> None:
    subject = ("-subj", f"/CN={name}", "-days", "2", "-addext", "basicConstraints=critical,CA:TRUE")
    files = ("-keyout", f"{name}.key", "-out", f"{name}.pem")
    _run(folder, "openssl", "req", "-x509", *NEW_KEY, *subject, *files)


def _make_certificate(folder: Path, name: str, authority: str) -> None:
    files = ("-keyout", f"{name}.key", "-out", f"{name}.csr")
    _run(folder, "openssl", "req", *NEW_KEY, "-subj", f"/CN={name}", *files)
    extensions = folder / "extensions"
    extensions.write_text("subjectAltName=IP:127.0.0.1\n")
    signed = ("-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial")
    files = ("-in", f"{name}.csr", "-out", f"{name}.pem", "-days", "2", "-extfile", "extensions")
    _run(folder, "openssl", "x509", "-req", *signed, *files)


def _run(folder: Path, *command: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
