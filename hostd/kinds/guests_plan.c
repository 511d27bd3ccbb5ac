/* guests_plan.c - the steps that make a guest as wanted.
 *
 * The configured definition is always brought about at once; what of it can be done while the
 * guest runs is done live (guests_live.c), the rest waits for its next start, which comes by
 * itself or, where on_change says restart, now.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "formats/domain.h"
#include "formats/seed.h"
#include "kinds/guests_live.h"
#include "kinds/guests_pins.h"

static bool is_running(const struct item *running)
{
	const struct guest *guest = running ? running->value : NULL;

	return guest && !string_equal(guest->state, "stopped");
}

bool guest_will_run(const struct guest *want, const struct item *running)
{
	if (GIVEN(&guest_record, want, state))
		return string_equal(want->state, "running");
	return !running || is_running(running) || !((const struct guest *)running->value)->started;
}

static void guest_stop(struct steps *steps, const char *name, const struct guest *how)
{
	char seconds[24];
	const char *mode = string_equal(how->on_stop_timeout, "destroy") ? "destroy" : "shutdown";

	snprintf(seconds, sizeof(seconds), "%" PRIu64, how->stop_timeout.microseconds / 1000000);
	step_add(steps, VERB_domain_stop, CLASS_GUEST_RESTART, name, mode, seconds);
}

/* ---- whether the machine can ---- */

/* PIT31, PIT35: what does not fit is an error now, not a guest killed later. */
static int memory_check(const struct change *change, struct faults *faults)
{
	const struct guest_facts *facts = change->facts;
	struct memory_account account;

	memory_account(change->view, &facts->memory, &account);
	if (memory_fits(&account, account.guests + account.overhead,
			item_mark(change->want, "memory.size"), faults) < 0)
		return -1;
	return memory_pages_suffice(change->view, change->want, faults);
}

/* A35: KVM_CAP_MAX_VCPUS. */
static int vcpus_check(const struct change *change, struct faults *faults)
{
	const struct guest *want = change->want->value;
	const struct guest_facts *facts = change->facts;

	if (!facts->max_vcpus || want->vcpus.most <= facts->max_vcpus ||
	    string_equal(want->virtualization, "emulated"))
		return 0;
	(void)fault(faults, FAULT_MACHINE,
		    "KVM gives a guest at most %u vCPUs on this machine, not %u", facts->max_vcpus,
		    want->vcpus.most);
	fault_last(faults)->mark = item_mark(change->want, "vcpus");
	return -1;
}

/* C7, PIT27: it runs, and slower than with fewer; whoever tests that may want it. */
static void vcpus_note(const struct change *change, struct steps *steps)
{
	const struct guest *want = change->want->value;
	const struct guest_facts *facts = change->facts;

	if (facts && facts->processors && want->vcpus.most > facts->processors)
		steps_note(steps,
			   "%u vCPUs are more than this machine's %u processors: a guest is "
			   "faster with fewer",
			   want->vcpus.most, facts->processors);
}

static int machine_check(const struct change *change, struct faults *faults)
{
	const struct guest *want = change->want->value;
	const struct guest_facts *facts = change->facts;

	if (facts && vcpus_check(change, faults) < 0)
		return -1;
	if (!facts || !guest_will_run(want, change->running))
		return 0;
	bool grows = paths_has(change->differs, "memory") ||
		     paths_has(change->differs, "memory_modules") || !is_running(change->running);
	return grows ? memory_check(change, faults) : 0;
}

static int rename_check(const struct change *change, struct faults *faults)
{
	static const char *const identities[] = { "name", "uuid" };

	for (size_t i = 0; i < COUNT_OF(identities); i++) {
		if (!change->configured || !paths_has(change->differs, identities[i]))
			continue;
		(void)fault(faults, FAULT_REFUSED, "a guest that is there keeps its %s",
			    identities[i]);
		fault_last(faults)->mark = item_mark(change->want, identities[i]);
		return -1;
	}
	return 0;
}

