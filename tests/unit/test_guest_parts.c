/* kind guests: what libvirt knows beyond the little that most guests say. */
#include "kinds_help.h"

/* A machine with KVM and 4 GiB. */
static void machine(struct lab *lab)
{
	lab_put(lab, "files.json",
		"{\"/dev/kvm\": {\"kind\": \"device\", \"device\": \"10:232\"}}");
	lab_put(lab, "fs/proc/meminfo", "MemTotal:        4194304 kB\nMemFree: 1 kB\n");
}

/* Names that a person gave to what libvirt has no name for are no difference. */
static const char rich[] =
	"guests:\n"
	"  a:\n"
	"    virtualization: emulated\n"
	"    memory: {size: 1GiB, source: memfd, access: shared,\n"
	"             huge_pages: {pages: {large: {size: 1GiB}}}}\n"
	"    cpu: {topology: {sockets: 1, cores: 2, threads: 1}, features: {aes: require},\n"
	"          cells: {0: {cpus: 0-1, memory: 1GiB}}}\n"
	"    vcpus: {count: 2, pin: {0: 2, 1: \"3\"}, emulator: 0-1, shares: 512}\n"
	"    features: {acpi: false, hyperv: {relaxed: true, spinlocks: true,\n"
	"               spinlock_retries: 8191}, kvm: {hidden: true}}\n"
	"    clock: {offset: localtime, timers: {hypervclock: {present: true}}}\n"
	"    lifecycle: {crash: coredump-restart}\n"
	"    disks:\n"
	"      net: {type: network, format: raw, limit: {read: 10MiB/s, write_iops: 200},\n"
	"            storage: {protocol: nbd, name: x, hosts: {mine: {name: nas.lab}}}}\n"
	"    nics: {n: {type: user, backend: passt}}\n"
	"    graphics: {vnc: {auto_port: true, listens: {here: {type: address}}}}\n"
	"    videos: {screen: {type: virtio, heads: 1}}\n"
	"    shares: {data: {type: mount, driver: virtiofs, path: /srv, tag: data}}\n"
	"    watchdogs: {dog: {model: itco, action: reset}}\n"
	"    tpms: {t: {model: tpm-crb, type: emulator, version: \"2.0\"}}\n"
	"    vsock: {automatic: true}\n"
	"    labels: {apparmor: {type: dynamic, relabel: true}}\n";

static void what_libvirt_has_no_name_for_settles(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(lab_describe(lab, rich), "");
	assert_non_null(strstr(lab_plan(lab), "domain_define"));
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	/* what is no longer said goes back, and then nothing is left either */
	assert_string_equal(
		lab_describe(lab, "guests: {a: {virtualization: emulated, memory: 1GiB}}\n"), "");
	assert_non_null(strstr(lab_plan(lab), "domain_define"));
	lab_perform(lab);
	assert_null(strstr(lab_plan(lab), "domain_define"));
}

static bool notes_say(struct lab *lab, const char *part)
{
	EACH(item, &lab->plan.items)
		EACH(note, &(*item)->steps.notes)
			if (strstr(*note, part))
				return true;
	return false;
}

/* PIT48, PIT52, PIT53, PIT54, PIT61, PIT62 */
static void what_is_better_not_done_is_said(void **state)
{
	struct lab *lab = *state;
	static const char *const yaml[] = {
		"guests: {a: {virtualization: emulated, state: stopped, disks: {d: {path: /a, "
		"cache: unsafe}}}}\n",
		"guests: {a: {virtualization: emulated, state: stopped, disks: {d: {path: /a, "
		"format: qcow2, "
		"cache: writethrough}}}}\n",
		"guests: {a: {virtualization: emulated, state: stopped, disks: {d: {path: /a, bus: "
		"sata}}}}\n",
		"guests: {a: {virtualization: emulated, state: stopped, disks: {d: {path: /a, bus: "
		"virtio}}}}\n",
		"guests: {a: {virtualization: emulated, state: stopped, disks: {d: {path: /a, bus: "
		"virtio, cache: writeback}}}}\n",
		"guests: {a: {virtualization: emulated, state: stopped, disks: {d: {path: /a, bus: "
		"virtio, format: qcow2, cache: none, io: native}}}}\n",
	};
	static const char *const said[] = { "unsafe cache", "very slow",       NULL,
					    "/dev/vdX",     "writeback cache", "wherever a qcow2" };

	machine(lab);
	for (size_t i = 0; i < COUNT_OF(yaml); i++) {
		assert_string_equal(lab_describe(lab, yaml[i]), "");
		lab_plan(lab);
		if (said[i])
			assert_true(notes_say(lab, said[i]));
		lab_perform(lab);
		lab_plan(lab);
		assert_false(notes_say(lab, "disks.d"));
	}
}

