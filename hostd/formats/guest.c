#include "formats/guest.h"

#include <string.h>

#include "formats/uuid.h"
#include "formats/veil.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

bool whole_mebibytes_equal(const void *want, const void *have)
{
	enum { MEBIBYTE = 1 << 20 };
	uint64_t wanted = ((const struct bytes *)want)->count;
	uint64_t there = ((const struct bytes *)have)->count;

	return (wanted + MEBIBYTE - 1) / MEBIBYTE == (there + MEBIBYTE - 1) / MEBIBYTE;
}

static const struct field vcpus_fields[] = {
	FIELD("count", struct guest_vcpus, count, CLASS_LIVE,
	      "virtual CPUs the guest sees (<vcpu current=>)", .least = 1, .most = 4096,
	      .fallback = "1", .example = "2"),
	FIELD("max", struct guest_vcpus, max, CLASS_GUEST_RESTART,
	      "the most it can be given while it runs (<vcpu>)", .least = 1, .most = 4096,
	      .flags = FIELD_PLAIN, .example = "8"),
	FIELD("most", struct guest_vcpus, most, CLASS_GUEST_RESTART,
	      "what it has room for (<vcpu>)", .flags = FIELD_IMPLIED, .fallback = "1"),
	GUEST_VCPUS_ROWS(ROW_FIELD, struct guest_vcpus)
};
const struct record guest_vcpus_record =
	RECORD(struct guest_vcpus, vcpus_fields, .shorthand = &vcpus_fields[0]);

static const struct field memory_fields[] = {
	FIELD("size", struct guest_memory, size, CLASS_LIVE,
	      "memory of the guest, without memory_modules (<currentMemory>)", .fallback = "1GiB",
	      .example = "2GiB", .equal = whole_mebibytes_equal),
	FIELD("max", struct guest_memory, max, CLASS_GUEST_RESTART,
	      "the most its balloon can grow to while it runs (<memory>)", .flags = FIELD_PLAIN,
	      .example = "8GiB"),
	FIELD("most", struct guest_memory, most, CLASS_GUEST_RESTART,
	      "what it has room for (<memory>)", .flags = FIELD_IMPLIED, .fallback = "1GiB",
	      .equal = whole_mebibytes_equal),
	FIELD("page_size", struct guest_memory, page_size, CLASS_GUEST_RESTART,
	      "huge pages of this size hold its memory (<hugepages>); memory.hugepages reserves "
	      "them",
	      .example = "1GiB"),
	FIELD("node", struct guest_memory, node, CLASS_LIVE,
	      "the NUMA node of the host that its memory comes from (<numatune>, strict)",
	      .flags = FIELD_PRESENCE, .example = "0"),
	GUEST_MEMORY_ROWS(ROW_FIELD, struct guest_memory)
};
const struct record guest_memory_record =
	RECORD(struct guest_memory, memory_fields, .shorthand = &memory_fields[0]);

static const struct field cpu_fields[] = {
	FIELD("model", struct guest_cpu, model, CLASS_GUEST_RESTART,
	      "host-passthrough (default), host (libvirt's host-model), maximum (default when "
	      "emulated), or a model by its name (<cpu>)",
	      .example = "host"),
	FIELD("fleet", struct guest_cpu, fleet, CLASS_GUEST_RESTART,
	      "the fleet whose common model it gets instead, to run on any of its hosts "
	      "(hypervisor-cpu-baseline); single features may be said besides, and a model that "
	      "has "
	      "to be that one",
	      .target = "fleets", .flags = FIELD_PLAIN, .example = "rack-7"),
	FIELD("nested", struct guest_cpu, nested, CLASS_GUEST_RESTART,
	      "whether the guest may run guests itself (cpu features vmx and svm)"),
	GUEST_CPU_ROWS(ROW_FIELD, struct guest_cpu)
};
const struct record guest_cpu_record =
	RECORD(struct guest_cpu, cpu_fields, .shorthand = &cpu_fields[0]);

static const struct field serial_fields[] = {
	FIELD_TEXT("log", struct guest_serial, log, &type_path, CLASS_GUEST_RESTART,
		   "file that keeps what the guest writes to its first serial port (<log file=>)",
		   .example = "/var/log/gasthof/web.log"),
};
const struct record guest_serial_record =
	RECORD(struct guest_serial, serial_fields, .shorthand = &serial_fields[0]);

