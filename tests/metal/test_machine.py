"""The harness itself: what QEMU is told, and one real machine with nothing to boot."""

import pytest

import machine
from machine import Disk, EmulatorFault, Machine, MachineError, Qemu, begins_anew, usernet_port


def words(tmp_path, **order):
    return Machine(tmp_path, **order).arguments()


def devices(args):
    return [args[i + 1] for i, word in enumerate(args) if word == "-device"]


def drives(args):
    return [args[i + 1] for i, word in enumerate(args) if word == "-drive"]


@pytest.mark.parametrize("bus,device", [
    ("virtio", "virtio-blk-pci,drive=disk0,bootindex=1"),
    ("usb", "usb-storage,bus=xhci.0,removable=on,drive=disk0,bootindex=1"),
    ("nvme", "nvme,drive=disk0,bootindex=1,serial=disk0"),
    ("sata", "ide-hd,drive=disk0,bootindex=1"),
    ("cdrom", "ide-cd,drive=disk0,bootindex=1"),
])
def test_each_bus_has_its_device(tmp_path, bus, device):
    args = words(tmp_path, disks=[Disk("a.raw", bus=bus)])
    assert device in devices(args)
    assert ("qemu-xhci,id=xhci" in devices(args)) == (bus == "usb")


def test_images_are_kept_unless_asked_otherwise(tmp_path):
    args = words(tmp_path, disks=[Disk("a.qcow2"), Disk("b", snapshot=False)])
    assert "if=none,id=disk0,format=qcow2,file=a.qcow2,snapshot=on" in drives(args)
    assert "if=none,id=disk1,format=raw,file=b" in drives(args)


def test_a_comma_in_a_path_is_doubled(tmp_path):
    args = words(tmp_path, disks=[Disk("a,b.raw")])
    assert any("file=a,,b.raw" in drive for drive in drives(args))


def test_a_reset_ends_it_unless_it_may_reboot(tmp_path):
    assert "-no-reboot" in words(tmp_path)
    assert "-no-reboot" not in words(tmp_path, reboots=True)


def test_an_unknown_bus_is_refused(tmp_path):
    with pytest.raises(ValueError, match='"floppy"'):
        words(tmp_path, disks=[Disk("a", bus="floppy")])


def test_uefi_has_private_variables(tmp_path):
    args = words(tmp_path, firmware="uefi")
    assert f"if=pflash,unit=1,format=raw,file={tmp_path}/vars.fd" in drives(args)
    assert not any("unit=1" in drive and "/usr/share" in drive for drive in drives(args))


def test_secure_boot_protects_its_variables(tmp_path):
    args = words(tmp_path, firmware="uefi-secure")
    assert "q35,smm=on" in args
    assert "driver=cfi.pflash01,property=secure,value=on" in args


def test_forwards_listen_on_loopback_only(tmp_path):
    args = words(tmp_path, forwards={"web": 80, "ssh": 22}, restrict=True)
    user = args[args.index("-netdev") + 1]
    assert user == ("user,id=net0,restrict=on,hostfwd=tcp:127.0.0.1:0-:80,"
                    "hostfwd=tcp:127.0.0.1:0-:22")


def test_no_network(tmp_path):
    assert "-netdev" not in words(tmp_path, nic="")


def test_a_tree_brings_its_own_qemu(tmp_path):
    command = Qemu("/t").command()
    assert command[0] == "/t/usr/lib64/ld-linux-x86-64.so.2"
    assert command[-1] == "/t/usr/bin/qemu-system-x86_64"
    assert "/t/usr/share/seabios" in Qemu("/t").data()


def test_port_is_read_from_the_table():
    table = ("Hub -1 (net0):\r\n  Protocol[State]    FD  Source Address  Port   Dest. Address\r\n"
             "  TCP[HOST_FORWARD]  14       127.0.0.1 40001       10.0.2.15    22     0     0\r\n"
             "  TCP[HOST_FORWARD]  13       127.0.0.1 40002       10.0.2.15   220     0     0\r\n")
    assert usernet_port(table, 22) == 40001
    assert usernet_port(table, 220) == 40002
    assert usernet_port(table, 80) == 0


