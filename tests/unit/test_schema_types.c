/* schema/type_*.c: what each type reads, how it prints it, and what it says otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "schema/record.h"
#include "schema/type.h"
#include "schema_texts.h"

static int read_text(struct arena *arena, const struct type *type, const struct field *field,
		     const char *text, void *value, struct faults *faults)
{
	struct node *node = node_scalar(arena, text);

	node->mark = (struct mark){ "host.yaml", 3, 7 };
	return type->read(arena, field, node, value, faults);
}

static void good_texts_read_and_print(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		const struct good *row = &good[i];
		const char *canonical = row->canonical ? row->canonical : row->text;
		void *value = arena_alloc(arena, row->type->size);
		void *again = arena_alloc(arena, row->type->size);
		struct faults faults = {};
		faults_init(&faults, arena);
		if (read_text(arena, row->type, NULL, row->text, value, &faults) < 0)
			fail_msg("%s: \"%s\" does not read", row->type->name, row->text);
		assert_string_equal(type_text_of(row->type, value, arena), canonical);
		assert_int_equal(read_text(arena, row->type, NULL, canonical, again, &faults), 0);
		assert_true(row->type->equal(value, again));
		assert_int_equal(faults.count, 0);
	}
}

static void bad_texts_are_refused_where_they_stand(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const struct bad *row = &bad[i];
		void *value = arena_alloc(arena, row->type->size);
		void *untouched = arena_alloc(arena, row->type->size);
		struct faults faults = {};
		faults_init(&faults, arena);
		if (read_text(arena, row->type, NULL, row->text, value, &faults) == 0)
			fail_msg("%s: \"%s\" reads", row->type->name, row->text);
		assert_int_equal(faults.count, 1);
		assert_memory_equal(value, untouched, row->type->size);
		const struct fault *fault = faults.first;
		assert_int_equal(fault->kind, FAULT_DESCRIPTION);
		assert_int_equal(fault->mark.line, 3);
		assert_true(string_starts(fault->message, "expected "));
		assert_null(strchr(fault->message, '\n'));
		assert_null(strchr(fault->message, '\x1b'));
		if (row->hint && (!fault->hint || !strstr(fault->hint, row->hint)))
			fail_msg("%s: \"%s\": hint \"%s\" lacks \"%s\"", row->type->name, row->text,
				 fault->hint ? fault->hint : "", row->hint);
		if (!row->hint && fault->hint && row->type != &type_url && row->type != &type_rate)
			fail_msg("%s: \"%s\": hint \"%s\"", row->type->name, row->text,
				 fault->hint);
	}
}

static void quotes_change_no_meaning(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		void *plain = arena_alloc(arena, good[i].type->size);
		void *quoted = arena_alloc(arena, good[i].type->size);
		struct faults faults = {};
		faults_init(&faults, arena);
		assert_int_equal(read_text(arena, good[i].type, NULL, good[i].text, plain, &faults),
				 0);
		assert_int_equal(good[i].type->read(arena, NULL, node_quoted(arena, good[i].text),
						    quoted, &faults),
				 0);
		assert_true(good[i].type->equal(plain, quoted));
	}
}

static void no_type_reads_a_list_or_nothing(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const struct node *nodes[] = { node_list(arena), node_null(arena) };

	for (size_t i = 0; i < COUNT_OF(good); i++) {
		for (size_t j = 0; j < COUNT_OF(nodes); j++) {
			void *value = arena_alloc(arena, good[i].type->size);
			struct faults faults = {};
			faults_init(&faults, arena);
			assert_int_equal(good[i].type->read(arena, NULL, nodes[j], value, &faults),
					 -1);
			assert_non_null(
				strstr(faults.first->message, node_kind_name(nodes[j]->kind)));
		}
	}
}

static void counts_and_numbers_keep_their_bounds(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct field ports = { .least = 1, .most = 4 };
	struct field nice = { .least = (uint64_t)-20, .most = 19 };
	uint32_t count = 0;
	int64_t number = 0;
	struct faults faults = {};

	faults_init(&faults, arena);
	assert_int_equal(read_text(arena, &type_count, &ports, "4", &count, &faults), 0);
	assert_int_equal(read_text(arena, &type_number, &nice, "-20", &number, &faults), 0);
	assert_int_equal(number, -20);
	assert_int_equal(read_text(arena, &type_count, &ports, "0", &count, &faults), -1);
	assert_string_equal(fault_last(&faults)->message,
			    "expected a whole number from 1 to 4, found \"0\"");
	assert_int_equal(read_text(arena, &type_count, &ports, "5", &count, &faults), -1);
	assert_int_equal(read_text(arena, &type_number, &nice, "-21", &number, &faults), -1);
	assert_string_equal(fault_last(&faults)->message,
			    "expected a whole number from -20 to 19, found \"-21\"");
	assert_int_equal(read_text(arena, &type_number, &nice, "20", &number, &faults), -1);
}

static void choices_suggest_the_nearest(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const char *const modes[] = { "nat", "routed", "isolated", NULL };
	struct field mode = { .choices = modes };
	const char *text = NULL;
	struct faults faults = {};

	faults_init(&faults, arena);
	assert_int_equal(read_text(arena, &type_text, &mode, "routed", &text, &faults), 0);
	assert_string_equal(text, "routed");
	assert_int_equal(read_text(arena, &type_text, &mode, "ruoted", &text, &faults), -1);
	assert_string_equal(faults.first->message,
			    "expected one of nat, routed, isolated, found \"ruoted\"");
	assert_string_equal(faults.first->hint, "did you mean \"routed\"?");
	assert_int_equal(read_text(arena, &type_name, &mode, "NAT", &text, &faults), -1);
	assert_int_equal(read_text(arena, &type_text, &mode, "NAT", &text, &faults), -1);
	assert_string_equal(fault_last(&faults)->hint, "did you mean \"nat\"?");
	assert_int_equal(read_text(arena, &type_text, &mode, "bogus", &text, &faults), -1);
	assert_null(fault_last(&faults)->hint);
}

static int read_secret(struct arena *arena, const char *key, const char *value,
		       struct secret *secret, struct faults *faults)
{
	struct node *map = node_map(arena);

	node_put(arena, map, key, node_scalar(arena, value));
	return type_secret.read(arena, NULL, map, secret, faults);
}

static void secrets_are_references(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct secret secret = {};
	struct faults faults = {};

	faults_init(&faults, arena);
	assert_int_equal(read_secret(arena, "file", "db-password", &secret, &faults), 0);
	assert_string_equal(secret.file, "db-password");
	assert_string_equal(type_text_of(&type_secret, &secret, arena), "{file: db-password}");
	assert_int_equal(read_secret(arena, "credential", "db", &secret, &faults), 0);
	assert_null(secret.file);
	assert_string_equal(secret.credential, "db");
	assert_int_equal(read_secret(arena, "file", "../shadow", &secret, &faults), -1);
	assert_int_equal(read_secret(arena, "file", ".hidden", &secret, &faults), -1);
	assert_int_equal(read_secret(arena, "file", "", &secret, &faults), -1);
	assert_int_equal(read_secret(arena, "fil", "x", &secret, &faults), -1);
	assert_string_equal(fault_last(&faults)->hint, "did you mean \"file\"?");
	assert_int_equal(type_secret.read(arena, NULL, node_map(arena), &secret, &faults), -1);
}

/* A secret that was seen in use is the one of every place that holds the same. */
static void a_secret_in_use_is_the_one_of_any_place_that_holds_it(void **state)
{
	static const struct {
		struct secret want;
		const char *found;
		bool same;
	} cases[] = {
		{ { .file = "vnc" }, "file:vnc", true },
		{ { .file = "vnc" }, "file:other/file:vnc/credential:*****", true },
		{ { .file = "vnc" }, "file:vnc2", false },
		{ { .file = "vnc" }, "file:*****", false },
		{ { .file = "vnc" }, "credential:vnc/file:*****", false },
		{ { .credential = "vnc" }, "file:a/credential:vnc", true },
		{ { .credential = "vnc" }, "file:*****/credential:*****", false },
		/* nobody looked there: it may be */
		{ { .file = "vnc" }, "", true },
		{ { .credential = "vnc" }, "file:*****", true },
		{ { .credential = "vnc" }, "file:vnc", false },
		{ { .file = "vnc" }, "credential:*****", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		struct secret have = { .found = cases[i].found };
		assert_int_equal(type_secret.equal(&cases[i].want, &have), cases[i].same);
		assert_int_equal(type_secret.equal(&have, &cases[i].want), cases[i].same);
	}
}

static void an_inline_secret_is_refused_and_not_repeated(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct secret secret = {};
	uint32_t pin = 0;
	struct field hidden = { .flags = FIELD_SECRET };
	struct faults faults = {};

	faults_init(&faults, arena);
	assert_int_equal(read_text(arena, &type_secret, NULL, "hunter2", &secret, &faults), -1);
	assert_int_equal(read_text(arena, &type_count, &hidden, "12_34", &pin, &faults), -1);
	for (const struct fault *fault = faults.first; fault; fault = fault->next) {
		assert_null(strstr(fault->message, "hunter2"));
		assert_null(strstr(fault->message, "34"));
		assert_null(fault->hint ? strstr(fault->hint, "34") : NULL);
	}
	assert_non_null(strstr(faults.first->hint, "{file: NAME}"));
}

static void long_values_are_cut_in_messages(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	char *text = arena_alloc(arena, 100001);
	struct bytes bytes = {};
	struct faults faults = {};

	memset(text, 'x', 100000);
	faults_init(&faults, arena);
	assert_int_equal(read_text(arena, &type_bytes, NULL, text, &bytes, &faults), -1);
	assert_true(strlen(faults.first->message) < 120);
	assert_true(string_ends(faults.first->message, "...\""));
}

static void random_texts_never_break_a_type(void **state)
{
	(void)state;
	static const char letters[] = "0123456789abfGMKTiBs/:.-,^[]{} _xX%~\n\x80\xc3\xff";
	uint32_t random = 1;

	for (size_t i = 0; i < 40000; i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		const struct type *type = good[i % COUNT_OF(good)].type;
		char text[24] = "";
		struct faults faults = {};
		faults_init(&faults, arena);
		for (size_t j = 0; j < 1 + i % 20; j++) {
			random = random * 1664525 + 1013904223;
			text[j] = letters[(random >> 16) % (sizeof(letters) - 1)];
		}
		void *value = arena_alloc(arena, type->size);
		void *again = arena_alloc(arena, type->size);
		if (read_text(arena, type, NULL, text, value, &faults) < 0) {
			assert_int_equal(faults.count, 1);
			continue;
		}
		const char *printed = type_text_of(type, value, arena);
		assert_int_equal(read_text(arena, type, NULL, printed, again, &faults), 0);
		assert_true(type->equal(value, again));
		assert_string_equal(type_text_of(type, again, arena), printed);
	}
}

static void spans_and_sizes_survive_printing(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const struct type *const types[] = { &type_bytes, &type_rate, &type_span };
	uint64_t number = 1;

	for (size_t i = 0; i < 3000; i++) {
		number = number * 6364136223846793005 + 1442695040888963407;
		uint64_t value = number >> number % 61, again = 0;
		const struct type *type = types[i % 3];
		struct faults faults = {};
		faults_init(&faults, arena);
		assert_int_equal(read_text(arena, type, NULL, type_text_of(type, &value, arena),
					   &again, &faults),
				 0);
		assert_true(value == again);
	}
}

static void cpu_sets_count(void **state)
{
	(void)state;
	struct cpus cpus = {};

	assert_true(cpus_parse("0-3,64-127,4095,^2", &cpus));
	assert_int_equal(cpus_count(&cpus), 3 + 64 + 1);
	assert_true(cpus_has(&cpus, 4095));
	assert_false(cpus_has(&cpus, 2));
	assert_false(cpus_has(&cpus, 4096));
	cpus_add(&cpus, 2);
	cpus_add(&cpus, 100000);
	assert_int_equal(cpus_count(&cpus), 69);
}

static void cpu_sets_are_compared(void **state)
{
	(void)state;
	struct cpus all = {}, some = {}, none = {}, rest;

	assert_true(cpus_parse("0-7", &all) && cpus_parse("2-3,9", &some));
	assert_true(cpus_overlap(&all, &some) && !cpus_overlap(&all, &none));
	assert_false(cpus_within(&some, &all));
	rest = cpus_without(&some, &all);
	assert_int_equal(cpus_count(&rest), 1);
	rest = cpus_without(&all, &some);
	assert_true(cpus_within(&rest, &all) && cpus_within(&none, &some));
	assert_int_equal(cpus_count(&rest), 6);
}

static void cpu_masks_read_and_print_as_the_kernel_has_them(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const char *const masks[] = {
		"f", "3", "0c", "ff", "001fff", "00000000,00000003", "3,ffffffff,00000000"
	};
	struct cpus cpus = {};

	for (size_t i = 0; i < COUNT_OF(masks); i++) {
		assert_true(cpus_parse_mask(arena_printf(arena, "%s\n", masks[i]), &cpus));
		assert_string_equal(cpus_mask_text(arena, &cpus, masks[i]), masks[i]);
	}
	assert_string_equal(type_text_of(&type_cpus, &cpus, arena), "32-65");
	assert_false(cpus_parse_mask("", &cpus));
	assert_false(cpus_parse_mask("0x3", &cpus));
}

static struct prefix prefix_of(const char *text)
{
	struct prefix prefix = {};

	assert_true(prefix_parse(text, &prefix));
	return prefix;
}

static struct address address_of(const char *text)
{
	struct address address = {};

	assert_true(address_parse(text, &address));
	return address;
}

static void prefixes_compute(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct prefix lab = prefix_of("10.20.0.9/24"), all = prefix_of("0.0.0.0/0");
	struct prefix half = prefix_of("10.20.0.128/25"), six = prefix_of("fd00:20::/64");
	struct address inside = address_of("10.20.0.255"), outside = address_of("10.20.1.0");

	assert_true(prefix_holds(&lab, &inside));
	assert_false(prefix_holds(&lab, &outside));
	assert_true(prefix_holds(&all, &outside));
	assert_true(prefix_overlaps(&lab, &half));
	assert_true(prefix_overlaps(&half, &lab));
	assert_true(prefix_overlaps(&all, &half));
	assert_false(prefix_overlaps(&all, &six));
	struct prefix next = prefix_of("10.20.1.0/24");
	assert_false(prefix_overlaps(&lab, &next));
	struct address nth = prefix_nth(&lab, 0);
	assert_string_equal(address_text(arena, &nth), "10.20.0.0");
	nth = prefix_nth(&lab, 256);
	assert_string_equal(address_text(arena, &nth), "10.20.1.0");
	nth = prefix_nth(&six, UINT64_MAX);
	assert_string_equal(address_text(arena, &nth), "fd00:20::ffff:ffff:ffff:ffff");
	nth = prefix_nth(&half, 0xff80);
	assert_string_equal(address_text(arena, &nth), "10.21.0.0");
	assert_int_equal(address_compare(&inside, &outside), -1);
	assert_int_equal(address_compare(&outside, &inside), 1);
	assert_int_equal(address_compare(&inside, &inside), 0);
	assert_int_equal(address_compare(&inside, &six.address), -1);
}

static void machines_say_more_than_descriptions(void **state)
{
	(void)state;
	struct mac mac = {};
	struct address address = {};
	struct bytes bytes = { 7 };

	assert_true(mac_parse("01:00:5e:00:00:01", &mac));
	assert_false(mac_parse("01:00:5e:00:00:0", &mac));
	assert_int_equal(mac.byte[5], 1);
	assert_false(address_parse("10.0.0", &address));
	assert_int_equal(address.family, 0);
	assert_false(bytes_parse("7GB", &bytes));
	assert_int_equal(bytes.count, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_texts_read_and_print),
		cmocka_unit_test(bad_texts_are_refused_where_they_stand),
		cmocka_unit_test(quotes_change_no_meaning),
		cmocka_unit_test(no_type_reads_a_list_or_nothing),
		cmocka_unit_test(counts_and_numbers_keep_their_bounds),
		cmocka_unit_test(choices_suggest_the_nearest),
		cmocka_unit_test(secrets_are_references),
		cmocka_unit_test(a_secret_in_use_is_the_one_of_any_place_that_holds_it),
		cmocka_unit_test(an_inline_secret_is_refused_and_not_repeated),
		cmocka_unit_test(long_values_are_cut_in_messages),
		cmocka_unit_test(random_texts_never_break_a_type),
		cmocka_unit_test(spans_and_sizes_survive_printing),
		cmocka_unit_test(cpu_sets_count),
		cmocka_unit_test(cpu_sets_are_compared),
		cmocka_unit_test(cpu_masks_read_and_print_as_the_kernel_has_them),
		cmocka_unit_test(prefixes_compute),
		cmocka_unit_test(machines_say_more_than_descriptions),
	};

	return cmocka_run_group_tests_name("schema types", tests, NULL, NULL);
}
