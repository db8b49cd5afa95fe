"""A systemd user unit: starts with the graphical session, and starts again with growing pauses when it fails.

Hardened as far as a desktop session allows. What the daemon opens for the person (a browser, an editor) is started
outside of it (engine/outside.py); hooks run inside and cannot gain privileges, so no sudo and no snaps in them.
Left out, and why:
  ProtectSystem, ProtectHome, PrivateTmp, PrivateDevices, ProtectProc, PrivateUsers: a user's manager can only do these
      with an unprivileged user namespace, which distributions switch off; besides, /tmp holds the X socket, /dev the
      sound and video devices and /proc the processes that tell of a call, and home the configuration;
  CapabilityBoundingSet, IPAddressDeny, DeviceAllow, ProtectClock, ProtectKernel...: need privileges that a user's
      manager has not (and it starts without capabilities anyway); PrivateNetwork: the X socket may be an abstract one;
  MemoryDenyWriteExecute: libffi, which speaks to X and sound, maps writable code;
  SystemCallFilter=@system-service, RestrictNamespaces: a hook may be any program.
KillMode=mixed: SIGTERM for the daemon alone, which then ends what it started; what is left of the unit after that, a
child that reads a calendar for one, is killed. A hook that starts something to stay does so with systemd-run.
WatchdogSec is fed from the engine's steps, of which there is one at least every 15 minutes (engine/timers.py).
A program that cannot be started at all (203: its Python went with an upgrade of the distribution) is not tried again,
one that fails again and again is given up; in both cases TROUBLE, which needs nothing but systemd, tells the person.
No Environment= and no PassEnvironment=: the session's own environment is what the manager was told at login.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from psoas_nudge.autostart import activation
from psoas_nudge.autostart.port import LABEL, SUMMARY, UNIT, Computer, Found, clear, put
from psoas_nudge.errors import Unavailable

BACK_OFF_SINCE = 254
"""The systemd version that knows RestartSteps; an older one only spaces its tries."""
TARGET = "graphical-session.target"
ENV = "/usr/bin/env"
TROUBLE = "psoas-nudge-trouble.service"
TROUBLE_TITLE = "psoas-nudge does not start"
TROUBLE_BODY = (
    "You get no prompts. If you have just upgraded your system, install it again: pipx reinstall psoas-nudge. "
    "To see what is wrong: systemctl --user status psoas-nudge"
)


def render(argv: Sequence[str], version: int) -> str:
    """The unit file."""
    back_off = "RestartSteps=6\nRestartMaxDelaySec=10min\n" if version >= BACK_OFF_SINCE else ""
    pause = "5s" if back_off else "30s"
    return f"""\
[Unit]
Description=psoas-nudge: {SUMMARY[0].lower()}{SUMMARY[1:]}
Documentation=man:psoas-nudge(1)
PartOf={TARGET}
After={TARGET}
OnFailure={TROUBLE}
StartLimitIntervalSec=1h
StartLimitBurst=6

[Service]
Type=notify
ExecStart={quote(argv)}
Restart=on-failure
RestartSec={pause}
{back_off}# 2 is bad input, 203 a program that is not there: starting again would not help.
RestartPreventExitStatus=2 203
WatchdogSec=40min
TimeoutStartSec=120s
TimeoutStopSec=10s
KillMode=mixed
OOMPolicy=continue
MemoryMax=512M
TasksMax=100
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap
SystemCallErrorNumber=EPERM

[Install]
WantedBy={TARGET}
"""


def trouble() -> str:
    """The unit that tells the person, with a notification that stays; busctl comes with systemd."""
    service, path = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
    notify = [service, path, service, "Notify", "susssasa{sv}i", "psoas-nudge", "0", "dialog-warning"]
    hints = ["1", "urgency", "y", "2"]
    argv = ["busctl", "--user", "call", *notify, TROUBLE_TITLE, TROUBLE_BODY, "0", *hints, "0"]
    by_hand = ["/bin/sh", "-c", f"! busctl --user status {LABEL} > /dev/null 2>&1"]  # then prompts do come
    return f"""\
[Unit]
Description={TROUBLE_TITLE}

