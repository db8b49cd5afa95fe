#!/usr/bin/env python3
"""The README's commands on bare Debian, as somebody with a new machine types them: `python3 tests/bare.py [RELEASE...]`.

For each release: a minimal Debian made by debootstrap, a copy of what is committed, then what the README says, word for
word. On a terminal a prompt must appear in it within a shortened `nudge_after`, and end on Ctrl-C; the tests must pass,
and say what they install while they do; then the recommended installation must put `psoas-nudge` on the PATH of a new
terminal, and the README's list of commands, the upgrade and the uninstallation must work as printed. Debian 12 is tried as root, with the tests as a background job has them
(SIGINT ignored); Debian 13 as an ordinary user. Needs root, apt and a network; nothing of it touches this machine.

The minimal systems are kept in $XDG_CACHE_HOME/psoas-nudge-bare (or ~/.cache) and made again when they are gone; what
is tried is a copy, thrown away afterwards. Where packages come from (mirror, proxies, pip's indexes, certificates) is
this machine's choice and goes along.
"""

from __future__ import annotations

import configparser
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
KEPT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "psoas-nudge-bare"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
INSIDE = "/etc/certificates-of-the-host.crt"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
SOON = {
    **{f"PSOAS_NUDGE_HOURS_{day}": '["00:00-24:00"]' for day in DAYS},
    "PSOAS_NUDGE_PROMPT_NUDGE_AFTER": "5s",
    "PSOAS_NUDGE_PROMPT_SETTLE_IN": "0s",
    "PSOAS_NUDGE_PROMPT_WIND_DOWN": "0s",
    "PSOAS_NUDGE_PROMPT_PATIENCE": "2s",
}
INSTALLED = ("dpkg-query", "--show", "--showformat", "${db:Status-Status}")
DESKTOP = "xvfb dbus dunst"
SESSION = 'Xvfb :9 & DISPLAY=:9 dbus-run-session -- sh -c "dunst 2>/dev/null & exec bash"'
"""A terminal on the smallest of desktops, and the packages that it takes."""
UPGRADE = "pipx install --force"
LISTED = {
    "psoas-nudge start": ("psoas-nudge is running.", "Working hours", "Next prompt", "at every login"),
    "psoas-nudge status": ("Prompts today: 0 of 8.",),
    "psoas-nudge pause": ("Paused until",),
    "psoas-nudge stop": ("Stopping.",),
    "psoas-nudge doctor": ("Prompts will appear", "no browser was found"),
    "psoas-nudge help": ("Commands:", "Topics:"),
    UPGRADE: ("Stopping.", "psoas-nudge is running."),
    "psoas-nudge stop; psoas-nudge autostart disable": ("Removed", "uninstalled psoas-nudge"),
}
"""How the commands that the README lists begin, in its order, and what each has to say."""
SHOWN = 16
"""Lines of each that are printed."""
INSTALL_WITHIN, PROMPT_WITHIN, END_WITHIN, TESTS_WITHIN, SILENT_AT_MOST = 600.0, 60.0, 20.0, 1200.0, 10.0
"""Seconds. All but the last are the end of a hang; nobody looks longer than the last at a terminal that says nothing."""


@dataclass(frozen=True)
class Try:
    """Who tries which release. `before`: shell that goes before the test command; `upgrades`: also tries the upgrade."""

    release: str
    person: str
    before: str = ""
    upgrades: bool = False

    @property
    def home(self) -> str:
        return "/root" if self.person == "root" else f"/home/{self.person}"


TRIES = (Try("bookworm", "root", before="trap '' INT; "), Try("trixie", "person", upgrades=True))


class Failed(Exception):
    """What did not hold on the bare system."""


def say(line: str) -> None:
    print(f"tests/{Path(sys.argv[0]).name}: {line}", flush=True)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Print how long it took."""
    say(f"{name} …")
    began = time.monotonic()
    yield
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    say(f"{name}: {minutes} min {seconds:02d} s")


# --- what the README says ------------------------------------------------------------------------------------------


def readme(pattern: str) -> str:
    """The first command of the README that fits."""
    found = re.search(pattern, (PROJECT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise Failed(f"README.md has no command like {pattern}")
    return found[1]


# --- where this machine gets its packages -----------------------------------------------------------------------------


def output(*argv: str) -> str:
    return subprocess.run(argv, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout


def mirror() -> str:
    """The mirror of Debian that apt uses here; Debian's own where this is another distribution."""
    known = output("apt-get", "indextargets", "--format", "$(REPO_URI)", "Origin: Debian", "Label: Debian").split()
    return known[0] if known else "http://deb.debian.org/debian"


