/* boot_secure.c - systemd-boot with Secure Boot on: what is not signed cannot be said.
 *
 * The stub drops an entry's options without a word, and addons that are not signed by a key of the
 * firmware's too; the line is the one embedded in the boot image and the words of the addons that
 * lie beside it (systemd-stub(7)).  Addons are signed where media are made, never here; those that
 * are to be tried stand in ADDONS.
 *
 *	EFI/gasthof/gasthof-IMAGE.efi			the image's own, with the addons that
 *	EFI/gasthof/gasthof-IMAGE.efi.extra.d/		were stamped; never touched
 *	EFI/gasthof/gasthof-IMAGE-GENERATION.efi	a copy, since addons are found by the name
 *	EFI/gasthof/gasthof-IMAGE-GENERATION.efi.extra.d/	of what is started
 *
 * A copy has an entry like any trial (boot_entries.c).  Which trial it is, and that a panic
 * ends it, the addon says itself, for as long as it is in force.  An entry that was started and
 * whose addon does not stand on the line was not taken by the firmware.
 */
#include <string.h>

#include "host/read/host.h"
#include "kinds/boot_addons.h"
#include "kinds/boot_entries.h"

#define GLOBAL_ADDONS "/efi/loader/addons"
/* The last of its folder, so that its words are the last of their names. */
#define TRIED "zz-gasthof.addon.efi"

struct secure {
	struct entries entries;
	struct addons stamped; /* beside the image's own */
	struct addons offered; /* in ADDONS */
	uint32_t dropped;      /* the entry that was started without its addon; 0: none */
};

/* ---- looking ---- */

static const struct entry *entry_of(const struct entries *entries, uint32_t generation)
{
	EACH(entry, &entries->list)
		if (generation && entry->generation == generation)
			return entry;
	return NULL;
}

/* Where the addons of an entry lie, and which are there. */
static int look_folders(struct host *host, struct arena *arena, struct entries *entries,
			struct faults *faults)
{
	EACH(entry, &entries->list) {
		struct host_names names = {};
		entry->folder = arena_printf(arena, "/efi%s.extra.d", entry->efi);
		if (host_list(host, entry->folder, &names, faults) < 0)
			return -1;
		EACH(name, &names.list)
			text_list_push(arena, &entry->addons, *name);
	}
	return 0;
}

/* The line that the image's own entry would get: what runs, without the addon of a trial. */
static int look_own(struct host *host, struct arena *arena, const struct boot_machine *machine,
		    struct secure *secure, const char **ret, struct faults *faults)
{
	const struct entry *runs = entry_of(&secure->entries, machine->generation);
	struct addons global = {}, tried = {};
	struct cmdline line;

	if (addons_look(host, arena, GLOBAL_ADDONS, &global, faults) < 0 ||
	    addons_look(host, arena, secure->entries.own->folder, &secure->stamped, faults) < 0 ||
	    (runs && addons_look(host, arena, runs->folder, &tried, faults) < 0))
		return -1;
	cmdline_parse(arena, machine->running, &line);
	EACH(addon, &tried.list)
		if (string_equal(addon->name, TRIED)) {
			struct cmdline words;
			cmdline_parse(arena, addon->words, &words);
			EACH(word, &words.list)
				cmdline_take(&line, word->text);
		}
	const char *own = addons_line(arena, cmdline_print(arena, &line), &global);
	*ret = addons_line(arena, own, &secure->stamped);
	return 0;
}

/* What was started and does not run as it says is no line that the next boot gets. */
static int look_dropped(struct host *host, struct arena *arena, struct boot_machine *machine,
			struct secure *secure, struct faults *faults)
{
	struct entries *entries = &secure->entries;
	uint32_t selected = 0;

	if (entries_selected(host, arena, entries->image, &selected, faults) < 0)
		return -1;
	if (!selected || selected == machine->generation)
		return 0;
	secure->dropped = selected;
	if (entries->good && entries->good->generation == selected)
		entries->good = NULL;
	if (entries->next->generation == selected)
		entries->next = entries->own;
	if (machine->state == TRIAL_FAILED && machine->trial.generation == selected)
		machine->why = "the firmware started the boot image without its addon, which is "
			       "not signed with a key that it knows";
	return 0;
}

static int secure_look(struct host *host, struct arena *arena, struct boot_machine *machine,
		       struct secure *secure, struct faults *faults)
{
	struct entries *entries = &secure->entries;
	const char *own = NULL;

	if (look_folders(host, arena, entries, faults) < 0 ||
	    look_dropped(host, arena, machine, secure, faults) < 0 ||
	    look_own(host, arena, machine, secure, &own, faults) < 0 ||
	    addons_look(host, arena, ADDONS, &secure->offered, faults) < 0)
		return -1;
	machine->own = own;
	machine->next = entries->next == entries->own
				? own
				: trial_strip(arena, entries->next->options, NULL);
	machine->entries = secure;
	return 1;
}

static int secure_observe(struct host *host, struct arena *arena, struct boot_machine *machine,
			  struct faults *faults)
{
	struct secure *secure = ARENA_NEW(arena, struct secure);
	struct boot_machine seen = *machine;
	int found = entries_look(host, arena, &seen, &secure->entries, faults);

	if (found <= 0 || !secure->entries.secure)
		return found < 0 ? -1 : 0;
	/* Going back to the image's own line is a trial that nothing is written for. */
	if (machine->state == TRIAL_PREPARED && seen.state == TRIAL_NONE &&
	    secure->entries.next == secure->entries.own)
		seen.state = TRIAL_PREPARED;
	*machine = seen;
	return secure_look(host, arena, machine, secure, faults);
}

