/* schema/record_compare.c: want, have and last as differences with paths. */
#include "schema_help.h"

/* One row a line: "set vcpus 1 -> 4 (live, both)". */
static const char *paths_text(struct arena *arena, const struct paths *paths)
{
	static const char *const kinds[] = { "set", "reset", "add", "remove" };
	static const char *const states[] = { "", "configured", "running", "both" };
	struct text text = text_of(arena);

	for (size_t i = 0; i < paths->count; i++) {
		const struct path *path = &paths->at[i];
		text_addf(&text, "%s%s %s %s -> %s (%s, %s)", i ? "\n" : "", kinds[path->kind],
			  path->path, path->old ? path->old : "~", path->new ? path->new : "~",
			  class_name(path->class), states[path->where]);
	}
	return text.at;
}

static const void *maybe(struct arena *arena, const char *yaml)
{
	return yaml ? record_of(arena, &guest_record, yaml) : NULL;
}

static const char *compared(struct arena *arena, const char *want, const char *have,
			    const char *last, unsigned where)
{
	struct paths paths = { .arena = arena };

	record_compare(&guest_record, maybe(arena, want), maybe(arena, have), maybe(arena, last),
		       where, &paths);
	return paths_text(arena, &paths);
}

struct row {
	const char *want, *have, *last, *expected;
};

static void check_rows(const struct row *rows, size_t count, unsigned where)
{
	for (size_t i = 0; i < count; i++) {
		ARENA_AUTO struct arena *arena = arena_new();
		const char *is = compared(arena, rows[i].want, rows[i].have, rows[i].last, where);
		if (!string_equal(is, rows[i].expected))
			fail_msg("want %s, have %s, last %s:\n%s\nnot\n%s", rows[i].want,
				 rows[i].have, rows[i].last, is, rows[i].expected);
	}
}

static void values_are_compared_three_ways(void **state)
{
	(void)state;
	static const struct row rows[] = {
		/* wanted */
		{ "vcpus: 4", "vcpus: 4", NULL, "" },
		{ "vcpus: 4", "vcpus: 4", "vcpus: 2", "" },
		{ "vcpus: 4", "vcpus: 2", NULL, "set vcpus 2 -> 4 (live, running)" },
		{ "vcpus: 4", "{}", NULL, "set vcpus ~ -> 4 (live, running)" },
		{ "vcpus: 4", NULL, NULL, "set vcpus ~ -> 4 (live, running)" },
		{ "vcpus: 1", "{}", "vcpus: 1", "set vcpus ~ -> 1 (live, running)" },
		/* given once and no longer: back to its default */
		{ "{}", "vcpus: 4", "vcpus: 4", "reset vcpus 4 -> ~ (live, running)" },
		{ NULL, "vcpus: 4", "vcpus: 4", "reset vcpus 4 -> ~ (live, running)" },
		{ "{}", "vcpus: 3", "vcpus: 4", "reset vcpus 3 -> ~ (live, running)" },
		{ "{}", "vcpus: 1", "vcpus: 4", "" },
		{ "{}", "{}", "vcpus: 4", "" },
		{ "{}", NULL, "vcpus: 4", "" },
		{ "{}", "libvirt_xml: ''", "libvirt_xml: x", "" },
		/* never given: left alone */
		{ "{}", "vcpus: 4", "{}", "" },
		{ "{}", "vcpus: 4", NULL, "" },
		{ NULL, NULL, NULL, "" },
		/* the same in other words */
		{ "stop: 120s", "stop: 2min", NULL, "" },
		{ "reach: [internet, lab]", "reach: [internet, lab]", NULL, "" },
		{ "reach: [internet]", "reach: [internet, lab]", NULL,
		  "set reach [internet, lab] -> [internet] (live, running)" },
		{ "{}", "reach: [a]", "reach: [a]", "reset reach [a] -> ~ (live, running)" },
		{ "{}", "reach: [internet, lab]", "reach: [a]", "" },
		/* lists: in order, unless the row says that order means nothing */
		{ "devices: [a, b]", "devices: [b, a]", NULL,
		  "set devices [b, a] -> [a, b] (guest-restart, running)" },
		{ "groups: [a, b]", "groups: [b, a]", NULL, "" },
		{ "groups: [a, b]", "groups: [b, b, a]", NULL, "" },
		{ "groups: [a, b]", "groups: [a]", NULL,
		  "set groups [a] -> [a, b] (live, running)" },
		{ "groups: [a]", "groups: [a, b]", NULL,
		  "set groups [a, b] -> [a] (live, running)" },
	};

	check_rows(rows, COUNT_OF(rows), IN_RUNNING);
}

