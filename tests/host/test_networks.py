"""Guest networks as guests and strangers see them: addresses, names, forwards, walls."""

import json
import re

import pytest

from container import Broken, until, wait_for
from described import DESCRIPTION, EXIT_PENDING, EXIT_UNABLE, describe

pytestmark = [pytest.mark.cost(5, telling=2), pytest.mark.kernel("bridge", "nft_nat")]

# `ve-out` is the host's uplink: its other end is the network namespace `world`.
LINKS = """\
links:
  uplink: {match: {name: ve-out}, addresses: {a: 192.0.2.1/24}}
"""
NETWORKS = """\
networks:
  lab:
    mode: nat
    subnets: {v4: 10.20.0.0/24}
    dhcp: {first: 10.20.0.100, last: 10.20.0.199}
    dns: {domain: lab.test, records: {registry: 10.20.0.5}}
    forwards: {web: {listen: 8080/tcp, to: "10.20.0.50:80"}}
  priv: {mode: isolated, subnets: {v4: 10.30.0.0/24}}
"""
FIREWALL = """\
firewall: {input: {policy: drop, allow: {ssh: 22/tcp}}}
"""
SERVER = (
    "import http.server, sys\n"
    "class Handler(http.server.BaseHTTPRequestHandler):\n"
    "    def do_GET(self):\n"
    "        self.send_response(200)\n"
    "        self.end_headers()\n"
    "        self.wfile.write(f'{sys.argv[1]} {self.client_address[0]}'.encode())\n"
    "http.server.HTTPServer(('', int(sys.argv[2])), Handler).serve_forever()\n"
)
# udhcpc calls it with what it was given.
LEASE = """\
#!/bin/busybox sh
[ "$1" = bound ] || exit 0
ip address add "$ip/$mask" dev "$interface"
[ -z "$router" ] || ip route add default via "$router"
echo "$ip router=$router dns=$dns domain=$domain" >"/tmp/lease.$interface"
"""


class Town:
    """The host, a world outside of it and guests plugged into its networks."""

    def __init__(self, house):
        self.house = house
        self.container = house.container
        self.servers = []
        self.container.put("/tmp/lease", LEASE, 0o755)
        self.container.put("/tmp/server.py", SERVER)

    def sh(self, script: str, check: bool = True) -> str:
        return self.container.run("sh", "-ec", script, check=check).stdout.strip()

    def world(self) -> None:
        self.sh(
            "ip netns add world\n"
            "ip link add ve-out type veth peer name eth0 netns world\n"
            "ip -n world address add 192.0.2.9/24 dev eth0\n"
            "ip -n world link set eth0 up; ip -n world link set lo up"
        )

    def guest(self, name: str, bridge: str, mac: str) -> None:
        """A namespace plugged in as libvirt plugs in a tap."""
        self.sh(
            f"ip netns add {name}\n"
            f"ip link add t-{name} type veth peer name {name} address {mac} netns {name}\n"
            f"ip link set t-{name} master {bridge} up\n"
            f"ip -n {name} link set lo up; ip -n {name} link set {name} up"
        )

    def inside(self, name: str, *argv: str, check: bool = True) -> str:
        return self.container.run(
            "ip", "netns", "exec", name, *argv, check=check, timeout=180
        ).stdout.strip()

    def lease(self, name: str) -> dict[str, str]:
        """Ask for an address as a guest does."""
        self.inside(
            name, "busybox", "udhcpc", "-n", "-q", "-f", "-t", "60", "-T", "1",
            "-i", name, "-s", "/tmp/lease",
        )
        address, *rest = self.sh(f"cat /tmp/lease.{name}").split()
        return {"ip": address, **dict(word.split("=", 1) for word in rest)}

    def serve(self, name: str, port: int) -> None:
        """An HTTP server in a namespace ("": the host) that says its name and who asked."""
        argv = ["python3", "/tmp/server.py", name or "host", str(port)]
        where = ["ip", "netns", "exec", name] if name else []
        self.servers.append(self.container.spawn(*where, *argv))
        check = [*where, "curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{port}/"]
        wait_for(f"{name}:{port}", lambda: not self.container.run(*check, check=False).returncode)

    def get(self, name: str, where: str) -> str:
        """What HTTP says, "" where nobody answers."""
        return self.inside(
            name, "curl", "-s", "--connect-timeout", "3", f"http://{where}/", check=False
        )

    def close(self) -> None:
        for server in self.servers:
            server.kill()
            server.wait(10)


