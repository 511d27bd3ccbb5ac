/* cpu_isolated_observe.c - which CPUs are set apart, and what could still disturb them. */
#include <ctype.h>
#include <string.h>

#include "kinds/cpu_isolated.h"

#define CPUS    "/sys/devices/system/cpu/"
#define CGROUPS "/sys/fs/cgroup"
#define IRQS    "/proc/irq"

/* ---- sets and masks ---- */

/* An empty set, which the kernel shows as nothing or as "(null)", is none. */
static int read_cpus(struct host *host, const char *path, struct cpus *ret, struct faults *faults)
{
	const char *line = "";
	int there = host_read_line(host, path, &line, faults);

	return there <= 0 ? there : cpus_parse(line, ret);
}

/* Every machine has some: where none are to be seen, nobody could look. */
static int need_cpus(struct host *host, const char *path, struct cpus *ret, struct faults *faults)
{
	int there = read_cpus(host, path, ret, faults);

	if (there == 0)
		return fault(faults, FAULT_HOST, "no CPUs are to be seen in \"%s\"", path);
	return there < 0 ? -1 : 0;
}

static int look_cpus(struct host *host, struct isolated_machine *machine, struct faults *faults)
{
	const char *controllers = "";

	if (need_cpus(host, CPUS "online", &machine->online, faults) < 0 ||
	    need_cpus(host, CPUS "possible", &machine->possible, faults) < 0 ||
	    host_read_line(host, CGROUPS "/cgroup.controllers", &controllers, faults) < 0 ||
	    host_read_line(host, ISOLATED_WORK, &machine->work, faults) < 0 ||
	    host_read_line(host, ISOLATED_INTERRUPTS, &machine->interrupts, faults) < 0)
		return -1;
	machine->cpusets = strstr(controllers, "cpuset") != NULL;
	return 0;
}

/* ---- interrupts ---- */

/* Kernels since 6.12 make read-only what is theirs to place: the timer (0) always, and those a
 * driver has spread over all CPUs itself, which reach a CPU only for what was begun there.
 * Earlier ones do not tell: there, only interrupts to come are told where to go. */
static int modes_tell(struct host *host, struct faults *faults)
{
	struct host_file timer = {};
	int there = host_stat(host, IRQS "/0/smp_affinity_list", &timer, faults);

	return there <= 0 ? there : !(timer.mode & 0200);
}

/* One that nobody listens to is asked for by its driver first, and gets the default then. */
static int is_used(struct host *host, struct arena *arena, const char *number,
		   struct faults *faults)
{
	const char *actions = "";
	int there = host_read_line(host, arena_printf(arena, "/sys/kernel/irq/%s/actions", number),
				   &actions, faults);

	if (there < 0)
		return -1;
	return !there || *actions != '\0';
}

static int look_interrupt(struct host *host, struct arena *arena, const char *number,
			  struct isolated_machine *machine, struct faults *faults)
{
	const char *path = arena_printf(arena, IRQS "/%s/smp_affinity_list", number);
	struct isolated_interrupt interrupt = { .number = number };
	struct host_file file = {};
	int there = host_stat(host, path, &file, faults);

	if (there <= 0 || !(file.mode & 0200))
		return there < 0 ? -1 : 0;
	int used = is_used(host, arena, number, faults);
	there = used > 0 ? read_cpus(host, path, &interrupt.cpus, faults) : used;
	if (there > 0)
		ARRAY_PUSH(arena, &machine->each, interrupt);
	return there < 0 ? -1 : 0;
}

static int look_interrupts(struct host *host, struct arena *arena, struct isolated_machine *machine,
			   struct faults *faults)
{
	struct host_names names = {};
	int tell = modes_tell(host, faults);

	if (tell < 0 || host_list(host, IRQS, &names, faults) < 0)
		return -1;
	EACH(name, &names.list)
		if (tell && isdigit((unsigned char)**name) &&
		    look_interrupt(host, arena, *name, machine, faults) < 0)
			return -1;
	return 0;
}

/* ---- files ---- */

static int look_files(struct host *host, struct arena *arena, struct isolated_machine *machine,
		      struct faults *faults)
{
	for (size_t i = 0; i < ISOLATED_FILES; i++) {
		size_t size = 0;
		if (host_read(host, isolated_file_path(arena, i), &machine->texts[i], &size,
			      faults) < 0)
			return -1;
	}
	return 0;
}

static void see_files(struct arena *arena, const struct isolated_machine *machine,
		      const struct isolated *want, struct isolated *file)
{
	ARRAY(const char *) wrong = {};

	for (size_t i = 0; i < ISOLATED_FILES; i++)
		if (!string_equal(machine->texts[i], isolated_file_text(arena, i, want, machine)))
			ARRAY_PUSH(arena, &wrong, isolated_file_path(arena, i));
	SET(&isolated_record, file, files, ((struct text_list){ wrong.at, wrong.count }));
}

