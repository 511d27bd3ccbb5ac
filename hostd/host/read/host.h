/* host.h - the machine, to look at.
 *
 * One interface with two instances: the live machine (live*.c, in host.so) and a
 * captured one (captured.c), a folder
 *
 *	fs/		files as they were, below the root: fs/proc/cpuinfo
 *	links.json	rtnetlink's view
 *	units.json	systemd units: {"libvirtd.service": {"load": "loaded", ...}}
 *	files.json	what a work tree cannot keep of them, or all there is to a file, by path:
 *			{"/a.qcow2": {"kind": "regular", "mode": "0600", "uid": 0, "gid": 0,
 *			"size": 1, "device": "8:0", "link": "b", "text": "...", "free": 1,
 *			"xattr": {"user.gasthof": "volumes.a"},
 *			"image": {"format": "qcow2", "size": 1, "backing": "/b.qcow2",
 *			"backing_format": "qcow2", "data_file": false},
 *			"archive": {"label": "cidata", "files": {"meta-data": "..."}}}}
 *			(free: of the file system at and below it)
 *	links.json	rtnetlink's view: [{"name": "br0", "index": 2, "kind": "bridge",
 *			"master": "...", "altnames": [], "mac": "...", "permanent": "...",
 *			"mtu": 1500, "up": true,
 *			"carrier": true, "loopback": false, "addresses": ["10.0.0.1/24"],
 *			"vfs": [{"mac": "...", "vlan": 0, "trust": false, "spoof_check": true,
 *			"rate": 0, "link_state": "auto"}]}]
 *	units.json	systemd units: {"libvirtd.service": {"load": "loaded",
 *			"active": "active", "sub": "running", "enabled": "enabled"},
 *			"system.slice": {"settings": {"CPUWeight": "200"}}}
 *	nft.json	{"inet gasthof": {...}}: `nft -j list table` of each table
 *	modules.json	what the kernel's modules say of themselves: {"kvm_amd": {"builtin": false,
 *			"parameters": ["nested", "npt"]}}; who holds them stands in fs/proc/modules
 *	libvirt/	domains/NAME.xml (inactive), domains/NAME.live.xml, NAME.saved.xml (of a
 *			managed save), domains.json:
 *			{"NAME": {"uuid": "...", "state": "running", "autostart": true,
 *			"balloon_filled": false, "snapshots": ["a"], "checkpoints": ["b"]}}
 *			networks/NAME.xml, networks.json: {"NAME": {"uuid": "...", "active": true,
 *			"persistent": true, "autostart": true}}, pools/NAME.xml, pools.json;
 *			volumes/POOL/NAME.xml; capabilities.xml, domcapabilities.kvm.xml
 *			and .qemu.xml; cpus.json,
 *			what it answers of processors: [{"ask": "baseline", "virt": "kvm",
 *			"of": ["<cpu>...</cpu>"], "answer": "<cpu>...</cpu>"}], with
 *			"refused": "why" in the place of an answer it does not give
 *	kvm.json	{"api": 12, "vcpus": 710, "max_vcpus": 1024}: what /dev/kvm answered;
 *			{"there": false}: no driver stood behind it
 *	processor.json	{"cpuid": {"0x1": "0xeax 0xebx 0xecx 0xedx"}, "msr": {"0x3a": "0x5"}}
 *
 * or a plain tree whose root holds proc/ and sys/ as somebody else wrote them down.  Of the latter
 * nobody knows what was left out: what it does not hold may have been there (host.partial),
 * so that every kind is tested without root and on any hardware.  Every question
 * has three answers: 1 there, 0 not there, -1 could not look (with a fault).
 * Answers live in the host's arena until host_forget.  What the captured machine
 * does not hold a file for is "not there"; a `failing` line in machine/failing
 * ("links", "domains", a path) answers -1, so that kinds can be tested for it.
 */
#pragma once

#include "base/array.h"
#include "base/fault.h"
#include "formats/unit_settings.h"
#include "schema/type.h"