@pytest.fixture(scope="module")
def town(house):
    town = Town(house)
    town.world()
    house.apply(describe(LINKS, NETWORKS))
    town.guest("web", "gh-lab", "52:54:00:00:20:01")
    town.guest("other", "gh-lab", "52:54:00:00:20:02")
    town.guest("hidden", "gh-priv", "52:54:00:00:30:01")
    town.serve("world", 80)
    town.serve("", 7000)
    yield town
    town.close()


def test_nothing_is_left_to_do(town):
    town.house.assert_settled()


def test_guests_get_addresses_and_names(town):
    web = town.lease("web")
    assert re.fullmatch(r"10\.20\.0\.1\d\d", web["ip"])
    assert (web["router"], web["dns"], web["domain"]) == ("10.20.0.1", "10.20.0.1", "lab.test")
    town.inside("web", "ping", "-c", "1", "-W", "5", "10.20.0.1")
    said = town.inside("web", "busybox", "nslookup", "registry.lab.test", "10.20.0.1")
    assert "10.20.0.5" in said


def test_who_reaches_nothing_is_told_no_router(town):
    hidden = town.lease("hidden")
    assert hidden["ip"].startswith("10.30.0.")
    assert hidden["router"] == ""


def test_guests_reach_the_world_by_the_hosts_address(town):
    assert town.get("web", "192.0.2.9") == "world 192.0.2.1"


def test_guests_do_not_reach_the_host(town):
    assert town.get("web", "10.20.0.1:7000") == ""
    assert town.get("world", "192.0.2.1:7000") == "host 192.0.2.9"


def test_isolated_guests_reach_nothing(town):
    town.inside("hidden", "ip", "route", "replace", "default", "via", "10.30.0.1")
    assert town.get("hidden", "192.0.2.9") == ""
    assert town.get("hidden", "10.30.0.1:7000") == ""
    assert town.get("hidden", "192.0.2.1:8080") == ""


def test_a_forward_leads_to_the_guest(town):
    town.inside("web", "ip", "address", "add", "10.20.0.50/24", "dev", "web")
    town.serve("web", 80)
    assert town.get("world", "192.0.2.1:8080") == "web 192.0.2.9"
    # The host itself, and a neighbour who asks for the host.
    assert town.sh("curl -s --connect-timeout 3 http://192.0.2.1:8080/") == "web 192.0.2.1"
    town.lease("other")
    assert town.get("other", "192.0.2.1:8080").startswith("web ")
    # Nothing else is let in.
    town.sh("ip -n world route add 10.20.0.0/24 via 192.0.2.1")
    assert town.get("world", "10.20.0.50:80") == ""


def test_a_name_more_disturbs_nobody(town):
    town.lease("other")
    before = town.sh("pidof dnsmasq; cat /sys/class/net/gh-lab/ifindex")
    more = NETWORKS.replace("registry: 10.20.0.5", "registry: 10.20.0.5, cache: 10.20.0.6")
    said = town.house.apply(describe(LINKS, more))
    assert "unit_reload" in said and "unit_restart" not in said and "links" not in said
    assert town.sh("pidof dnsmasq; cat /sys/class/net/gh-lab/ifindex") == before
    # dnsmasq was told to read its names again, and does so when it comes to it
    ask = ("busybox", "nslookup", "cache.lab.test", "10.20.0.1")
    until("the name", lambda: town.inside("other", *ask, check=False), lambda said: "10.20.0.6" in said)
    town.house.apply(describe(LINKS, NETWORKS))


def test_a_closed_host_lets_in_what_was_said(town):
    town.house.apply(describe(LINKS, NETWORKS, FIREWALL))
    assert town.get("world", "192.0.2.1:7000") == ""
    town.inside("world", "ping", "-c", "1", "-W", "5", "192.0.2.1")
    assert town.get("world", "192.0.2.1:8080") == "web 192.0.2.9"
    assert town.lease("other")["dns"] == "10.20.0.1"
    town.house.assert_settled()
    town.house.apply(describe(LINKS, NETWORKS))
    assert town.get("world", "192.0.2.1:7000") == "host 192.0.2.9"


