/* Adoption: what somebody else made becomes ours, as it is. */
#include "kinds_help.h"

#include "rehearsal.h"
#include "things.h"

/* ---- a run ---- */

static struct rehearsal machine;
static struct arena *arena;

static int open_machine(void **state)
{
	(void)state;
	arena = arena_new();
	rehearsal_open(&machine, arena);
	rehearsal_write(&machine, "/etc/things/a", "color: green\nsize: 2MiB\n");
	rehearsal_write(&machine, "/etc/things/b", "color: grey\n");
	return 0;
}

static int close_machine(void **state)
{
	(void)state;
	rehearsal_close(&machine);
	arena_free(arena);
	return 0;
}

struct ran {
	int status;
	const char *faults;
	struct engine_result result;
};

static struct ran run(const char *description, const struct adoption *adoption)
{
	struct engine engine = rehearsal_engine(&machine, thing_kinds, description);
	struct ran ran = {};
	struct faults faults;

	faults_init(&faults, arena);
	machine.did.count = 0;
	engine.adoption = adoption;
	engine.allow = 1u << CLASS_GUEST_RESTART;
	ran.status = engine_apply(&engine, &ran.result, &faults);
	ran.faults = faults_text(arena, &faults);
	journal_close(engine.journal);
	return ran;
}

static const struct adoption only_a = { &thing_kind, "a" }, all = {};

static void only_the_mark_changes_and_the_plan_then_says_what_differs(void **state)
{
	(void)state;
	const char *wanted = "gasthof: 1\nthings: {a: {color: red, size: 2MiB}, c: {}}\n";
	struct ran refused = run(wanted, NULL);

	assert_non_null(strstr(refused.faults, "things.a is there and was not made by gasthof"));
	struct ran adopted = run(wanted, &only_a);
	assert_string_equal(adopted.faults, "");
	assert_int_equal(machine.did.count, 1);
	assert_string_equal(rehearsal_read(&machine, "/etc/things/a"),
			    "# ours\ncolor: green\nsize: 2MiB\n");
	struct ran applied = run(wanted, NULL);
	assert_string_equal(applied.faults, "");
	assert_string_equal(rehearsal_read(&machine, "/etc/things/a"),
			    "# ours\ncolor: red\nsize: 2MiB\n");
}

/* The ledger holds what was as described and nothing else: what was never so is left alone when
 * it is no longer described. */
static void what_differed_was_never_given(void **state)
{
	(void)state;
	assert_int_equal(run("gasthof: 1\nthings: {a: {color: red, size: 2MiB}}\n", &all).status,
			 0);
	struct ran applied = run("gasthof: 1\nthings: {a: {}}\n", NULL);

	assert_string_equal(applied.faults, "");
	assert_string_equal(rehearsal_read(&machine, "/etc/things/a"), "# ours\n{}\n");
	assert_non_null(strstr(machine.did.at[0], "file_write"));
	assert_int_equal(run("gasthof: 1\nthings: {b: {color: red}}\n", &all).status, 0);
	assert_null(rehearsal_read(&machine, "/etc/things/c"));
	assert_string_equal(run("gasthof: 1\nthings: {b: {}}\n", NULL).faults, "");
	assert_string_equal(rehearsal_read(&machine, "/etc/things/b"), "# ours\ncolor: grey\n");
}

static void a_rollback_takes_the_mark_off(void **state)
{
	(void)state;
	const char *wanted = "gasthof: 1\nthings: {a: {}}\n";
	struct engine_result result = {};
	struct faults faults;

	assert_int_equal(run(wanted, &only_a).result.run, 1);
	struct engine engine = rehearsal_engine(&machine, thing_kinds, wanted);
	faults_init(&faults, arena);
	engine.command = "rollback";
	assert_int_equal(engine_rollback(&engine, 0, &result, &faults), 0);
	journal_close(engine.journal);
	assert_string_equal(rehearsal_read(&machine, "/etc/things/a"),
			    "color: green\nsize: 2MiB\n");
	assert_int_equal(run(wanted, NULL).status, -1);
}

