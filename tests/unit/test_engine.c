/* resource/, plan/, engine/, journal/ together, on a rehearsed machine. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/text.h"
#include "rehearsal.h"
#include "things.h"

static struct rehearsal machine;
static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	rehearsal_open(&machine, arena);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	rehearsal_close(&machine);
	arena_free(arena);
	return 0;
}

struct outcome_of_apply {
	int status;
	const char *faults;
	struct engine_result result;
};

static struct outcome_of_apply apply_as(const char *description, unsigned allow, const char *hash,
					bool partial)
{
	struct engine engine = rehearsal_engine(&machine, thing_kinds, description);
	struct outcome_of_apply outcome = {};
	struct faults faults;

	faults_init(&faults, arena);
	machine.did.count = 0;
	engine.allow = allow;
	engine.hash = hash;
	engine.partial = partial;
	outcome.status = engine_apply(&engine, &outcome.result, &faults);
	outcome.faults = faults_text(arena, &faults);
	journal_close(engine.journal);
	return outcome;
}

static struct outcome_of_apply apply(const char *description)
{
	return apply_as(description, 1u << CLASS_GUEST_RESTART, NULL, false);
}

static struct outcome_of_apply rollback(unsigned number)
{
	struct engine engine = rehearsal_engine(&machine, thing_kinds, "gasthof: 1\n");
	struct outcome_of_apply outcome = {};
	struct faults faults;

	faults_init(&faults, arena);
	machine.did.count = 0;
	engine.command = "rollback";
	outcome.status = engine_rollback(&engine, number, &outcome.result, &faults);
	outcome.faults = faults_text(arena, &faults);
	journal_close(engine.journal);
	return outcome;
}

static void assert_applied(struct outcome_of_apply outcome)
{
	assert_string_equal(outcome.faults, "");
	assert_int_equal(outcome.status, 0);
}

static void what_is_wanted_is_made_and_the_second_plan_is_empty(void **state)
{
	(void)state;
	const char *wanted = "gasthof: 1\nthings: {a: {color: red}, b: {parts: {leg: 4}}}\n";
	struct outcome_of_apply first = apply(wanted);

	assert_applied(first);
	assert_int_equal(machine.did.count, 2);
	assert_string_equal(rehearsal_read(&machine, "/etc/things/a"), "# ours\ncolor: red\n");
	assert_int_equal(first.result.run, 1);
	struct outcome_of_apply second = apply(wanted);
	assert_applied(second);
	assert_int_equal(machine.did.count, 0);
	assert_int_equal(second.result.run, 0);
	assert_true(plan_is_empty(&second.result.plan));
}

static void a_field_no_longer_given_goes_back_to_its_default(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {color: red, size: 2MiB}}\n"));
	struct outcome_of_apply outcome = apply("gasthof: 1\nthings: {a: {size: 2MiB}}\n");

	assert_applied(outcome);
	assert_string_equal(rehearsal_read(&machine, "/etc/things/a"), "# ours\nsize: 2MiB\n");
	assert_int_equal(machine.did.count, 1);
}

static void a_field_never_given_is_left_alone(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {size: 2MiB}}\n"));
	rehearsal_write(&machine, "/etc/things/a", "# ours\nsize: 2MiB\ncolor: blue\n");
	assert_applied(apply("gasthof: 1\nthings: {a: {size: 2MiB}}\n"));
	assert_int_equal(machine.did.count, 0);
}

static void a_member_taken_out_is_removed(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {parts: {leg: 4, arm: 2}}}\n"));
	assert_applied(apply("gasthof: 1\nthings: {a: {parts: {leg: 4}}}\n"));
	assert_null(strstr(rehearsal_read(&machine, "/etc/things/a"), "arm"));
}

static void an_item_taken_out_is_removed_and_a_foreign_one_is_not(void **state)
{
	(void)state;
	rehearsal_write(&machine, "/etc/things/theirs", "color: green\n");
	assert_applied(apply("gasthof: 1\nthings: {a: {}, b: {}}\n"));
	assert_applied(apply("gasthof: 1\nthings: {b: {}}\n"));
	assert_null(rehearsal_read(&machine, "/etc/things/a"));
	assert_non_null(rehearsal_read(&machine, "/etc/things/b"));
	assert_string_equal(rehearsal_read(&machine, "/etc/things/theirs"), "color: green\n");
}

static void a_foreign_one_of_the_same_name_is_not_taken_over(void **state)
{
	(void)state;
	rehearsal_write(&machine, "/etc/things/a", "color: green\n");
	struct outcome_of_apply outcome = apply("gasthof: 1\nthings: {a: {color: red}, b: {}}\n");

	assert_int_equal(outcome.status, -1);
	assert_non_null(strstr(outcome.faults, "things.a is there and was not made by gasthof"));
	assert_string_equal(rehearsal_read(&machine, "/etc/things/a"), "color: green\n");
	assert_non_null(rehearsal_read(&machine, "/etc/things/b"));
}

static void a_mark_that_is_gone_saves_the_object(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {}}\n"));
	rehearsal_write(&machine, "/etc/things/a", "color: green\n");
	assert_applied(apply("gasthof: 1\n"));
	assert_non_null(rehearsal_read(&machine, "/etc/things/a"));
}

static void a_lost_ledger_leads_to_adoption_never_to_deletion(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {}, b: {}}\n"));
	machine.state = arena_printf(arena, "%s/state2", machine.folder);
	assert_applied(apply("gasthof: 1\nthings: {a: {}}\n"));
	assert_int_equal(machine.did.count, 0);
	assert_non_null(rehearsal_read(&machine, "/etc/things/b"));
	assert_applied(apply("gasthof: 1\n"));
	assert_null(rehearsal_read(&machine, "/etc/things/a"));
	assert_non_null(rehearsal_read(&machine, "/etc/things/b"));
}

static void a_class_that_was_not_allowed_stops_the_run_before_it_begins(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {size: 1MiB}}\n"));
	struct outcome_of_apply outcome =
		apply_as("gasthof: 1\nthings: {a: {size: 2MiB}, b: {}}\n", 0, NULL, false);

	assert_int_equal(outcome.status, -1);
	assert_string_equal(outcome.faults, "things.a needs permission for class guest-restart "
					    "(allow it with --allow guest-restart)\n");
	assert_int_equal(machine.did.count, 0);
	assert_null(rehearsal_read(&machine, "/etc/things/b"));
	apply_as("gasthof: 1\nthings: {a: {size: 2MiB}, b: {}}\n", 0, NULL, true);
	assert_int_equal(machine.did.count, 1);
	assert_non_null(rehearsal_read(&machine, "/etc/things/b"));
}

/* Somebody changes the size between the rounds: the first announced nothing of class
 * guest-restart, and the second may not do it either, though the class is allowed. */
