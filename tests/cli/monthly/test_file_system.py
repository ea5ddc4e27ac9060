"""The kind of file system that a folder lies on, by the mounts of the machine."""

import os
from pathlib import Path

import pytest

from saksflyt.cli.monthly import file_system as module
from saksflyt.cli.monthly.file_system import file_system, is_network

MOUNTS = """
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
31 22 0:40 / /mnt/felles rw - cifs //fil01/felles rw,vers=3.0
32 22 0:41 / /mnt/felles/lokal rw - ext4 /dev/sdb1 rw
33 22 0:42 / /srv/med\\040rom rw - nfs4 fil02:/eksport rw
34 22 0:43 / /data rw - ext4 /dev/sdc1 rw
35 34 0:44 / /data rw - nfs fil03:/data rw
a line that nobody knows
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no mountinfo")
@pytest.mark.parametrize(
    ("place", "network"),
    [
        ("/mnt/felles/x/history", True), ("/mnt/felles/lokal/history", False), ("/mnt/fellesskap", False),
        ("/srv/med rom/h", True), ("/srv/h", False), ("/data/h", True),
    ],
)  # fmt: skip
def test_where_a_folder_lies(place: str, network: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS, encoding="utf-8")
    monkeypatch.setattr(module, "_MOUNTS", mounts)
    assert is_network(file_system(Path(place))) == network
    monkeypatch.setattr(module, "_MOUNTS", tmp_path / "none")
    assert file_system(Path(place)) == ""


def test_drives_of_this_machine_are_no_network() -> None:
    assert not any(map(is_network, ("", "ext4", "tmpfs", "overlay", "nfsx", "btrfs")))
    assert all(map(is_network, ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.s3fs")))
