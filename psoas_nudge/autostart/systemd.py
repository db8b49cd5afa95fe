"""A systemd user unit: starts with the graphical session, and restarts with increasing delays after a failure.

Hardened as far as a desktop session allows. Programs that the daemon opens for the person (browser, editor) are started
outside the unit (engine/outside.py). Hooks run inside and cannot gain privileges, so sudo and snaps fail in them.
Options that are left out, and why:
  ProtectSystem, ProtectHome, PrivateTmp, PrivateDevices, ProtectProc, PrivateUsers: a user manager needs unprivileged
      user namespaces for these, which distributions disable. Also, the daemon needs the X socket in /tmp, devices in
      /dev, other processes in /proc to detect calls, and the configuration in the home directory;
  CapabilityBoundingSet, IPAddressDeny, DeviceAllow, ProtectClock, ProtectKernel...: need privileges that a user manager
      does not have (and the unit has no capabilities anyway); PrivateNetwork: the X socket may be abstract;
  MemoryDenyWriteExecute: libffi, used for X and sound, maps writable and executable memory;
  SystemCallFilter=@system-service, RestrictNamespaces: a hook may be any program.
KillMode=mixed sends SIGTERM only to the daemon, which ends its children; systemd kills what remains, for example a
child that reads a calendar. A hook that starts a lasting process must use systemd-run.
The watchdog is notified from the engine's steps; there is one at least every 15 minutes (engine/timers.py).
If the program cannot be executed (status 203, for example because an upgrade of the distribution removed its Python),
systemd does not retry, and after repeated failures it gives up. In both cases the unit TROUBLE, which needs only
systemd, notifies the person.
No Environment= and PassEnvironment=: the manager received the session's environment at login.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from psoas_nudge.autostart import activation
from psoas_nudge.autostart.port import SUMMARY, Computer, Found, Way, are_written, clear, put
from psoas_nudge.errors import Unavailable
from psoas_nudge.places import APPLICATION

BACK_OFF_SINCE = 254
"""The systemd version that introduced RestartSteps. Older ones restart at a fixed interval."""
TARGET = "graphical-session.target"
ENV = "/usr/bin/env"
UNIT = "psoas-nudge.service"
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
    """The unit that shows a critical notification. busctl is part of systemd."""
    service, path = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
    notify = [service, path, service, "Notify", "susssasa{sv}i", "psoas-nudge", "0", "dialog-warning"]
    hints = ["1", "urgency", "y", "2"]
    argv = ["busctl", "--user", "call", *notify, TROUBLE_TITLE, TROUBLE_BODY, "0", *hints, "0"]
    not_running = ["/bin/sh", "-c", f"! busctl --user status {APPLICATION} > /dev/null 2>&1"]
    return f"""\
[Unit]
Description={TROUBLE_TITLE}

[Service]
Type=oneshot
ExecCondition={quote(not_running)}
ExecStart={quote(argv)}
"""


def quote(argv: Sequence[str]) -> str:
    """A command quoted for ExecStart (systemd.service(5), "Command lines"; ":" disables the expansion of "$")."""
    words = []
    if argv and re.search(r"[\"'\\]", argv[0]):
        argv = (ENV, *argv)  # systemd allows quotes and backslashes in arguments, but not in the program's path
    for word in argv:
        text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("\n", "\\n")
        words.append(f'"{text}"' if re.search(r"[\s\"'\\;]", word) or not word else text)
    return (":" if any("$" in word for word in argv) else "") + " ".join(words)


def command_in(text: str) -> tuple[str, ...]:
    """The command in a unit file (the inverse of `quote`); empty if there is none."""
    line = re.search(r"^ExecStart=:?(.*)$", text, re.MULTILINE)
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line[1]) if line else []
    plain = {"n": "\n"}
    command = tuple(
        re.sub(r"\\(.)", lambda m: plain.get(m[1], m[1]), quoted or bare).replace("%%", "%") for quoted, bare in words
    )
    return command[1:] if command[:1] == (ENV,) else command


def _ctl(*args: str) -> tuple[str, ...]:
    return ("systemctl", "--user", "--no-ask-password", *args)


class Systemd(Way):
    """For sessions with a systemd user manager."""

    name = "systemd"
    title = "systemd user unit"
    start_now = _ctl("start", UNIT)  # so that the manager also supervises the first run

    def unavailable(self, computer: Computer) -> Unavailable | None:
        """Needs a user manager, and a desktop that activates graphical-session.target."""
        if not (Path(computer.environ.get("XDG_RUNTIME_DIR", "/nonexistent")) / "systemd" / "private").exists():
            return Unavailable("no systemd user manager runs in this session")
        if computer.run(_ctl("is-active", TARGET)).code:
            return Unavailable(f"this desktop does not start systemd's {TARGET}, so a unit would never run")
        return None

    def enable(self, computer: Computer, argv: Sequence[str]) -> bool:
        """Write the unit and enable it."""
        changed = put(self._files(computer, argv))
        if changed:
            self._do(computer, "daemon-reload")
        if computer.run(_ctl("is-enabled", UNIT)).code:
            self._do(computer, "enable", UNIT)
            changed = True
        return changed

    def disable(self, computer: Computer) -> bool:
        """Disable and remove the unit. A running daemon is not stopped."""
        unit, links = self._unit(computer), self._links(computer)
        if not any(map(os.path.lexists, (unit, *links))):
            return False
        computer.run(_ctl("disable", UNIT))
        clear([*links, unit, unit.with_name(TROUBLE), activation.path(computer)], computer.home)
        computer.run(_ctl("daemon-reload"))
        return True

    def find(self, computer: Computer, argv: Sequence[str]) -> Found | None:
        """The unit file, and its state according to the manager."""
        path = self._unit(computer)
        if not path.is_file():
            return None
        return Found(
            place=str(path),
            starts=command_in(path.read_text("utf-8", "replace")),
            enabled=computer.run(_ctl("is-enabled", UNIT)).code == 0,
            running=computer.run(_ctl("is-active", UNIT)).code == 0,
            as_written_now=are_written(self._files(computer, argv)),
        )

    def _unit(self, computer: Computer) -> Path:
        return computer.config() / "systemd" / "user" / UNIT

    def _links(self, computer: Computer) -> list[Path]:
        # systemctl disable also removes them, but needs a manager and may leave the directory
        folders = {f"{TARGET}.wants", *(p.name for p in self._unit(computer).parent.glob("*.wants"))}
        return [self._unit(computer).parent / folder / UNIT for folder in sorted(folders)]

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