static void what_is_named_and_cannot_be_is_told(void **state)
{
	(void)state;
	const char *wanted = "gasthof: 1\nthings: {a: {}, c: {}, d: {}}\n";
	struct ran missing = run(wanted, &(struct adoption){ &thing_kind, "c" });

	assert_non_null(strstr(missing.faults, "things.c is not there: there is nothing to take"));
	assert_int_equal(missing.status, -1);
	rehearsal_write(&machine, "/etc/things/d", "color: cursed\n");
	struct ran cursed = run(wanted, &all);
	assert_non_null(strstr(cursed.faults, "things.d: nobody may have it"));
	assert_int_equal(machine.did.count, 1); /* a, all the same */
	struct ran again = run(wanted, &only_a);
	assert_non_null(strstr(again.faults, "things.a is gasthof's already"));
	assert_int_equal(again.result.run, 0);
}

static void a_crash_is_finished_by_the_next_run(void **state)
{
	(void)state;
	const char *wanted = "gasthof: 1\nthings: {a: {color: green}, b: {color: grey}}\n";

	machine.crash_after = 1;
	assert_int_equal(run(wanted, &all).status, -1);
	machine.crash_after = -1;
	assert_string_equal(run(wanted, &all).faults, "");
	assert_int_equal(machine.did.count, 1);
	assert_string_equal(run(wanted, NULL).faults, "");
	assert_int_equal(machine.did.count, 0);
}

/* ---- the kinds ---- */

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define DOMAIN                                                                                   \
	"<domain type='kvm'><name>Web 1</name><uuid>" UUID "</uuid>"                             \
	"<memory unit='KiB'>1048576</memory><currentMemory unit='KiB'>1048576</currentMemory>"   \
	"<vcpu placement='static'>2</vcpu><os><type arch='x86_64' machine='q35'>hvm</type></os>" \
	"<cpu mode='host-passthrough'/><devices><gadget kind='odd'/></devices></domain>"
#define GUEST                                  \
	"guests:\n"                            \
	"  web:\n"                             \
	"    name: Web 1\n"                    \
	"    defaults: libvirt\n"              \
	"    vcpus: 2\n"                       \
	"    cpu: {model: host-passthrough}\n" \
	"    libvirt_xml: |\n"                 \
	"      <devices><gadget kind='odd'/></devices>\n"

static void domain_put(struct lab *lab)
{
	lab_put(lab, "files.json",
		"{\"/dev/kvm\": {\"kind\": \"device\", \"device\": \"10:232\"}}");
	lab_put(lab, "fs/proc/meminfo", "MemTotal:        4194304 kB\nMemFree: 1 kB\n");
	lab_put(lab, "libvirt/domains/Web 1.xml", DOMAIN);
	lab_put(lab, "libvirt/domains.json",
		"{\"Web 1\": {\"uuid\": \"" UUID "\", \"state\": \"shutoff\"}}");
}

static const char *blocked(struct lab *lab, const char *path)
{
	const struct plan_item *item = plan_find(&lab->plan, path);

	assert_non_null(item);
	return item->blocked;
}

static void a_domain_is_ours_by_its_metadata_alone(void **state)
{
	struct lab *lab = *state;

	domain_put(lab);
	assert_string_equal(lab_describe(lab, GUEST "    memory: 1GiB\n"), "");
	lab_plan(lab);
	assert_non_null(blocked(lab, "guests.web"));
	assert_string_equal(lab_differs(lab, "guests.web"), "");
	assert_string_equal(lab_adopt(lab), "");
	const char *xml = lab_get(lab, "libvirt/domains/Web 1.xml");
	const char *metadata = strstr(xml, "<metadata>");
	assert_non_null(metadata);
	assert_int_equal(strncmp(xml, DOMAIN, (size_t)(metadata - xml)), 0);
	assert_non_null(strstr(metadata, "name=\"web\""));
	assert_string_equal(lab_plan(lab), "");
	assert_null(blocked(lab, "guests.web"));
}

