/* cpu_isolated.c - CPUs set apart for guests.
 *
 * how: boot tells the kernel (isolcpus=, nohz_full=, rcu_nocbs= and irqaffinity= of Documentation/
 * admin-guide/kernel-parameters.txt), and keeps init, services and users to the other CPUs as
 * below: a task that systemd puts into a cgroup with cpusets of its own (a user's manager) may run
 * on all CPUs of that cgroup again, isolated or not.
 *
 * how: cgroup does without a reboot: systemd keeps init.scope, system.slice and user.slice to the
 * other CPUs (AllowedCPUs= of systemd.resource-control(5)); interrupts and the kernel's unbound
 * work are sent there too, now and at each boot (tmpfiles.d(5)).  machine.slice keeps all CPUs:
 * guests that are pinned run on the isolated ones, as libvirt's users expect, and a guest that is
 * not pinned shows as an intruder.  No cpuset partition is made of machine.slice: "isolated" has
 * no load balancing, so that all vCPUs of a guest without pins would stay on one CPU.
 *
 * What may still run there is looked for all the same, and shown as `intruders` and `strays`:
 * the proof that there is none.  Catalogue B10, C22, C23, C24.
 */
#include "kinds/cpu_isolated.h"

#include <string.h>

#include "formats/ours.h"
#include "kinds/file.h"
#include "kinds/kernel_args.h"

static const char *const ways[] = { "boot", "cgroup", NULL };
static const char *const flag_words[] = { "domain", "managed_irq", "nohz", NULL };