enum host_file_kind { FILE_REGULAR, FILE_DIRECTORY, FILE_LINK, FILE_DEVICE, FILE_OTHER };
struct host_file {
	enum host_file_kind kind;
	uint32_t mode, uid, gid; /* mode: the permission bits */
	uint64_t size;
	uint64_t device_number; /* FILE_DEVICE: makedev */
};

struct host_names {
	ARRAY(const char *) list; /* sorted */
};

struct host_unit {          /* not there: neither a file nor running */
	const char *load;   /* "loaded", "not-found", "masked" */
	const char *active; /* "active", "inactive", "failed", "activating" ... */
	const char *sub;
	const char *enabled; /* unit file state: "enabled", "disabled", "static", ... */
	/* Inactive, because its conditions were looked at and do not hold on this machine (no clock
	 * to be set in a container): starting it again would do nothing. */
	bool skipped;
};

struct host_link {
	const char *name;
	unsigned index;
	const char *kind;    /* "bridge", "veth", "tun", ...; "" for a physical one */
	const char *master;  /* its bridge or bond, or NULL */
	const char *altname; /* the first alternative name, or NULL */
	ARRAY(const char *) altnames;
	struct mac mac;
	struct mac permanent; /* what it was made with, where it has such a one; else as mac */
	unsigned mtu;
	bool up, carrier, loopback;
	ARRAY(struct prefix) addresses; /* with their prefix length, global scope */
};
struct host_links {
	ARRAY(struct host_link) list;
};

struct host_vf { /* a virtual function of an SR-IOV card, as the card's driver tells of it */
	unsigned number;
	struct mac mac; /* all zero: the function chooses one itself */
	unsigned vlan;  /* 0: none */
	bool has_trust, trust, has_spoof_check, spoof_check; /* not every driver has them */
	unsigned rate, rate_least; /* Mbit/s that it may send; 0: no limit */
	const char *link_state;    /* "auto": as the card's own, "up", "down" */
};
struct host_vfs {
	ARRAY(struct host_vf) list;
};

struct host_domain {
	const char *name, *uuid;
	const char *inactive_xml; /* NULL: transient */
	const char *live_xml;     /* NULL: not running */
	/* The same with their passwords, for comparing alone; NULL: they have none. */
	const char *inactive_clear, *live_clear;
	const char *state; /* "running", "paused", "shutoff", "crashed", ... */
	bool autostart;
	/* It has all of its memory though it is to have less, and its balloon has a driver: which
	 * is then not the one that is still to come. */
	bool balloon_filled;
	/* Its memory was saved (managed save): its next start goes on from there, as this says;
	 * NULL where it cannot be read. */
	bool saved;
	const char *saved_xml, *saved_clear;
	/* Names of what libvirt knows of its disks' past. */
	struct text_list snapshots, checkpoints;
};
struct host_domains {
	ARRAY(struct host_domain) list;
};

struct host_virt_object { /* a libvirt network or pool */
	const char *name, *uuid;
	const char *xml; /* inactive where there is one */
	bool active, persistent, autostart;
};
struct host_virt_objects {
	ARRAY(struct host_virt_object) list;
};

struct host_volume { /* in a libvirt pool */
	const char *name, *xml;
};
struct host_volumes {
	ARRAY(struct host_volume) list;
};

struct host_image {            /* what a disk image file says of itself (qcow2 header, or raw) */
	const char *format;    /* "qcow2", "raw" */
	uint64_t virtual_size; /* bytes */
	const char *backing;   /* path as written in it, or NULL */
	const char *backing_format; /* or NULL */
	bool data_file;             /* refers to an external data file */
};

struct host_archive_file {
	const char *name, *text;
	size_t size;
};
struct host_archive {
	const char *label;
	ARRAY(struct host_archive_file) list;
};

