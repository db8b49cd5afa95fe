"""The table of commands as plain data, for the command line, the README and every text that names a command.

A command that sends a request has the request's line. The requests in PLAIN become commands by themselves.
"""

from __future__ import annotations

from psoas_nudge.core.events import PLAIN, Accept, Feel, Pause, Skip, Snooze, Stretch, Undo

COMMANDS: dict[str, tuple[str, str]] = {
    # name: (module below psoas_nudge.cli, one line for the list of commands)
    "start": ("start", "Start in the background, and show when the next prompt can come."),
    "run": ("run", "Run in this terminal, until you stop it."),
    "status": ("status", "Show how long you have been sitting, and the next prompt."),
    "accept": ("answers", Accept.help),  # before the other answers; PLAIN has it too
    "snooze": ("answers", Snooze.help),
    "skip": ("answers", Skip.help),
    "pause": ("answers", Pause.help),
    **{name: ("answers", kind.help) for name, kind in PLAIN.items()},
    "explain": ("status", "Show why there is no prompt now, and when the next can come."),
    "stretch": ("stretch", Stretch.help),
    "routines": ("routines", "List the stretches and exercises, or show one."),
    "dose": ("dose", "Show how long you held each side, today and this week."),
    "feel": ("feel", Feel.help),
    "undo": ("feel", Undo.help),
    "doctor": ("doctor", "Check whether prompts will appear here, and how to fix what is missing."),
    "presence": ("presence", "Show what the sensors see, live."),
    "demo": ("demo", "Play a made-up workday in about a minute, with real prompts."),
    "reload": ("answers", "Read the configuration again."),
    "stop": ("answers", "Stop psoas-nudge."),
    "preview": ("preview", "Show when prompts can come on the coming days."),
    "simulate": ("simulate", "Try your settings on made-up days, or on recorded ones."),
    "settings": ("settings", "Change the settings on a page in the browser."),
    "config": ("config", "Create, show, check and change the configuration."),
    "journal": ("journal", "Show what was recorded, export it, or merge another computer's."),
    "stats": ("stats", "Show totals for each day, week or month."),
    "report": ("report", "Open a report in the browser, or print it for yourself or a therapist."),
    "export": ("export", "Write what was recorded for ActivityWatch, or as CSV."),
    "autostart": ("autostart", "Turn starting at login on or off."),
    "completion": ("completion", "Print the completion script for your shell."),
    "man": ("man", "Print a manual page in the format that man reads."),
    "help": ("help", "Read about a command or a topic in this terminal."),
}
"""The function in the module has the command's name, with `_` for `-` and a trailing `_` for Python's keywords."""

MEANT = {
    **dict.fromkeys(("quit", "exit", "end", "kill", "off", "shutdown"), "stop"),
    **dict.fromkeys(("launch", "begin", "on", "daemon", "restart"), "start"),
    **dict.fromkeys(("edit", "configure"), "config edit"),
    **dict.fromkeys(("setting", "preferences", "prefs", "options"), "settings"),
    **dict.fromkeys(("log", "logs", "history"), "journal"),
    **dict.fromkeys(("enable", "install", "login"), "autostart enable"),
    **dict.fromkeys(("disable", "uninstall"), "autostart disable"),
    **dict.fromkeys(("why", "next", "when"), "explain"),
    **dict.fromkeys(("exercise", "exercises", "stretches", "list"), "routines"),
    **dict.fromkeys(("statistics", "today", "week"), "stats"),
    **dict.fromkeys(("later", "postpone"), "snooze"),
    **dict.fromkeys(("yes", "ok", "okay"), "accept"),
    **dict.fromkeys(("no", "dismiss"), "skip"),
    **dict.fromkeys(("check", "diagnose", "debug"), "doctor"),
    **dict.fromkeys(("try", "test"), "demo"),
    **dict.fromkeys(("schedule", "hours"), "preview"),
    **dict.fromkeys(("pain", "hurts"), "feel"),
    **dict.fromkeys(("unpause", "continue"), "resume"),
    **dict.fromkeys(("mute", "disturb"), "pause"),
    "version": "--version",
}
"""Words that people type for a command with another name."""