static void a_later_round_does_no_more_than_the_first_announced(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {color: red, size: 2MiB}}\n"));
	rehearsal_write(&machine, "/etc/things/a", "# ours\ncolor: blue\nsize: 2MiB\n");
	machine.meddles = "/etc/things/a";
	machine.meddles_with = "# ours\ncolor: red\nsize: 4MiB\n";
	struct outcome_of_apply outcome =
		apply("gasthof: 1\nthings: {a: {color: red, size: 2MiB}}\n");

	assert_int_equal(outcome.status, -1);
	assert_string_equal(outcome.faults, "things.a changed during the run, plan again\n");
	assert_int_equal(machine.did.count, 1);
	machine.meddles_with = "# ours\ncolor: blue\nsize: 2MiB\n"; /* nothing worse: done */
	outcome = apply("gasthof: 1\nthings: {a: {color: red, size: 2MiB}}\n");
	assert_applied(outcome);
	assert_int_equal(machine.did.count, 2);
}

static void a_failed_item_stops_only_what_depends_on_it(void **state)
{
	(void)state;
	machine.fail_on = "/etc/things/a\"";
	struct outcome_of_apply outcome =
		apply("gasthof: 1\nthings: {b: {on: a}, c: {on: b}, a: {}, d: {}}\n");

	assert_int_equal(outcome.status, -1);
	assert_null(rehearsal_read(&machine, "/etc/things/b"));
	assert_null(rehearsal_read(&machine, "/etc/things/c"));
	assert_non_null(rehearsal_read(&machine, "/etc/things/d"));
	assert_non_null(strstr(outcome.faults, "things.a: file_write: made to fail"));
	assert_non_null(strstr(outcome.faults, "things.b: not done, because things.a"));
	assert_int_equal(outcome.result.failed, 3);
	machine.fail_on = NULL;
	assert_applied(apply("gasthof: 1\nthings: {b: {on: a}, c: {on: b}, a: {}, d: {}}\n"));
	assert_non_null(strstr(machine.did.at[0], "/etc/things/a"));
	assert_non_null(strstr(machine.did.at[2], "/etc/things/c"));
}

