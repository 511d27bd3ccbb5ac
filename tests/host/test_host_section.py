"""The host itself: its name, users and sysctls, from description to machine and back."""

import pytest

import strace
from container import wait_for
from described import DESCRIPTION, EXIT_PENDING, EXIT_REFUSED, describe, different

pytestmark = pytest.mark.cost(3, telling=2)

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHx5eHl4eXh5eHl4eXh5eHl4eXh5eHl4eXh5eHl4eXh5 ada"
HOST = f"""\
host:
  name: kvm-01
  timezone: Europe/Berlin
  ntp: [time.lab.example]
  sysctl: {{net.ipv4.ip_nonlocal_bind: 1}}
  users:
    ada: {{ssh_keys: ["{KEY}"], groups: [sudo]}}
"""
OURS = ("/var/lib/gasthof/", "/run/", "/dev/null")


def etc(house) -> dict[str, str]:
    """Files in /etc; hostnamed gives its own a mode of its liking, and libvirt may just be writing."""
    found = house.contents("/etc")
    writing = [path for path in found if path.startswith("/etc/libvirt/") and path.endswith(".new")]
    return {path: what for path, what in found.items() if path not in ["/etc/hostname", *writing]}


@pytest.fixture(scope="module")
def settled(house):
    house.apply(describe(HOST))
    return house


def test_name_user_key_and_sysctl_are_there(settled):
    assert settled.out("hostname") == "kvm-01"
    assert settled.out("cat", "/etc/hostname") == "kvm-01"
    assert "sudo" in settled.out("id", "-nG", "ada").split()
    assert settled.out("sysctl", "-n", "net.ipv4.ip_nonlocal_bind") == "1"
    assert KEY in settled.out("cat", "/etc/ssh/authorized_keys.d/ada")
    settled.assert_settled()


def test_time_comes_from_the_described_servers(settled):
    """systemd itself says what timesyncd would ask, and which zone it is."""
    assert settled.out("readlink", "-f", "/etc/localtime").endswith("/Europe/Berlin")
    config = settled.out("systemd-analyze", "cat-config", "systemd/timesyncd.conf")
    assert "\nNTP=time.lab.example" in config
    assert settled.out("systemctl", "is-enabled", "systemd-timesyncd") == "enabled"


def test_drift_of_time_is_named_field_by_field_and_put_right(settled):
    dropin = "/etc/systemd/timesyncd.conf.d/20-gasthof.conf"
    settled.container.run("ln", "-sf", "../usr/share/zoneinfo/Asia/Tokyo", "/etc/localtime")
    settled.container.run("systemctl", "disable", "systemd-timesyncd")
    settled.container.run("sed", "-i", "s/time.lab/elsewhere/", dropin)
    said = settled.gasthof("status")
    assert "Asia/Tokyo -> Europe/Berlin" in said
    assert "[elsewhere.example] -> [time.lab.example]" in said
    assert "ntp_enabled" in said
    settled.apply()
    settled.assert_settled()
    assert settled.out("readlink", "/etc/localtime").endswith("/Europe/Berlin")
    assert "NTP=time.lab.example" in settled.out("cat", dropin)
    assert settled.out("systemctl", "is-enabled", "systemd-timesyncd") == "enabled"


def test_a_zone_that_was_copied_is_put_right(settled):
    settled.container.run("cp", "--remove-destination", "/usr/share/zoneinfo/Asia/Tokyo",
                          "/etc/localtime")
    assert "timezone" in settled.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    settled.apply()
    assert settled.out("readlink", "/etc/localtime").endswith("/Europe/Berlin")


def test_time_servers_taken_out_leave_nothing_behind(settled):
    settled.apply(describe(HOST.replace("  ntp: [time.lab.example]\n", "")))
    grep = ("grep", "-rs", "time.lab.example", "/etc/systemd")
    assert settled.out(*grep, check=False) == ""
    settled.assert_settled()
    settled.apply(describe(HOST))


def test_swap_that_would_overwrite_a_file_is_refused(settled):
    settled.container.put("/srv/precious", "data")
    swap = HOST + "  swap: {main: {size: 16MiB, file: /srv/precious}}\n"
    said = settled.apply(describe(swap), status=EXIT_REFUSED)
    assert "was not made by gasthof" in said
    assert settled.container.get("/srv/precious") == b"data"
    settled.apply(describe(HOST))


def test_swap_is_made_and_taken_away_with_its_unit(settled):
    """All but its use, which systemd leaves to the machine outside: it takes no swap in a container."""
    path = "/var/lib/gasthof/swap/main-1"
    unit = settled.out("systemd-escape", "--path", "--suffix=swap", path)
    said = settled.apply(describe(HOST + "  swap: {main-1: 16MiB}\n"), status=1)
    assert 'ended with "unsupported"' in said
    assert settled.out("systemd-analyze", "verify", f"/etc/systemd/system/{unit}") == ""
    assert settled.out("systemctl", "is-enabled", unit) == "enabled"
    assert settled.out("stat", "-c", "%a %s", path) == f"600 {16 << 20}"
    assert settled.out("blkid", "-p", "-o", "value", "-s", "TYPE", path) == "swap"
    settled.apply(describe(HOST))
    for gone in (path, f"/etc/systemd/system/{unit}"):
        assert settled.container.run("test", "-e", gone, check=False).returncode != 0
    settled.assert_settled()


