/* schema_sample.h - a record with one row of each kind, for the tests of schema/. */
#pragma once

#include "schema/record.h"

struct limit {
	struct given given;
	struct rate read;
	uint32_t read_iops;
};
static const struct field limit_fields[] = {
	FIELD("read", struct limit, read, CLASS_LIVE, "bytes per second (read_bytes_sec)"),
	FIELD("read_iops", struct limit, read_iops, CLASS_LIVE, "reads per second", .least = 1,
	      .most = 1000000, .fallback = "1000"),
};
static const struct record limit_record =
	RECORD(struct limit, limit_fields, .shorthand = &limit_fields[0]);

struct disk {
	struct given given;
	const char *image;
	struct bytes size;
	const char *cache;
	struct limit limit;
	const char *serial;
};
static const char *const cache_choices[] = { "none", "writeback", "0", "true", NULL };
static const struct field disk_fields[] = {
	FIELD_TEXT("image", struct disk, image, &type_name, CLASS_DESTROYS_DATA, "backing image",
		   .target = "images"),
	FIELD("size", struct disk, size, CLASS_LIVE, "virtual size (<capacity>)",
	      .flags = FIELD_REQUIRED, .example = "20GiB"),
	FIELD("cache", struct disk, cache, CLASS_GUEST_RESTART, "cache mode (<driver cache=>)",
	      .choices = cache_choices, .fallback = "writeback"),
	FIELD_RECORD("limit", struct disk, limit, &limit_record, CLASS_LIVE, "most it may do"),
	FIELD("serial", struct disk, serial, CLASS_GUEST_RESTART, "serial number",
	      .flags = FIELD_IMPLIED),
};
static const struct record disk_record =
	RECORD(struct disk, disk_fields, .shorthand = &disk_fields[1]);

struct pages {
	struct given given;
	uint32_t count;
};
static const struct field pages_fields[] = {
	FIELD("count", struct pages, count, CLASS_LIVE, "how many (nr_hugepages)"),
};
static const struct record pages_record =
	RECORD(struct pages, pages_fields, .shorthand = &pages_fields[0], .key = &type_bytes);

struct words {
	struct given given;
	struct text_list values;
};
static const struct field words_fields[] = {
	FIELD("values", struct words, values, CLASS_REBOOT, "words of the kernel's line"),
};
static const struct record words_record =
	RECORD(struct words, words_fields, .shorthand = &words_fields[0]);

struct dhcp {
	struct given given;
	struct span lease;
};
static const struct field dhcp_fields[] = {
	FIELD("lease", struct dhcp, lease, CLASS_LIVE, "how long (dhcp-range)", .fallback = "12h"),
};
static const struct record dhcp_record = RECORD(struct dhcp, dhcp_fields);