/* Of a change that fails half way, what was done is known: it goes with the words it came by. */
static void what_was_half_done_goes_back(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {color: loud}}\n"));
	machine.fail_on = "links_reload";
	assert_int_equal(apply("gasthof: 1\nthings: {a: {color: loud, size: 2MiB}}\n").status, -1);
	machine.fail_on = NULL;
	assert_non_null(strstr(rehearsal_read(&machine, "/etc/things/a"), "2MiB"));
	assert_applied(apply("gasthof: 1\nthings: {a: {color: loud}}\n"));
	assert_string_equal(rehearsal_read(&machine, "/etc/things/a"), "# ours\ncolor: loud\n");
}

static void what_is_removed_goes_after_what_used_it_and_not_without(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {}, b: {on: a}, c: {on: b}}\n"));
	machine.fail_on = "file_remove path=\"/etc/things/b\"";
	assert_int_equal(apply("gasthof: 1\n").status, -1);
	assert_null(rehearsal_read(&machine, "/etc/things/c"));
	assert_non_null(rehearsal_read(&machine, "/etc/things/b"));
	assert_non_null(rehearsal_read(&machine, "/etc/things/a"));
	machine.fail_on = NULL;
	assert_applied(apply("gasthof: 1\n"));
	assert_non_null(strstr(machine.did.at[0], "/etc/things/b"));
	assert_non_null(strstr(machine.did.at[1], "/etc/things/a"));
}

static void what_cannot_be_looked_at_is_not_missing(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {}}\n"));
	rehearsal_write(&machine, "/../failing", "/etc/things\n");
	machine.host = host_open_captured(arena, machine.folder, &(struct faults){});
	struct outcome_of_apply outcome = apply("gasthof: 1\nthings: {b: {}}\n");

	assert_int_equal(outcome.status, -1);
	assert_int_equal(machine.did.count, 0);
	assert_int_equal(outcome.result.plan.blocked, 2);
}

static void what_can_only_wait_is_told_and_is_no_failure(void **state)
{
	(void)state;
	struct outcome_of_apply outcome = apply("gasthof: 1\nthings: {a: {color: later}}\n");

	assert_applied(outcome);
	assert_int_equal(outcome.result.plan.waiting, 1);
	assert_int_equal(machine.did.count, 0);
}

/* What was given while something else of it still waited goes back when it is no longer said. */
static void what_is_given_beside_what_waits_is_remembered(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {color: red}}\n"));
	assert_applied(apply("gasthof: 1\nthings: {a: {color: half, parts: {x: 2}}}\n"));
	assert_string_equal(rehearsal_read(&machine, "/etc/things/a"), "# ours\nparts:\n  x: 2\n");
	struct outcome_of_apply outcome = apply("gasthof: 1\nthings: {a: {color: half}}\n");
	assert_applied(outcome);
	assert_int_equal(outcome.result.plan.waiting, 1);
	assert_string_equal(rehearsal_read(&machine, "/etc/things/a"), "# ours\n{}\n");
}