/* Adding or removing a disk can be done while the guest runs; most of its settings cannot. */
static const struct field disk_fields[] = {
	FIELD("image", struct guest_disk, image, CLASS_DESTROYS_DATA,
	      "image it starts from; makes a volume called GUEST-DISK in the image's pool",
	      .target = "images", .flags = FIELD_PLAIN, .example = "debian-13"),
	FIELD("size", struct guest_disk, size, CLASS_LIVE,
	      "virtual size of that volume; with neither image nor volume: an empty one",
	      .flags = FIELD_PLAIN, .example = "20GiB"),
	FIELD("pool", struct guest_disk, pool, CLASS_DESTROYS_DATA,
	      "pool of that volume (default: the image's, or \"default\")", .target = "pools",
	      .flags = FIELD_PLAIN, .example = "fast"),
	FIELD("volume", struct guest_disk, volume, CLASS_GUEST_RESTART,
	      "a volume described elsewhere", .target = "volumes", .flags = FIELD_PLAIN,
	      .example = "web-data"),
	FIELD_TEXT("path", struct guest_disk, path, &type_path, CLASS_GUEST_RESTART,
		   "a file that is there already, such as a CD image", .flags = FIELD_PLAIN,
		   .example = "/srv/iso/debian.iso"),
	FIELD("own", struct guest_disk, own, CLASS_GUEST_RESTART, "the volume made for this disk",
	      .target = "volumes", .flags = FIELD_IMPLIED | FIELD_PLAIN),
	FIELD_TEXT("source", struct guest_disk, source, &type_path, CLASS_LIVE,
		   "the file behind it (<source file=>); a CD is changed in its drive",
		   .flags = FIELD_IMPLIED),
	FIELD("format", struct guest_disk, format, CLASS_GUEST_RESTART,
	      "format of the file, never guessed (<driver type=>); default qcow2, raw for `path`",
	      .choices = WORDS("qcow2", "raw", "qcow", "qed", "vmdk", "vdi", "vpc", "vhdx", "luks",
			       "parallels", "ploop", "iso", "dmg", "bochs", "cloop", "fat", "dir",
			       "vhd", "cow", "aio"),
	      .example = "raw"),
	FIELD("device", struct guest_disk, device, CLASS_GUEST_RESTART,
	      "what the guest sees (<disk device=>)",
	      .choices = WORDS("disk", "cdrom", "floppy", "lun"), .fallback = "disk"),
	FIELD("bus", struct guest_disk, bus, CLASS_GUEST_RESTART,
	      "how it is attached (<target bus=>); default virtio, sata for a cdrom; nvme "
	      "needs a libvirt newer than 11.3",
	      .choices = WORDS("virtio", "scsi", "sata", "usb", "nvme", "ide", "fdc", "sd", "xen",
			       "uml"),
	      .example = "scsi"),
	FIELD("cache", struct guest_disk, cache, CLASS_GUEST_RESTART,
	      "host caching (<driver cache=>)",
	      .choices =
		      WORDS("none", "writeback", "writethrough", "directsync", "unsafe", "default"),
	      .example = "none"),
	FIELD("io", struct guest_disk, io, CLASS_GUEST_RESTART,
	      "how the host does input and output (<driver io=>)",
	      .choices = WORDS("native", "threads", "io_uring"), .example = "native"),
	FIELD("discard", struct guest_disk, discard, CLASS_GUEST_RESTART,
	      "what a guest's trim does to the file (<driver discard=>)",
	      .choices = WORDS("unmap", "ignore"), .example = "unmap"),
	FIELD("detect_zeroes", struct guest_disk, detect_zeroes, CLASS_GUEST_RESTART,
	      "whether written zeroes become holes (<driver detect_zeroes=>)",
	      .choices = WORDS("off", "on", "unmap"), .example = "unmap"),
	FIELD("serial", struct guest_disk, serial, CLASS_GUEST_RESTART,
	      "serial number the guest can find it by (<serial>)", .example = "data-1"),
	FIELD("read_only", struct guest_disk, read_only, CLASS_GUEST_RESTART,
	      "whether the guest may only read (<readonly/>)"),
	FIELD("boot_order", struct guest_disk, boot_order, CLASS_GUEST_RESTART,
	      "its place among what firmware tries, from 1 (<boot order=>)", .least = 1,
	      .most = 1000, .example = "1"),
	GUEST_DISK_ROWS(ROW_FIELD, struct guest_disk)
};
const struct record guest_disk_record = RECORD(struct guest_disk, disk_fields);

