"""Whoever can write a step on the way to a file can put another in its place."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from psoas_nudge.system.trust import distrust


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory of mine with a file in it, two levels down."""
    for folder in (tmp_path, tmp_path / "a", tmp_path / "a" / "b"):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
    file = tmp_path / "a" / "b" / "file"
    file.touch()
    file.chmod(0o644)
    return tmp_path


def test_a_file_of_mine_in_a_place_of_mine_is_trusted_also_where_root_is_the_owner(home: Path) -> None:
    assert distrust(home / "a" / "b" / "file") == ""
    assert distrust(Path("/bin/sh")) == ""


@pytest.mark.parametrize("step", ["a", "a/b", "a/b/file"])
def test_a_step_that_others_can_write_is_named_with_the_cure(home: Path, step: str) -> None:
    (home / step).chmod(0o777)
    what = "file" if step.endswith("file") else "folder"
    assert distrust(home / "a/b/file") == f"others can write the {what} {home / step}; run: chmod go-w {home / step}"


def test_a_folder_further_up_can_be_like_tmp_but_not_the_file_of_somebody_else_in_it(home: Path) -> None:
    (home / "a").chmod(0o1777)
    assert distrust(home / "a/b/file") == ""
    if os.getuid() == 0:
        os.chown(home / "a" / "b", 12345, -1)
        assert distrust(home / "a/b/file") == f"the folder {home / 'a/b'} belongs to another user"


@pytest.mark.parametrize("target", ["{0}/open/file", "../open/file", "../a/../open/file"])
def test_a_link_is_followed_and_every_step_of_its_way_counts(home: Path, target: str) -> None:
    (home / "open").mkdir()
    (home / "open" / "file").touch()
    link = home / "a" / "link"
    link.symlink_to(target.format(home))
    assert distrust(link) == ""
    (home / "open").chmod(0o777)
    assert distrust(link).startswith(f"others can write the folder {home}/open;")


def test_a_link_in_a_folder_that_others_can_write_may_lead_anywhere_tomorrow(home: Path) -> None:
    (home / "open").mkdir()
    (home / "open" / "link").symlink_to(home / "a")
    (home / "open").chmod(0o777)
    assert distrust(home / "open" / "link" / "b" / "file").startswith(f"others can write the folder {home}/open;")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a link away")
def test_a_link_of_somebody_else_is_refused(home: Path) -> None:
    (home / "open").mkdir()
    (home / "open").chmod(0o1777)
    link = home / "open" / "link"
    link.symlink_to(home / "a")
    os.chown(link, 12345, -1, follow_symlinks=False)
    assert distrust(link / "b" / "file") == f"the link {link} belongs to another user"


def test_links_in_a_circle_and_missing_files_are_errors_of_the_system(home: Path) -> None:
    (home / "one").symlink_to("two")
    (home / "two").symlink_to("one")
    with pytest.raises(OSError, match="too many links"):
        distrust(home / "one")
    with pytest.raises(FileNotFoundError):
        distrust(home / "none")


ACL = [(1, 7, -1), (2, 7, 65534), (4, 5, -1), (0x10, 7, -1), (0x20, 5, -1)]
"""user::rwx user:65534:rwx group::r-x mask::rwx other::r-x, as acl(5) has them: tag, permissions, id."""


def test_what_an_access_list_lets_another_user_write_is_refused_although_the_group_is_private(home: Path) -> None:
    file = home / "a" / "b" / "file"
    try:
        os.setxattr(
            file,
            "system.posix_acl_access",
            struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in ACL),
        )
    except OSError as error:
        pytest.skip(f"no access lists here: {error}")
    assert distrust(file) == f"others can write the file {file}; run: chmod go-w {file}"
    file.chmod(file.stat().st_mode & ~0o022)
    assert distrust(file) == ""
