"""A key is made once, kept from others, and gives pseudonyms that HMAC gives; a file that is not one is refused."""

import base64
import hashlib
import hmac
import os
import re
import stat
from pathlib import Path

import pytest

from saksflyt.connectors.key_file import Key, key_from, lies_with_data, make_key
from saksflyt.mining.errors import StorageError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path


def test_a_key_is_32_random_bytes_that_only_the_owner_reads(folder: Path) -> None:
    umask = os.umask(0)
    try:
        made = make_key(folder / "k")
    finally:
        os.umask(umask)
    text = (folder / "k").read_text()
    assert re.fullmatch(r"[0-9a-f]{64}\n", text) and stat.S_IMODE((folder / "k").stat().st_mode) == 0o600
    assert make_key(folder / "other").id != made.id and Key.read(folder / "k").id == made.id
    assert text.strip() not in repr(made) and made.id not in text


def test_a_pseudonym_is_the_hmac_with_its_domain(folder: Path) -> None:
    key = make_key(folder / "k")
    secret = bytes.fromhex((folder / "k").read_text())
    digest = hmac.new(secret, b"applicant\x1f01819000049", hashlib.sha256).digest()[:12]
    assert key.pseudonym("applicant", "01819000049") == base64.b32encode(digest).decode().rstrip("=").lower()
    assert key.id == hashlib.sha256(secret + b"id").hexdigest()[:8]
    assert len(key.pseudonym("case", "æ")) == 20
    domains = ["applicant", "resource", "case", "attribute A", "attribute B"]
    assert len({key.pseudonym(domain, "01819000049") for domain in domains}) == 5


def test_nothing_is_written_over(folder: Path) -> None:
    (folder / "k").write_text("somebody's")
    (folder / "link").symlink_to(folder / "nowhere")
    for name in ("k", "link"):
        with pytest.raises(UsageError, match="is there already"):
            make_key(folder / name)
    assert (folder / "k").read_text() == "somebody's" and not (folder / "nowhere").exists()


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770, 0o722])
def test_a_folder_that_others_may_write_is_refused(folder: Path, mode: int) -> None:
    (folder / "open").mkdir()
    (folder / "open").chmod(mode)
    with pytest.raises(UsageError, match="chmod go-w"):
        make_key(folder / "open" / "k")
    assert list((folder / "open").iterdir()) == []


def test_a_folder_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        make_key(folder / "missing" / "k")


def test_a_disk_that_fails_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        make_key(folder / "k")
    assert not (folder / "k").exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o601])
def test_a_key_that_others_may_read_is_refused(folder: Path, mode: int) -> None:
    make_key(folder / "k")
    (folder / "k").chmod(mode)
    with pytest.raises(UsageError, match="chmod 600"):
        Key.read(folder / "k")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"ab" * 31, b"ab" * 33, b"g" * 64, "é".encode() * 32, b"\x00" * 64, b"ab" * 40_000_000]
)
def test_what_is_no_key_is_refused_in_one_sentence(folder: Path, content: bytes) -> None:
    (folder / "k").write_bytes(content)
    (folder / "k").chmod(0o600)
    with pytest.raises(UsageError, match="holds no key") as raised:
        Key.read(folder / "k")
    assert "\n" not in str(raised.value)


def test_what_is_no_file_is_refused(folder: Path) -> None:
    os.mkfifo(folder / "pipe", 0o600)
    for path in (folder / "pipe", folder, folder / "missing", folder / "a\0b"):
        with pytest.raises(UsageError, match="key"):
            Key.read(path)


def test_the_environment_names_a_key_for_every_import(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert key_from(None) is None
    one, other = make_key(folder / "one"), make_key(folder / "other")
    monkeypatch.setenv("SAKSFLYT_KEY_FILE", str(folder / "one"))
    found, given = key_from(None), key_from(folder / "other")
    assert found and given and (found.id, given.id) == (one.id, other.id)


def test_a_folder_of_data_is_recognised(folder: Path) -> None:
    (folder / "notes.txt").touch()
    assert not lies_with_data(folder)
    (folder / "Saker.XLSX").touch()
    assert lies_with_data(folder)