static const struct field nic_fields[] = {
	FIELD("network", struct guest_nic, network, CLASS_LIVE,
	      "guest network it is plugged into (<source network=>)", .target = "networks",
	      .example = "lab"),
	FIELD("link", struct guest_nic, link, CLASS_LIVE,
	      "bridge of the host it is plugged into, instead of a network", .target = "links",
	      .flags = FIELD_PLAIN, .example = "br0"),
	FIELD("bridge", struct guest_nic, bridge, CLASS_LIVE,
	      "bridge that is not described here (<source bridge=>); follows from `link`"),
	FIELD("model", struct guest_nic, model, CLASS_GUEST_RESTART,
	      "the card the guest sees (<model type=>)",
	      .choices = WORDS("virtio", "e1000e", "e1000", "rtl8139", "igb", "virtio-transitional",
			       "virtio-non-transitional", "vmxnet3", "usb-net", "ne2k_pci",
			       "ne2k_isa", "pcnet", "i82551", "i82557b", "i82559er", "i82559a",
			       "i82559c", "tulip", "netfront", "spapr-vlan", "lan9118", "smc91c111",
			       "scm91c111", "sungem", "vlance", "vmxnet", "vmxnet2", "82540em",
			       "82545em", "82543gc", "am79c970a", "am79c973", "virtio-net-pci"),
	      .fallback = "virtio"),
	FIELD("mac", struct guest_nic, mac, CLASS_GUEST_RESTART,
	      "its address (<mac>); default: 52:54:00 and a hash of GUEST/NIC",
	      .example = "52:54:00:00:20:0a"),
	FIELD("address", struct guest_nic, address, CLASS_NONE,
	      "the address the network's DHCP server always gives it", .flags = FIELD_PLAIN,
	      .example = "10.20.0.10"),
	FIELD("link_state", struct guest_nic, link_state, CLASS_LIVE,
	      "whether its cable is plugged in (<link state=>)", .choices = WORDS("up", "down"),
	      .fallback = "up"),
	FIELD("mtu", struct guest_nic, mtu, CLASS_GUEST_RESTART,
	      "largest packet, told to the guest (<mtu size=>)", .least = 68, .most = 65535,
	      .example = "9000"),
	FIELD("queues", struct guest_nic, queues, CLASS_GUEST_RESTART,
	      "pairs of queues of a virtio card (<driver queues=>)", .least = 1, .most = 256,
	      .example = "4"),
	FIELD("boot_order", struct guest_nic, boot_order, CLASS_GUEST_RESTART,
	      "its place among what firmware tries, from 1 (<boot order=>)", .least = 1,
	      .most = 1000, .example = "2"),
	FIELD("sriov", struct guest_nic, sriov, CLASS_GUEST_RESTART,
	      "a card of the host's whose virtual function it is, instead of a network "
	      "(<interface type='hostdev'>)",
	      .target = "sriov", .flags = FIELD_PLAIN, .example = "eno2"),
	FIELD("vlan", struct guest_nic, vlan, CLASS_GUEST_RESTART,
	      "with sriov: the VLAN it is in, without the guest's doing (<vlan><tag id=>)",
	      .least = 1, .most = 4094, .example = "100"),
	FIELD("vf", struct guest_nic, vf, CLASS_GUEST_RESTART,
	      "the virtual function that it is (<source><address>)", .flags = FIELD_IMPLIED),
	GUEST_NIC_ROWS(ROW_FIELD, struct guest_nic)
};
const struct record guest_nic_record = RECORD(struct guest_nic, nic_fields);

static const struct field hostdev_fields[] = {
	FIELD("address", struct guest_hostdev, address, CLASS_GUEST_RESTART,
	      "the function of the host (<source><address>)"),
};
const struct record guest_hostdev_record = RECORD(struct guest_hostdev, hostdev_fields);

