"""Whether another user could change a file, and with it the commands that run for this user.

It checks every step of the path: each directory from the root on, each symbolic link and its target, and the file. Each
must belong to the user or to root, and other users must not be able to write it. OpenSSH checks a home directory in the
same way (StrictModes).

A directory like /tmp, which all users may write but where only the owner can replace an entry (the sticky bit), is
accepted: the next step must belong to the user or to root, so other users cannot replace it.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from psoas_nudge.system.files import is_mine

MOST_LINKS = 40
"""The limit of Linux."""


def distrust(file: Path) -> str:
    """Why this file cannot be trusted, and what to do; "" when it can. Raises OSError when it does not exist."""
    if sys.platform == "win32":
        return ""  # access lists are not read: files inherit that of the user's folder, which excludes others
    for step, status in _steps(file):
        what = "folder" if stat.S_ISDIR(status.st_mode) else "link" if stat.S_ISLNK(status.st_mode) else "file"
        if status.st_uid != 0 and not is_mine(status) and not _is_unmapped(status.st_uid):
            return f"the {what} {step} belongs to another user"
        if what == "link":
            continue  # the mode of a link has no meaning
        others = bool(status.st_mode & stat.S_IWOTH)
        group = bool(status.st_mode & stat.S_IWGRP) and not (_is_private(status.st_gid) and not _has_list(step))
        if (others or group) and not (what == "folder" and status.st_mode & stat.S_ISVTX):
            return f"others can write the {what} {step}; run: chmod go-w {step}"
    return ""


def _steps(file: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Every directory, link and file on the path, from the root on."""
    at = Path(file.anchor or Path.cwd().anchor)
    left = list(reversed(file.absolute().parts[1:]))
    links = 0
    yield at, at.lstat()
    while left:
        part = left.pop()
        if part == "..":
            at = at.parent  # `at` is never a link: links are replaced by their targets
            continue
        step = at / part
        status = step.lstat()
        yield step, status
        if not stat.S_ISLNK(status.st_mode):
            at = step
            continue
        links += 1
        if links > MOST_LINKS:
            raise OSError(f"too many links at {step}")
        target = step.readlink()
        if target.is_absolute():
            at = Path(target.anchor)
        left += reversed(target.parts[1:] if target.is_absolute() else target.parts)


def _is_private(gid: int) -> bool:
    """Whether a group is the user's private group, which is usual with the umask 002."""
    if sys.platform == "win32":
        return False
    import grp
    import pwd

    try:
        me, group = pwd.getpwuid(os.getuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    return me.pw_gid == gid and group.gr_name == me.pw_name and set(group.gr_mem) <= {me.pw_name}


def _has_list(step: Path) -> bool:
    """Whether an access list names others: then the bits of the group say what these may do at most (acl(5))."""
    if sys.platform != "linux":
        return False
    try:
        return "system.posix_acl_access" in os.listxattr(step, follow_symlinks=False)
    except OSError:
        return False


def _is_unmapped(uid: int) -> bool:
    """Whether the id stands for all users outside of a user namespace, root included (distrobox, flatpak)."""
    try:
        overflow = int(Path("/proc/sys/kernel/overflowuid").read_text())
        whole = Path("/proc/self/uid_map").read_text().split()[:3] == ["0", "0", "4294967295"]
    except (OSError, ValueError):
        return False
    return uid == overflow and not whole