static void a_reboot_comes_once_and_after_all_else(void **state)
{
	static const char description[] =
		"gasthof: 1\nthings: {a: {color: fresh}, b: {color: fresh}, c: {on: a}}\n";

	(void)state;
	assert_int_equal(apply_as(description, 0, NULL, false).status, -1);
	assert_int_equal(machine.did.count, 0);
	assert_applied(apply_as(description, 1u << CLASS_REBOOT, NULL, false));
	assert_int_equal(machine.did.count, 4);
	assert_string_equal(machine.did.at[3], "host_reboot method=\"firmware\"");
}

static void what_is_accepted_and_pending_is_not_done_twice(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {}}\n"));
	machine.pending_on = "/etc/things/b";
	struct outcome_of_apply outcome = apply("gasthof: 1\nthings: {b: {}}\n");
	/* Accepted and pending: the run ends without a failure, the item is not done twice. */
	assert_int_equal(outcome.status, 0);
	assert_null(rehearsal_read(&machine, "/etc/things/b"));
	assert_int_equal(machine.did.count, 2);
}

static void what_is_pending_alone_is_no_failure_either(void **state)
{
	(void)state;
	machine.pending_on = "/etc/things/a";
	struct outcome_of_apply outcome = apply("gasthof: 1\nthings: {a: {}}\n");

	assert_applied(outcome);
	assert_int_equal(machine.did.count, 1);
}

/* It was noted (here: somebody else does it), so that the next plan does not ask for it again; what
 * follows it is done, and the ledger waits for the end of it. */
static void what_comes_later_stops_nothing_else(void **state)
{
	const char *red = "gasthof: 1\nthings: {a: {color: red}}\n";
	const char *loud = "gasthof: 1\nthings: {a: {color: loud}}\n";

	(void)state;
	assert_applied(apply(red));
	machine.later_on = "/etc/things/a";
	machine.meddles = "/etc/things/a";
	machine.meddles_with = "# ours\ncolor: loud\n";
	struct outcome_of_apply outcome = apply(loud);
	assert_applied(outcome);
	assert_int_equal(outcome.result.status, RUN_DONE);
	assert_int_equal(machine.did.count, 2);
	assert_string_equal(machine.did.at[1], "links_reload");
	/* nobody notes it: it is not tried for ever */
	outcome = apply(red);
	assert_int_equal(outcome.status, -1);
	assert_non_null(strstr(outcome.faults, "things.a does not settle: color still differs"));
	/* nor is an inverse that comes later done */
	machine.later_on = "file_write";
	outcome = rollback(0);
	assert_int_equal(outcome.status, -1);
	assert_non_null(strstr(outcome.faults, "file_write is not done yet: made to wait"));
	machine.later_on = NULL;
}

static void a_removal_that_is_pending_is_not_forgotten(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {}}\n"));
	machine.pending_on = "file_remove";
	assert_applied(apply("gasthof: 1\n"));
	assert_non_null(rehearsal_read(&machine, "/etc/things/a"));
	machine.pending_on = NULL;
	assert_applied(apply("gasthof: 1\n"));
	assert_null(rehearsal_read(&machine, "/etc/things/a"));
}

static void what_is_removed_stays_while_its_user_only_waits_to_let_go(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {}, b: {on: a}}\n"));
	assert_applied(apply("gasthof: 1\nthings: {b: {color: later}}\n"));
	assert_non_null(rehearsal_read(&machine, "/etc/things/a"));
	assert_applied(apply("gasthof: 1\nthings: {b: {}}\n"));
	assert_null(rehearsal_read(&machine, "/etc/things/a"));
}

static void what_does_not_settle_is_done_twice_at_most_beside_a_failure(void **state)
{
	(void)state;
	machine.fail_on = "/etc/things/b";
	struct outcome_of_apply outcome =
		apply("gasthof: 1\nthings: {a: {color: fickle}, b: {}}\n");

	assert_int_equal(outcome.status, -1);
	assert_int_equal(machine.did.count, 2);
	assert_non_null(strstr(outcome.faults, "things.a does not settle"));
}

