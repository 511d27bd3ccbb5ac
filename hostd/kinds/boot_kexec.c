/* boot_kexec.c - a machine whose kernel comes from elsewhere at each start (a boot server): the
 * running kernel starts the next one with the host's own line.
 *
 * Nothing of it outlives the machine's next start by its firmware, which is what a failed trial
 * falls back to.  So it is done only where /var/lib/gasthof outlives it, or the same line would
 * be tried for ever.
 */
#include <string.h>

#include "host/read/host.h"
#include "kinds/boot.h"

#define STATE  "/var/lib/gasthof"
#define LOADED "/sys/kernel/kexec_loaded"

struct kexec {
	const char *kernel, *initrd; /* NULL: not there */
	const char *missing;         /* what would be needed, or NULL */
	bool remembers;              /* STATE outlives a start of the machine */
};

static bool is_volatile(const char *type)
{
	static const char *const types[] = { "tmpfs", "ramfs", "rootfs", "overlay", NULL };

	for (size_t i = 0; types[i]; i++)
		if (string_equal(type, types[i]))
			return true;
	return false;
}

static int look_state(struct host *host, struct arena *arena, struct kexec *kexec,
		      struct faults *faults)
{
	const char *type = NULL, *source = NULL;
	int found = boot_mount(host, arena, STATE, &type, &source, faults);

	kexec->remembers = found > 0 && !is_volatile(type);
	return found < 0 ? -1 : 0;
}

/* The running kernel's own, where Debian has it. */
static int look_kernel(struct host *host, struct arena *arena, struct kexec *kexec,
		       struct faults *faults)
{
	struct host_file file = {};
	const char *release = NULL;
	int found = host_read_line(host, "/proc/sys/kernel/osrelease", &release, faults);

	if (found < 0)
		return -1;
	kexec->kernel = arena_printf(arena, "/boot/vmlinuz-%s", found ? release : "");
	kexec->initrd = arena_printf(arena, "/boot/initrd.img-%s", found ? release : "");
	found = host_stat(host, kexec->kernel, &file, faults);
	if (found == 0)
		kexec->missing = kexec->kernel;
	if (found > 0)
		found = host_stat(host, kexec->initrd, &file, faults);
	if (found == 0 && !kexec->missing)
		kexec->initrd = NULL;
	return found < 0 ? -1 : 0;
}

/* A boot loader on the machine's own disk is to be told the line, even where nobody here knows
 * how: starting everything twice is for those who have none.  1, 0 or -1. */
static int look_loader(struct host *host, struct faults *faults)
{
	static const char *const files[] = { "/boot/grub/grub.cfg", "/boot/extlinux",
					     "/boot/loader/entries", "/efi/loader/entries" };
	struct host_file file = {};
	const char *bytes = NULL;
	size_t size = 0;
	int found = boot_variable(host, "LoaderInfo" LOADER_VENDOR, &bytes, &size, faults);

	for (size_t i = 0; i < COUNT_OF(files) && found == 0; i++)
		found = host_stat(host, files[i], &file, faults);
	return found;
}

static int kexec_observe(struct host *host, struct arena *arena, struct boot_machine *machine,
			 struct faults *faults)
{
	struct kexec *kexec = ARENA_NEW(arena, struct kexec);
	uint64_t loaded = 0;
	int own = look_loader(host, faults);
	int found = own == 0 ? host_read_count(host, LOADED, &loaded, faults) : 0;

	if (own < 0 || found <= 0)
		return own < 0 ? -1 : found;
	if (look_kernel(host, arena, kexec, faults) < 0 ||
	    look_state(host, arena, kexec, faults) < 0)
		return -1;
	if (machine->state == TRIAL_PREPARED && !loaded)
		machine->state = TRIAL_NONE;
	if (machine->state == TRIAL_PREPARED)
		machine->next = machine->trial.line;
	machine->settled = machine->state != TRIAL_KEPT;
	machine->entries = kexec;
	return 1;
}

static int kexec_can(const struct boot_order *order, struct steps *steps, struct faults *faults)
{
	const struct kexec *kexec = order->machine->entries;

	if (kexec->missing)
		fault(faults, FAULT_MACHINE,
		      "the kernel's command line lacks %s, and there is no %s to start with it",
		      boot_words_changed(steps->arena, order->machine->next, order->line),
		      kexec->missing);
	else if (!kexec->remembers)
		fault(faults, FAULT_MACHINE,
		      "the kernel's command line lacks %s, and nothing here would remember that "
		      "it failed: " STATE " does not outlive a reboot",
		      boot_words_changed(steps->arena, order->machine->next, order->line));
	else
		return 0;
	fault_hint(faults, "have whatever boots this machine say: %s", order->line);
	return -1;
}

static int kexec_prepare(const struct boot_order *order, struct steps *steps, struct faults *faults)
{
	const struct boot_machine *machine = order->machine;
	const struct kexec *kexec = machine->entries;
	uint32_t generation = boot_generation(machine);

	if (kexec_can(order, steps, faults) < 0)
		return -1;
	boot_trial_begin(order, steps);
	step_add(steps, VERB_kexec_load, CLASS_NONE, kexec->kernel, kexec->initrd,
		 trial_line(steps->arena, order->line, generation, machine->watchdog));
	return 0;
}

/* The line cannot be kept anywhere: after a start by the firmware it is said again. */
static void kexec_settle(const struct boot_machine *machine, struct steps *steps)
{
	(void)machine;
	boot_trial_end(steps);
}

static void kexec_abandon(const struct boot_machine *machine, struct steps *steps)
{
	(void)machine;
	step_add(steps, VERB_kexec_unload, CLASS_NONE);
	boot_trial_end(steps);
}

const struct boot_loader boot_kexec = {
	.name = "kexec",
	.observe = kexec_observe,
	.prepare = kexec_prepare,
	.settle = kexec_settle,
	.abandon = kexec_abandon,
	.method = "kexec",
};