static void what_differs_is_planned_after_it(void **state)
{
	struct lab *lab = *state;

	domain_put(lab);
	assert_string_equal(lab_describe(lab, GUEST "    memory: 512MiB\n"), "");
	assert_string_equal(lab_adopt(lab), "");
	assert_non_null(strstr(lab_plan(lab), "domain_define domain=\"Web 1\""));
	assert_string_equal(lab_differs(lab, "guests.web"),
			    "memory.size: 1GiB -> 512MiB\nmemory.most: 1GiB -> 512MiB\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

/* Laid on it, the block would add something: then it is no more than wanted. */
static void a_block_that_it_does_not_hold_is_a_difference(void **state)
{
	struct lab *lab = *state;

	domain_put(lab);
	assert_string_equal(lab_describe(lab, GUEST "      <devices><more/></devices>\n"), "");
	assert_string_equal(lab_adopt(lab), "");
	lab_plan(lab);
	assert_non_null(strstr(lab_differs(lab, "guests.web"), "libvirt_xml: "));
}

static void another_uuid_is_another_guest(void **state)
{
	struct lab *lab = *state;

	domain_put(lab);
	lab_describe(lab, GUEST "    uuid: 00000000-0000-4000-8000-000000000001\n");
	assert_non_null(strstr(lab_adopt(lab), "has another UUID, " UUID));
	assert_null(strstr(lab_get(lab, "libvirt/domains/Web 1.xml"), "metadata"));
}

#define POOL                                                                             \
	"<pool type='dir'><name>hand</name><uuid>" UUID "</uuid><target><path>/srv/hand" \
	"</path></target></pool>"
#define POOLS "libvirt: {pools: {hand: {type: dir, target: {path: /srv/hand}"

static void libvirt_s_own_are_ours_by_the_ledger(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "libvirt/pools/hand.xml", POOL);
	lab_put(lab, "libvirt/pools.json",
		"{\"hand\": {\"uuid\": \"" UUID "\", \"active\": true, \"persistent\": true, "
		"\"autostart\": true}}");
	assert_string_equal(lab_describe(lab, POOLS "}}}\n"), "");
	assert_non_null(strstr(lab_adopt(lab), "has another UUID: say uuid: " UUID));
	assert_string_equal(lab_describe(lab, POOLS ", uuid: " UUID "}}}\n"), "");
	assert_non_null(strstr(lab_plan(lab), "was not made by gasthof"));
	assert_string_equal(lab_adopt(lab), "");
	assert_string_equal(lab_get(lab, "libvirt/pools/hand.xml"), POOL);
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, "");
	assert_non_null(strstr(lab_plan(lab), "pool_undefine pool=\"hand\""));
}

static void a_file_is_ours_by_its_attribute(void **state)
{
	struct lab *lab = *state;
	const char *file = "/var/lib/gasthof/pools/default/data.qcow2";

	lab_describe(lab, "pools: {default: {}}\n");
	lab_plan(lab);
	lab_perform(lab);
	lab_put(lab, "fs/var/lib/gasthof/pools/default/data.qcow2", "");
	lab_put(lab, "files.json",
		arena_printf(lab->arena,
			     "{\"%s\": {\"kind\": \"regular\", \"size\": 1, \"image\": "
			     "{\"format\": \"qcow2\", \"size\": 4194304}}}",
			     file));
	assert_string_equal(
		lab_describe(lab, "pools: {default: {}}\nvolumes: {data: {size: 4MiB}}\n"), "");
	assert_non_null(strstr(lab_plan(lab), "was not made by gasthof"));
	assert_string_equal(lab_adopt(lab), "");
	assert_non_null(strstr(lab_get(lab, "files.json"), "volumes.data"));
	assert_string_equal(lab_plan(lab), "");
}

int main(void)
{
#define RUN(name) cmocka_unit_test_setup_teardown(name, open_machine, close_machine)
#define LAB(name) cmocka_unit_test_setup_teardown(name, lab_setup, lab_teardown)
	const struct CMUnitTest tests[] = {
		RUN(only_the_mark_changes_and_the_plan_then_says_what_differs),
		RUN(what_differed_was_never_given),
		RUN(a_rollback_takes_the_mark_off),
		RUN(what_is_named_and_cannot_be_is_told),
		RUN(a_crash_is_finished_by_the_next_run),
		LAB(a_domain_is_ours_by_its_metadata_alone),
		LAB(what_differs_is_planned_after_it),
		LAB(a_block_that_it_does_not_hold_is_a_difference),
		LAB(another_uuid_is_another_guest),
		LAB(libvirt_s_own_are_ours_by_the_ledger),
		LAB(a_file_is_ours_by_its_attribute),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