static void a_foreign_one_in_the_place_of_ours_is_not_taken_over(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {color: red}}\n"));
	rehearsal_write(&machine, "/etc/things/a", "color: green\n");
	struct outcome_of_apply outcome = apply("gasthof: 1\nthings: {a: {color: red}}\n");

	assert_int_equal(outcome.status, -1);
	assert_string_equal(rehearsal_read(&machine, "/etc/things/a"), "color: green\n");
}

static void what_does_not_settle_is_named(void **state)
{
	(void)state;
	struct outcome_of_apply outcome = apply("gasthof: 1\nthings: {a: {color: fickle}}\n");

	assert_int_equal(outcome.status, -1);
	assert_int_equal(outcome.result.status, RUN_FAILED);
	assert_int_equal(machine.did.count, 2);
	assert_non_null(strstr(outcome.faults, "things.a does not settle: color still differs"));
}

static void the_plan_hash_is_stable_and_guards_the_run(void **state)
{
	(void)state;
	const char *wanted = "gasthof: 1\nthings: {a: {color: red}}\n";
	struct outcome_of_apply refused = apply_as(wanted, 0, "0123456789abcdef", false);

	assert_int_equal(refused.status, -1);
	assert_int_equal(machine.did.count, 0);
	assert_int_equal(strlen(refused.result.plan.hash), 64);
	struct outcome_of_apply again = apply_as(wanted, 0, "0123456789abcdef", false);
	assert_string_equal(again.result.plan.hash, refused.result.plan.hash);
	assert_applied(apply_as(wanted, 0, refused.result.plan.hash, false));
	assert_int_equal(machine.did.count, 1);
}

static void a_crash_in_the_middle_leaves_nothing_that_the_next_run_does_not_finish(void **state)
{
	(void)state;
	const char *wanted = "gasthof: 1\nthings: {a: {}, b: {}, c: {}, d: {}}\n";

	machine.crash_after = 2;
	assert_int_equal(apply(wanted).status, -1);
	machine.crash_after = -1;
	struct outcome_of_apply outcome = apply(wanted);
	assert_applied(outcome);
	assert_int_equal(machine.did.count, 2);
	assert_applied(apply("gasthof: 1\n"));
	assert_null(rehearsal_read(&machine, "/etc/things/a"));
	assert_null(rehearsal_read(&machine, "/etc/things/d"));
}

static void rollback_puts_back_what_was_there_byte_for_byte(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {color: red}, b: {}}\n"));
	const char *before = rehearsal_read(&machine, "/etc/things/a");

	assert_applied(apply("gasthof: 1\nthings: {a: {color: blue}, c: {}}\n"));
	assert_applied(rollback(0));
	assert_string_equal(rehearsal_read(&machine, "/etc/things/a"), before);
	assert_non_null(rehearsal_read(&machine, "/etc/things/b"));
	assert_null(rehearsal_read(&machine, "/etc/things/c"));
	/* The ledger went back too: b is ours again, and can be removed again. */
	assert_applied(apply("gasthof: 1\nthings: {a: {color: red}}\n"));
	assert_null(rehearsal_read(&machine, "/etc/things/b"));
}

/* Or what was put back would not be in force: the old network files, and the new network. */
static void rollback_reloads_after_the_files_are_back(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {color: red}}\n"));
	assert_applied(apply("gasthof: 1\nthings: {a: {color: loud}}\n"));
	assert_applied(rollback(0));
	assert_int_equal(machine.did.count, 2);
	assert_non_null(strstr(machine.did.at[0], "file_write"));
	assert_string_equal(machine.did.at[1], "links_reload");
}