def test_sshd_takes_the_key(settled):
    assert "authorized_keys.d" in settled.out("sshd", "-T")


CONNECT = "exec 3<>/dev/tcp/127.0.0.1/22; head -n 1 <&3; touch /run/greeted; cat <&3"


def test_keys_reach_an_sshd_that_its_socket_started(new_house):
    """As on the image. It cannot reload (its socket is systemd's), and who is connected stays
    so."""
    house = new_house.container
    house.run("systemctl", "stop", "ssh.service")
    house.run("systemctl", "start", "ssh.socket")
    client = house.spawn("bash", "-c", CONNECT)
    wait_for("a greeting", lambda: house.exists("/run/greeted"))
    first = new_house.out("systemctl", "show", "-P", "MainPID", "ssh.service")
    new_house.apply(describe(HOST))
    assert house.unit("ssh.service") == "active"
    assert new_house.out("systemctl", "show", "-P", "MainPID", "ssh.service") != first
    assert client.poll() is None
    assert "authorized_keys.d" in new_house.out("sshd", "-T")
    client.kill()
    client.wait(30)


def test_a_second_apply_writes_nothing(settled, tmp_path):
    changes = strace.written(settled.container, tmp_path / "log", "gasthof", "apply")
    assert [c for c in changes if not c.split(" ", 1)[1].startswith(OURS)] == []


def test_drift_is_named_and_put_right(settled):
    settled.container.run("sysctl", "-w", "net.ipv4.ip_nonlocal_bind=0")
    settled.container.run("gpasswd", "--delete", "ada", "sudo")
    settled.container.run("hostnamectl", "hostname", "elsewhere")
    said = settled.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    assert "elsewhere -> kvm-01" in said
    assert "ip_nonlocal_bind" in said
    assert "groups" in said
    settled.apply()
    settled.assert_settled()
    assert "sudo" in settled.out("id", "-nG", "ada").split()


def test_a_sysctl_taken_out_goes_back_to_what_it_was(settled):
    settled.apply(describe(HOST.replace("  sysctl: {net.ipv4.ip_nonlocal_bind: 1}\n", "")))
    assert settled.out("sysctl", "-n", "net.ipv4.ip_nonlocal_bind") == "0"
    grep = ("grep", "-rs", "ip_nonlocal_bind", "/etc")
    assert "ip_nonlocal_bind" not in settled.out(*grep, check=False)
    settled.assert_settled()
    settled.apply(describe(HOST))


def test_a_user_taken_out_is_removed_and_her_home_stays(settled):
    settled.container.run("mkdir", "-p", "/home/ada")
    settled.container.put("/home/ada/notes", "kept")
    settled.apply(describe("host: {name: kvm-01}"))
    assert settled.container.run("id", "ada", check=False).returncode != 0
    assert settled.container.get("/home/ada/notes") == b"kept"
    settled.assert_settled()
    settled.apply(describe(HOST))


def test_a_person_s_own_user_is_never_removed(settled):
    settled.container.run("useradd", "grace")
    settled.apply(describe("host: {name: kvm-01}"))
    settled.apply(describe(HOST))
    assert settled.out("id", "-nu", "grace") == "grace"


def test_rollback_puts_every_file_back_byte_for_byte(new_house):
    new_house.container.put(DESCRIPTION, describe(HOST))
    before = etc(new_house)
    new_house.apply()
    assert different(before, etc(new_house)) != {}
    new_house.gasthof("rollback")
    assert different(before, etc(new_house)) == {}


@pytest.mark.cost(15, telling=1)
def test_apply_after_a_kill_anywhere_finishes(new_house, tmp_path):
    """One container for all places: what was done is taken back before the next kill."""
    new_house.container.put(DESCRIPTION, describe(HOST))
    places = strace.effects(new_house.container, tmp_path / "log", "gasthof", "apply")
    wanted = etc(new_house)
    take_back(new_house)
    kills = 0
    for place in places[:: max(1, len(places) // 12)]:
        log = tmp_path / f"log-{place[0]}-{place[1]}"
        killed = strace.kill_at(new_house.container, log, place, "gasthof", "apply")
        kills += killed
        new_house.apply()
        new_house.assert_settled()
        # useradd, killed in its place, leaves other traces: not ours to mend.
        assert not killed or different(wanted, etc(new_house)) == {}, place
        take_back(new_house)
    assert kills >= 6


def take_back(house) -> None:
    """Roll back every run that can be, the one that was killed included."""
    while house.container.run("gasthof", "rollback", check=False).returncode == 0:
        pass