/* ---- what is in force ---- */

static int look_limits(struct host *host, struct arena *arena, struct isolated_machine *machine,
		       struct faults *faults)
{
	for (size_t i = 0; i < ISOLATED_UNITS; i++)
		if (host_read_line(host, isolated_limit_path(arena, i), &machine->limits[i],
				   faults) < 0)
			return -1;
	return 0;
}

/* CPUs that neither services nor users nor init may use: none where one of them is not limited. */
static struct cpus apart_by_units(const struct isolated_machine *machine)
{
	struct cpus apart = machine->online;

	for (size_t i = 0; i < ISOLATED_UNITS; i++) {
		struct cpus allowed = {};
		if (!machine->limits[i] || !cpus_parse(machine->limits[i], &allowed))
			return (struct cpus){};
		apart = cpus_without(&apart, &allowed);
	}
	return apart;
}

static int see_set(struct host *host, const struct isolated *asked, struct isolated *now,
		   struct faults *faults)
{
	struct cpus apart = {}, tickless = {};

	if (read_cpus(host, CPUS "isolated", &apart, faults) < 0 ||
	    read_cpus(host, CPUS "nohz_full", &tickless, faults) < 0)
		return -1;
	if (!isolated_by_boot(asked))
		apart = apart_by_units(now->machine);
	if (cpus_count(&apart))
		SET(&isolated_record, now, cpu_set, apart);
	if (cpus_count(&tickless))
		SET(&isolated_record, now, tickless, tickless);
	return 0;
}

/* While it is wished: what may still come.  Afterwards: what stands where we put it. */
static bool is_stray(const struct isolated *asked, const struct isolated_machine *machine,
		     bool wanted, const struct cpus *cpus)
{
	struct cpus left = cpus_without(&machine->online, &asked->cpu_set);

	return wanted ? cpus_overlap(cpus, &asked->cpu_set) : type_cpus.equal(cpus, &left);
}

static void see_strays(struct arena *arena, const struct isolated *asked, bool wanted,
		       const struct isolated_machine *machine, struct isolated *now)
{
	ARRAY(const char *) strays = {};
	struct cpus cpus = {};

	if (machine->work && cpus_parse_mask(machine->work, &cpus) &&
	    is_stray(asked, machine, wanted, &cpus))
		ARRAY_PUSH(arena, &strays, "workqueues");
	if (machine->interrupts && cpus_parse_mask(machine->interrupts, &cpus) &&
	    is_stray(asked, machine, wanted, &cpus))
		ARRAY_PUSH(arena, &strays, "new interrupts");
	EACH(interrupt, &machine->each)
		if (is_stray(asked, machine, wanted, &interrupt->cpus))
			ARRAY_PUSH(arena, &strays,
				   arena_printf(arena, "interrupt %s", interrupt->number));
	SET(&isolated_record, now, strays, ((struct text_list){ strays.at, strays.count }));
}

/* Nothing is out of place before the CPUs are set apart. */
static int see_disturbers(struct host *host, struct arena *arena, const struct isolated *asked,
			  bool wanted, struct isolated *now, struct faults *faults)
{
	bool in_force = cpus_within(&asked->cpu_set, &now->cpu_set);
	struct text_list intruders = {};

	if (wanted ? in_force || !isolated_by_boot(asked) : !isolated_by_boot(asked))
		see_strays(arena, asked, wanted, now->machine, now);
	else
		SET(&isolated_record, now, strays, (struct text_list){});
	if (wanted && in_force &&
	    isolated_intruders(host, arena, &asked->cpu_set, &intruders, faults) < 0)
		return -1;
	SET(&isolated_record, now, intruders, intruders);
	return 0;
}

static const struct isolated *value_in(const struct items *items)
{
	const struct item *item = items ? items_find(items, &isolated_kind, "") : NULL;

	return item ? item->value : NULL;
}

int isolated_observe(struct host *host, struct items *configured, struct items *running,
		     struct faults *faults)
{
	struct arena *arena = running->arena;
	const struct isolated *want = value_in(running->wanted);
	const struct isolated *asked = want ? want : value_in(running->given);
	struct isolated_machine *machine = ARENA_NEW(arena, struct isolated_machine);
	struct isolated *file = items_add(configured, &isolated_kind, "")->value;
	struct isolated *now = items_add(running, &isolated_kind, "")->value;

	if (!asked)
		return 0;
	if (look_cpus(host, machine, faults) < 0 ||
	    look_interrupts(host, arena, machine, faults) < 0 ||
	    look_limits(host, arena, machine, faults) < 0 ||
	    look_files(host, arena, machine, faults) < 0)
		return -1;
	file->machine = now->machine = machine;
	see_files(arena, machine, want, file);
	if (see_set(host, asked, now, faults) < 0)
		return -1;
	return see_disturbers(host, arena, asked, want != NULL, now, faults);
}