def of_pip() -> dict[str, str]:
    """pip's settings of this machine, as environment variables: files first, the environment over them."""
    folders = os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")
    files = [f"{folder}/pip/pip.conf" for folder in reversed(folders)]
    files += ["/etc/pip.conf", "~/.pip/pip.conf", "~/.config/pip/pip.conf", os.environ.get("PIP_CONFIG_FILE", "")]
    read = configparser.RawConfigParser()
    read.read([Path(file).expanduser() for file in files if file], encoding="utf-8")
    said = (
        {f"PIP_{key.replace('-', '_').upper()}": value for key, value in read["global"].items()}
        if read.has_section("global")
        else {}
    )
    said |= {key: value for key, value in os.environ.items() if key.startswith("PIP_") and key != "PIP_CONFIG_FILE"}
    return {key: " ".join(value.split()) for key, value in said.items()}


def environment(who: Try) -> dict[str, str]:
    """What a login would set, and the way to the packages."""
    told = {
        "HOME": who.home,
        "USER": who.person,
        "LOGNAME": who.person,
        "SHELL": "/bin/sh",
        "TERM": "xterm",
        "PATH": PATH,
        **{key: value for key, value in os.environ.items() if key.lower() in {"http_proxy", "https_proxy", "no_proxy"}},
        **of_pip(),
    }
    if CERTIFICATES.exists():
        told |= {"SSL_CERT_FILE": INSIDE, "PIP_CERT": INSIDE}
    return told


def places(environ: dict[str, str]) -> list[str]:
    """Files and folders of this machine that pip's settings name: they are mounted at the same place inside."""
    words = " ".join(value for key, value in environ.items() if key.startswith("PIP_")).split()
    found = {re.sub(r"^file://", "", word).removesuffix("/simple") for word in words}
    return sorted(each for each in found if each.startswith("/") and each != INSIDE and Path(each).exists())


def must(*argv: str) -> None:
    """Run it; raises Failed with its output."""
    done = subprocess.run(argv, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"`{' '.join(argv)}` ended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr}")


# --- the bare system --------------------------------------------------------------------------------------------------


def made(release: str) -> Path:
    """The kept minimal system of a release, made when it is not there."""
    kept = KEPT / release
    if kept.is_dir():
        return kept
    missing = [tool for tool in ("debootstrap", "debian-archive-keyring") if output(*INSTALLED, tool) != "installed"]
    if missing:
        output("apt-get", "update")
        must("apt-get", "install", "--yes", "--no-install-recommends", *missing)
    part = KEPT / f"{release}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    with stage(f"{release}: debootstrap, once"):
        must("debootstrap", "--variant=minbase", release, str(part), mirror())
    part.rename(kept)
    return kept


def checkout(to: Path) -> None:
    """What is committed; of an archive, which has no commits, all but what .gitignore names."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=PROJECT, check=False, capture_output=True)
    if archive.returncode == 0:
        to.mkdir()
        subprocess.run(["tar", "--extract", "--directory", str(to)], input=archive.stdout, check=True)
    else:
        left = [line.rstrip("/") for line in (PROJECT / ".gitignore").read_text(encoding="utf-8").split()]
        shutil.copytree(PROJECT, to, symlinks=True, ignore=shutil.ignore_patterns(".git", *left))


@contextmanager
def bare(who: Try) -> Iterator[Path]:
    """A bare system of one's own with the project in the home; gone afterwards."""
    kept = made(who.release)
    with tempfile.TemporaryDirectory(prefix=f"{who.release}-", dir=KEPT) as folder:
        root = Path(folder) / "root"
        must("cp", "--archive", str(kept), str(root))
        apt = [
            line for line in output("apt-config", "dump").splitlines() if re.match(r"Acquire::https?::.*Proxy", line)
        ]
        # Nobody sits here to say yes.
        lines = ['APT::Get::Assume-Yes "true";', *apt]
        (root / "etc/apt/apt.conf.d/99tests").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for file in ("/etc/resolv.conf", "/etc/hosts"):
            (root / file[1:]).unlink(missing_ok=True)
            shutil.copyfile(file, root / file[1:])
        if CERTIFICATES.exists():
            shutil.copyfile(CERTIFICATES, root / INSIDE[1:])
        for place in map(Path, places(environment(who))):
            inside = root / str(place)[1:]
            inside.parent.mkdir(parents=True, exist_ok=True)
            inside.mkdir(exist_ok=True) if place.is_dir() else inside.touch()
        if who.person != "root":
            must("useradd", "--root", str(root), "--create-home", who.person)
        home = root / who.home[1:]
        checkout(home / "psoas-nudge")
        owner = home.stat()
        must("chown", "--recursive", f"{owner.st_uid}:{owner.st_gid}", str(home / "psoas-nudge"))
        yield root


