/* cpu.c - what the processors are told as a whole: SMT, and the frequency governor.
 *
 * Both are written to /sys at once and stand in /etc/tmpfiles.d/gasthof-cpu.conf (tmpfiles.d(5),
 * lines of type "w"), which systemd writes again at each boot.  SMT is Documentation/ABI/testing/
 * sysfs-devices-system-cpu (smt/control), governors are Documentation/admin-guide/pm/cpufreq.rst
 * of the kernel.  The governor that was there before us stands in the file's header, so that
 * one no longer described goes back to it.  Catalogue A4, C24.
 */
#include <string.h>

#include "formats/ours.h"
#include "host/read/host.h"
#include "kinds/file.h"
#include "kinds/guests_pins.h"
#include "resource/desired.h"

#define SMT      "/sys/devices/system/cpu/smt/control"
#define POLICIES "/sys/devices/system/cpu/cpufreq"
#define FILE     "/etc/tmpfiles.d/gasthof-cpu.conf"

#define SMT_LINE      "w " SMT " - - - - "
#define GOVERNOR_LINE "w " POLICIES "/policy*/scaling_governor - - - - "
#define BEFORE_LINE   "# before: "

struct policy { /* processors that change their frequency together */
	const char *name, *governor;
	const char *available; /* "performance schedutil " */
};

struct cpu {
	struct given given;
	bool smt;
	const char *governor;
	struct text_list other;
	/* Observed; not in the table. */
	const char *file;    /* the text of ours, or NULL */
	const char *before;  /* the governor that its header tells of, or NULL */
	const char *control; /* what the kernel says of SMT: on, off, forceoff, notsupported ... */
	ARRAY(struct policy) policies;
	struct topology *topology; /* where SMT is to go off; or NULL */
};

static const struct field fields[] = {
	FIELD("smt", struct cpu, smt, CLASS_LIVE,
	      "whether every thread of a core is used (smt/control)", .fallback = "true",
	      .example = "false"),
	FIELD_TEXT("governor", struct cpu, governor, &type_name, CLASS_LIVE,
		   "who chooses the frequency of each processor (scaling_governor)",
		   .example = "performance"),
	FIELD("other", struct cpu, other, CLASS_NONE, "what was edited by hand in our file",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
};
static const struct record record = RECORD(struct cpu, fields);

extern const struct kind cpu_kind;

static void cpu_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	(void)desired, (void)faults;
	SET(&record, (struct cpu *)item->value, other, (struct text_list){});
}

/* NULL: no file. */
static const char *file_text(struct arena *arena, const struct cpu *cpu, const char *before)
{
	struct text text = text_of(arena);
	bool smt = GIVEN(&record, cpu, smt), governor = GIVEN(&record, cpu, governor);

	ours_header(&text, "cpu");
	if (governor && before)
		text_addf(&text, BEFORE_LINE "%s\n", before);
	if (smt)
		text_addf(&text, SMT_LINE "%s\n", cpu->smt ? "on" : "off");
	if (governor)
		text_addf(&text, GOVERNOR_LINE "%s\n", cpu->governor);
	return smt || governor ? text.at : NULL;
}

/* ---- observing ---- */

static void read_file(struct arena *arena, struct cpu *cpu, const char *text)
{
	cpu->file = text;
	LINES_EACH(line, arena, text)
	{
		if (string_starts(line, BEFORE_LINE))
			cpu->before = line + strlen(BEFORE_LINE);
		else if (string_starts(line, SMT_LINE))
			SET(&record, cpu, smt, string_equal(line + strlen(SMT_LINE), "on"));
		else if (string_starts(line, GOVERNOR_LINE))
			SET(&record, cpu, governor, line + strlen(GOVERNOR_LINE));
	}
	const char *should = file_text(arena, cpu, cpu->before);
	SET(&record, cpu, other, file_apart(arena, text, should ? should : ""));
}

/* A machine without SMT is as one that was told to do without, but never the other way. */
static int observe_smt(struct host *host, const struct cpu *wanted, struct cpu *now,
		       struct faults *faults)
{
	int there = host_read_line(host, SMT, &now->control, faults);

