/* kind guests: a guest that was described otherwise before is, in the end, as one that was
 * described so from its first day.  What tests/host/converge.py found on a real libvirt. */
#include "kinds_help.h"

#define SMALL ", memory: 64MiB"

/* What libvirt makes of a definition, of which only this counts here. */
static void libvirt_changes(struct lab *lab, const char *from, const char *to)
{
	struct text text = text_of(lab->arena);
	const char *xml = lab_get(lab, "libvirt/domains/a.xml"), *at = strstr(xml, from);

	assert_non_null(at);
	text_addf(&text, "%.*s%s%s", (int)(at - xml), xml, to, at + strlen(from));
	lab_put(lab, "libvirt/domains/a.xml", text.at);
}

static void described(struct lab *lab, const char *body)
{
	assert_string_equal(lab_describe(lab, arena_printf(lab->arena,
							   "guests: {a: {virtualization: emulated, "
							   "state: stopped%s}}\n",
							   body)),
			    "");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static const char *definition(struct lab *lab)
{
	return lab_get(lab, "libvirt/domains/a.xml");
}

/* Where libvirt plugged it in is not what it is. */
static void a_device_that_goes_leaves_no_husk(void **state)
{
	struct lab *lab = *state;

	described(lab, SMALL ", pstore: {backend: acpi-erst, size: 8KiB}");
	libvirt_changes(lab, "</pstore>",
			"<path>/x</path><address type='pci' slot='0x01'/></pstore>");
	described(lab, SMALL);
	assert_null(strstr(definition(lab), "pstore"));
}

/* A no that was said is none of libvirt's defaults. */
static void a_no_goes_as_a_yes_does(void **state)
{
	struct lab *lab = *state;

	described(lab, SMALL ", features: {hap: false}, power: {suspend_to_disk: false}");
	assert_non_null(strstr(definition(lab), "<hap state=\"off\"/>"));
	described(lab, SMALL);
	assert_null(strstr(definition(lab), "hap"));
	assert_null(strstr(definition(lab), "<pm"));
}

/* What was plugged into the old board is plugged in anew, and what came with it does not stay. */
static void another_board_has_slots_of_its_own(void **state)
{
	struct lab *lab = *state;

	described(lab, SMALL);
	assert_non_null(strstr(definition(lab), "pcie-root-port"));
	libvirt_changes(lab, "</devices>",
			"<memballoon model='virtio'><address type='pci' slot='0x09'/></memballoon>"
			"<watchdog model='itco' action='reset'/></devices>");
	described(lab, SMALL ", machine: pc");
	assert_null(strstr(definition(lab), "pcie"));
	assert_null(strstr(definition(lab), "itco"));
	assert_null(strstr(definition(lab), "0x09"));
	assert_non_null(strstr(definition(lab), "memballoon"));
	described(lab, SMALL);
	assert_non_null(strstr(definition(lab), "machine=\"q35\""));
	assert_non_null(strstr(definition(lab), "pcie-root-port"));
}

/* What an element itself says goes like what its attributes say, and a unit goes with its size. */
static void what_an_element_says_goes(void **state)
{
	struct lab *lab = *state;

	described(lab, ", memory: {size: 64MiB, hotplug: {max: 1GiB, slots: 2}}, cpu: {cells: "
		       "{0: {cpus: 0, memory: 64MiB}}}");
	assert_non_null(strstr(definition(lab), "<maxMemory"));
	described(lab, SMALL);
	assert_null(strstr(definition(lab), "<maxMemory"));
}

/* Whoever made another of it by hand left what only that has. */
static void what_is_of_another_sort_has_nothing_of_the_old_one(void **state)
{
	struct lab *lab = *state;
	static const char body[] = SMALL ", audios: {1: none}, tpms: {t: {model: tpm-tis, "
					 "type: emulator, version: \"2.0\"}}";

	described(lab, body);
	libvirt_changes(
		lab, "<audio id=\"1\" type=\"none\"/>",
		"<audio id='1' type='pulseaudio' serverName='x'><input voices='1'/></audio>");
	libvirt_changes(lab, "<backend type=\"emulator\" version=\"2.0\"/>",
			"<backend type='passthrough'><device path='/dev/tpm0'/></backend>");
	described(lab, body);
	assert_non_null(strstr(definition(lab), "<audio id=\"1\" type=\"none\"/>"));
	assert_non_null(strstr(definition(lab), "<backend type=\"emulator\" version=\"2.0\"/>"));
}

/* A guest without an APIC would hardly boot. */
static void what_our_guests_have_comes_back(void **state)
{
	struct lab *lab = *state;
	static const char *const usual[] = { "<acpi/>", "<apic/>",
					     "<timer name=\"hpet\" present=\"no\"/>" };

	described(lab, SMALL ", features: {acpi: false, apic: true, apic_eoi: true}, clock: "
			     "{timers: {hpet: {present: true}}}");
	assert_null(strstr(definition(lab), "<acpi/>"));
	described(lab, SMALL);
	for (size_t i = 0; i < COUNT_OF(usual); i++)
		if (!strstr(definition(lab), usual[i]))
			fail_msg("%s is not in\n%s", usual[i], definition(lab));
}

/* libvirt adds to a node how memory is bound to it, and wants a node where that is said. */
static void memory_is_bound_no_longer(void **state)
{
	struct lab *lab = *state;

	described(lab, ", memory: {size: 64MiB, numa: {nodes: 0}}");
	libvirt_changes(lab, "nodeset=\"0\"", "mode='strict' nodeset='0'");
	described(lab, SMALL);
	assert_null(strstr(definition(lab), "numatune"));
}

/* Of several elements of one list all go, and so does what held nothing but members. */
static void lists_and_maps_go_whole(void **state)
{
	struct lab *lab = *state;

	described(lab, SMALL ", sysinfo: {smbios: {bios: {vendor: a}, chassis: {serial: b}}}, "
			     "card_readers: {c: {kind: host-certificates, certificates: "
			     "[d, e, f], database: /g}}");
	described(lab, SMALL ", sysinfo: {smbios: {bios: {vendor: a}}}, "
			     "card_readers: {c: {kind: host}}");
	assert_null(strstr(definition(lab), "chassis"));
	assert_null(strstr(definition(lab), "<certificate>"));
}

/* Nothing else was said where they stood, so that nothing else is looked at there. */
static void members_go_though_nothing_is_said_beside_them(void **state)
{
	struct lab *lab = *state;

	described(lab, ", memory: {size: 64MiB, huge_pages: {pages: {a: {size: 2MiB}}}}, "
		       "clock: {timers: {kvmclock: {present: false}}}");
	assert_non_null(strstr(definition(lab), "hugepages"));
	described(lab, SMALL);
	assert_null(strstr(definition(lab), "hugepages"));
	assert_null(strstr(definition(lab), "kvmclock"));
}

static void firmware_goes_from_a_guest_in_libvirt_s_words(void **state)
{
	struct lab *lab = *state;

	described(lab, SMALL ", defaults: libvirt, os_type: hvm, firmware: uefi");
	libvirt_changes(lab, "<os firmware=\"efi\">",
			"<os firmware='efi'><loader type='pflash'>/x</loader><nvram>/y</nvram>");
	described(lab, SMALL ", defaults: libvirt, os_type: hvm");
	assert_null(strstr(definition(lab), "efi"));
	assert_null(strstr(definition(lab), "nvram"));
}

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(a_device_that_goes_leaves_no_husk),
		LAB_TEST(another_board_has_slots_of_its_own),
		LAB_TEST(what_an_element_says_goes),
		LAB_TEST(what_is_of_another_sort_has_nothing_of_the_old_one),
		LAB_TEST(what_our_guests_have_comes_back),
		LAB_TEST(memory_is_bound_no_longer),
		LAB_TEST(lists_and_maps_go_whole),
		LAB_TEST(members_go_though_nothing_is_said_beside_them),
		LAB_TEST(firmware_goes_from_a_guest_in_libvirt_s_words),
		LAB_TEST(a_no_goes_as_a_yes_does),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