struct host_kernel_module { /* what libkmod tells of a module of the running kernel */
	const char *name;   /* the kernel's own: kvm_amd, whatever alias was asked for */
	bool loaded, builtin;
	bool used; /* by more than loaded modules that nobody uses either: open files, guests */
	ARRAY(const char *) holders;    /* loaded modules that need it, directly */
	ARRAY(const char *) parameters; /* sorted */
	bool known; /* `parameters` are all there are; else nobody could tell (no module files) */
};

/* What libvirt can be asked of processors, each said as <cpu>. */
enum host_cpu_ask {
	/* The best that hosts with these and this one have in common and that can migrate, as a
	 * named model (virConnectBaselineHypervisorCPU). */
	HOST_CPU_BASELINE,
	/* The same one with all its features named, whatever this host has
	 * (virConnectBaselineCPU of it alone). */
	HOST_CPU_WHOLE,
};
struct host_cpu_question {
	enum host_cpu_ask ask;
	const char *virt; /* "kvm", "qemu" (emulated); nothing to HOST_CPU_WHOLE */
	struct text_list of;
};
struct host_cpu_answer {
	const char *cpu;
	const char *refused; /* why there is none, in libvirt's words; or NULL */
};

struct host_kvm {                  /* what /dev/kvm answers */
	int api;                   /* KVM_GET_API_VERSION: 12 since Linux 2.6.22 */
	unsigned vcpus, max_vcpus; /* of one guest: recommended (KVM_CAP_NR_VCPUS), possible */
};
struct host_cpuid {
	uint32_t eax, ebx, ecx, edx;
};

struct host {
	const struct host_ops *ops;
	struct arena *arena; /* of the answers */
	void *state;
	bool partial; /* what is not there may only not have been captured */
};

struct host_ops {
	int (*read)(struct host *, const char *path, const char **ret_text, size_t *ret_size,
		    struct faults *) MUST_CHECK;
	int (*list)(struct host *, const char *path, struct host_names *ret,
		    struct faults *) MUST_CHECK;
	int (*link)(struct host *, const char *path, const char **ret_target,
		    struct faults *) MUST_CHECK;
	int (*stat)(struct host *, const char *path, struct host_file *ret,
		    struct faults *) MUST_CHECK;
	int (*xattr)(struct host *, const char *path, const char *name, const char **ret_value,
		     struct faults *) MUST_CHECK;
	int (*space)(struct host *, const char *path, uint64_t *ret_free,
		     struct faults *) MUST_CHECK;
	int (*image)(struct host *, const char *path, struct host_image *ret,
		     struct faults *) MUST_CHECK;
	int (*archive)(struct host *, const char *path, struct host_archive *ret,
		       struct faults *) MUST_CHECK;
	int (*unit)(struct host *, const char *name, struct host_unit *ret,
		    struct faults *) MUST_CHECK;
	int (*settings)(struct host *, const char *unit, struct settings *ret,
			struct faults *) MUST_CHECK;
	int (*links)(struct host *, struct host_links *ret, struct faults *) MUST_CHECK;
	int (*vfs)(struct host *, const char *link, struct host_vfs *ret,
		   struct faults *) MUST_CHECK;
	int (*domains)(struct host *, struct host_domains *ret, struct faults *) MUST_CHECK;
	int (*networks)(struct host *, struct host_virt_objects *ret, struct faults *) MUST_CHECK;
	int (*pools)(struct host *, struct host_virt_objects *ret, struct faults *) MUST_CHECK;
	int (*volumes)(struct host *, const char *pool, struct host_volumes *ret,
		       struct faults *) MUST_CHECK;
	int (*capabilities)(struct host *, const char **ret_xml, struct faults *) MUST_CHECK;
	int (*domain_capabilities)(struct host *, const char *virt, const char **ret_xml,
				   struct faults *) MUST_CHECK;
	int (*cpu)(struct host *, const struct host_cpu_question *question,
		   struct host_cpu_answer *ret, struct faults *) MUST_CHECK;
	int (*rules)(struct host *, const char *family, const char *table, const char **ret_json,
		     struct faults *) MUST_CHECK;
	int (*kernel_module)(struct host *, const char *name, struct host_kernel_module *ret,
			     struct faults *) MUST_CHECK;
	int (*unpack)(struct host *, const char *path, const char **ret_text, size_t *ret_size,
		      struct faults *) MUST_CHECK;
	int (*kvm)(struct host *, struct host_kvm *ret, struct faults *) MUST_CHECK;
	int (*cpuid)(struct host *, uint32_t leaf, struct host_cpuid *ret,
		     struct faults *) MUST_CHECK;
	int (*msr)(struct host *, uint32_t number, uint64_t *ret, struct faults *) MUST_CHECK;
	/* Drops remembered answers (links and libvirt's lists are asked for once a round). */
	void (*forget)(struct host *);
	void (*close)(struct host *);
};