static void an_inverse_that_is_pending_or_refused_is_not_done(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {}}\n"));
	machine.pending_on = "file_remove";
	struct outcome_of_apply outcome = rollback(0);
	assert_int_equal(outcome.status, -1);
	assert_int_equal(outcome.result.status, RUN_FAILED);
	assert_non_null(strstr(outcome.faults, "things.a: file_remove is not done yet"));
	machine.pending_on = NULL;
	machine.refuse_on = "file_remove";
	outcome = rollback(0);
	assert_int_equal(outcome.status, -1);
	assert_non_null(strstr(outcome.faults, "things.a: file_remove was refused: made to"));
	machine.refuse_on = NULL;
	assert_applied(rollback(0));
	assert_null(rehearsal_read(&machine, "/etc/things/a"));
}

static void rollback_of_an_older_run_takes_the_later_ones_too(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\nthings: {a: {}}\n"));
	assert_applied(apply("gasthof: 1\nthings: {a: {}, b: {}}\n"));
	assert_applied(apply("gasthof: 1\nthings: {a: {}, b: {}, c: {}}\n"));
	assert_applied(rollback(2));
	assert_non_null(rehearsal_read(&machine, "/etc/things/a"));
	assert_null(rehearsal_read(&machine, "/etc/things/b"));
	assert_null(rehearsal_read(&machine, "/etc/things/c"));
	assert_applied(rollback(0));
	assert_null(rehearsal_read(&machine, "/etc/things/a"));
	assert_int_equal(rollback(0).status, -1);
}

static void history_tells_what_happened(void **state)
{
	(void)state;
	apply("gasthof: 1\nthings: {a: {}}\n");
	rollback(0);
	struct engine engine = rehearsal_engine(&machine, thing_kinds, "gasthof: 1\n");
	struct recorded_runs runs = {};
	struct faults faults;

	faults_init(&faults, arena);
	assert_int_equal(journal_runs(engine.journal, &runs, &faults), 0);
	assert_int_equal(runs.list.count, 2);
	assert_int_equal(runs.list.at[0].status, RUN_UNDONE);
	assert_int_equal(runs.list.at[0].undone_by, 2);
	assert_int_equal(runs.list.at[1].undoes, 1);
	assert_string_equal(runs.list.at[0].steps.at[0].item, "things.a");
	assert_int_equal(runs.list.at[0].steps.at[0].inverse.verb, VERB_file_remove);
	journal_close(engine.journal);
}

