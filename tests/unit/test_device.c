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
	refusals_add(arena, &noted,
		     &(struct refusal){ key, "ua-nic-lab", "no\nslot", REFUSAL_ASKED });
	refusals_add(arena, &noted,
		     &(struct refusal){ key, "ua-nic-lab", "no\tslot", REFUSAL_UNFIT });
	refusals_add(arena, &noted,
		     &(struct refusal){ refusal_key(arena, &detach), "ua-nic-lab", "it was asked",
					REFUSAL_ASKED });
	refusals_read(arena, refusals_text(arena, &noted), &read);
	assert_string_equal(read.life, "7");
	assert_int_equal(read.list.count, 2);
	assert_string_equal(refusals_find(&read, key)->why, "no slot");
	assert_int_equal(refusals_find(&read, key)->state, REFUSAL_UNFIT);
	assert_int_equal(refusals_find(&read, refusal_key(arena, &detach))->state, REFUSAL_ASKED);
	assert_null(refusals_find(&read, refusal_key(arena, &other)));
	/* a file that somebody wrote over */
	refusals_read(arena, "", &read);
	assert_int_equal(read.list.count, 0);
	refusals_read(arena, "7\nno tab\n\n\t\nkey\tneither\tua-a\twhy\n", &read);
	assert_int_equal(read.list.count, 0);
}

/* What a guest says of a device after it was waited for: pending until it says yes or no. */
static void a_guest_answers_later(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct heard kept = { .what = HEARD_KEPT, .life = "7", .alias = "ua-nic-lab" };
	struct heard gone = { .what = HEARD_GONE, .life = "7", .alias = "ua-nic-lab" };
	struct heard before = { .what = HEARD_GONE, .life = "6", .alias = "ua-nic-lab" };
	struct refusals noted = { .life = "7" };

	refusals_add(arena, &noted,
		     &(struct refusal){ "a", "ua-nic-lab", "was asked", REFUSAL_ASKED });
	refusals_add(arena, &noted,
		     &(struct refusal){ "b", "ua-nic-lab", "no slot", REFUSAL_UNFIT });
	refusals_add(arena, &noted,
		     &(struct refusal){ "c", "ua-disk-root", "was asked", REFUSAL_ASKED });
	assert_false(refusals_hear(arena, &noted, &before));
	assert_true(refusals_hear(arena, &noted, &kept));
	assert_false(refusals_hear(arena, &noted, &kept));
	assert_int_equal(refusals_find(&noted, "a")->state, REFUSAL_KEPT);
	assert_string_equal(refusals_find(&noted, "a")->why,
			    "the guest does not let go of ua-nic-lab");
	assert_int_equal(refusals_find(&noted, "c")->state, REFUSAL_ASKED);
	assert_true(refusals_hear(arena, &noted, &gone));
	assert_null(refusals_find(&noted, "a"));
	assert_string_equal(refusals_find(&noted, "b")->why, "no slot");
	assert_string_equal(refusals_find(&noted, "c")->why, "was asked");
}

static void what_was_heard_is_told_on(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const char *uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
	struct heard kept = { HEARD_KEPT, uuid, "7", "ua-nic-lab" }, read = {};
	struct text text = text_of(arena);

	heard_print(&text, &kept);
	assert_true(heard_read(arena, text.at, &read));
	assert_int_equal(read.what, HEARD_KEPT);
	assert_string_equal(read.uuid, uuid);
	assert_string_equal(read.life, "7");
	assert_string_equal(read.alias, "ua-nic-lab");
	assert_true(heard_read(arena, "change", &read));
	assert_int_equal(read.what, HEARD_CHANGE);
	assert_null(read.alias);
	const char *const none[] = {
		"",
		"chang",
		"changed",
		"change more",
		"gone",
		"gone ../../../../../../../../etc/passwd1234 7 ua-nic-lab",
		"gone 6ba7b810-9dad-11d1-80b4-00c04fd430c8 7",
		"gone 6ba7b810-9dad-11d1-80b4-00c04fd430c8 7 ua-nic-lab more",
	};
	for (size_t i = 0; i < COUNT_OF(none); i++)
		assert_false(heard_read(arena, none[i], &read));
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
		cmocka_unit_test(a_guest_answers_later),
		cmocka_unit_test(what_was_heard_is_told_on),
		cmocka_unit_test(what_is_no_xml_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