struct guest {
	struct given given;
	const char *profile, *state, *xml, *seed, *home, *source;
	bool autostart;
	uint32_t vcpus;
	int64_t nice;
	struct span stop;
	struct cpus pin;
	struct mac mac;
	struct address gateway;
	struct listen listen;
	struct endpoint to;
	struct digest sha256;
	struct secret password;
	struct pci gpu;
	struct prefix_list addresses;
	struct address_list dns;
	struct text_list groups, reach, devices;
	struct count_list nodes;
	struct cpu_set_list cells;
	struct dhcp dhcp;
	struct map disks, pages, words, sysctl, networks;
};
static const char *const map_words[] = { "auto", "none", NULL };
static const struct field guest_fields[] = {
	FIELD("profile", struct guest, profile, CLASS_NONE, "body to start from",
	      .flags = FIELD_PLAIN),
	FIELD("state", struct guest, state, CLASS_LIVE, "whether it runs",
	      .flags = FIELD_NOT_CONFIGURED, .fallback = "running"),
	FIELD_TEXT("libvirt_xml", struct guest, xml, &type_block, CLASS_GUEST_RESTART,
		   "kept verbatim"),
	FIELD("seed", struct guest, seed, CLASS_GUEST_RESTART, "what cloud-init reads",
	      .flags = FIELD_BLIND),
	FIELD_TEXT("home", struct guest, home, &type_path, CLASS_LIVE, "folder", .fallback = "/"),
	FIELD_TEXT("source", struct guest, source, &type_url, CLASS_LIVE, "where it comes from"),
	FIELD("autostart", struct guest, autostart, CLASS_LIVE, "start at boot (autostart)",
	      .flags = FIELD_NOT_RUNNING, .fallback = "false"),
	FIELD("vcpus", struct guest, vcpus, CLASS_LIVE, "CPUs (<vcpu>)", .least = 1, .most = 64,
	      .fallback = "1"),
	FIELD("nice", struct guest, nice, CLASS_LIVE, "niceness", .least = (uint64_t)-20,
	      .most = 19, .fallback = "0"),
	FIELD("stop", struct guest, stop, CLASS_LIVE, "patience", .fallback = "2min"),
	FIELD("pin", struct guest, pin, CLASS_LIVE, "CPUs to run on (<vcpupin>)"),
	FIELD("mac", struct guest, mac, CLASS_GUEST_RESTART, "hardware address"),
	FIELD("gateway", struct guest, gateway, CLASS_LIVE, "router"),
	FIELD("listen", struct guest, listen, CLASS_LIVE, "port"),
	FIELD("to", struct guest, to, CLASS_LIVE, "where to"),
	FIELD("sha256", struct guest, sha256, CLASS_LIVE, "digest"),
	FIELD("password", struct guest, password, CLASS_LIVE, "secret of the console",
	      .flags = FIELD_SECRET),
	FIELD("gpu", struct guest, gpu, CLASS_GUEST_RESTART, "card (<hostdev>)",
	      .flags = FIELD_PRESENCE),
	FIELD("addresses", struct guest, addresses, CLASS_LIVE, "addresses"),
	FIELD("dns", struct guest, dns, CLASS_LIVE, "resolvers"),
	FIELD("groups", struct guest, groups, CLASS_LIVE, "groups", .flags = FIELD_UNORDERED),
	FIELD("reach", struct guest, reach, CLASS_LIVE, "what it reaches",
	      .fallback = "[internet, lab]"),
	FIELD_TEXT("devices", struct guest, devices, &type_name, CLASS_GUEST_RESTART, "devices",
		   .target = "devices"),
	FIELD("nodes", struct guest, nodes, CLASS_LIVE, "NUMA nodes"),
	FIELD("cells", struct guest, cells, CLASS_LIVE, "CPUs of each cell"),
	FIELD_RECORD("dhcp", struct guest, dhcp, &dhcp_record, CLASS_LIVE, "serves addresses",
		     .flags = FIELD_PRESENCE),
	FIELD_MAP("disks", struct guest, disks, &disk_record, CLASS_GUEST_RESTART, "disks"),
	FIELD_MAP("pages", struct guest, pages, &pages_record, CLASS_LIVE, "huge pages by size"),
	FIELD_MAP("words", struct guest, words, &words_record, CLASS_REBOOT, "kernel arguments"),
	FIELD_MAP("sysctl", struct guest, sysctl, &words_record, CLASS_LIVE, "settings",
		  .flags = FIELD_ANY_KEY, .choices = map_words),
	FIELD_MAP("networks", struct guest, networks, &dhcp_record, CLASS_LIVE,
		  "networks by their name", .target = "networks"),
};
static const struct record guest_record = RECORD(struct guest, guest_fields);

/* Every row said once. */
static const char whole_guest[] =
	"profile: small\n"
	"state: stopped\n"
	"libvirt_xml: |\n"
	"  <devices>\n"
	"    <sound model='ich9'/>\n"
	"  </devices>\n"
	"seed: '0123'\n"
	"home: /srv/web\n"
	"source: https://images.lab.example/a.qcow2\n"
	"autostart: true\n"
	"vcpus: 4\n"
	"nice: -5\n"
	"stop: 90s\n"
	"pin: 2-7,^3\n"
	"mac: 52:54:00:00:20:0a\n"
	"gateway: 10.0.0.1\n"
	"listen: 8080/tcp\n"
	"to: web-1:80\n"
	"sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
	"password: {file: web}\n"
	"gpu: '0000:41:00.0'\n"
	"addresses: [10.0.0.2/24, 'fd00::2/64']\n"
	"dns: 10.0.0.1\n"
	"groups: [b, a]\n"
	"reach: []\n"
	"devices: [gpu0, nic2]\n"
	"nodes: [0, 1]\n"
	"cells: [0-3, '4,6']\n"
	"dhcp: {}\n"
	"disks:\n"
	"  root: 20G\n"
	"  data: {size: 1TiB, image: debian, cache: true, limit: {read: 1Gbit/s, read_iops: 5}}\n"
	"  swap: {size: 1GiB, limit: 8MiB/s}\n"
	"pages: {2048KiB: 1024, 1G: {count: 4}}\n"
	"words: {console: [tty0, ttyS0], quiet: 'null', nosmt: {}}\n"
	"sysctl: {vm.swappiness: 10, net/ipv4: ~}\n"
	"networks: {lab: {lease: 1h}, lan: }\n";
