/* formats/device: one device out of a domain's XML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "formats/device.h"
#include "formats/refusal.h"

static const char domain[] =
	"<domain type='kvm'><name>web</name><currentMemory unit='KiB'>65536</currentMemory>"
	"<alias name='ua-not-a-device'/><devices><emulator>/usr/bin/qemu</emulator>"
	"<disk type='file'><source file='/a &amp; b'/><alias name='ua-disk-root'/></disk>"
	"<interface type='bridge'><alias name='ua-nic-lab'/></interface></devices></domain>";

static void a_device_is_found_by_its_alias(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct faults faults;
	const char *xml = NULL;

	faults_init(&faults, arena);
	assert_int_equal(device_by_alias(arena, domain, "ua-disk-root", &xml, &faults), 1);
	assert_string_equal(xml, "<disk type=\"file\"><source file=\"/a &amp; b\"/>"
				 "<alias name=\"ua-disk-root\"/></disk>");
	assert_int_equal(device_by_alias(arena, domain, "ua-nic-lab", &xml, &faults), 1);
	assert_int_equal(device_by_alias(arena, domain, "ua-not-a-device", &xml, &faults), 0);
	assert_int_equal(device_by_alias(arena, domain, "ua-disk", &xml, &faults), 0);
	assert_int_equal(device_by_alias(arena, "<domain/>", "ua-disk", &xml, &faults), 0);
	assert_int_equal(faults.count, 0);
}

static void an_element_is_told(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct faults faults;
	const char *text = NULL;

	faults_init(&faults, arena);
	assert_int_equal(domain_element(arena, domain, "currentMemory", &text, &faults), 1);
	assert_string_equal(text, "65536");
	assert_int_equal(domain_element(arena, domain, "emulator", &text, &faults), 0);
	assert_int_equal(faults.count, 0);
}

/* What a running guest did not take is found again by the very same step, and by no other. */
static void a_refusal_is_kept_by_its_step(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct step attach = { .verb = VERB_device_attach,
			       .argument = { "web", "ua-nic-lab", "live" },
			       .body = "<interface/>",
			       .body_size = 12 };
	struct step detach = attach, other = attach;
	struct refusals noted = { .life = "7" }, read = {};

	detach.verb = VERB_device_detach;
	other.body_size = 11;
	const char *key = refusal_key(arena, &attach);
	assert_string_not_equal(key, refusal_key(arena, &detach));
	assert_string_not_equal(key, refusal_key(arena, &other));
	refusals_add(arena, &noted, &(struct refusal){ key, "no\nslot", true });
	refusals_add(arena, &noted, &(struct refusal){ key, "no\tslot", false });
	refusals_add(arena, &noted,
		     &(struct refusal){ refusal_key(arena, &detach), "it was asked", true });
	refusals_read(arena, refusals_text(arena, &noted), &read);
	assert_string_equal(read.life, "7");
	assert_int_equal(read.list.count, 2);
	assert_string_equal(refusals_find(&read, key)->why, "no slot");
	assert_false(refusals_find(&read, key)->asked);
	assert_true(refusals_find(&read, refusal_key(arena, &detach))->asked);
	assert_null(refusals_find(&read, refusal_key(arena, &other)));
	/* a file that somebody wrote over */
	refusals_read(arena, "", &read);
	assert_int_equal(read.list.count, 0);
	refusals_read(arena, "7\nno tab\n\n\t", &read);
	assert_int_equal(read.list.count, 0);
}

static void what_is_no_xml_is_a_fault(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct faults faults;
	const char *xml = NULL;

	faults_init(&faults, arena);
	assert_int_equal(device_by_alias(arena, "<domain><devices>", "a", &xml, &faults), -1);
	assert_int_equal(domain_element(arena, "", "vcpu", &xml, &faults), -1);
	assert_int_equal(faults.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_is_found_by_its_alias),
		cmocka_unit_test(an_element_is_told),
		cmocka_unit_test(a_refusal_is_kept_by_its_step),
		cmocka_unit_test(what_is_no_xml_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
