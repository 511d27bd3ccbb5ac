"""check, plan and status on captured machines: no root, any hardware (catalogue A1, A3, A11, A15)."""

import json
import re

import pytest

from test_command import gasthof

pytestmark = pytest.mark.cost(0.2, telling=1)

CPU = "processor\t: 0\nvendor_id\t: {vendor}\nmodel name\t: A Processor\nflags\t\t: fpu {flags}\n"
WANTED = "gasthof: 1\nhost: {name: kvm-01, sysctl: {vm.swappiness: 10}}\n"


@pytest.fixture(name="machine")
def make_machine(tmp_path):
    def make(vendor="GenuineIntel", flags="vmx ept pse aes", **files):
        root = tmp_path / "machine"
        given = {
            "proc/cpuinfo": CPU.format(vendor=vendor, flags=flags),
            "sys/kernel/notes": "",
            "proc/meminfo": "MemTotal:        8388608 kB\n",
            "etc/hostname": "before\n",
            "proc/sys/kernel/hostname": "before\n",
            "proc/sys/vm/swappiness": "60\n",
        }
        for path, text in {**given, **files}.items():
            file = root / "fs" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return root

    return make


def capabilities(root):
    done = gasthof("check", "--root", root, "-o", "json")
    assert done.returncode == 0, done.stderr
    return {one["id"]: one for one in json.loads(done.stdout)["capabilities"]}


def test_each_capability_has_its_evidence(machine):
    seen = capabilities(machine())
    assert seen["vt"]["state"] == "present" and "vmx" in seen["vt"]["evidence"]
    assert seen["nested_paging"]["state"] == "present" and "ept" in seen["nested_paging"]["evidence"]
    assert seen["iommu"]["state"] == "off in firmware" and "VT-d" in seen["iommu"]["remedy"]
    assert seen["pages_1g"]["state"] == "absent"
    assert seen["kvm"]["state"] == "cannot tell" and "/dev" in seen["kvm"]["evidence"]


def test_the_remedy_is_in_the_words_of_the_processors_maker(machine):
    seen = capabilities(machine(vendor="AuthenticAMD", flags="pse"))
    assert seen["vt"]["state"] == "absent"
    assert "SVM Mode" in seen["vt"]["remedy"]


def test_a_machine_that_cannot_carry_a_description_is_refused_at_the_place(machine, tmp_path):
    file = tmp_path / "host.yaml"
    file.write_text("gasthof: 1\nrequire:\n  capabilities: [iommu]\n  min_memory: 64GiB\n")
    done = gasthof("check", "--root", machine(), "--state", tmp_path / "state", file)
    assert done.returncode == 4
    assert "host.yaml:3:18: error: this machine lacks iommu (an IOMMU), off in the firmware" in done.stderr
    assert "this machine has 8GiB of memory, 64GiB are required" in done.stderr


def test_a_plan_says_what_would_change_and_changes_nothing(machine, tmp_path):
    file = tmp_path / "host.yaml"
    file.write_text(WANTED)
    root = machine()
    options = ("--root", root, "--state", tmp_path / "state")
    done = gasthof("plan", *options, "--exit-code", "-o", "json", file)
    assert done.returncode == 2, done.stderr
    plan = json.loads(done.stdout)
    paths = {item["item"]: [path["path"] for path in item["differs"]] for item in plan["items"]}
    assert paths == {"host": ["name"], "host.sysctl.vm.swappiness": ["value", "value"]}
    assert plan["class"] == "live"
    assert len(plan["hash"]) == 64
    assert plan["hash"] == json.loads(gasthof("plan", *options, "-o", "json", file).stdout)["hash"]
    assert not (tmp_path / "state").exists()
    text = gasthof("plan", *options, file).stdout
    assert "60 -> 10" in text and plan["hash"][:12] in text


def test_nothing_to_do_is_said(machine, tmp_path):
    file = tmp_path / "host.yaml"
    file.write_text("gasthof: 1\nhost: {name: before}\n")
    done = gasthof("plan", "--root", machine(), "--state", tmp_path / "state", "--exit-code", file)
    assert (done.returncode, done.stdout) == (0, "no changes\n")


def test_status_tells_drift_field_by_field(machine, tmp_path):
    file = tmp_path / "host.yaml"
    file.write_text(WANTED)
    done = gasthof("status", "--root", machine(), "--state", tmp_path / "state", file)
    assert done.returncode == 0
    assert "before -> kvm-01" in done.stdout
    assert "differs" in done.stdout


def test_could_not_look_is_told_and_fails(machine, tmp_path):
    file = tmp_path / "host.yaml"
    file.write_text(WANTED)
    root = machine()
    (root / "failing").write_text("/proc/sys/kernel/hostname\n")
    done = gasthof("plan", "--root", root, "--state", tmp_path / "state", file)
    assert done.returncode == 1
    assert "could not look" in done.stdout


def test_what_a_plain_tree_does_not_show_may_have_been_there(machine):
    root = machine(**{"sys/class/net/lo/mtu": "65536"}) / "fs"
    seen = capabilities(root)
    assert seen["vt"]["state"] == "present"
    for one in ("kvm", "iommu", "tpm", "sriov", "ksm", "uefi", "cgroup2"):
        assert seen[one]["state"] == "cannot tell", seen[one]


def test_the_table_for_people_fits_a_small_screen(machine):
    dmi = {"sys_vendor": "Some Maker", "product_name": "Some Server", "board_vendor": "Some Maker",
           "board_name": "X1", "bios_vendor": "Another", "bios_version": "2.1",
           "bios_date": "04/07/2025"}
    files = {f"sys/class/dmi/id/{name}": f"{text}\n" for name, text in dmi.items()}
    done = gasthof("check", "--root", machine(**files))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("machine    Some Maker Some Server\nboard      Some Maker X1\n"
                                  "firmware   BIOS, Another 2.1 of 04/07/2025\n")
    assert max(len(line) for line in done.stdout.splitlines()) <= 79
    assert "  yes                vt, nested_paging\n" in done.stdout
    assert "  off in firmware    iommu: an IOMMU, for devices passed through" in done.stdout
    assert "to do: enable \"Intel VT for Directed I/O\"" in done.stdout
    assert "\033" not in done.stdout


def test_this_machine_is_looked_at_too():
    done = gasthof("check", "-o", "json")
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    with open("/proc/cpuinfo") as file:
        text = file.read()
    assert f": {seen['machine']['cpu']['vendor']}\n" in text
    assert seen["machine"]["threads"] == len(re.findall(r"^processor\s*:", text, re.MULTILINE))
    words = {"present", "absent", "off in firmware", "off in the kernel", "cannot tell"}
    assert {one["state"] for one in seen["capabilities"]} <= words
    assert all(set(one) == {"id", "state", "evidence", "needed_for", "remedy"}
               for one in seen["capabilities"])