def test_rules_of_others_stay_and_ours_come_back(town):
    town.sh("nft add table inet mine; nft add chain inet mine c")
    town.sh("nft insert rule inet gasthof input tcp dport 7000 drop")
    town.house.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    plan = town.house.json("plan")
    assert "tcp dport 7000 drop" in json.dumps(plan)
    town.house.apply()
    assert town.get("world", "192.0.2.1:7000") == "host 192.0.2.9"
    town.sh("nft delete table inet gasthof")
    town.house.apply()
    assert town.get("world", "192.0.2.1:8080") == "web 192.0.2.9"
    assert "chain c" in town.sh("nft list table inet mine")
    town.house.assert_settled()


def test_what_was_taken_away_by_hand_comes_back(town):
    town.sh("ip address del 10.20.0.1/24 dev gh-lab")
    town.sh("systemctl stop gasthof-dnsmasq@lab; virsh -q net-destroy lab")
    said = town.house.gasthof("plan", "--exit-code", status=EXIT_PENDING)
    assert "addresses.v4" in said and "served" in said
    town.house.apply()
    town.house.assert_settled()
    assert town.lease("other")["router"] == "10.20.0.1"


def test_a_network_goes_and_leaves_nothing(town):
    town.house.apply(describe(LINKS), "--allow", "service-restart")
    town.house.assert_settled()
    assert town.house.rules() == ""
    assert not [name for name in town.house.links() if name.startswith("gh-")]
    assert "lab" not in town.house.networks()
    left = "ls /etc/gasthof /etc/gasthof/networks /run/gasthof-networks /var/lib/gasthof/networks"
    assert "lab" not in town.sh(left, check=False)
    assert town.sh("pidof dnsmasq || true") == ""
    assert town.sh("cat /proc/sys/net/ipv4/ip_forward") == "0"


def test_a_dhcp_uplink_in_the_same_network_is_found(new_house):
    """Nobody could know it from the description alone."""
    town = Town(new_house)
    town.world()
    town.sh("ip -n world address add 10.20.0.7/24 dev eth0; mkdir -p /tmp/world")
    serve = "--interface=eth0 --dhcp-range=10.20.0.200,10.20.0.210 --port=0 --bind-interfaces"
    town.sh(f"ip netns exec world dnsmasq {serve} --dhcp-leasefile=/tmp/world/leases")
    uplink = "links: {uplink: {match: {name: ve-out}, dhcp: ipv4}}"
    new_house.apply(describe(uplink))
    wait_for("an address", lambda: "10.20.0.2" in town.sh("ip -br address show ve-out"))
    new_house.container.put(DESCRIPTION, describe(uplink, NETWORKS))
    said = new_house.gasthof("plan", status=EXIT_UNABLE)
    assert "10.20.0.0/24 overlaps 10.20.0.2" in said and "ve-out has now" in said
    new_house.apply(status=EXIT_UNABLE)
    assert "lab" not in new_house.networks()


def test_a_bridge_takes_the_uplink_over(new_house):
    """F8, PIT66: the address moves from the port to the bridge, and back."""
    town = Town(new_house)
    town.world()
    new_house.apply(describe(LINKS))
    wait_for("the uplink answers", lambda: answers(town))
    bridged = """\
links:
  uplink: {match: {name: ve-out}}
  br0: {type: bridge, ports: [uplink], addresses: {a: 192.0.2.1/24}}
networks:
  lan: {mode: bridge, link: br0}
"""
    new_house.apply(describe(bridged))
    new_house.assert_settled()
    assert "master br0" in town.sh("ip link show ve-out")
    wait_for("the bridge answers", lambda: answers(town))
    assert "lan" in new_house.networks()
    new_house.apply(describe(LINKS), "--allow", "service-restart")
    new_house.assert_settled()
    wait_for("the uplink answers", lambda: answers(town))
    assert "br0" not in new_house.links()


def answers(town: Town) -> bool:
    try:
        town.inside("world", "ping", "-c", "1", "-W", "1", "192.0.2.1")
    except Broken:
        return False
    return True
