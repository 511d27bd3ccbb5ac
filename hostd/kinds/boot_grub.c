/* boot_grub.c - GRUB on a plain Debian: grub-mkconfig makes its menu from /etc/default/grub.
 *
 * On trial is a menu entry of our own (/etc/grub.d/42_gasthof: the first entry with another
 * line), booted once by `next_entry`; what boots otherwise stays as it was.  What is kept is
 * added to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub.d, behind what others say there.
 */
#include <string.h>

#include "formats/grub.h"
#include "host/read/host.h"
#include "kinds/boot.h"
#include "kinds/files.h"

#define CONFIG      "/boot/grub/grub.cfg"
#define ENVIRONMENT "/boot/grub/grubenv"
#define UPDATER     "/usr/sbin/update-grub"
#define ADDITION    "/etc/default/grub.d/gasthof.cfg"
#define MENU        "/etc/grub.d/42_gasthof"
#define ENTRY_NAME  "gasthof-trial-%u"

struct grub {
	struct grub_entry first;
	const char *device; /* that /boot/grub is on, where GRUB cannot write to it; or NULL */
	bool first_is_default, knows_next, waits;
};

/* ---- reading ---- */

/* GRUB writes its environment in place, which it cannot do through LVM, RAID, btrfs or ZFS: an
 * entry that was chosen for once would then be booted for ever. */
static bool cannot_write(const char *type, const char *source)
{
	static const char *const devices[] = { "/dev/mapper/", "/dev/dm-", "/dev/md" };

	for (size_t i = 0; i < COUNT_OF(devices); i++)
		if (string_starts(source, devices[i]))
			return true;
	return !string_starts(type, "ext") && !string_equal(type, "xfs") &&
	       !string_equal(type, "vfat");
}

static int look_mount(struct host *host, struct arena *arena, struct grub *grub,
		      struct faults *faults)
{
	const char *type = NULL, *source = NULL;
	int found = boot_mount(host, arena, "/boot/grub", &type, &source, faults);

	if (found == 0)
		grub->device = "a device that is not known";
	else if (found > 0 && cannot_write(type, source))
		grub->device = arena_printf(arena, "%s (%s)", source, type);
	return found < 0 ? -1 : 0;
}

/* 1 where the next boot is the trial's; what it is called then goes with it. */
static int look_next(struct host *host, struct arena *arena, const struct boot_machine *machine,
		     struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	int found = host_read(host, ENVIRONMENT, &text, &size, faults);

	if (found <= 0)
		return found;
	const char *next = grub_environment(arena, text, "next_entry");
	return string_equal(next, arena_printf(arena, ENTRY_NAME, machine->trial.generation));
}

/* What others say: the first entry's line without what we added. */
static int look_own(struct host *host, struct arena *arena, struct grub *grub,
		    struct boot_machine *machine, struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	struct cmdline line, added;
	int found = host_read(host, ADDITION, &text, &size, faults);

	if (found < 0)
		return -1;
	const char *ours = found ? grub_addition_read(arena, text) : NULL;
	cmdline_parse(arena, grub->first.line, &line);
	cmdline_parse(arena, ours ? ours : "", &added);
	for (size_t i = added.list.count; i-- > 0;)
		cmdline_take(&line, added.list.at[i].text);
	machine->own = cmdline_print(arena, &line);
	return 0;
}

static int grub_conclude(struct host *host, struct arena *arena, struct grub *grub,
			 struct boot_machine *machine, struct faults *faults)
{
	int next = look_next(host, arena, machine, faults);

	if (next < 0 || look_own(host, arena, grub, machine, faults) < 0 ||
	    look_mount(host, arena, grub, faults) < 0)
		return -1;
	bool waits = machine->state == TRIAL_PREPARED || machine->state == TRIAL_FAILED;
	if (next && waits)
		machine->state = TRIAL_PREPARED; /* GRUB was not even asked */
	else if (machine->state == TRIAL_PREPARED)
		machine->state = TRIAL_NONE; /* nor told */
	machine->next = grub->first.line;
	if (machine->state != TRIAL_NONE && machine->state != TRIAL_FAILED)
		machine->next = machine->trial.line;
	machine->settled = machine->state != TRIAL_KEPT;
	machine->entries = grub;
	return 1;
}

static int grub_observe(struct host *host, struct arena *arena, struct boot_machine *machine,
			struct faults *faults)
{
	struct grub *grub = ARENA_NEW(arena, struct grub);
	struct host_file updater = {};
	const char *text = NULL;
	size_t size = 0;
	int found = host_stat(host, UPDATER, &updater, faults);