static const struct field fields[] = {
	FIELD("cpu_set", struct isolated, cpu_set, CLASS_LIVE,
	      "CPUs on which nothing runs but what is pinned there "
	      "(/sys/devices/system/cpu/isolated)",
	      .flags = FIELD_REQUIRED | FIELD_NOT_CONFIGURED, .example = "2-7"),
	FIELD("how", struct isolated, how, CLASS_LIVE,
	      "boot: by the kernel, from its start (isolcpus); cgroup: by systemd, without a "
	      "reboot "
	      "(AllowedCPUs)",
	      .choices = ways, .flags = FIELD_PLAIN, .fallback = "boot"),
	FIELD("flags", struct isolated, flags, CLASS_REBOOT,
	      "flags of isolcpus=", .choices = flag_words, .flags = FIELD_PLAIN | FIELD_UNORDERED,
	      .fallback = "[managed_irq, domain]"),
	FIELD("nohz_full", struct isolated, nohz_full, CLASS_REBOOT,
	      "whether their timer tick stops while only one task runs (nohz_full=)",
	      .flags = FIELD_PLAIN, .fallback = "true", .example = "false"),
	FIELD("rcu_nocbs", struct isolated, rcu_nocbs, CLASS_REBOOT,
	      "whether others do the kernel's tidying up for them (rcu_nocbs=)",
	      .flags = FIELD_PLAIN, .fallback = "true", .example = "false"),
	FIELD("tickless", struct isolated, tickless, CLASS_LIVE,
	      "CPUs whose timer tick can stop (/sys/devices/system/cpu/nohz_full)",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
	FIELD("strays", struct isolated, strays, CLASS_LIVE,
	      "interrupts and kernel work that may come to these CPUs and could go elsewhere",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
	FIELD("intruders", struct isolated, intruders, CLASS_NONE,
	      "tasks that may run on these CPUs and are neither the kernel's nor guests pinned "
	      "there",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
	FIELD("files", struct isolated, files, CLASS_LIVE,
	      "files of ours that are not as they should be",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
};
const struct record isolated_record = RECORD(struct isolated, fields, .shorthand = &fields[0]);

bool isolated_by_boot(const struct isolated *isolated)
{
	return !string_equal(isolated->how, "cgroup");
}

/* ---- what follows from a description ---- */

/* "0-1,8-N": all the others.  How many there are is not known here; "N" is the last
 * (Documentation/admin-guide/kernel-parameters.rst), and where the isolated CPUs are the last
 * themselves, the kernel stops at the range that makes no sense and keeps what stands before. */
static const char *others_text(struct arena *arena, const struct cpus *set)
{
	struct cpus others = {};
	unsigned past = 0;

	for (unsigned cpu = 0; cpu < CPU_MAX; cpu++)
		if (cpus_has(set, cpu))
			past = cpu + 1;
	for (unsigned cpu = 0; cpu < past; cpu++)
		if (!cpus_has(set, cpu))
			cpus_add(&others, cpu);
	return arena_printf(arena, "%s,%u-N", type_text_of(&type_cpus, &others, arena), past);
}

static void say_arguments(struct item *item, struct desired *desired, struct faults *faults)
{
	const struct isolated *want = item->value;
	struct arena *arena = desired->arena;
	struct text value = text_of(arena);
	const char *set = type_text_of(&type_cpus, &want->cpu_set, arena);

	for (size_t i = 0; i < want->flags.count; i++)
		text_addf(&value, "%s,", want->flags.at[i]);
	text_add(&value, set);
	kernel_args_imply(desired, item, "cpu_set", "isolcpus", value.at, faults);
	if (want->nohz_full)
		kernel_args_imply(desired, item, "cpu_set", "nohz_full", set, faults);
	if (want->rcu_nocbs)
		kernel_args_imply(desired, item, "cpu_set", "rcu_nocbs", set, faults);
	kernel_args_imply(desired, item, "cpu_set", "irqaffinity",
			  others_text(arena, &want->cpu_set), faults);
}

static void isolated_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct isolated *want = item->value;

	SET(&isolated_record, want, strays, (struct text_list){});
	SET(&isolated_record, want, intruders, (struct text_list){});
	SET(&isolated_record, want, files, (struct text_list){});
	if (!isolated_by_boot(want) || cpus_has(&want->cpu_set, 0))
		return;
	if (want->nohz_full)
		SET(&isolated_record, want, tickless, want->cpu_set);
	say_arguments(item, desired, faults);
}

static void check_boot_only(const struct item *item, const char *path, bool given,
			    struct faults *faults)
{
	if (!given)
		return;
	fault_at(faults, item_mark(item, path), "%s is the kernel's way of isolating: how: boot",
		 path);
}

static void isolated_check(const struct item *item, const struct desired *desired,
			   struct faults *faults)
{
	const struct isolated *want = item->value;

	(void)desired;
	if (cpus_has(&want->cpu_set, 0)) {
		fault_at(faults, item_mark(item, "cpu_set"),
			 "CPU 0 cannot be isolated: the kernel starts on it and keeps work there");
		fault_hint(faults, "leave it, and the other thread of its core, to the host");
	}
	if (!isolated_by_boot(want)) {
		check_boot_only(item, "flags", GIVEN(&isolated_record, want, flags), faults);
		check_boot_only(item, "nohz_full", GIVEN(&isolated_record, want, nohz_full),
				faults);
		check_boot_only(item, "rcu_nocbs", GIVEN(&isolated_record, want, rcu_nocbs),
				faults);
	} else if (!text_list_has(&want->flags, "domain")) {
		fault_at(faults, item_mark(item, "flags"),
			 "without the flag domain nothing is kept off these CPUs");
	}
}

/* ---- files ---- */

const char *const isolated_units[ISOLATED_UNITS] = { "init.scope", "system.slice", "user.slice" };

const char *isolated_limit_path(struct arena *arena, size_t n)
{
	return arena_printf(arena, "/sys/fs/cgroup/%s/cpuset.cpus", isolated_units[n]);
}

const char *isolated_file_path(struct arena *arena, size_t n)
{
	if (n == ISOLATED_UNITS)
		return "/etc/tmpfiles.d/gasthof-isolated.conf";
	return arena_printf(arena, "/etc/systemd/system/%s.d/gasthof-isolated.conf",
			    isolated_units[n]);
}

static void add_mask(struct text *text, const char *path, const char *mask, const struct cpus *cpus)
{
	if (mask)
		text_addf(text, "w %s - - - - %s\n", path, cpus_mask_text(text->arena, cpus, mask));
}

/* An empty AllowedCPUs= takes back what other files gave: each adds to those before. */
const char *isolated_file_text(struct arena *arena, size_t n, const struct isolated *want,
			       const struct isolated_machine *machine)
{
	struct text text = text_of(arena);

	if (!want || (isolated_by_boot(want) && n == ISOLATED_UNITS))
		return NULL;
	struct cpus left = cpus_without(&machine->online, &want->cpu_set);
	ours_header(&text, "cpu.isolated");
	if (n < ISOLATED_UNITS) {
		text_addf(&text, "[%s]\nAllowedCPUs=\nAllowedCPUs=%s\n",
			  string_ends(isolated_units[n], ".scope") ? "Scope" : "Slice",
			  type_text_of(&type_cpus, &left, arena));
	} else {
		add_mask(&text, ISOLATED_WORK, machine->work, &left);
		add_mask(&text, ISOLATED_INTERRUPTS, machine->interrupts, &left);
	}
	return text.at;
}

/* ---- planning ---- */

/* C24, and that something is left for the host. */
static int check_machine(const struct item *want, const struct isolated_machine *machine,
			 struct faults *faults)
{
	const struct isolated *isolated = want->value;
	struct arena *arena = faults->arena;
	struct cpus missing = cpus_without(&isolated->cpu_set, &machine->possible);
	struct cpus offline = cpus_without(&isolated->cpu_set, &machine->online);
	unsigned before = faults->count;

	if (cpus_count(&missing))
		(void)fault(faults, FAULT_MACHINE, "this machine has no CPU %s, it has %s",
			    type_text_of(&type_cpus, &missing, arena),
			    type_text_of(&type_cpus, &machine->possible, arena));
	else if (cpus_count(&offline))
		(void)fault(faults, FAULT_MACHINE, "CPU %s is off",
			    type_text_of(&type_cpus, &offline, arena));
	else if (cpus_within(&machine->online, &isolated->cpu_set))
		(void)fault(faults, FAULT_MACHINE, "no CPU would be left for the host");
	else if (!isolated_by_boot(isolated) && !machine->cpusets)
		(void)fault(faults, FAULT_MACHINE,
			    "this machine's cgroups cannot keep services off CPUs (no cpuset)");
	if (faults->count == before)
		return 0;
	fault_last(faults)->mark = item_mark(want, "cpu_set");
	return -1;
}

/* systemd does not take back a limit that its files say no longer, and a file that is taken back
 * takes none back either: what the kernel holds is a step of its own. */
static void plan_limits(const struct isolated *want, const struct isolated_machine *machine,
			struct steps *steps)
{
	struct arena *arena = steps->arena;
	const char *to = "";

	if (want) {
		struct cpus left = cpus_without(&machine->online, &want->cpu_set);
		to = type_text_of(&type_cpus, &left, arena);
	}
	for (size_t i = 0; i < ISOLATED_UNITS; i++)
		if (machine->limits[i] && !string_equal(machine->limits[i], to) &&
		    (*to || machine->texts[i]))
			step_add(steps, VERB_unit_set, CLASS_LIVE, isolated_units[i], "AllowedCPUs",
				 to);
}

/* A unit that nothing limits yet is limited when systemd reads its files. */
static void plan_files(const struct isolated *want, const struct isolated_machine *machine,
		       struct steps *steps)
{
	bool units = false;

	for (size_t i = 0; i < ISOLATED_FILES; i++) {
		const char *text = isolated_file_text(steps->arena, i, want, machine);
		bool changed = plan_file(steps, isolated_file_path(steps->arena, i), text,
					 machine->texts[i]);
		units |= i < ISOLATED_UNITS && (changed || (text && !machine->limits[i]));
	}
	if (units)
		step_add(steps, VERB_units_reload, CLASS_LIVE);
}

struct cpus isolated_away(const struct isolated *want, const struct isolated_machine *machine,
			  const struct cpus *now)
{
	struct cpus left = cpus_without(now, &want->cpu_set);
	struct cpus others = cpus_without(&machine->online, &want->cpu_set);

	return cpus_overlap(&left, &others) ? left : others;
}

static void plan_mask(struct steps *steps, const char *path, const char *mask,
		      const struct isolated *want, const struct isolated_machine *machine)
{
	struct cpus now = {};

	if (!mask || !cpus_parse_mask(mask, &now))
		return;
	struct cpus to = want ? isolated_away(want, machine, &now) : machine->possible;
	step_add(steps, VERB_sysfs_write, CLASS_LIVE, path,
		 cpus_mask_text(steps->arena, &to, mask));
}

/* Everything that is named in `strays` is sent away, or allowed everywhere again. */
static void plan_strays(const struct change *change, const struct isolated *now,
			struct steps *steps)
{
	const struct isolated *want = change->want ? change->want->value : NULL;
	const struct isolated_machine *machine = now->machine;
	struct arena *arena = steps->arena;

	if (text_list_has(&now->strays, "workqueues"))
		plan_mask(steps, ISOLATED_WORK, machine->work, want, machine);
	if (text_list_has(&now->strays, "new interrupts"))
		plan_mask(steps, ISOLATED_INTERRUPTS, machine->interrupts, want, machine);
	EACH(interrupt, &machine->each) {
		struct cpus to =
			want ? isolated_away(want, machine, &interrupt->cpus) : machine->online;
		if (text_list_has(&now->strays,
				  arena_printf(arena, "interrupt %s", interrupt->number)))
			step_add(steps, VERB_sysfs_write, CLASS_LIVE,
				 arena_printf(arena, "/proc/irq/%s/smp_affinity_list",
					      interrupt->number),
				 type_text_of(&type_cpus, &to, arena));
	}
}

/* What the kernel does from its start is not as wanted: does it not know yet, or can it not? */
static int plan_boot(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct isolated *want = change->want->value, *now = change->running->value;
	const char *set = type_text_of(&type_cpus, &want->cpu_set, steps->arena);
	bool apart = paths_has(change->differs, "cpu_set"), tick = !apart;

	if (!apart && !paths_has(change->differs, "tickless"))
		return 0;
	if (!kernel_args_run(change->view, change->want)) {
		steps_wait(steps, WAIT_REBOOT, "the kernel sets %s apart when it starts", set);
		return 0;
	}
	const struct cpus *is = tick ? &now->tickless : &now->cpu_set;
	(void)fault(faults, FAULT_MACHINE, "the kernel was told to set %s apart, and %s %s", set,
		    tick ? "stops the tick of" : "has apart",
		    cpus_count(is) ? type_text_of(&type_cpus, is, steps->arena) : "none");
	fault_last(faults)->mark = item_mark(change->want, "cpu_set");
	return -1;
}

static int isolated_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct isolated *now = change->running->value;
	const struct isolated *want = change->want ? change->want->value : NULL;

	if (want && check_machine(change->want, now->machine, faults) < 0)
		return -1;
	if (want && isolated_by_boot(want) && plan_boot(change, steps, faults) < 0)
		return -1;
	plan_limits(want, now->machine, steps);
	plan_files(want, now->machine, steps);
	plan_strays(change, now, steps);
	return 0;
}

const struct kind isolated_kind = {
	.path = "cpu.isolated",
	.summary = "CPUs set apart for guests",
	.shape = SHAPE_SINGLE,
	.flags = KIND_KEEPS | KIND_UNMARKED,
	.adopt = ADOPT_QUIETLY,
	.record = &isolated_record,
	.needs = (const char *const[]){ "cpu", "kernel.args", NULL },
	.complete = isolated_complete,
	.check = isolated_check,
	.observe = isolated_observe,
	.same = same_name,
	.plan = isolated_plan,
	.render = render_nothing,
};