/* ---- steps ---- */

static bool differs_in(const struct paths *paths, unsigned where, const char *const *besides)
{
	for (size_t i = 0; i < paths->count; i++) {
		const struct paths one = { .at = &paths->at[i], .count = 1 };
		if (paths->at[i].where & where && !paths_only(&one, besides))
			return true;
	}
	return false;
}

static void seed_plan(const struct change *change, struct steps *steps)
{
	const struct guest *want = change->want->value;
	const struct guest *there = change->configured ? change->configured->value : NULL;
	struct text body = text_of(steps->arena);

	if (!GIVEN(&guest_record, want, seed)) {
		if (there && paths_has(change->differs, "seed") &&
		    string_starts(there->seed, SEED_FOLDER "/"))
			step_add(steps, VERB_file_remove, CLASS_NONE, there->seed);
		return;
	}
	if (there && !paths_has(change->differs, "cloud_init"))
		return;
	node_write_yaml(&body, seed_files(steps->arena, &want->cloud_init, change->want->name));
	step_body(steps,
		  step_add(steps, VERB_archive_write, CLASS_NONE, want->seed, "iso9660", SEED_LABEL,
			   "0600"),
		  body.at, body.size);
}

/* On what is there: a transient guest's running definition where nothing is configured. */
static int definition_of(const struct change *change, bool unstarted, struct text *text,
			 struct faults *faults)
{
	const struct item *there = change->configured ? change->configured : change->running;
	const struct guest *base = there ? there->value : NULL;

	return domain_write(text,
			    &(struct domain_writing){ .guest = change->want->value,
						      .handle = change->want->name,
						      .base = base ? base->xml : NULL,
						      .old_xml = base ? base->libvirt_xml : NULL,
						      .differs = change->differs,
						      .unstarted = unstarted },
			    faults);
}

/* A new guest of which nothing is said is started once, then left alone.  Its definition says
 * so until it was: a start that fails is tried again. */
static bool starts_first(const struct change *change)
{
	bool there = change->configured || change->running;

	return !GIVEN(&guest_record, (const struct guest *)change->want->value, state) &&
	       (!there || paths_has(change->differs, "started"));
}

static const char *const not_definition[] = { "cloud_init", "autostart", "state", NULL };

static bool defines(const struct change *change)
{
	return !change->configured || differs_in(change->differs, IN_CONFIGURED, not_definition);
}

/* In libvirt_xml, in clear: the journal must not have it. */
static bool has_secret(const struct guest *guest, struct arena *arena)
{
	return guest->libvirt_xml && veil(arena, guest->libvirt_xml) != guest->libvirt_xml;
}

static int define_plan(const struct change *change, const char *name, bool unstarted,
		       struct steps *steps, struct faults *faults)
{
	struct text definition = text_of(steps->arena);

	if (definition_of(change, unstarted, &definition, faults) < 0)
		return -1;
	struct step *step = step_body(steps, step_add(steps, VERB_domain_define, CLASS_NONE, name),
				      definition.at, definition.size);
	step->secret_body = has_secret(change->want->value, steps->arena);
	return 0;
}

static void autostart_plan(const struct change *change, const char *name, struct steps *steps)
{
	const struct guest *want = change->want->value;
	bool said = GIVEN(&guest_autostart_record, &want->autostart, libvirt);

	if (paths_has(change->differs, "autostart") || (said && !change->configured))
		step_add(steps, VERB_domain_autostart, CLASS_NONE, name,
			 said && want->autostart.libvirt ? "true" : "false");
}

/* Its definition says meanwhile that it is to be started: one that takes longer to shut down
 * than it is waited for does not stay off. */
static int restart_plan(const struct change *change, const char *name, struct steps *steps,
			struct faults *faults)
{
	const struct guest *want = change->want->value;
	bool said = GIVEN(&guest_record, want, state);

