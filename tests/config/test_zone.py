"""Which time zone an empty setting means."""

from pathlib import Path

import pytest

from psoas_nudge.config.times import system_zone


@pytest.mark.parametrize("named", ["Asia/Kathmandu", ":Asia/Kathmandu", "/usr/share/zoneinfo/Asia/Kathmandu"])
def test_the_environment_names_the_zone(named: str, tmp_path: Path) -> None:
    assert system_zone({"TZ": named}, tmp_path / "none") == "Asia/Kathmandu"


def test_the_system_s_link_names_the_zone_and_a_later_look_sees_it_changed(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("../usr/share/zoneinfo/Europe/Lisbon")
    assert system_zone({}, link) == "Europe/Lisbon"
    link.unlink()
    link.symlink_to("/usr/share/zoneinfo/America/Argentina/Ushuaia")
    assert system_zone({"TZ": "no such zone"}, link) == "America/Argentina/Ushuaia"