[Service]
Type=oneshot
ExecCondition={quote(by_hand)}
ExecStart={quote(argv)}
"""


def quote(argv: Sequence[str]) -> str:
    """A command as ExecStart takes it (systemd.service(5), "Command lines"; ":" keeps "$" as it is)."""
    words = []
    if argv and re.search(r"[\"'\\]", argv[0]):
        argv = (ENV, *argv)  # systemd takes quotes and backslashes in arguments, not in the program's own path
    for word in argv:
        text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("\n", "\\n")
        words.append(f'"{text}"' if re.search(r"[\s\"'\\;]", word) or not word else text)
    return (":" if any("$" in word for word in argv) else "") + " ".join(words)


def command_in(text: str) -> tuple[str, ...]:
    """The command in a unit file, the opposite of `quote`; empty when there is none."""
    line = re.search(r"^ExecStart=:?(.*)$", text, re.MULTILINE)
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line[1]) if line else []
    plain = {"n": "\n"}
    command = tuple(
        re.sub(r"\\(.)", lambda m: plain.get(m[1], m[1]), quoted or bare).replace("%%", "%") for quoted, bare in words
    )
    return command[1:] if command[:1] == (ENV,) else command


class Systemd:
    """The way for sessions that the user's systemd manager runs."""

    name = "systemd"
    title = "systemd user unit"

    def unavailable(self, computer: Computer) -> Unavailable | None:
        """It needs a manager, and a desktop that tells the manager when the graphical session begins."""
        if not (Path(computer.environ.get("XDG_RUNTIME_DIR", "/nonexistent")) / "systemd" / "private").exists():
            return Unavailable("no systemd user manager runs in this session")
        if computer.run(_ctl("is-active", TARGET)).code:
            return Unavailable(f"this desktop does not start systemd's {TARGET}, so a unit would never run")
        return None

    def enable(self, computer: Computer, argv: Sequence[str]) -> bool:
        """Write the unit and hang it into the session's target."""
        changed = put(self._files(computer, argv))
        if changed:
            self._do(computer, "daemon-reload")
        if computer.run(_ctl("is-enabled", UNIT)).code:
            self._do(computer, "enable", UNIT)
            changed = True
        return changed

    def disable(self, computer: Computer) -> bool:
        """Take the unit out of every target, then away; what runs goes on until it is stopped."""
        if not (paths := self._present(computer)):
            return False
        computer.run(_ctl("disable", UNIT))
        clear([*self._links(computer), *paths], computer.home)
        computer.run(_ctl("daemon-reload"))
        return True

    def find(self, computer: Computer, argv: Sequence[str]) -> Found | None:
        """The unit on disk and what the manager says of it."""
        path = self._unit(computer)
        if not path.is_file():
            return None
        files = self._files(computer, argv)
        return Found(
            place=str(path),
            starts=command_in(path.read_text("utf-8", "replace")),
            enabled=computer.run(_ctl("is-enabled", UNIT)).code == 0,
            running=computer.run(_ctl("is-active", UNIT)).code == 0,
            as_written_now=all(p.is_file() and p.read_bytes() == content for p, content in files.items()),
        )

    def start_now(self, computer: Computer) -> list[str]:  # noqa: ARG002 - see port.Way
        """Through the manager, so that it also watches this first run."""
        return _ctl("start", UNIT)

    def _unit(self, computer: Computer) -> Path:
        return computer.config() / "systemd" / "user" / UNIT

    def _links(self, computer: Computer) -> list[Path]:
        # systemctl disable removes them too, but not where the manager is gone, and it may leave the folder
        folders = {f"{TARGET}.wants", *(p.name for p in self._unit(computer).parent.glob("*.wants"))}
        return [self._unit(computer).parent / folder / UNIT for folder in sorted(folders)]

    def _present(self, computer: Computer) -> list[Path]:
        paths = [self._unit(computer), self._unit(computer).with_name(TROUBLE), activation.path(computer)]
        mine = [paths[0], *self._links(computer)]
        return paths if any(p.exists() or p.is_symlink() for p in mine) else []

    def _files(self, computer: Computer, argv: Sequence[str]) -> dict[Path, bytes]:
        found = re.search(r"\d+", computer.run(["systemctl", "--version"]).text)
        text = render(argv, int(found[0]) if found else 0)
        return {
            self._unit(computer): text.encode(),
            self._unit(computer).with_name(TROUBLE): trouble().encode(),
            activation.path(computer): activation.render(argv, unit=UNIT).encode(),
        }

    def _do(self, computer: Computer, *args: str) -> None:
        done = computer.run(_ctl(*args))
        if done.code:
            raise Unavailable(f"systemctl --user {' '.join(args)} failed: {done.text}")


def _ctl(*args: str) -> list[str]:
    return ["systemctl", "--user", "--no-ask-password", *args]