/* As the ops, through the host.  Paths are absolute as on the machine; symbolic links on the way
 * are followed and stay below the root.  A last one is followed too, but not by host_link and
 * host_stat.
 * host_read: files up to 16 MiB, text ends in a NUL beyond its size.
 * host_space: bytes that remain for other users than root in the file system of `path`.
 * host_image: a qcow2 header as qemu's docs/interop/qcow2.txt describes it; whatever is not qcow2
 * counts as raw.
 * host_archive: an ISO 9660 file that archive_write made, files up to 1 MiB each.
 * host_settings: what systemd limits a slice to, whether or not it runs; not there where nothing
 * can be said of it (only in a capture). host_vfs: the virtual functions of a link's card; not
 * there where the link is not. host_volumes: of a pool of libvirt's by its name; not there where
 * the pool is not, or is not active. host_capabilities: virConnectGetCapabilities (what this host
 * and its QEMUs can do). host_domain_capabilities: virConnectGetDomainCapabilities of the default
 * emulator and machine; not there where that cannot be (kvm without KVM).  host_cpu: 1 also where
 * libvirt refuses; 0: nobody knows (only in a capture). host_rules: the text that `nft -j list
 * table FAMILY TABLE` prints. host_kernel_module: - and _ are one; a module that is neither loaded
 * nor known to depmod's index is not there; where there is no index, that cannot be told and
 * `known` is false. host_unpack: what is in a file that gzip packed, as host_read; in a capture it
 * stands unpacked. host_kvm: Documentation/virt/kvm/api.rst of the kernel; 0 where /dev/kvm has no
 * driver. host_cpuid: CPUID on any processor, subleaf 0; 0: the processor has no such leaf.
 * host_msr: of the first processor, through /dev/cpu/0/msr (module msr, root); 0: no such register.
 */
int host_read(struct host *host, const char *path, const char **ret_text, size_t *ret_size,
	      struct faults *faults) MUST_CHECK;
int host_list(struct host *host, const char *path, struct host_names *ret,
	      struct faults *faults) MUST_CHECK;
int host_link(struct host *host, const char *path, const char **ret_target,
	      struct faults *faults) MUST_CHECK;
int host_stat(struct host *host, const char *path, struct host_file *ret,
	      struct faults *faults) MUST_CHECK;
int host_xattr(struct host *host, const char *path, const char *name, const char **ret_value,
	       struct faults *faults) MUST_CHECK;
int host_space(struct host *host, const char *path, uint64_t *ret_free,
	       struct faults *faults) MUST_CHECK;
int host_image(struct host *host, const char *path, struct host_image *ret,
	       struct faults *faults) MUST_CHECK;
int host_archive(struct host *host, const char *path, struct host_archive *ret,
		 struct faults *faults) MUST_CHECK;
int host_unit(struct host *host, const char *name, struct host_unit *ret,
	      struct faults *faults) MUST_CHECK;
/* Whether a unit runs: also while it reads its configuration anew, when systemd calls it
 * "reloading" (or, since 257, "refreshing") and counts it as active, too (systemctl(1), is-active).
 */
bool host_unit_runs(const struct host_unit *unit);
int host_settings(struct host *host, const char *unit, struct settings *ret,
		  struct faults *faults) MUST_CHECK;
