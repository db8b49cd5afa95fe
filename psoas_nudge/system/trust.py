"""Whether somebody else could change a file, and so decide what runs in this person's name.

Every step on the way to the file is looked at: each directory from the root on, each symbolic link and where it
leads, and the file itself. Each has to belong to the person or to root, and nobody else may write it. OpenSSH looks at
a home directory in the same way (StrictModes).

A directory like /tmp, which all may write but where only the owner of an entry can replace it (the sticky bit), is
accepted: the next step must belong to the person or to root, and then nobody else can put another in its place.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from psoas_nudge.system.files import is_mine

MOST_LINKS = 40
"""As many as Linux follows."""


def distrust(file: Path) -> str:
    """Why this file is not to be trusted, and what to do; empty when it is. Raises OSError when it is not there."""
    if sys.platform == "win32":
        return ""  # access lists are not read: a person's own folder keeps others out by inheritance
    for step, status in _steps(file):
        what = "folder" if stat.S_ISDIR(status.st_mode) else "link" if stat.S_ISLNK(status.st_mode) else "file"
        if status.st_uid != 0 and not is_mine(status) and not _is_unmapped(status.st_uid):
            return f"the {what} {step} belongs to another user"
        if what == "link":
            continue  # its own mode means nothing
        others = bool(status.st_mode & stat.S_IWOTH)
        group = bool(status.st_mode & stat.S_IWGRP) and not (_is_private(status.st_gid) and not _has_list(step))
        if (others or group) and not (what == "folder" and status.st_mode & stat.S_ISVTX):
            return f"others can write the {what} {step}; run: chmod go-w {step}"
    return ""


def _steps(file: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Everything that decides what is found under the name, from the root on."""
    at = Path(file.anchor or Path.cwd().anchor)
    left = list(reversed(file.absolute().parts[1:]))
    links = 0
    yield at, at.lstat()
    while left:
        part = left.pop()
        if part == "..":
            at = at.parent  # never a link: those are replaced by where they lead
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
    """Whether a group is the person's own private one, the usual thing where the umask is 002."""
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
    """Whether the id stands for all that a user namespace does not know, root among them (distrobox, flatpak)."""
    try:
        overflow = int(Path("/proc/sys/kernel/overflowuid").read_text())
        whole = Path("/proc/self/uid_map").read_text().split()[:3] == ["0", "0", "4294967295"]
    except (OSError, ValueError):
        return False
    return uid == overflow and not whole