	if (there < 0)
		return -1;
	if (there == 0)
		now->control = "notimplemented";
	if (string_equal(now->control, "on"))
		SET(&record, now, smt, true);
	else if (string_equal(now->control, "off") || string_equal(now->control, "forceoff") ||
		 (wanted && GIVEN(&record, wanted, smt) && !wanted->smt))
		SET(&record, now, smt, false);
	return 0;
}

static int observe_topology(struct host *host, const struct cpu *wanted, struct cpu *now,
			    struct faults *faults)
{
	if (!wanted || !GIVEN(&record, wanted, smt) || wanted->smt ||
	    !string_equal(now->control, "on"))
		return 0;
	now->topology = ARENA_NEW(host->arena, struct topology);
	return topology_look(host, host->arena, now->topology, faults);
}

static int observe_policy(struct host *host, struct arena *arena, const char *name, struct cpu *now,
			  struct faults *faults)
{
	const char *folder = arena_printf(arena, POLICIES "/%s", name);
	struct policy policy = { .name = name, .available = "" };
	int there = host_read_line(host, arena_printf(arena, "%s/scaling_governor", folder),
				   &policy.governor, faults);

	if (there <= 0)
		return there;
	if (host_read_line(host, arena_printf(arena, "%s/scaling_available_governors", folder),
			   &policy.available, faults) < 0)
		return -1;
	ARRAY_PUSH(arena, &now->policies, policy);
	if (!GIVEN(&record, now, governor))
		SET(&record, now, governor, policy.governor);
	else if (!string_equal(now->governor, policy.governor))
		SET(&record, now, governor, "several");
	return 0;
}

static int observe_governors(struct host *host, struct arena *arena, struct cpu *now,
			     struct faults *faults)
{
	struct host_names names = {};

	if (host_list(host, POLICIES, &names, faults) < 0)
		return -1;
	EACH(name, &names.list)
		if (string_starts(*name, "policy") &&
		    observe_policy(host, arena, *name, now, faults) < 0)
			return -1;
	return 0;
}

static int cpu_observe(struct host *host, struct items *configured, struct items *running,
		       struct faults *faults)
{
	struct cpu *file = items_add(configured, &cpu_kind, "")->value;
	struct cpu *now = items_add(running, &cpu_kind, "")->value;
	const struct item *wanted =
		running->wanted ? items_find(running->wanted, &cpu_kind, "") : NULL;
	const char *text = NULL;
	size_t size = 0;
	int there = host_read(host, FILE, &text, &size, faults);

	if (there < 0)
		return -1;
	SET(&record, file, other, (struct text_list){});
	if (there)
		read_file(configured->arena, file, text);
	if (observe_smt(host, wanted ? wanted->value : NULL, now, faults) < 0 ||
	    observe_topology(host, wanted ? wanted->value : NULL, now, faults) < 0)
		return -1;
	return observe_governors(host, running->arena, now, faults);
}

/* ---- planning ---- */

static int fault_owner(const struct item *want, const char *path, struct faults *faults)
{
	fault_last(faults)->mark = item_mark(want, path);
	return -1;
}

struct leaving {
	struct cpus cpus;
	struct text guests; /* that have some of them to themselves */
};

static void leaving_visit(void *context, const char *path, const struct cpus *dedicated)
{
	struct leaving *leaving = context;
	struct cpus lost = cpus_both(dedicated, &leaving->cpus);

	if (cpus_count(&lost))
		text_addf(&leaving->guests, "%s%s (CPU %s)", leaving->guests.size ? ", " : "", path,
			  type_text_of(&type_cpus, &lost, leaving->guests.arena));
}

/* C24: the kernel would let them run elsewhere, on others' processors. */
static int check_pins(const struct change *change, struct faults *faults)
{
	const struct topology *topology = ((const struct cpu *)change->running->value)->topology;
	struct leaving leaving = { .guests = text_of(faults->arena) };

	if (!topology)
		return 0;
	struct cpus left = pins_usable(change->view->desired, topology);
	leaving.cpus = cpus_without(&topology->online, &left);
	pins_others(change->view, NULL, leaving_visit, &leaving);
	if (!leaving.guests.size)
		return 0;
	(void)fault(faults, FAULT_REFUSED, "it takes processors away from %s", leaving.guests.at);
	fault_hint(faults, "pin them to the first thread of each core before, or say pin: auto");
	return fault_owner(change->want, "smt", faults);
}

