"""The agent hears what libvirt tells, and looks at once: its own looks are a day apart here, so that whatever
it sees it heard of. On the libvirt of either release."""

import json

import pytest

from container import Container, until, wait_for
from described import DESCRIPTION, Described, describe
from trees import root_tree

pytestmark = [pytest.mark.cost(8, telling=1)]

UNIT = "gasthof.service"
BUS = ("org.gasthof.Host1", "/org/gasthof/Host1", "org.gasthof.Host1")
SELDOM = "[Service]\nExecStart=\nExecStart=/usr/bin/gasthof agent --every=86400\n"
# It has no system in it: whatever it is asked for, it never answers.
GUEST = """\
guests:
  web: {{virtualization: emulated, vcpus: 1, memory: 64MiB, description: as described{more}, state: running}}
"""
POOL = "pools: {{default: {{type: dir, path: /srv/pool, autostart: true}}{}}}"
DISK = ", disks: {more: {path: /srv/more.img, format: raw}}"
LOOKS = "looks, as libvirt tells of a change"
ASKED = "the guest was asked to let go of ua-disk-more"


class Host(Described):
    def describe(self, more="", pools=""):
        self.container.put(DESCRIPTION, describe(POOL.format(pools), GUEST.format(more=more)))

    def state(self):
        said = self.container.run("cat", "/run/gasthof/status.json", check=False).stdout
        return json.loads(said or "{}")

    def run_at_hand(self):
        return self.out("busctl", "get-property", *BUS, "Run") != 's ""'

    def rests(self, state="as wanted"):
        """Waits until no run is at hand, and the last one saw this."""
        until(f"the agent sees: {state}", lambda: (self.run_at_hand(), self.state()),
              lambda seen: seen[0] is False and seen[1].get("state") == state, 180)

    def looks(self):
        return self.container.journal(UNIT, lines=2000).count(LOOKS)

    def listener(self):
        """The process that hears libvirt, once there is one; 0."""
        return int(self.container.run("pgrep", "-f", "-n", "^/proc/self/exe listen", check=False).stdout or 0)

    def virsh(self, *words):
        return self.out("virsh", *words)

    def seen_and_put_right(self, what, look, wanted):
        until(what, look, lambda seen: seen == wanted, 120)
        self.rests()


@pytest.fixture(scope="module", params=["bookworm", "host"], ids=["libvirt-9.0", "libvirt-11.3"])
def host(request, installed):
    with Container(root_tree(request.param), [installed]) as container:
        container.wait_unit("libvirtd.service")
        container.put(f"/etc/systemd/system/{UNIT}.d/seldom.conf", SELDOM)
        container.run("systemctl", "daemon-reload")
        container.run("truncate", "-s", "4M", "/srv/more.img")
        host = Host(container)
        host.describe()
        container.run("systemctl", "start", UNIT)
        host.rests()
        wait_for("a listener", lambda: "hears what libvirt tells" in container.journal(UNIT, lines=2000))
        yield host


def test_a_guest_that_was_switched_off_runs_again(host):
    before = host.virsh("domid", "web")
    host.virsh("destroy", "web")
    until("another start", lambda: host.container.run("virsh", "domid", "web", check=False).stdout.strip(),
          lambda seen: seen.isdigit() and seen != before, 120)
    host.rests()


def test_a_guest_that_was_undefined_is_defined_again(host):
    host.virsh("undefine", "web")
    host.seen_and_put_right("a guest that stays", lambda: "yes" in host.virsh("dominfo", "web").split("Persistent:")[1][:12], True)


def test_words_that_were_changed_are_put_right(host):
    host.virsh("desc", "web", "--config", "by hand")
    host.seen_and_put_right("its words", lambda: host.virsh("desc", "web", "--config"), "as described")


def test_a_definition_that_libvirt_tells_nobody_of_is_put_right(host):
    """It tells of none that is changed and not defined anew, nor of an autostart."""
    host.virsh("setmaxmem", "web", "96M", "--config")
    host.virsh("setmem", "web", "96M", "--config")
    memory = lambda: host.out("virsh", "dumpxml", "--inactive", "web").count(">65536</")  # noqa: E731
    host.seen_and_put_right("its memory", memory, 2)
    host.virsh("pool-autostart", "default", "--disable")
    host.seen_and_put_right("autostart", lambda: "yes" in host.virsh("pool-info", "default").split("Autostart:")[1], True)