static void nested_records_are_paths(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "disks: {root: {size: 2GiB, limit: 1MiB/s}}", "disks: {root: 1GiB}", NULL,
		  "set disks.root.size 1GiB -> 2GiB (live, configured)\n"
		  "set disks.root.limit.read ~ -> 1MiB/s (live, configured)" },
		{ "disks: {root: 1GiB}",
		  "disks: {root: {size: 1GiB, limit: {read: 1MiB/s, "
		  "read_iops: 5}}}",
		  "disks: {root: {size: 1GiB, limit: 1MiB/s}}",
		  "reset disks.root.limit.read 1MiB/s -> ~ (live, configured)" },
		{ "disks: {root: {size: 1GiB, image: debian}}",
		  "disks: {root: {size: 1GiB, image: fedora}}", NULL,
		  "set disks.root.image fedora -> debian (destroys-data, configured)" },
	};

	check_rows(rows, COUNT_OF(rows), IN_CONFIGURED);
}

static void members_are_added_and_removed(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "disks: {root: 1GiB, data: {size: 2GiB, cache: none}}", "disks: {root: 1GiB}",
		  NULL, "add disks.data ~ -> {size: 2GiB, cache: none} (guest-restart, both)" },
		{ "disks: {root: 1GiB}", NULL, NULL,
		  "add disks.root ~ -> 1GiB (guest-restart, both)" },
		/* ours, and no longer described */
		{ "disks: {root: 1GiB}", "disks: {root: 1GiB, data: 2GiB}",
		  "disks: {root: 1GiB, data: 3GiB}",
		  "remove disks.data 2GiB -> ~ (guest-restart, both)" },
		{ "{}", "disks: {data: 2GiB}", "disks: {data: 2GiB}",
		  "remove disks.data 2GiB -> ~ (guest-restart, both)" },
		{ NULL, "disks: {data: 2GiB}", "disks: {data: 2GiB}",
		  "remove disks.data 2GiB -> ~ (guest-restart, both)" },
		/* somebody else's, or gone already */
		{ "{}", "disks: {data: 2GiB}", NULL, "" },
		{ "{}", "{}", "disks: {data: 2GiB}", "" },
		/* inserting one renumbers none */
		{ "disks: {a: 1GiB, b: 1GiB, c: 1GiB}", "disks: {c: 1GiB, a: 1GiB}",
		  "disks: {a: 1GiB, c: 1GiB}", "add disks.b ~ -> 1GiB (guest-restart, both)" },
		{ "sysctl: {vm.swappiness: 10}", "sysctl: {vm.swappiness: 60}", NULL,
		  "set sysctl.vm.swappiness.values [60] -> [10] (reboot, both)" },
		{ "pages: {1048576KiB: 4}", "pages: {1GiB: 4}", NULL, "" },
	};

	check_rows(rows, COUNT_OF(rows), IN_CONFIGURED | IN_RUNNING);
}

static void presence_alone_counts_where_the_row_says_so(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "dhcp: {}", "{}", NULL, "set dhcp ~ -> {} (live, running)" },
		{ "dhcp: ~", NULL, NULL, "set dhcp ~ -> {} (live, running)" },
		{ "dhcp: {}", "dhcp: {lease: 12h}", NULL, "" },
		{ "dhcp: {lease: 1h}", "{}", NULL, "set dhcp.lease ~ -> 1h (live, running)" },
		{ "{}", "dhcp: {lease: 12h}", "dhcp: {}",
		  "reset dhcp {lease: 12h} -> ~ (live, running)" },
		{ "{}", "dhcp: {lease: 1h}", "dhcp: {lease: 1h}",
		  "reset dhcp.lease 1h -> ~ (live, running)" },
		{ "{}", "dhcp: {lease: 1h}", NULL, "" },
		/* the first of all, and none */
		{ "{}", "gpu: 0000:00:00.0", "gpu: 0000:00:00.0",
		  "reset gpu 0000:00:00.0 -> ~ (guest-restart, running)" },
		/* a record without the flag is only the sum of its fields */
		{ "disks: {a: {size: 1GiB, limit: {}}}", "disks: {a: 1GiB}", NULL, "" },
	};

	check_rows(rows, COUNT_OF(rows), IN_RUNNING);
}

static void blind_fields_are_compared_with_what_was_last_given(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "seed: a", "{}", NULL, "set seed ~ -> a (guest-restart, both)" },
		{ "seed: a", "{}", "seed: a", "" },
		{ "seed: a", "seed: z", "seed: a", "" },
		{ "seed: b", "{}", "seed: a", "set seed a -> b (guest-restart, both)" },
		{ "{}", "{}", "seed: a", "reset seed a -> ~ (guest-restart, both)" },
	};

	check_rows(rows, COUNT_OF(rows), IN_CONFIGURED | IN_RUNNING);
}

static void fields_without_a_state_are_not_compared_in_it(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const char *want = "{autostart: true, state: stopped, profile: x}";

	assert_string_equal(compared(arena, want, "{}", NULL, IN_RUNNING),
			    "set state ~ -> stopped (live, running)");
	assert_string_equal(compared(arena, want, "{}", NULL, IN_CONFIGURED),
			    "set autostart ~ -> true (live, configured)");
	assert_string_equal(compared(arena, want, "{}", NULL, IN_CONFIGURED | IN_RUNNING),
			    "set state ~ -> stopped (live, running)\n"
			    "set autostart ~ -> true (live, configured)");
}