	if (!said && define_plan(change, name, true, steps, faults) < 0)
		return -1;
	guest_stop(steps, name, want);
	step_add(steps, VERB_domain_start, CLASS_GUEST_RESTART, name);
	return said ? 0 : define_plan(change, name, false, steps, faults);
}

static int running_plan(const struct change *change, const char *name, struct steps *steps,
			struct faults *faults)
{
	const struct guest *want = change->want->value;
	struct text definition = text_of(steps->arena);

	if (definition_of(change, false, &definition, faults) < 0)
		return -1;
	struct guest_live live = { .change = change,
				   .name = name,
				   .definition = definition.at,
				   .steps = steps,
				   .allowed = !string_equal(want->on_change, "never") };

	if (guest_live(&live, faults) < 0)
		return -1;
	if (live.waits.count && string_equal(want->on_change, "restart"))
		return restart_plan(change, name, steps, faults);
	EACH(why, &live.waits)
		steps_wait(steps, WAIT_GUEST_STOP, "%s", *why);
	return 0;
}

/* A new guest is started unless it is to be off; one that is there is left as it is unless
 * something is said.  Starting one that is paused lets it go on. */
static void state_plan(const struct change *change, const char *name, struct steps *steps)
{
	const struct guest *want = change->want->value;
	const struct guest *there = change->running ? change->running->value : NULL;
	bool said = GIVEN(&guest_record, want, state) || starts_first(change);

	if (!said)
		return;
	if (GIVEN(&guest_record, want, state) && string_equal(want->state, "stopped")) {
		if (is_running(change->running))
			guest_stop(steps, name, want);
	} else if (!there || !string_equal(there->state, "running")) {
		step_add(steps, VERB_domain_start, guest_start_class(change), name);
	}
}

static int guest_remove(const struct change *change, struct steps *steps)
{
	const struct item *item = change->configured ? change->configured : change->running;
	const struct guest *there = item->value;
	const struct guest *how = change->last ? change->last->value : there;

	if (is_running(change->running))
		guest_stop(steps, there->name, how);
	/* While it is defined, a run that was killed is carried on by the next: it goes last. */
	if (there->seed && string_starts(there->seed, SEED_FOLDER "/"))
		step_add(steps, VERB_file_remove, CLASS_NONE, there->seed);
	if (change->configured)
		guest_undefine(steps, there);
	return 0;
}

/* One that runs is judged where it is to be another at its next start. */
static int processor_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct guest_facts *facts = change->facts;
	bool starts = guest_will_run(change->want->value, change->running) &&
		      (!is_running(change->running) || paths_has(change->differs, "cpu"));

	return facts ? guest_processor_plan(change, facts->processor, starts, steps, faults) : 0;
}

int guests_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	if (!change->want)
		return guest_remove(change, steps);
	const struct guest *want = change->want->value;
	const char *name = domain_name(want, change->want->name);
	bool first = starts_first(change);

	if (rename_check(change, faults) < 0 || machine_check(change, faults) < 0)
		return -1;
	vcpus_note(change, steps);
	if (processor_plan(change, steps, faults) < 0)
		return -1;
	if (guest_pins_plan(change, steps, faults) < 0)
		return -1;
	int ready = guest_devices_plan(change, steps, faults);
	if (ready == 0 && !guest_may_run(want)) /* to stop, it needs nothing */
		state_plan(change, name, steps);
	if (ready <= 0)
		return ready;
	guests_advise(change, steps);
	seed_plan(change, steps);
	if (defines(change) && define_plan(change, name, first, steps, faults) < 0)
		return -1;
	autostart_plan(change, name, steps);
	guest_saved_plan(change, steps);
	if (is_running(change->running) && guest_will_run(want, change->running) &&
	    running_plan(change, name, steps, faults) < 0)
		return -1;
	state_plan(change, name, steps);
	guest_devices_cost(change, steps);
	return first ? define_plan(change, name, false, steps, faults) : 0;
}