/* PIT48, PIT62: Windows that is to be installed, and Windows that is there. */
static void a_windows_guest_is_told_what_it_lacks(void **state)
{
	struct lab *lab = *state;
#define WINDOWS(disk, more)                                                                 \
	"pools: {default: {type: dir, path: /p}}\n"                                         \
	"guests: {a: {virtualization: emulated, state: stopped, features: {hyperv: {mode: " \
	"passthrough}}, disks: {c: {" disk "}, cd: {path: /w.iso, device: cdrom}" more "}\n"

	machine(lab);
	assert_string_equal(lab_describe(lab, WINDOWS("size: 1MiB", "}}")), "");
	lab_plan(lab);
	assert_true(notes_say(lab, "disks.c: Windows has no driver"));
	assert_true(notes_say(lab, "clock: {offset: localtime}"));
	assert_true(notes_say(lab, "features.hyperv: only KVM"));
	lab_describe(lab, WINDOWS("size: 1MiB, bus: sata", "}, clock: {offset: localtime}}"));
	lab_plan(lab);
	assert_false(notes_say(lab, "Windows"));
	lab_describe(lab, WINDOWS("size: 1MiB", ", v: {path: /v.iso, device: cdrom}}}"));
	lab_plan(lab);
	assert_false(notes_say(lab, "driver"));
	lab_describe(lab,
		     "guests: {a: {state: stopped, features: {hyperv: {mode: passthrough}}}}\n");
	lab_plan(lab);
	assert_false(notes_say(lab, "features.hyperv"));
	assert_true(notes_say(lab, "clock: {offset: localtime}"));
}

/* PIT46: what no balloon can take or give waits for the next start. */
static void memory_without_a_balloon_waits(void **state)
{
	struct lab *lab = *state;
#define SIZED(size)                                                                               \
	"guests: {a: {virtualization: emulated, state: running, balloon: {model: none}, memory: " \
	"{size: " size "}}}\n"

	machine(lab);
	assert_string_equal(lab_describe(lab, SIZED("1GiB")), "");
	lab_plan(lab);
	lab_perform(lab);
	lab_describe(lab, SIZED("768MiB"));
	lab_plan(lab);
	const struct plan_item *item = plan_find(&lab->plan, "guests.a");
	EACH(step, &item->steps.list)
		assert_int_not_equal(step->verb, VERB_domain_set);
	assert_int_equal(item->steps.waits.count, 1);
}

/* To libvirt a module is part of the whole, and it says so whatever it was told. */
static void modules_come_on_top_of_the_memory(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	assert_string_equal(
		lab_describe(lab,
			     "guests: {a: {virtualization: emulated, state: stopped, vcpus: 1, "
			     "memory: {size: 512MiB, hotplug: {max: 2GiB, slots: 2}}, cpu: "
			     "{cells: {0: {cpus: 0, memory: 512MiB}}}, memory_modules: {d: "
			     "{model: dimm, size: 256MiB, cell: 0}}}}\n"),
		"");
	lab_plan(lab);
	lab_perform(lab);
	const char *xml = lab_get(lab, "libvirt/domains/a.xml");
	assert_non_null(strstr(xml, "<memory unit=\"KiB\">786432</memory>"));
	assert_non_null(strstr(xml, "<currentMemory unit=\"KiB\">786432</currentMemory>"));
	assert_string_equal(lab_plan(lab), "");
}

static void a_tpm_is_one_word(void **state)
{
	struct lab *lab = *state;

	machine(lab);
	lab_describe(lab, "guests: {a: {virtualization: emulated, state: stopped, tpm: true}}\n");
	lab_plan(lab);
	lab_perform(lab);
	const char *made = lab_get(lab, "libvirt/domains/a.xml");
	assert_non_null(made);
	assert_non_null(strstr(made, "<tpm model=\"tpm-crb\">"));
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, "guests: {a: {virtualization: emulated, state: stopped}}\n");
	assert_non_null(strstr(lab_plan(lab), "domain_define"));
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(what_libvirt_has_no_name_for_settles),
		LAB_TEST(a_windows_guest_is_told_what_it_lacks),
		LAB_TEST(memory_without_a_balloon_waits),
		LAB_TEST(modules_come_on_top_of_the_memory),
		LAB_TEST(a_tpm_is_one_word),
		LAB_TEST(what_is_better_not_done_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
