"""Memory of a machine with two NUMA nodes, and options of KVM's modules: asked for, in force, edited
by hand, put right, and there again after a reboot (B5, B6, D3, D4, D12, D15, D17, L1; PIT33).
"""

import base64

import pytest

from light import DEMO, TREE, Appliance, best_accel, call, description, make_key

NODE_MIB = 1536
NODES = [word for node in (0, 1) for word in (
    "-object", f"memory-backend-ram,id=node{node},size={NODE_MIB}M",
    "-numa", f"node,nodeid={node},cpus={node},memdev=node{node}")]
MEMORY = """\
memory:
  hugepages: {2MiB: {nodes: {0: 64, 1: 32}}}
  transparent_hugepages: {enabled: madvise, defrag: defer, khugepaged: {pages_to_scan: 8192}}
  ksm: {run: true, pages_to_scan: 200, merge_across_nodes: false}
  reserve: 512MiB
"""
SWAP = "swap: {main: 64MiB}"
THP = "/sys/kernel/mm/transparent_hugepage"
KSM = "/sys/kernel/mm/ksm"
NESTED = "/sys/module/kvm_amd/parameters/nested"
FILE = "/etc/gasthof/other.yaml"


def asked_for(digest, key):
    """The demo's description with what this is about."""
    text = description(digest, key) + MEMORY
    return text.replace("host:\n", f"host:\n  {SWAP}\n", 1)


def put(host, text):
    host.ssh(f"printf %s {base64.b64encode(text.encode()).decode()} | base64 -d >{FILE}")


def value(host, path):
    """A value of the kernel, the chosen one where it shows all."""
    text = host.ssh("cat", path).stdout.strip()
    return text.split("[")[1].split("]")[0] if "[" in text else text


def pages(host, node):
    return value(host, f"/sys/devices/system/node/node{node}/hugepages/hugepages-2048kB/"
                       "nr_hugepages")


def gasthof(host, *words, status=0):
    done = host.ssh("gasthof", *words, timeout=240, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == status, f"gasthof {words}: {done.returncode}\n{said}"
    return said


def kernel_values(host):
    return {
        "pages": (pages(host, 0), pages(host, 1)),
        "thp": [value(host, f"{THP}/{name}")
                for name in ("enabled", "defrag", "khugepaged/pages_to_scan")],
        "ksm": [value(host, f"{KSM}/{name}")
                for name in ("run", "pages_to_scan", "merge_across_nodes")],
        "swap": "/var/lib/gasthof/swap/main" in value(host, "/proc/swaps"),
    }


IN_FORCE = {"pages": ("64", "32"), "thp": ["madvise", "defer", "8192"], "ksm": ["1", "200", "0"],
            "swap": True}


def look_at_what_is_in_force(host):
    assert kernel_values(host) == IN_FORCE
    mounts = value(host, "/proc/mounts")
    assert any("/dev/hugepages " in line and "pagesize=2M" in line for line in mounts.splitlines())
    said = gasthof(host, "status")
    assert "    saved  " in said and "full_scans" in said


def look_at_drift(host):
    """Each value that a hand changed is named, and comes back."""
    host.ssh(f"echo always >{THP}/enabled; echo 4096 >{THP}/khugepaged/pages_to_scan; "
             f"echo 100 >{KSM}/pages_to_scan; swapoff /var/lib/gasthof/swap/main; "
             "echo 8 >/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages; "
             "echo '# mine' >>/etc/tmpfiles.d/gasthof-ksm.conf")
    said = gasthof(host, "status")
    for line in ("always -> madvise", "4096 -> 8192", "100 -> 200", "false -> true", "8 -> 64",
                 "[+# mine] -> []"):
        assert line in said, said
    gasthof(host, "apply")
    assert kernel_values(host) == IN_FORCE
    gasthof(host, "plan", "--exit-code")


def look_at_more_pages_than_there_are(host, text):
    """PIT33: refused with both numbers where it can be seen before, said once where it cannot."""
    put(host, text.replace("1: 32", "1: 3000"))
    said = gasthof(host, "apply", FILE, status=4)
    assert "are more than this machine's" in said
    put(host, text.replace("1: 32", f"1: {NODE_MIB // 2 - 8}").replace("512MiB", "1MiB"))
    said = gasthof(host, "apply", FILE, status=4)
    assert "more pages of 2MiB need" in said and "are free" in said
    assert pages(host, 1) == "32"


def look_at_module_options(host, text):
    """B6: with a guest, the change waits; without one, KVM is loaded anew."""
    assert value(host, NESTED) == "1"
    put(host, text + "kvm: {nested: false}\n")
    said = gasthof(host, "apply", FILE)
    assert "waits for guest-stop: guests hold kvm_amd, which takes nested" in said
    assert value(host, NESTED) == "1"
    assert "nested=0" in host.ssh("cat", "/etc/modprobe.d/gasthof-kvm_amd.conf").stdout
    put(host, text + "kvm: {nested: false}\nguests: {web: {state: stopped}}\n")
    gasthof(host, "apply", FILE, "--allow", "guest-restart")
    host.wait_until("the guest off", "test \"$(virsh domstate web)\" = 'shut off'")
    gasthof(host, "apply", FILE)
    assert value(host, NESTED) == "0"
    put(host, text + "kvm: {nestd: true}\n")
    assert "did you mean" in gasthof(host, "plan", FILE, status=3)
    put(host, text + "kernel: {modules: {kvm_amd: {options: {nestd: true}}}}\n")
    said = gasthof(host, "plan", FILE, status=4)
    assert 'module kvm_amd has no parameter "nestd"; it has ' in said and "nested" in said


def look_after_a_reboot(host):
    """Without the agent: what the files alone bring."""
    host.ssh("systemctl", "mask", "gasthof.service")
    host.reboot()
    host.wait_for_ssh(timeout=900)
    now = kernel_values(host)
    assert (now["thp"], now["ksm"], now["swap"]) == (IN_FORCE["thp"], IN_FORCE["ksm"], True)
    assert value(host, NESTED) == "0"


@pytest.mark.cost(340, telling=1)
def test_memory_is_as_it_was_asked_for(box, workdir, appliance_image, guest_image):
    guest, key = guest_image("small"), make_key(workdir)
    digest = (guest.parent / f"{guest.name}.sha256").read_text().split()[0]
    text = asked_for(digest, key)
    (workdir / "host.yaml").write_text(text)
    medium = workdir / "medium.raw"
    call([TREE / "installer" / "stamp", appliance_image, workdir / "host.yaml", "-o", medium,
          "--size", "6G", "--file", f"{DEMO}:demo.yaml",
          "--file", f"{guest}:images/guest-small.qcow2"], "stamping")
    order = best_accel(guest, workdir / "trial")
    if order["accel"] == "kvm":
        pytest.skip("the emulated machine's processor is this one's: no kvm_amd to look at")
    host = box(kind=Appliance, medium=medium, key=key, memory=2 * NODE_MIB, extra=NODES,
               reboots=True, **order)
    host.wait_for_ssh(timeout=600)
    host.http_get("web", timeout=900)
    host.wait_settled()
    host.ssh("systemctl", "stop", "gasthof.service")  # from here on, a person applies
    look_at_what_is_in_force(host)
    look_at_drift(host)
    look_at_more_pages_than_there_are(host, text)
    look_at_module_options(host, text)
    look_after_a_reboot(host)
    host.powerdown(timeout=240)