/* ---- changing ---- */

/* Takes away what is started by other entries than `but`, and they themselves first. */
static void copies_remove(const struct secure *secure, const struct entry *but, struct steps *steps)
{
	const struct entries *entries = &secure->entries;

	EACH(entry, &entries->list) {
		if (!entry->generation || (but && entry->generation == but->generation))
			continue;
		step_add(steps, VERB_file_remove, CLASS_NONE, entry->path);
		if (string_equal(entry->efi, entries->own->efi))
			continue;
		for (size_t i = 0; i < entry->addons.count; i++)
			step_add(steps, VERB_file_remove, CLASS_NONE,
				 arena_printf(steps->arena, "%s/%s", entry->folder,
					      entry->addons.at[i]));
		step_add(steps, VERB_directory_remove, CLASS_NONE, entry->folder);
		step_add(steps, VERB_copy_remove, CLASS_NONE,
			 arena_printf(steps->arena, "/efi%s", entry->efi),
			 arena_printf(steps->arena, "/efi%s", entries->own->efi), "0700");
	}
}

static const char *copy_of(const struct entries *entries, uint32_t generation, struct arena *arena)
{
	const char *own = entries->own->efi;

	return arena_printf(arena, "%.*s-%u.efi", (int)(strlen(own) - strlen(".efi")), own,
			    generation);
}

static void addon_put(const struct addon *addon, const char *efi, const char *name,
		      struct steps *steps)
{
	const char *path = arena_printf(steps->arena, "/efi%s.extra.d/%s", efi, name);

	step_body(steps, step_add(steps, VERB_file_write, CLASS_NONE, path, "0700", NULL),
		  addon->bytes, addon->size);
}

static void trial_write(const struct secure *secure, const struct addon *addon, const char *own,
			struct steps *steps)
{
	const struct entries *entries = &secure->entries;
	const char *efi = copy_of(entries, addon->generation, steps->arena);

	step_add(steps, VERB_file_copy, CLASS_NONE, arena_printf(steps->arena, "/efi%s", efi),
		 arena_printf(steps->arena, "/efi%s", entries->own->efi), "0700");
	EACH(stamped, &secure->stamped.list)
		addon_put(stamped, efi, stamped->name, steps);
	addon_put(addon, efi, TRIED, steps);
	entry_write(entries, addon->generation, "+1", efi,
		    arena_printf(steps->arena, "%s %s", own, addon->text), steps);
}

static int refuse(const struct secure *secure, const char *own, const char *wanted,
		  struct steps *steps, struct faults *faults)
{
	const char *tell = addons_tell(steps->arena, &secure->offered);

	fault(faults, FAULT_MACHINE,
	      "Secure Boot is on, and no signed addon in " ADDONS " says %s on the kernel's "
	      "command line",
	      boot_words_changed(steps->arena, own, wanted));
	fault_hint(faults,
		   "where media are made: installer/addon --trial --key KEY --certificate "
		   "CERTIFICATE -o NAME.addon.efi %s; then put it into " ADDONS "%s%s%s",
		   addons_missing(steps->arena, own, wanted), *tell ? " (" : "", tell,
		   *tell ? ")" : "");
	return -1;
}

/* What the image brings was good when it was stamped: nothing is tried. */
static int back_to_own(const struct boot_order *order, struct steps *steps)
{
	struct boot_order own = *order;

	own.line = order->machine->own;
	boot_trial_begin(&own, steps);
	copies_remove(order->machine->entries, NULL, steps);
	return 0;
}

static int secure_prepare(const struct boot_order *order, struct steps *steps,
			  struct faults *faults)
{
	const struct boot_machine *machine = order->machine;
	const struct secure *secure = machine->entries;
	const struct entry *good = secure->entries.good;
	struct arena *arena = steps->arena;
	const char *own = machine->own;
	const char *wanted = boot_line(arena, own, own, order->want, NULL);

	if (!*boot_words_changed(arena, own, wanted))
		return back_to_own(order, steps);
	const struct addon *addon = addons_find(arena, &secure->offered, own, wanted);
	if (!addon)
		return refuse(secure, own, wanted, steps, faults);
	struct boot_order trial = *order;
	trial.line = arena_printf(arena, "%s %s", own, addon->words);
	trial.generation = addon->generation;
	if (machine->trial.generation == addon->generation &&
	    boot_trial_refuse(machine, trial.line, faults) < 0)
		return -1;
	boot_trial_begin(&trial, steps);
	step_add(steps, VERB_file_remove, CLASS_NONE, "/efi" TRIAL_NOTE);
	/* The loader takes the newest first. */
	copies_remove(secure, good && good->generation < addon->generation ? good : NULL, steps);
	trial_write(secure, addon, own, steps);
	return 0;
}

static void secure_settle(const struct boot_machine *machine, struct steps *steps)
{
	const struct secure *secure = machine->entries;
	const struct entry *runs = entry_of(&secure->entries, machine->generation);

	if (runs)
		copies_remove(secure, runs, steps);
	boot_trial_end(steps);
}

static void secure_abandon(const struct boot_machine *machine, struct steps *steps)
{
	const struct secure *secure = machine->entries;

	copies_remove(secure, secure->entries.good, steps);
	boot_trial_end(steps);
}

const struct boot_loader boot_secure = {
	.name = "systemd-boot with Secure Boot",
	.observe = secure_observe,
	.asks = true,
	.prepare = secure_prepare,
	.settle = secure_settle,
	.abandon = secure_abandon,
	.keeps = true, /* systemd-bless-boot.service */
	.method = "firmware",
};
