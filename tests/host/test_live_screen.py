"""The password of a screen is changed while its guest runs: who has the old one does not get in any
more, and nothing but libvirt ever has either."""

import datetime
import re

import pytest

import vnc
from described import describe

pytestmark = [pytest.mark.cost(4, telling=1)]

OLD, NEW, OTHER = "altgeheim"[:8], "neugeheim"[:8], "drittes!"


def guest(screen: str, title: str = "one") -> str:
    return describe(f"""\
guests:
  web:
    virtualization: emulated
    memory: 64MiB
    title: {title}
    graphics: {{vnc: {{auto_port: true, listens: {{here: {{type: address, address: 127.0.0.1}}}}{screen}}}}}
    state: running
    stop_timeout: 1s                  # nothing in it listens
    on_stop_timeout: destroy
""")


def secret(house, name: str, text: str) -> None:
    house.container.put(f"/etc/gasthof/secrets/{name}", text + "\n", 0o600)


def port(house) -> int:
    return 5900 + int(house.out("virsh", "vncdisplay", "web").strip().rpartition(":")[2])


def lets_in(house, password: str) -> bool:
    return vnc.lets_in(house.container, port(house), password)


def process(house) -> str:
    return house.out("cat", "/run/libvirt/qemu/web.pid")


@pytest.fixture(scope="module")
def web(house):
    house.container.run("mkdir", "-p", "-m", "700", "/etc/gasthof/secrets")
    secret(house, "old", OLD)
    secret(house, "new", NEW)
    house.apply(guest(", password: {file: old}"))
    house.assert_settled()
    house.begun = process(house)
    return house


@pytest.fixture(autouse=True)
def one_life(web):
    """All along it is the same QEMU, and nobody but libvirt has a password."""
    yield
    assert process(web) == web.begun
    for word in (OLD, NEW, OTHER):
        kept = web.container.run("grep", "--recursive", "--files-with-matches", word, "/var/lib/gasthof", "/run/gasthof",
                                 check=False)
        assert kept.stdout == ""
        assert word not in web.gasthof("history")


def test_it_asks_for_the_password(web):
    assert lets_in(web, OLD) and not lets_in(web, NEW)


def test_another_secret_is_taken_while_it_runs(web):
    said = web.apply(guest(", password: {file: new}"), "--verbose")
    assert "screen_update" in said and NEW not in said and OLD not in said
    assert lets_in(web, NEW) and not lets_in(web, OLD)
    assert f"passwd='{NEW}'" in web.out("virsh", "dumpxml", "--security-info", "--inactive", "web")
    web.assert_settled()


def test_a_rollback_brings_the_old_one_back(web):
    web.gasthof("rollback")
    assert lets_in(web, OLD) and not lets_in(web, NEW)
    web.apply(guest(", password: {file: new}"))
    assert lets_in(web, NEW)


def test_a_secret_of_another_content_is_noticed(web):
    secret(web, "new", OTHER)
    plan = web.gasthof("plan")
    assert "graphics.vnc.password" in plan and OTHER not in plan and NEW not in plan
    web.apply()
    assert lets_in(web, OTHER) and not lets_in(web, NEW)
    web.assert_settled()


def test_what_somebody_else_set_is_put_right(web):
    xml = re.search(r"<graphics.*?</graphics>", web.out("virsh", "dumpxml", "--security-info", "web"), re.S)[0]
    web.container.put("/root/screen.xml", xml.replace(OTHER, "fremdes!"))
    web.out("virsh", "update-device", "web", "/root/screen.xml", "--live")
    assert lets_in(web, "fremdes!")
    assert "graphics.vnc.password" in web.gasthof("status")
    web.apply()
    assert lets_in(web, OTHER) and not lets_in(web, "fremdes!")


def test_it_holds_until_it_does_not(web):
    past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
    web.apply(guest(f", password: {{file: new}}, valid_until: '{past:%Y-%m-%dT%H:%M:%S}'"))
    assert not lets_in(web, OTHER)
    web.assert_settled()
    web.apply(guest(", password: {file: new}"))
    assert lets_in(web, OTHER)
    web.assert_settled()


def test_another_change_leaves_it_alone(web):
    web.apply(guest(", password: {file: new}", "two"))
    assert lets_in(web, OTHER)
    web.assert_settled()


def test_one_that_is_to_go_waits_for_the_next_start(web):
    web.apply(guest(""))
    assert "its screen asks for the password until its next start" in web.gasthof("plan")
    assert lets_in(web, OTHER)
    web.apply(guest(", password: {file: new}"))
    web.assert_settled()
