"""Guests, networks and pools in libvirt's own words: real libvirt takes them, and nothing is left to do."""

import pytest

from described import ALLOW, describe

pytestmark = [pytest.mark.cost(4, telling=2), pytest.mark.kernel("bridge", "tun", "nft_nat")]

OBJECTS = """\
libvirt:
  networks:
    old:
      name: Old-Net
      bridge: {name: virbr7, stp: true, delay: "0"}
      ips: {v4: {address: 192.168.77.1, netmask: 255.255.255.0,
                 dhcp: {ranges: {a: {start: 192.168.77.2, end: 192.168.77.9}}}}}
  pools:
    files:
      type: dir
      target: {path: /srv/files}
"""
GUEST = """\
guests:
  rich:
    virtualization: emulated
    state: stopped
    memory: {size: 128MiB, hotplug: {max: 1GiB, slots: 4}, access: shared, source: memfd}
    vcpus: {count: 2, max: 4, pin: {0: 0, 1: "1"}, shares: 512}
    cpu:
      topology: {sockets: 2, dies: 1, cores: 2, threads: 1}
      features: {rdrand: disable}
      cells: {0: {cpus: 0-3, memory: 128MiB}}
    features: {hyperv: {relaxed: true, spinlocks: true, spinlock_retries: 8191}, pmu: true}
    clock: {offset: localtime, timers: {hypervclock: {present: true}}}
    lifecycle: {crash: coredump-restart}
    power: {suspend_to_memory: false, suspend_to_disk: false}
    iothreads: 2
    disks:
      cd: {device: cdrom, read_only: true}
      net: {type: network, format: raw, cache: none, iothread: 1,
            limit: {read: 10MiB/s, write_iops: 200},
            storage: {protocol: nbd, name: x, hosts: {mine: {name: nas.lab, port: 10809}}}}
    nics:
      old: {libvirt_network: Old-Net, bandwidth: {inbound: {average: 1000}}}
      own: {type: user}
    graphics: {vnc: {auto_port: true, password: {file: vnc}, listens: {here: {type: address, address: 127.0.0.1}}}}
    videos: {screen: {type: virtio, heads: 1}}
    inputs: {pen: {type: tablet, bus: usb}}
    sounds: {speaker: ich9}
    audios: {1: none}
    shares: {data: {type: mount, driver: virtiofs, path: /srv, tag: data}}
    watchdogs: {dog: {model: itco, action: reset}}
    panics: {panic: pvpanic}
    channels: {agent2: {type: unix, target: virtio, name: org.example.two}}
    serials: {log: {type: file, path: /var/log/rich.log, target: isa-serial, port: 1}}
    vsock: {model: virtio, cid: 77, automatic: false}
    balloon: {model: virtio, auto_deflate: true, stats: 5}
    sysinfo: {smbios: {system: {manufacturer: Gasthof, product: Guest}}}
    boot: {smbios: sysinfo, menu: true}
    resource: /machine
    block_io: {weight: 300}
"""


LIVELY = """\
  lively:
    virtualization: emulated
    state: running
    stop_timeout: 2s                  # nothing in it listens
    on_stop_timeout: destroy
    memory: {size: 96MiB, hotplug: {max: 512MiB, slots: 2}}
    vcpus: {count: 1, max: 2, shares: 300}
    cpu: {topology: {sockets: 1, dies: 1, cores: 2, threads: 1}, cells: {0: {cpus: 0-1, memory: 96MiB}}}
    clock: {offset: localtime}
    lifecycle: {reboot: destroy}
    iothreads: 1
    nics: {old: {libvirt_network: Old-Net}, own: {type: user}}
    graphics: {vnc: {port: -1, auto_port: true, listens: {here: {type: address, address: 127.0.0.1}}}}
    videos: {screen: vga}
    inputs: {pen: {type: tablet, bus: usb}}
    watchdogs: {dog: {model: itco, action: reset}}
    panics: {panic: pvpanic}
    channels: {second: {type: unix, target: virtio, name: org.example.two}}
    serials: {log: {type: file, path: /var/log/lively.log, target: isa-serial, port: 1}}
    balloon: {model: virtio, stats: 5}
    sysinfo: {smbios: {system: {manufacturer: Gasthof}}}
    boot: {smbios: sysinfo, menu: true}
"""


@pytest.fixture(scope="module")
def there(house):
    house.container.run("mkdir", "-p", "/srv/files")
    house.container.run("mkdir", "-p", "/etc/gasthof/secrets")
    house.container.put("/etc/gasthof/secrets/vnc", "geheim\n")
    house.apply(describe(OBJECTS, GUEST + LIVELY))
    return house


def test_networks_and_pools_of_libvirt_s_own_run(there):
    assert "Old-Net" in there.out("virsh", "net-list", "--name")
    assert "files" in there.out("virsh", "pool-list", "--name")
    assert "192.168.77.1" in there.out("ip", "-brief", "address", "show", "virbr7")


def test_a_rich_guest_is_as_described(there):
    xml = there.out("virsh", "dumpxml", "--inactive", "rich")
    for part in ("<relaxed state='on'/>", "protocol='nbd'", "<read_bytes_sec>10485760<", "ua-share-data",
                 "<on_crash>coredump-restart<", "org.example.two", "name='manufacturer'>Gasthof<", "network='Old-Net'"):
        assert part in xml


def test_a_password_is_told_to_libvirt_alone(there):
    assert "passwd='geheim'" in there.out("virsh", "dumpxml", "--inactive", "--security-info", "rich")
    seen = there.container.run("grep", "--recursive", "--files-with-matches", "geheim", "/var/lib/gasthof", "/run/gasthof",
                               "/var/log", check=False)
    assert not seen.stdout.strip()


def test_nothing_is_left_to_do(there):
    there.assert_settled()


def test_what_runs_is_as_described(there):
    assert "lively" in there.out("virsh", "list", "--name")
    command = there.out("ps", "-ww", "-o", "args", "-C", "qemu-system-x86_64")
    for part in ("org.example.two", "ICH9-LPC.noreboot", "pvpanic", "virtio-balloon", "manufacturer=Gasthof"):
        assert part in command


def test_a_change_is_one_and_what_is_gone_goes(there):
    there.apply(describe(OBJECTS.replace("192.168.77.9", "192.168.77.8"), GUEST.replace("512", "256") + LIVELY), *ALLOW)
    assert "192.168.77.8" in there.out("virsh", "net-dumpxml", "Old-Net")
    assert "<shares>256</shares>" in there.out("virsh", "dumpxml", "--inactive", "rich")
    there.assert_settled()
    there.apply(describe(), *ALLOW)
    assert "Old-Net" not in there.out("virsh", "net-list", "--all", "--name")
    assert "files" not in there.out("virsh", "pool-list", "--all", "--name")
    there.assert_settled()