static const struct field cloud_init_fields[] = {
	FIELD("hostname", struct guest_cloud_init, hostname, CLASS_NONE,
	      "name of the guest (local-hostname); default: the guest's handle", .example = "web"),
	FIELD("user", struct guest_cloud_init, user, CLASS_NONE,
	      "a user with sudo for the keys; default: the image's own user", .example = "ada"),
	FIELD("ssh_keys", struct guest_cloud_init, ssh_keys, CLASS_NONE,
	      "public keys that may log in (ssh_authorized_keys)",
	      .example = "[\"ssh-ed25519 AAAA... ada\"]"),
	FIELD("packages", struct guest_cloud_init, packages, CLASS_NONE,
	      "packages to install at first boot", .example = "[nginx]"),
	FIELD_TEXT("user_data", struct guest_cloud_init, user_data, &type_block, CLASS_NONE,
		   "user-data, verbatim, instead of user, ssh_keys and packages"),
	FIELD_TEXT("network", struct guest_cloud_init, network, &type_block, CLASS_NONE,
		   "network-config, verbatim; default: what the image does, mostly DHCP"),
};
const struct record guest_cloud_init_record = RECORD(struct guest_cloud_init, cloud_init_fields);

static const struct field autostart_fields[] = {
	FIELD("on", struct guest_autostart, on, CLASS_NONE, "whether it starts with the host",
	      .flags = FIELD_PLAIN, .example = "true"),
	FIELD("order", struct guest_autostart, order, CLASS_NONE,
	      "its turn, from 1: guests start one number after the other, and shut down with the "
	      "host the other way round; those without one start when libvirt does and go first",
	      .flags = FIELD_PLAIN, .least = 1, .most = 10000, .example = "10"),
	FIELD("delay", struct guest_autostart, delay, CLASS_NONE,
	      "how long those after it wait once it was started", .flags = FIELD_PLAIN,
	      .example = "30s"),
	FIELD("libvirt", struct guest_autostart, libvirt, CLASS_NONE,
	      "whether libvirt starts it by itself (virsh autostart)",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING, .fallback = "false"),
};
const struct record guest_autostart_record =
	RECORD(struct guest_autostart, autostart_fields, .shorthand = &autostart_fields[0]);

/* libvirt resolves q35 to pc-q35-10.0 when it defines a guest. */
static bool machine_equal(const void *want, const void *have)
{
	const char *asked = *(const char *const *)want, *is = *(const char *const *)have;

	if (string_equal(asked, "q35"))
		return string_equal(is, "q35") || string_starts(is, "pc-q35-");
	if (string_equal(asked, "pc"))
		return string_equal(is, "pc") || string_starts(is, "pc-i440fx-");
	return string_equal(asked, is);
}