int host_links(struct host *host, struct host_links *ret, struct faults *faults) MUST_CHECK;
int host_vfs(struct host *host, const char *link, struct host_vfs *ret,
	     struct faults *faults) MUST_CHECK;
int host_domains(struct host *host, struct host_domains *ret, struct faults *faults) MUST_CHECK;
int host_networks(struct host *host, struct host_virt_objects *ret,
		  struct faults *faults) MUST_CHECK;
int host_pools(struct host *host, struct host_virt_objects *ret, struct faults *faults) MUST_CHECK;
int host_volumes(struct host *host, const char *pool, struct host_volumes *ret,
		 struct faults *faults) MUST_CHECK;
int host_capabilities(struct host *host, const char **ret_xml, struct faults *faults) MUST_CHECK;
int host_domain_capabilities(struct host *host, const char *virt, const char **ret_xml,
			     struct faults *faults) MUST_CHECK;
int host_cpu(struct host *host, const struct host_cpu_question *question,
	     struct host_cpu_answer *ret, struct faults *faults) MUST_CHECK;
int host_rules(struct host *host, const char *family, const char *table, const char **ret_json,
	       struct faults *faults) MUST_CHECK;
int host_kernel_module(struct host *host, const char *name, struct host_kernel_module *ret,
		       struct faults *faults) MUST_CHECK;
int host_unpack(struct host *host, const char *path, const char **ret_text, size_t *ret_size,
		struct faults *faults) MUST_CHECK;
int host_kvm(struct host *host, struct host_kvm *ret, struct faults *faults) MUST_CHECK;
int host_cpuid(struct host *host, uint32_t leaf, struct host_cpuid *ret,
	       struct faults *faults) MUST_CHECK;
int host_msr(struct host *host, uint32_t number, uint64_t *ret, struct faults *faults) MUST_CHECK;
void host_forget(struct host *host);
void host_close(struct host *host); /* NULL is accepted */

/* Conveniences on host_read: one line without its end; a number.  1/0/-1 as above; a file
 * that does not read as a number is a fault. */
int host_read_line(struct host *host, const char *path, const char **ret_line,
		   struct faults *faults) MUST_CHECK;
int host_read_count(struct host *host, const char *path, uint64_t *ret_count,
		    struct faults *faults) MUST_CHECK;

/* A captured machine below `folder`.  NULL and a fault where it cannot be opened. */
struct host *host_open_captured(struct arena *arena, const char *folder, struct faults *faults);

/* ---- the live machine, in host.so ---- */

/* What host.so offers; its one exported symbol is `host_module`. */
struct performer;
struct host_module {
	unsigned version; /* HOST_MODULE_VERSION: the program and the module are one build */
	struct host *(*open_live)(struct arena *arena, struct faults *faults);
	struct performer *(*open_performer)(struct arena *arena, struct faults *faults);
	int (*agent)(int argc, char **argv); /* the agent's main loop; its exit status */
	/* `PROGRAM worker NAME`: what parses the bytes of strangers without privileges; its exit
	 * status.  Steps start the program so (host/write/worker.h). */
	int (*worker)(int argc, char **argv);
	/* `PROGRAM listen NUMBER`: what hears libvirt's events for the agent; its exit status
	 * (host/read/live_listen.h). */
	int (*listen)(int argc, char **argv);
	/* Notes what the agent heard that guests said of devices, before a run looks. */
	void (*heard)(struct arena *arena, const char *news);
	/* Whether systemd is taking this machine down or is about to: 1, 0, -1 with a fault. */
	int (*going_down)(struct faults *faults);
	/* Tells systemd that this process has what it needs (READY=1, sd_notify(3)). */
	void (*ready)(void);
};
enum { HOST_MODULE_VERSION = 5 };

/* Loads host.so (next to the program, or in ../lib/gasthof).  NULL and a fault where that
 * fails.  Commands that never call this never load libvirt. */
const struct host_module *host_module_load(struct faults *faults);
