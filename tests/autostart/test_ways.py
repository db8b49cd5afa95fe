"""Every way of starting at login keeps the same promises; what each writes is read back by the tool it is for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from psoas_nudge.autostart import activation, application, chooser, systemd, windows, xdg
from psoas_nudge.autostart.port import clear, put
from psoas_nudge.errors import BadInput, Unavailable
from psoas_nudge.places import APPLICATION

HOMES = [("windows", "win32"), ("systemd", "linux"), ("xdg", "linux")]
each_way = pytest.mark.parametrize(("name", "platform"), HOMES)


def test_every_way_of_the_table_is_met_here() -> None:
    assert {way.name for way in chooser.WAYS} == {name for name, _ in HOMES}


@each_way
def test_enabling_twice_changes_nothing_the_second_time(name: str, platform: str, pretend, program) -> None:
    here = pretend(platform)
    assert chooser.enable(here.computer, program, name, here.ways).changed
    before = here.left()
    assert not chooser.enable(here.computer, program, name, here.ways).changed
    assert here.left() == before != []


@each_way
def test_after_disabling_nothing_is_left(name: str, platform: str, pretend, program) -> None:
    here = pretend(platform)
    chooser.enable(here.computer, program, name, here.ways)
    in_the_menu = (application.TITLE,) if platform == "linux" else ()
    assert chooser.disable(here.computer, here.ways) == (here.way(name).title, *in_the_menu)
    assert here.left() == []
    assert not list(here.home.iterdir()), "not even empty folders"
    assert chooser.disable(here.computer, here.ways) == ()


@each_way
def test_a_program_that_moved_is_found_stale_and_mended(name: str, platform: str, pretend, program) -> None:
    here = pretend(platform)
    chooser.enable(here.computer, ("/old/bin/psoas-nudge", "run"), name, here.ways)
    [(way, found)] = chooser.find(here.computer, program, here.ways)
    assert (way.name, found.as_written_now) == (name, False)
    assert "/old/bin/psoas-nudge" in " ".join(found.starts)

    assert chooser.enable(here.computer, program, name, here.ways).changed
    [(way, found)] = chooser.find(here.computer, program, here.ways)
    assert found.as_written_now
    assert found.enabled
    assert program[0] in " ".join(found.starts)
    assert "/old/" not in "".join(p.read_text() for p in here.home.rglob("*") if p.is_file())


@each_way
def test_a_status_on_a_fresh_computer_finds_nothing(name: str, platform: str, pretend, program) -> None:
    here = pretend(platform)
    assert here.way(name).find(here.computer, program) is None
    assert here.way(name).disable(here.computer) is False


def test_where_the_session_is_systemds_the_unit_is_chosen(pretend, program) -> None:
    here = pretend()
    assert chooser.enable(here.computer, program, ways=here.ways).way.name == "systemd"


def test_a_desktop_that_never_starts_the_target_gets_an_entry_and_the_reason(pretend, program) -> None:
    here = pretend()
    here.commands.target_active = False
    done = chooser.enable(here.computer, program, ways=here.ways)
    assert done.way.name == "xdg"
    assert any("would never run" in reason for reason in done.passed_over)


def test_without_a_user_manager_an_entry_is_written(pretend, program) -> None:
    here = pretend()
    (Path(here.computer.environ["XDG_RUNTIME_DIR"]) / "systemd" / "private").rmdir()
    assert chooser.enable(here.computer, program, ways=here.ways).way.name == "xdg"


def test_changing_the_way_removes_the_other_one(pretend, program) -> None:
    here = pretend()
    chooser.enable(here.computer, program, "xdg", here.ways)
    done = chooser.enable(here.computer, program, "systemd", here.ways)
    assert [way.name for way in done.removed] == ["xdg"]
    assert [way.name for way, _ in chooser.find(here.computer, program, here.ways)] == ["systemd"]
    done = chooser.enable(here.computer, program, "xdg", here.ways)
    assert [way.name for way in done.removed] == ["systemd"]
    assert here.left() == [
        ".config/autostart/psoas-nudge.desktop",
        ".local/share/applications/io.github.psoas_nudge.desktop",
        ".local/share/applications/io.github.psoas_nudge.page.desktop",
        f".local/share/dbus-1/services/{systemd_name()}",
        ".local/share/icons/hicolor/scalable/apps/io.github.psoas_nudge.svg",
    ]


def systemd_name() -> str:
    return APPLICATION + ".service"


def test_an_unknown_way_names_the_known_ones(pretend, program) -> None:
    here = pretend()
    with pytest.raises(BadInput, match="windows, systemd, xdg"):
        chooser.enable(here.computer, program, "cron", here.ways)


def test_asking_for_a_way_that_cannot_work_says_why_and_writes_nothing(pretend, program) -> None:
    here = pretend()
    with pytest.raises(Unavailable, match="Windows only"):
        chooser.enable(here.computer, program, "windows", here.ways)
    assert here.left() == []


def test_a_unit_that_systemd_refuses_is_an_error_with_its_words(pretend, program) -> None:
    here = pretend()
    here.commands.broken = True
    with pytest.raises(Unavailable, match="No medium found"):
        here.way("systemd").enable(here.computer, program)


def test_a_unit_is_removed_even_when_the_manager_is_gone(pretend, program) -> None:
    here = pretend()
    chooser.enable(here.computer, program, "systemd", here.ways)
    here.commands.broken = True
    chooser.disable(here.computer, here.ways)
    assert here.left() == []


def test_an_entry_switched_off_in_the_desktops_settings_is_reported_and_switched_on_again(pretend, program) -> None:
    here = pretend()
    chooser.enable(here.computer, program, "xdg", here.ways)
    entry = here.home / ".config/autostart/psoas-nudge.desktop"
    entry.write_text(entry.read_text() + "Hidden=true\n")
    [(_, found)] = chooser.find(here.computer, program, here.ways)
    assert not found.enabled
    assert chooser.enable(here.computer, program, "xdg", here.ways).changed
    assert chooser.find(here.computer, program, here.ways)[0][1].enabled


def test_one_switched_off_in_the_task_manager_is_reported_and_switched_on_again(pretend, program) -> None:
    here = pretend("win32")
    chooser.enable(here.computer, program, ways=here.ways)
    here.registry.values[windows.APPROVED, windows.VALUE] = b"\x03\0\0\0"
    assert not chooser.find(here.computer, program, here.ways)[0][1].enabled
    assert chooser.enable(here.computer, program, ways=here.ways).changed
    assert chooser.find(here.computer, program, here.ways)[0][1].enabled


def test_on_windows_the_words_of_the_run_key_are_told_one_by_one(pretend) -> None:
    here = pretend("win32")
    words = (r"C:\Program Files\Python\python.exe", "-m", "psoas_nudge", "run")
    chooser.enable(here.computer, words, ways=here.ways)
    [(_, found)] = chooser.find(here.computer, words, here.ways)
    assert found.starts == (r"C:\Program Files\Python\pythonw.exe", "-m", "psoas_nudge", "run")


def test_an_activation_file_left_alone_goes_with_disable(pretend, program) -> None:
    here = pretend()
    chooser.enable(here.computer, program, "xdg", here.ways)
    (here.home / ".config/autostart/psoas-nudge.desktop").unlink()
    chooser.disable(here.computer, here.ways)
    assert here.left() == []


letters = st.characters(exclude_characters="\0\r", exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"])
words = st.tuples(st.just("/"), st.text(letters | st.sampled_from(" \"'\\$%`;:"), max_size=20)).map("".join)
commands = st.lists(words, min_size=1, max_size=4)


@given(commands)
def test_any_path_survives_a_unit(argv: list[str]) -> None:
    assert systemd.command_in(systemd.render(argv, 252)) == tuple(argv)


@given(commands)
def test_any_path_survives_a_desktop_entry(argv: list[str]) -> None:
    assert xdg.command_in(xdg.render(argv)) == tuple(argv)


def test_windows_gets_a_python_without_a_console() -> None:
    line = windows.render((r"C:\Program Files\Python\python.exe", "-m", "psoas_nudge", "run"))
    assert line == r'"C:\Program Files\Python\pythonw.exe" -m psoas_nudge run'


def test_an_old_systemd_is_not_given_words_it_does_not_know() -> None:
    assert "RestartSteps" not in systemd.render(["/x"], 252)
    assert "RestartSteps" in systemd.render(["/x"], 254)


def test_a_program_that_cannot_be_started_is_not_tried_for_ever_but_told() -> None:
    unit = systemd.render(["/x"], 254).splitlines()
    assert {"RestartPreventExitStatus=2 203", "StartLimitBurst=6", f"OnFailure={systemd.TROUBLE}"} <= set(unit)
    assert systemd.command_in(systemd.trouble())[:3] == ("busctl", "--user", "call")


def test_what_it_started_ends_with_the_unit_and_has_limits() -> None:
    unit = systemd.render(["/x"], 254).splitlines()
    assert {"KillMode=mixed", "MemoryMax=512M", "TasksMax=100", "Type=notify"} <= set(unit)


@pytest.mark.parametrize(("platform", "named"), [("linux", True), ("win32", False)])
def test_windows_and_notifications_have_its_name_where_desktop_entries_are_read(
    platform: str, named: bool, pretend, program
) -> None:
    here = pretend(platform)
    chooser.enable(here.computer, program, ways=here.ways)
    assert application.is_installed(here.computer) is named
    assert any(name.endswith(".svg") for name in here.left()) is named


def test_where_no_desktop_entries_are_read_it_does_not_matter_what_a_browser_is_called(
    pretend, program, monkeypatch
) -> None:
    here = pretend("win32")
    monkeypatch.setattr("psoas_nudge.pages.browser.chromium", lambda _environ: "/Program Files/vivaldi.EXE")
    assert chooser.enable(here.computer, program, ways=here.ways).changed


def test_the_entry_in_the_menu_of_applications_plays_a_stretch_with_the_same_configuration() -> None:
    entry = application.render(["/a b/psoas-nudge", "--config", "/c.toml", "run"])
    assert 'Exec="/a b/psoas-nudge" --config /c.toml stretch --page\n' in entry


@pytest.mark.parametrize(
    ("browser", "begins"),
    [
        ("chromium", "chrome"),
        ("google-chrome", "chrome"),
        ("brave-browser", "brave"),
        ("microsoft-edge-stable", "msedge"),
        ("vivaldi", "vivaldi"),
        ("firefox", "chrome"),
    ],
)
def test_a_browser_on_wayland_finds_the_name_by_the_file_that_it_opens(
    browser: str, begins: str, pretend, program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = pretend("linux")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / browser).touch(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    computer = replace(here.computer, environ={**here.computer.environ, "PATH": str(programs)})
    application.install(computer, program)
    entry = application.page_entry(computer).read_text().splitlines()
    assert f"StartupWMClass={begins}-__run_user_1000_psoas-nudge_page.html-Default" in entry
    assert "NoDisplay=true" in entry, "one entry in the menu is enough"


def test_no_environment_is_wired_into_the_unit() -> None:
    assert "Environment" not in systemd.render(["/x"], 254)


def test_a_bus_under_systemd_hands_the_start_to_the_unit() -> None:
    assert "SystemdService=psoas-nudge.service" in activation.render(["/x", "run"], unit="psoas-nudge.service")
    assert "Exec='/a b/x' run\n" in activation.render(["/a b/x", "run"])


def test_a_shell_without_a_session_bus_starts_none(pretend, program) -> None:
    here = pretend()
    chooser.enable(here.computer, program, "xdg", here.ways)
    assert not [argv for argv in here.commands.asked if argv[0] == "dbus-send"]


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "unit"
    put({target: b"old"})

    def refuse(self: Path, other: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(Unavailable, match="No space"):
        put({target: b"new"})
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["unit"]


def test_clearing_spares_folders_that_hold_something_else(tmp_path: Path) -> None:
    put({tmp_path / "a/b/mine": b"", tmp_path / "a/yours": b""})
    assert clear([tmp_path / "a/b/mine"], tmp_path)
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["yours"]


@pytest.mark.parametrize("name", ["systemd", "xdg"])
def test_a_link_in_place_of_a_file_is_found_different_as_enabling_replaces_it(name: str, pretend, program) -> None:
    here = pretend()
    chooser.enable(here.computer, program, name, here.ways)
    [(_, found)] = chooser.find(here.computer, program, here.ways)
    file = Path(found.place)
    elsewhere = file.rename(file.with_name("elsewhere"))
    file.symlink_to(elsewhere)
    [(_, found)] = chooser.find(here.computer, program, here.ways)
    assert not found.as_written_now
    assert chooser.enable(here.computer, program, name, here.ways).changed
    [(_, found)] = chooser.find(here.computer, program, here.ways)
    assert found.as_written_now


@each_way
def test_status_works_while_the_program_itself_cannot_be_found(name: str, platform: str, pretend, program) -> None:
    here = pretend(platform)
    chooser.enable(here.computer, program, name, here.ways)
    [(_, found)] = chooser.find(here.computer, (), here.ways)
    assert not found.as_written_now