static const struct field guest_fields[] = {
	FIELD("name", struct guest, name, CLASS_GUEST_RESTART,
	      "libvirt's name of it, where that is not the key (<name>)", .example = "WEB_1"),
	FIELD("uuid", struct guest, uuid, CLASS_GUEST_RESTART,
	      "its UUID, where that must not follow from its name (<uuid>)",
	      .flags = FIELD_NOT_RUNNING, .equal = uuid_equal,
	      .example = "0f9f8a63-5c2e-4c5c-9f1e-0a1b2c3d4e5f"),
	FIELD_TEXT("description", struct guest, description, &type_block, CLASS_NONE,
		   "for people (<description>)", .equal = veil_block_equal,
		   .example = "web server"),
	FIELD("defaults", struct guest, defaults, CLASS_GUEST_RESTART,
	      "what holds where nothing is said: this language's (ACPI, timers, serial console, "
	      "agent, RNG, spare ports, ...) or, for a guest made elsewhere, libvirt's alone",
	      .flags = FIELD_PLAIN, .choices = WORDS("gasthof", "libvirt"), .fallback = "gasthof"),
	FIELD("virtualization", struct guest, virtualization, CLASS_GUEST_RESTART,
	      "kvm, or emulated where the machine cannot (<domain type=>)",
	      .choices = WORDS("kvm", "emulated"), .fallback = "kvm"),
	FIELD("machine", struct guest, machine, CLASS_GUEST_RESTART,
	      "the board (<type machine=>): q35, pc, or a version of one", .fallback = "q35",
	      .equal = machine_equal),
	FIELD("firmware", struct guest, firmware, CLASS_GUEST_RESTART,
	      "what it boots with (<os firmware=>)", .choices = WORDS("bios", "uefi"),
	      .fallback = "bios"),
	FIELD("secure_boot", struct guest, secure_boot, CLASS_GUEST_RESTART,
	      "whether UEFI starts only signed systems, keys enrolled (<firmware>)"),
	FIELD_RECORD("vcpus", struct guest, vcpus, &guest_vcpus_record, CLASS_LIVE, "virtual CPUs"),
	FIELD_RECORD("memory", struct guest, memory, &guest_memory_record, CLASS_LIVE, "memory"),
	FIELD_RECORD("cpu", struct guest, cpu, &guest_cpu_record, CLASS_GUEST_RESTART,
		     "the processor the guest sees"),
	FIELD_MAP("disks", struct guest, disks, &guest_disk_record, CLASS_LIVE, "disks (<disk>)"),
	FIELD_MAP("nics", struct guest, nics, &guest_nic_record, CLASS_LIVE,
		  "network cards (<interface>)"),
	FIELD("devices", struct guest, devices, CLASS_LIVE,
	      "devices of the host that it takes, each with its IOMMU group (<hostdev>)",
	      .target = "devices", .flags = FIELD_PLAIN | FIELD_UNORDERED, .example = "[gpu0]"),
	FIELD_MAP("hostdevs", struct guest, hostdevs, &guest_hostdev_record, CLASS_LIVE,
		  "the functions behind them (<hostdev>)", .flags = FIELD_IMPLIED),
	FIELD_RECORD("serial", struct guest, serial, &guest_serial_record, CLASS_GUEST_RESTART,
		     "the serial console, which is always there (<serial>)"),
	FIELD("guest_agent", struct guest, guest_agent, CLASS_LIVE,
	      "whether there is a channel for qemu-guest-agent (<channel>)", .fallback = "true"),
	FIELD("rng", struct guest, rng, CLASS_LIVE,
	      "whether the guest gets random numbers from the host (<rng>)", .fallback = "true"),
	FIELD("tpm", struct guest, tpm, CLASS_GUEST_RESTART,
	      "whether it has a TPM 2.0 that swtpm emulates (<tpm>); `tpms` says more",
	      .example = "true"),
	FIELD_RECORD("cloud_init", struct guest, cloud_init, &guest_cloud_init_record, CLASS_NONE,
		     "a NoCloud seed for cloud-init; {} for one with the host name alone",
		     .flags = FIELD_NOT_RUNNING | FIELD_PRESENCE),
	FIELD_TEXT("seed", struct guest, seed, &type_path, CLASS_GUEST_RESTART, "the seed's file",
		   .flags = FIELD_IMPLIED),
	FIELD("started", struct guest, started, CLASS_LIVE,
	      "whether it was started after it was made",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
	FIELD_RECORD("autostart", struct guest, autostart, &guest_autostart_record, CLASS_NONE,
		     "whether and when it starts with the host", .flags = FIELD_NOT_RUNNING,
		     .example = "{order: 10, delay: 30s}"),
	FIELD("slice", struct guest, slice, CLASS_GUEST_RESTART,
	      "the slice that shares and limits it together with others; \"machine\": none of its "
	      "own (<resource><partition>)",
	      .target = "slices", .flags = FIELD_PLAIN, .example = "gold"),
	FIELD("state", struct guest, state, CLASS_LIVE,
	      "whether it is to run; not said: started when it is made, then left alone",
	      .choices = WORDS("running", "stopped"), .flags = FIELD_NOT_CONFIGURED,
	      .example = "running"),
	FIELD("on_change", struct guest, on_change, CLASS_NONE,
	      "the most a change may do to it while it runs", .flags = FIELD_PLAIN,
	      .choices = WORDS("live", "restart", "never"), .fallback = "live"),
	FIELD("stop_timeout", struct guest, stop_timeout, CLASS_NONE,
	      "how long it is given to shut down, with the host, too", .flags = FIELD_PLAIN,
	      .fallback = "1min"),
	FIELD("on_stop_timeout", struct guest, on_stop_timeout, CLASS_NONE,
	      "what then: wait goes on waiting (not when the host goes down), destroy pulls the "
	      "plug",
	      .flags = FIELD_PLAIN, .choices = WORDS("wait", "destroy"), .fallback = "wait"),
	FIELD_TEXT("libvirt_xml", struct guest, libvirt_xml, &type_block, CLASS_GUEST_RESTART,
		   "children of <domain> that this language cannot say, merged into it",
		   .equal = veil_block_equal, .veil = veil),
	GUEST_ROWS(ROW_FIELD, struct guest)
};
const struct record guest_record = RECORD(struct guest, guest_fields);

bool guest_is_terse(const struct guest *guest)
{
	return string_equal(guest->defaults, "libvirt");
}