	if (found > 0)
		found = host_read(host, CONFIG, &text, &size, faults);
	if (found <= 0 || !machine->by_grub || !grub_entry_first(arena, text, &grub->first))
		return found < 0 ? -1 : 0;
	grub->first_is_default = grub_first_is_default(text);
	grub->knows_next = grub_knows_next(text);
	grub->waits = grub_waits_for_a_key(text);
	return grub_conclude(host, arena, grub, machine, faults);
}

/* ---- changing it ---- */

static int grub_can(const struct grub *grub, struct faults *faults)
{
	if (!grub->first_is_default) {
		fault(faults, FAULT_HOST, "GRUB's default is not its first entry");
		fault_hint(faults, "set GRUB_DEFAULT=0 in /etc/default/grub");
		return -1;
	}
	if (!grub->knows_next)
		return fault(faults, FAULT_HOST, "GRUB's menu cannot boot an entry for once");
	if (grub->device) {
		fault(faults, FAULT_MACHINE,
		      "GRUB cannot write to %s, so a boot on trial would never end", grub->device);
		fault_hint(faults, "have /boot on a partition of its own, with ext4");
		return -1;
	}
	return 0;
}

/* The file in /etc/grub.d: update-grub puts what it prints into the menu.  Where GRUB cannot load
 * what the entry names (its kernel was removed since) it would wait for a key without `fallback`.
 */
static const char *menu_text(struct arena *arena, const char *name, const char *entry)
{
	return arena_printf(arena,
			    "#!/bin/sh\n" FILE_MARK " for boot; changes here are overwritten\n"
			    "exec tail -n +4 $0\n"
			    "if [ \"${default}\" = '%s' ]; then set fallback=0; fi\n%s",
			    name, entry);
}

static int grub_prepare(const struct boot_order *order, struct steps *steps, struct faults *faults)
{
	const struct boot_machine *machine = order->machine;
	const struct grub *grub = machine->entries;
	struct arena *arena = steps->arena;
	uint32_t generation = boot_generation(machine);

	if (grub_can(grub, faults) < 0)
		return -1;
	const char *name = arena_printf(arena, ENTRY_NAME, generation);
	const char *entry = grub_entry_with(
		arena, &grub->first, arena_printf(arena, "Gasthof, arguments %u", generation), name,
		trial_line(arena, order->line, generation, machine->watchdog));
	const char *text = menu_text(arena, name, entry);
	if (grub->waits)
		steps_note(steps, "GRUB waits for a key at each boot (GRUB_TIMEOUT=-1): nothing "
				  "boots, nor falls back, without a person");
	boot_trial_begin(order, steps);
	step_body(steps, step_add(steps, VERB_file_write, CLASS_NONE, MENU, "0755", NULL), text,
		  strlen(text));
	step_add(steps, VERB_grub_update, CLASS_NONE);
	step_add(steps, VERB_grub_next, CLASS_NONE, name);
	return 0;
}

/* What the trial's line has beside what others say. */
static void grub_settle(const struct boot_machine *machine, struct steps *steps)
{
	struct arena *arena = steps->arena;
	struct cmdline line, own;

	if (!machine->generation) {
		boot_trial_end(steps);
		return;
	}
	cmdline_parse(arena, machine->next, &line);
	cmdline_parse(arena, machine->own, &own);
	EACH(word, &own.list)
		cmdline_take_first(&line, word->text);
	const char *text =
		arena_printf(arena, FILE_MARK " for boot; changes here are overwritten\n%s",
			     grub_addition(arena, cmdline_print(arena, &line)));
	step_body(steps, step_add(steps, VERB_file_write, CLASS_NONE, ADDITION, "0644", NULL), text,
		  strlen(text));
	step_add(steps, VERB_file_remove, CLASS_NONE, MENU);
	step_add(steps, VERB_grub_update, CLASS_NONE);
	boot_trial_end(steps);
}

static void grub_abandon(const struct boot_machine *machine, struct steps *steps)
{
	(void)machine;
	step_add(steps, VERB_grub_next, CLASS_NONE, NULL);
	step_add(steps, VERB_file_remove, CLASS_NONE, MENU);
	step_add(steps, VERB_grub_update, CLASS_NONE);
	boot_trial_end(steps);
}

const struct boot_loader boot_grub = {
	.name = "GRUB",
	.observe = grub_observe,
	.prepare = grub_prepare,
	.settle = grub_settle,
	.abandon = grub_abandon,
	.method = "firmware",
};