def test_what_is_missing_is_named(tmp_path):
    lacks = machine.missing(qemu=Qemu(tmp_path))
    assert lacks == ["no qemu-system-x86_64 (package qemu-system-x86)"]


needs_qemu = pytest.mark.skipif(bool(machine.missing()), reason="; ".join(machine.missing()))


@needs_qemu
def test_firmware_speaks_and_the_machine_goes_with_its_block(tmp_path):
    with Machine(tmp_path, forwards={"web": 80}, memory=64, ports=("debugcon",)) as box:
        seen = box.wait_for_serial(r"SeaBIOS \(version", timeout=240)
        assert 0 < seen.at <= box.seconds()
        assert box.host_ports["web"] > 1023
    assert not box.running()
    assert "SeaBIOS" in (tmp_path / "serial0.log").read_text(errors="replace")


@needs_qemu
def test_a_failed_wait_tells_the_last_words(tmp_path):
    with Machine(tmp_path, nic="", memory=64, ports=("debugcon",)) as box:
        box.wait_for_serial("SeaBIOS", timeout=240)
        with pytest.raises(MachineError, match="(?s)never said.*SeaBIOS"):
            box.wait_for_serial("never said", timeout=1)
        assert not box.running()


@needs_qemu
def test_a_wrong_argument_is_shown(tmp_path):
    with pytest.raises(MachineError, match="nonsense"):
        Machine(tmp_path, extra=["-nonsense"]).start()


def test_an_old_qemu_is_kept_from_what_it_emulates_badly(tmp_path, monkeypatch):
    monkeypatch.setattr(Qemu, "version", lambda self: 7)
    assert "max,cx16=off" in words(tmp_path)
    monkeypatch.setattr(Qemu, "version", lambda self: 10)
    assert "max" in words(tmp_path)


@pytest.mark.parametrize("said,kind", [
    ("ERROR:system/cpus.c:559:cpu_interrupt: assertion failed: (bql_locked())", EmulatorFault),
    ("[  130.8] Kernel panic - not syncing: corrupted stack end detected inside scheduler",
     EmulatorFault),
    ("[   12.0] Kernel panic - not syncing: VFS: Unable to mount root fs", MachineError),
    ("qemu-system-x86_64: -nonsense: invalid option", MachineError),
])
def test_a_fault_of_the_emulator_is_told_from_one_of_the_machine(tmp_path, said, kind):
    (tmp_path / "qemu.err").write_text(said)
    with pytest.raises(MachineError) as caught:
        Machine(tmp_path).fail("it went off")
    assert caught.type is kind
    assert said in str(caught.value)


@pytest.mark.parametrize("falls,kind,passes", [
    (0, EmulatorFault, True), (2, EmulatorFault, True), (3, EmulatorFault, False),
    (1, MachineError, False), (1, AssertionError, False),
])
def test_only_what_the_emulator_did_begins_anew(falls, kind, passes):
    calls, told = [], []

    def test(one, other):
        calls.append((one, other))
        if len(calls) <= falls:
            raise kind("it went off\nlast words")
        return "done"

    anew = begins_anew(test, told.append)
    if passes:
        assert anew(1, other=2) == "done"
    else:
        with pytest.raises(kind):
            anew(1, other=2)
    assert calls == [(1, 2)] * (min(falls + 1, 3) if kind is EmulatorFault else 1)
    assert told == [f"begun anew after try {n}: it went off" for n in range(1, len(calls))]


def test_what_the_emulator_led_to_begins_anew_too():
    told = []

    def test():
        if told:
            return "done"
        try:
            raise EmulatorFault("it went off")
        except EmulatorFault as error:
            raise AssertionError("the guest does not answer") from error

    assert begins_anew(test, told.append)() == "done"
    assert told == ["begun anew after try 1: it went off"]