static int plan_smt(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct cpu *want = change->want ? change->want->value : NULL;
	const struct cpu *now = change->running->value;
	bool given = want && GIVEN(&record, want, smt), smt = !given || want->smt;

	if (!paths_has(change->differs, "smt") || (GIVEN(&record, now, smt) && now->smt == smt &&
						   !string_equal(now->control, "forceoff")))
		return 0;
	if (!smt && check_pins(change, faults) < 0)
		return -1;
	if (string_equal(now->control, "on") || string_equal(now->control, "off")) {
		step_add(steps, VERB_sysfs_write, CLASS_LIVE, SMT, smt ? "on" : "off");
		return 0;
	}
	if (!given || !smt)
		return 0;
	if (string_equal(now->control, "forceoff")) {
		(void)fault(faults, FAULT_MACHINE,
			    "SMT was turned off at boot and stays off until the next");
		fault_hint(faults, "take nosmt=force from the kernel's command line");
	} else { /* A4 */
		(void)fault(faults, FAULT_MACHINE,
			    "this machine runs one thread on each core (smt/control says %s)",
			    now->control);
		fault_hint(faults, "Intel: enable \"Hyper-Threading\" in the firmware; AMD: enable "
				   "\"SMT Mode\"");
	}
	return fault_owner(change->want, "smt", faults);
}

static bool has_word(const char *words, const char *word)
{
	for (size_t size; *words; words += size + (words[size] == ' ')) {
		size = strcspn(words, " ");
		if (size == strlen(word) && strncmp(words, word, size) == 0)
			return true;
	}
	return false;
}

/* What the governor becomes: NULL where there is nothing to say. */
static const char *governor_wanted(const struct change *change)
{
	const struct cpu *want = change->want ? change->want->value : NULL;
	const struct cpu *file = change->configured->value;

	if (want && GIVEN(&record, want, governor))
		return want->governor;
	return paths_has(change->differs, "governor") ? file->before : NULL;
}

static int check_governor(const struct change *change, const char *governor, struct faults *faults)
{
	const struct cpu *now = change->running->value;

	if (!now->policies.count) {
		(void)fault(faults, FAULT_MACHINE,
			    "nothing governs the frequency of this machine's processors");
		fault_hint(faults, "a virtual machine has no such thing; elsewhere enable "
				   "SpeedStep (Intel) or "
				   "Cool'n'Quiet and CPPC (AMD) in the firmware");
		return fault_owner(change->want, "governor", faults);
	}
	EACH(policy, &now->policies) {
		if (has_word(policy->available, governor))
			continue;
		(void)fault(faults, FAULT_MACHINE, "%s has no governor \"%s\"", policy->name,
			    governor);
		fault_hint(faults, "it has: %s", policy->available);
		return fault_owner(change->want, "governor", faults);
	}
	return 0;
}

static int plan_governor(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct cpu *now = change->running->value;
	const char *governor = governor_wanted(change);

	if (!governor)
		return 0;
	if (change->want && check_governor(change, governor, faults) < 0)
		return -1;
	EACH(policy, &now->policies)
		if (!string_equal(policy->governor, governor))
			step_add(steps, VERB_sysfs_write, CLASS_LIVE,
				 arena_printf(steps->arena, POLICIES "/%s/scaling_governor",
					      policy->name),
				 governor);
	return 0;
}

static int cpu_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct cpu *want = change->want ? change->want->value : NULL;
	const struct cpu *file = change->configured->value, *now = change->running->value;
	const char *before = file->before          ? file->before
			     : now->policies.count ? now->policies.at[0].governor
						   : NULL;

	if (plan_smt(change, steps, faults) < 0 || plan_governor(change, steps, faults) < 0)
		return -1;
	plan_file(steps, FILE, want ? file_text(steps->arena, want, before) : NULL, file->file);
	return 0;
}

const struct kind cpu_kind = {
	.path = "cpu",
	.summary = "the processors as a whole: SMT and frequency",
	.shape = SHAPE_SINGLE,
	.flags = KIND_KEEPS | KIND_UNMARKED,
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = (const char *const[]){ NULL },
	.complete = cpu_complete,
	.check = check_nothing,
	.observe = cpu_observe,
	.same = same_name,
	.plan = cpu_plan,
	.render = render_nothing,
};