static void equal_differences_in_both_states_are_one(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct paths paths = { .arena = arena };
	const void *want = maybe(arena, "{vcpus: 4, nice: 5, disks: {a: 1GiB}}");

	record_compare(&guest_record, want, maybe(arena, "{vcpus: 2, nice: 1}"), NULL,
		       IN_CONFIGURED, &paths);
	record_compare(&guest_record, want, maybe(arena, "{vcpus: 2, nice: 2}"), NULL, IN_RUNNING,
		       &paths);
	assert_string_equal(paths_text(arena, &paths),
			    "set vcpus 2 -> 4 (live, both)\n"
			    "set nice 1 -> 5 (live, configured)\n"
			    "add disks.a ~ -> 1GiB (guest-restart, both)\n"
			    "set nice 2 -> 5 (live, running)");
	assert_true(paths_has(&paths, "disks"));
	assert_true(paths_has(&paths, "disks.a"));
	assert_false(paths_has(&paths, "disks.a.size"));
	assert_false(paths_has(&paths, "disk"));
	assert_false(paths_has(&paths, "vcpu"));
	assert_true(paths_only(&paths, (const char *const[]){ "disks", "vcpus", "nice", NULL }));
	assert_false(paths_only(&paths, (const char *const[]){ "disks", "vcpus", NULL }));
	assert_int_equal(paths_class(&paths), CLASS_GUEST_RESTART);
	assert_int_equal(paths_class(&(struct paths){}), CLASS_NONE);
	assert_true(paths_only(&(struct paths){}, (const char *const[]){ NULL }));
}

static void secrets_differ_without_being_shown(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	assert_string_equal(
		compared(arena, "password: {file: b}", "password: {file: a}", NULL, IN_RUNNING),
		"set password ****** -> ****** (live, running)");
}

static bool same_hour(const void *want, const void *have)
{
	const struct span *a = want, *b = have;

	return a->microseconds / 3600000000 == b->microseconds / 3600000000;
}

static void a_row_may_have_an_equality_of_its_own(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const struct field fields[] = {
		FIELD("lease", struct dhcp, lease, CLASS_LIVE, "how long", .fallback = "12h",
		      .equal = same_hour),
	};
	static const struct record record = RECORD(struct dhcp, fields);
	struct paths paths = { .arena = arena };
	const void *want = record_of(arena, &record, "lease: 1h20min");

	record_compare(&record, want, record_of(arena, &record, "lease: 1h"), NULL, IN_RUNNING,
		       &paths);
	record_compare(&record, record_new(arena, &record),
		       record_of(arena, &record, "lease: 12h30min"), want, IN_RUNNING, &paths);
	assert_int_equal(paths.count, 0);
	record_compare(&record, want, record_of(arena, &record, "lease: 2h"), NULL, IN_RUNNING,
		       &paths);
	assert_int_equal(paths.count, 1);
}

/* Whatever is wanted: once it is there, nothing differs; and before, everything that is
 * compared at all differs. */
static void the_plan_for_what_is_there_is_empty(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct paths paths = { .arena = arena };
	const void *want = maybe(arena, whole_guest);
	const unsigned both = IN_CONFIGURED | IN_RUNNING;

	record_compare(&guest_record, want, want, want, both, &paths);
	assert_string_equal(paths_text(arena, &paths), "");
	record_compare(&guest_record, want, NULL, NULL, both, &paths);
	for (size_t i = 0; i < guest_record.field_count; i++)
		assert_int_equal(paths_has(&paths, guest_fields[i].name),
				 !(guest_fields[i].flags & FIELD_PLAIN));
	struct paths resets = { .arena = arena };
	record_compare(&guest_record, NULL, want, want, both, &resets);
	for (size_t i = 0; i < resets.count; i++)
		assert_true(resets.at[i].kind == PATH_RESET ||
			    resets.at[i].kind == PATH_MEMBER_REMOVE);
	assert_true(resets.count > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_compared_three_ways),
		cmocka_unit_test(nested_records_are_paths),
		cmocka_unit_test(members_are_added_and_removed),
		cmocka_unit_test(presence_alone_counts_where_the_row_says_so),
		cmocka_unit_test(blind_fields_are_compared_with_what_was_last_given),
		cmocka_unit_test(fields_without_a_state_are_not_compared_in_it),
		cmocka_unit_test(equal_differences_in_both_states_are_one),
		cmocka_unit_test(secrets_differ_without_being_shown),
		cmocka_unit_test(a_row_may_have_an_equality_of_its_own),
		cmocka_unit_test(the_plan_for_what_is_there_is_empty),
	};

	return cmocka_run_group_tests_name("schema compare", tests, NULL, NULL);
}