/* A full disk cuts a line short; what is written once there is room again is read back. */
static void a_line_cut_short_loses_no_later_one(void **state)
{
	(void)state;
	struct engine engine = rehearsal_engine(&machine, thing_kinds, "gasthof: 1\n");
	struct step step = { .verb = VERB_file_remove, .argument = { "/a" } };
	struct step nothing = { .verb = VERB_nothing };
	struct recorded_runs runs = {};
	struct rlimit limit, small;
	struct faults faults;
	unsigned index = 0;

	faults_init(&faults, arena);
	struct run *run = run_begin(engine.journal, "apply", NULL, 0, &faults);
	assert_non_null(run);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = (struct rlimit){ 150, limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(run_intend(run, "things.a", &step, &nothing, &index, &faults), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(run_intend(run, "things.b", &step, &nothing, &index, &faults), 0);
	assert_int_equal(run_outcome(run, index, &(struct outcome){}, NULL, &faults), 0);
	assert_int_equal(run_end(run, RUN_FAILED, &faults), 0);
	assert_int_equal(journal_runs(engine.journal, &runs, &faults), 0);
	assert_int_equal(runs.list.at[0].steps.count, 1);
	assert_string_equal(runs.list.at[0].steps.at[0].item, "things.b");
	assert_true(runs.list.at[0].steps.at[0].ended);
	assert_int_equal(runs.list.at[0].status, RUN_FAILED);
	journal_close(engine.journal);
}

static void history_tells_what_went_wrong(void **state)
{
	(void)state;
	machine.fail_on = "/etc/things/a";
	apply("gasthof: 1\nthings: {a: {}, b: {on: a}}\n");
	struct engine engine = rehearsal_engine(&machine, thing_kinds, "gasthof: 1\n");
	struct recorded_runs runs = {};
	struct faults faults;

	faults_init(&faults, arena);
	assert_int_equal(journal_runs(engine.journal, &runs, &faults), 0);
	assert_int_equal(runs.list.at[0].status, RUN_FAILED);
	assert_int_equal(runs.list.at[0].faults.count, 2);
	assert_string_equal(runs.list.at[0].faults.at[0], "things.a: file_write: made to fail");
	journal_close(engine.journal);
}

static void two_runs_at_once_are_refused(void **state)
{
	(void)state;
	struct engine engine = rehearsal_engine(&machine, thing_kinds, "gasthof: 1\n");
	struct faults faults;

	faults_init(&faults, arena);
	struct journal *second = journal_open(arena, machine.state, true, &faults);
	assert_int_equal(journal_lock(second, false, &faults), -1);
	assert_int_equal(faults.first->kind, FAULT_MOVED);
	journal_close(second);
	journal_close(engine.journal);
}

static void profiles_and_counts_make_bodies(void **state)
{
	(void)state;
	assert_applied(apply("gasthof: 1\n"
			     "profiles: {base: {color: red, parts: {leg: 4}}}\n"
			     "things: {t: {profile: base, count: 3, color: \"{name}-{index}\","
			     " parts: {leg: {weight: 5}}}}\n"));
	assert_int_equal(machine.did.count, 3);
	const char *text = rehearsal_read(&machine, "/etc/things/t-2");
	assert_non_null(strstr(text, "color: t-2-2"));
	assert_non_null(strstr(text, "leg: 5"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_wanted_is_made_and_the_second_plan_is_empty),
		TEST(a_field_no_longer_given_goes_back_to_its_default),
		TEST(a_field_never_given_is_left_alone),
		TEST(a_member_taken_out_is_removed),
		TEST(an_item_taken_out_is_removed_and_a_foreign_one_is_not),
		TEST(a_foreign_one_of_the_same_name_is_not_taken_over),
		TEST(a_mark_that_is_gone_saves_the_object),
		TEST(a_lost_ledger_leads_to_adoption_never_to_deletion),
		TEST(a_class_that_was_not_allowed_stops_the_run_before_it_begins),
		TEST(a_later_round_does_no_more_than_the_first_announced),
		TEST(a_failed_item_stops_only_what_depends_on_it),
		TEST(what_was_half_done_goes_back),
		TEST(what_is_removed_goes_after_what_used_it_and_not_without),
		TEST(what_cannot_be_looked_at_is_not_missing),
		TEST(what_can_only_wait_is_told_and_is_no_failure),
		TEST(what_is_given_beside_what_waits_is_remembered),
		TEST(a_reboot_comes_once_and_after_all_else),
		TEST(what_is_accepted_and_pending_is_not_done_twice),
		TEST(what_is_pending_alone_is_no_failure_either),
		TEST(what_comes_later_stops_nothing_else),
		TEST(a_removal_that_is_pending_is_not_forgotten),
		TEST(what_is_removed_stays_while_its_user_only_waits_to_let_go),
		TEST(what_does_not_settle_is_done_twice_at_most_beside_a_failure),
		TEST(a_foreign_one_in_the_place_of_ours_is_not_taken_over),
		TEST(what_does_not_settle_is_named),
		TEST(the_plan_hash_is_stable_and_guards_the_run),
		TEST(a_crash_in_the_middle_leaves_nothing_that_the_next_run_does_not_finish),
		TEST(rollback_puts_back_what_was_there_byte_for_byte),
		TEST(rollback_reloads_after_the_files_are_back),
		TEST(an_inverse_that_is_pending_or_refused_is_not_done),
		TEST(rollback_of_an_older_run_takes_the_later_ones_too),
		TEST(history_tells_what_happened),
		TEST(a_line_cut_short_loses_no_later_one),
		TEST(history_tells_what_went_wrong),
		TEST(two_runs_at_once_are_refused),
		TEST(profiles_and_counts_make_bodies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