def test_a_pool_that_went_away_comes_back(host):
    running = lambda: "running" in host.container.run("virsh", "pool-info", "default", check=False).stdout  # noqa: E731
    host.virsh("pool-destroy", "default")
    host.seen_and_put_right("a running pool", running, True)
    host.virsh("pool-destroy", "default")
    host.container.run("virsh", "pool-undefine", "default", check=False)
    host.seen_and_put_right("a running pool", running, True)


@pytest.mark.cost(40, telling=1)
def test_a_device_that_is_let_go_late_is_pending_until_then(host):
    """It is asked while nobody listens in the guest; a reset takes what was asked for."""
    has = lambda: "ua-disk-more" in host.virsh("dumpxml", "web")  # noqa: E731
    host.describe(DISK)
    until("the disk", has, lambda seen: seen, 120)
    host.rests()
    host.describe()
    host.rests("waits")
    assert ASKED in json.dumps(host.state()) and has()
    host.virsh("reset", "web")
    host.rests()
    assert not has()
    # what was noted of it is forgotten: the next time it is asked for anew
    host.describe(DISK)
    until("the disk", has, lambda seen: seen, 120)
    host.rests()
    host.describe()
    host.rests("waits")
    host.virsh("reset", "web")
    host.rests()
    assert not has()


def test_looks_make_no_more_looks(host):
    """What libvirt tells of between two marks, while the agent looks: nothing at all."""
    told = {}
    for what, words in (("event", ("--all",)), ("pool-event", ("--event", "lifecycle"))):
        told[what] = lambda what=what: host.out("cat", f"/tmp/{what}").count("event")
        host.container.run("systemd-run", f"--unit={what}", f"--property=StandardOutput=file:/tmp/{what}",
                           "stdbuf", "-oL", "virsh", what, "--loop", *words)

    def mark(pool):
        host.virsh("pool-define-as", pool, "dir", "--target", "/srv/mark")
        host.virsh("pool-undefine", pool)
        host.virsh("desc", "web", "--config", "as described")
        return told["event"]() and told["pool-event"]()

    wait_for("virsh listens", lambda: mark("first"))
    host.rests()
    host.virsh("pool-define-as", "begin", "dir", "--target", "/srv/mark")
    until("a mark", lambda: host.out("cat", "/tmp/pool-event"), lambda seen: "begin" in seen)
    before = told["event"]()
    for _ in range(3):
        host.out("busctl", "call", *BUS, "Look")
        wait_for("its end", lambda: not host.run_at_hand())
    host.virsh("pool-define-as", "end", "dir", "--target", "/srv/end")
    said = until("a mark", lambda: host.out("cat", "/tmp/pool-event"), lambda seen: "end" in seen)
    assert [line for line in said.split("begin")[1].splitlines()[1:] if "event" in line and "end" not in line] == []
    assert told["event"]() == before
    for what in ("event", "pool-event"):
        host.container.run("systemctl", "stop", what)
    for pool in ("begin", "end"):
        host.virsh("pool-undefine", pool)
    host.rests()


def test_a_libvirt_that_was_started_anew_is_heard_again(host):
    before = host.listener()
    host.container.run("systemctl", "restart", "libvirtd.service")
    wait_for("another listener", lambda: host.listener() not in (0, before), 120)
    # what happens now is heard, or happened before it listened, which is looked at then
    test_a_guest_that_was_switched_off_runs_again(host)


def test_a_listener_that_is_killed_comes_back(host):
    before = host.listener()
    host.container.run("kill", "-KILL", str(before))
    wait_for("another listener", lambda: host.listener() not in (0, before), 120)
    test_a_pool_that_went_away_comes_back(host)


def test_its_own_work_is_looked_at_once_more_and_no_more(host):
    """Pools come and go by the description: whatever that stirs up, there is one run with effects each."""
    runs = lambda: len(host.json("history"))  # noqa: E731
    looks, history = host.looks(), runs()
    changes = ("more", "", "other", "")
    for name in changes:
        host.describe(pools=name and f", {name}: {{}}")
        until("the pools", host.pools, lambda seen: set(seen) == {"default", name} - {""}, 120)
        host.rests()
    assert runs() - history == len(changes)
    assert host.looks() - looks <= 2 * len(changes) + 1


def test_without_anything_that_libvirt_tells_of_nobody_listens(host):
    host.virsh("destroy", "web")
    host.container.put(DESCRIPTION, describe())
    wait_for("no listener", lambda: not host.listener(), 120)
    assert host.container.unit(UNIT) == "active"