# --- somebody at its terminal -----------------------------------------------------------------------------------------

ENTER = """
set -e
root=$1 person=$2 command=$3
shift 3
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t tmpfs tmpfs "$root/run"
for place; do mount --bind "$place" "$root$place"; done
exec chroot --userspec="$person:$person" "$root" sh -c "$command"
"""


class Terminal:
    """A command on a terminal of its own inside a bare system, and somebody who reads along."""

    def __init__(self, root: Path, who: Try, command: str, more: dict[str, str]) -> None:
        environ = environment(who)
        inside = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "sh"]
        # Ctrl-C is for the program in front: a shell that somebody types into does not end of it.
        whole = f"trap : INT; cd {who.home}/psoas-nudge; {command}"
        argv = [*inside, str(root), who.person, whole, *places(environ)]
        self.command, self.text, self.silence = command, "", 0.0
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], argv, environ | more)

    def read(self, until: str, within: float) -> re.Match[str] | None:
        """Read until a pattern fits, and then return the match, or until the command ends."""
        end = time.monotonic() + within
        while not (found := re.search(until, self.text, re.DOTALL)):
            asked = time.monotonic()
            if not select.select([self.fd], [], [], max(0.0, end - asked))[0]:
                raise Failed(f"`{self.command}`: not within {within:g} s: {until}\n{self.last()}")
            self.silence = max(self.silence, time.monotonic() - asked)
            try:
                self.text += os.read(self.fd, 65536).decode(errors="replace")
            except OSError:  # nobody has the terminal open any more
                return None
        return found

    def type(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def line(self, typed: str, answer: str = "", status: int = 0) -> str:
        """Type a line at the shell's prompt, and `answer` to what it asks; what it printed until it ended with `status`."""
        self.read(r"[#$] \Z", END_WITHIN)
        self.text = ""
        self.type(f'{typed}; echo "ended with $?"\r')
        if answer:
            self.read(r"\[Y/n\]", INSTALL_WITHIN)
            self.type(f"{answer}\r")
        ended = self.read(r"\$\?\"\r\n(.*)ended with (\d+)\r\n", INSTALL_WITHIN)
        if not ended or int(ended[2]) != status:
            raise Failed(f"`{typed}` did not end with {status}\n{self.last()}")
        return "\n".join(self.plain()).partition('$?"\n')[2].partition("ended with ")[0]

    def plain(self) -> list[str]:
        """What was shown, without colors and without what was written over."""
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text).replace("\r\n", "\n")
        lines = [line.rpartition("\r")[2] for line in plain.split("\n")]
        return [line for line in lines if not re.fullmatch(r"[.s]+ *(\[.*%\])?", line)]

    def last(self) -> str:
        """The end of it."""
        return "\n".join(self.plain()[-60:])

    def ended(self, within: float) -> None:
        """Read to the end; raises Failed unless the status is 0."""
        self.read(r"(?!)", within)
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        if status:
            raise Failed(f"`{self.command}` ended with {os.waitstatus_to_exitcode(status)}\n{self.last()}")

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


@contextmanager
def typed(root: Path, who: Try, command: str, more: dict[str, str] | None = None) -> Iterator[Terminal]:
    terminal = Terminal(root, who, command, more or {})
    try:
        yield terminal
    finally:
        terminal.close()


# --- what must hold ---------------------------------------------------------------------------------------------------


def install_what_debian_leaves_out(root: Path, who: Try) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    first = f"apt-get update && {readme(r'`(apt-get install [^`]+)`')}"
    with typed(root, Try(who.release, "root"), first, quiet) as terminal:
        terminal.ended(INSTALL_WITHIN)


def the_main_job_runs(root: Path, who: Try) -> None:
    """The first command installs and starts it, a prompt comes into the terminal, Ctrl-C ends it well."""
    with typed(root, who, readme(r"^\$ (python3 -m venv .*psoas-nudge run)$"), SOON) as terminal:
        terminal.read("prompts appear in this terminal", INSTALL_WITHIN)
        prompt = terminal.read(r"-{60}\r\n(.*?)-{60}\r\n", PROMPT_WITHIN)
        if not prompt or "itting for" not in prompt[1]:
            raise Failed(f"`{terminal.command}` showed no prompt\n{terminal.last()}")
        print("".join(f"    | {line}\n" for line in prompt[1].split("\r\n")), end="", flush=True)
        terminal.type("\x03")
        terminal.ended(END_WITHIN)


def the_tests_pass(root: Path, who: Try) -> None:
    """The test command passes, and is never silent for long before pytest begins."""
    with typed(root, who, who.before + readme(r"^\$ (python3 tests/run\.py)$")) as terminal:
        terminal.read("test session starts", INSTALL_WITHIN)
        silence = terminal.silence
        terminal.ended(TESTS_WITHIN)
        say(f"silent for {silence:.1f} s at most while it installed; {terminal.last().strip().splitlines()[-1]}")
        if silence > SILENT_AT_MOST:
            raise Failed(f"`{terminal.command}` showed nothing for {silence:.0f} s while it installed")


def the_commands_work_as_printed(root: Path, who: Try) -> None:
    """The recommended installation, the list of commands, the upgrade and the uninstallation, word for word."""
    quiet, plain = {"DEBIAN_FRONTEND": "noninteractive"}, {"TERM": "dumb"}
    with typed(root, Try(who.release, "root"), f"{readme(r'`(apt-get install pipx)`')} {DESKTOP}", quiet) as terminal:
        terminal.ended(INSTALL_WITHIN)
    with typed(root, who, "exec bash", plain) as terminal:
        terminal.line(readme(r"^\$ (pipx install .*)$"))
    with typed(root, who, "exec bash", plain) as terminal:  # a new one, and no desktop
        if "To get prompts in this terminal, use: psoas-nudge run" not in terminal.line("psoas-nudge start", status=1):
            raise Failed(f"`psoas-nudge start` did not say what works without a desktop\n{terminal.last()}")
    with typed(root, who, SESSION, plain) as terminal:
        for begins, expected in LISTED.items():
            if begins == UPGRADE:
                if not who.upgrades:
                    continue
                terminal.line("psoas-nudge start")  # it is running when it is upgraded
            command = readme(rf"^\$ ({re.escape(begins)}.*?)(?: +#.*)?$")
            said = terminal.line(command, answer="y" if begins == "psoas-nudge start" else "")
            shown = [*said.splitlines()[:SHOWN], "…"] if len(said.splitlines()) > SHOWN else said.splitlines()
            print(f"    $ {command}\n" + "".join(f"    | {line}\n" for line in shown), end="", flush=True)
            if missing := [each for each in expected if each not in said]:
                raise Failed(f"`{command}` did not say: {', '.join(missing)}\n{said}")
        terminal.line("psoas-nudge", status=127)
        terminal.line("test -f ~/.local/share/psoas-nudge/journal.db")


STORY = (install_what_debian_leaves_out, the_main_job_runs, the_tests_pass, the_commands_work_as_printed)


def main() -> int:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        say("not tried: a bare system takes root and Debian's apt")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was copied is removed
    known = [who.release for who in TRIES]
    if unknown := set(sys.argv[1:]) - set(known):
        sys.exit(
            f"tests/bare.py: {', '.join(sorted(unknown))}: not a release that is tried; those are {', '.join(known)}"
        )
    for who in (each for each in TRIES if each.release in (sys.argv[1:] or known)):
        name = f"{who.release} as {who.person}"
        try:
            with bare(who) as root:
                for what in STORY:
                    with stage(f"{name}: {what.__name__.replace('_', ' ')}"):
                        what(root, who)
        except Failed as failed:
            say(f"{name}: {failed}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
