/* boot_entries.c - systemd-boot, one entry file a line (the Boot Loader Specification's Type #1).
 *
 *	gasthof-IMAGE.conf		the image's own; never touched
 *	gasthof-IMAGE-GENERATION.conf	the last good one with the host's arguments
 *	gasthof-IMAGE-GENERATION+1.conf	one on trial: a single boot is counted down by the
 *			loader, and what has no tries left comes last (Automatic Boot Assessment)
 *
 * An entry's options replace the line that is embedded in the boot image, so they hold the
 * image's line and the host's arguments in full.  All have one sort-key; versions order them.
 */
#include <stdlib.h>
#include <string.h>

#include "host/read/host.h"
#include "kinds/boot_entries.h"
#include "kinds/files.h"

#define ENTRIES    "/efi/loader/entries/"
#define OS_RELEASE "/usr/lib/os-release"
#define SORT_KEY   "gasthof"

/* ---- reading ---- */

/* The value of a line "key value" or "KEY=value", or NULL. */
static const char *line_value(struct arena *arena, const char *text, const char *key,
			      const char *between)
{
	size_t size = strlen(key);

	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		if (strncmp(at, key, size) != 0 || !at[size] || !strchr(between, at[size]))
			continue;
		at += size + strspn(at + size, between);
		return arena_strndup(arena, at, strcspn(at, "\n"));
	}
	return NULL;
}

/* The version of the image that runs; NULL: this is no appliance. */
static int look_image(struct host *host, struct arena *arena, const char **ret,
		      struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	int found = host_read(host, OS_RELEASE, &text, &size, faults);

	if (found <= 0)
		return found;
	const char *id = line_value(arena, text, "IMAGE_ID", "=");
	*ret = line_value(arena, text, "IMAGE_VERSION", "=");
	return *ret && string_equal(id, "gasthof");
}

/* "gasthof-IMAGE-7+1-0.conf": whether a name is one of this image's entries. */
static bool name_read(const char *image, const char *name, struct entry *ret)
{
	size_t size = strlen(image);
	char *end = NULL;

	ret->left = -1;
	ret->generation = 0;
	if (!string_starts(name, "gasthof-") || strncmp(name + 8, image, size) != 0)
		return false;
	name += 8 + size;
	if (*name == '-') {
		ret->generation = (uint32_t)strtoul(name + 1, &end, 10);
		if (end == name + 1 || !ret->generation)
			return false;
		name = end;
	}
	if (*name == '+') {
		ret->left = (int)strtoul(name + 1, &end, 10);
		if (end == name + 1)
			return false;
		name = end + (*end == '-' ? 1 + strspn(end + 1, "0123456789") : 0);
	}
	return string_equal(name, ".conf");
}

static int entry_look(struct host *host, struct arena *arena, struct entries *entries,
		      const char *name, struct faults *faults)
{
	struct entry entry = {};
	const char *text = NULL;
	size_t size = 0;

	if (!name_read(entries->image, name, &entry))
		return 0;
	entry.path = arena_printf(arena, ENTRIES "%s", name);
	int found = host_read(host, entry.path, &text, &size, faults);
	if (found <= 0)
		return found;
	entry.version = line_value(arena, text, "version", " \t");
	entry.efi = line_value(arena, text, "efi", " \t");
	entry.options = line_value(arena, text, "options", " \t");
	if (entry.efi && entry.options)
		ARRAY_PUSH(arena, &entries->list, entry);
	return 0;
}

/* UTF-16, as the loader says it: "systemd-boot 257.13". */
static int look_loader(struct host *host, struct faults *faults)
{
	static const char name[] = "systemd-boot";
	const char *bytes = NULL;
	size_t size = 0;
	int found = boot_variable(host, "LoaderInfo" LOADER_VENDOR, &bytes, &size, faults);

	if (found <= 0)
		return found;
	for (size_t i = 0; i < strlen(name); i++)
		if (2 * i + 1 >= size || bytes[2 * i] != name[i] || bytes[2 * i + 1])
			return 0;
	return 1;
}

int entries_selected(struct host *host, struct arena *arena, const char *image, uint32_t *ret,
		     struct faults *faults)
{
	struct entry entry = {};
	struct text name = text_of(arena);
	const char *bytes = NULL;
	size_t size = 0;
	int found = boot_variable(host, "LoaderEntrySelected" LOADER_VENDOR, &bytes, &size, faults);

	if (found < 0)
		return -1;
	for (size_t i = 0; i + 1 < size && bytes[i]; i += 2)
		text_add_byte(&name, bytes[i]);
	*ret = name.size && name_read(image, name.at, &entry) ? entry.generation : 0;
	return 0;
}

static int look_secure(struct host *host, bool *ret, struct faults *faults)
{
	const char *bytes = NULL;
	size_t size = 0;
	int found = boot_variable(host, "SecureBoot" GLOBAL_VENDOR, &bytes, &size, faults);

	*ret = found > 0 && size && *bytes == 1;
	return found < 0 ? -1 : 0;
}

/* ---- what follows from the entries ---- */

/* The one that the loader takes next: the newest that has tries, or is not counted.  A trial
 * that runs has had its try, and counts as if it had been kept. */
static const struct entry *entry_next(const struct entries *entries,
				      const struct boot_machine *machine)
{
	bool trial = machine->state == TRIAL_RUNS || machine->state == TRIAL_KEPT;
	const struct entry *next = NULL;

	EACH(entry, &entries->list) {
		if (trial && entry->generation && entry->generation == machine->generation)
			return entry;
		if (entry->left && (!next || entry->generation > next->generation))
			next = entry;
	}
	return next;
}

static void entries_conclude(struct arena *arena, struct entries *entries,
			     struct boot_machine *machine)
{
	bool waits = false;

	EACH(entry, &entries->list) {
		if (!entry->generation)
			entries->own = entry;
		else if (entry->left < 0 &&
			 (!entries->good || entry->generation > entries->good->generation))
			entries->good = entry;
		if (entry->generation > machine->newest)
			machine->newest = entry->generation;
		if (entry->left <= 0 || entry->generation != machine->trial.generation)
			continue;
		waits = true;
		if (machine->state == TRIAL_FAILED)
			machine->state = TRIAL_PREPARED; /* the loader was not even asked */
	}
	if (machine->state == TRIAL_PREPARED && !waits)
		machine->state = TRIAL_NONE; /* it was never written */
	const struct entry *next = entries->next = entry_next(entries, machine);
	if (!next || !entries->own)
		return;
	machine->own = entries->own->options;
	machine->next = trial_strip(arena, next->options, NULL);
	machine->settled = machine->state != TRIAL_KEPT || (machine->generation && next->left >= 0);
	machine->entries = entries;
}

int entries_look(struct host *host, struct arena *arena, struct boot_machine *machine,
		 struct entries *entries, struct faults *faults)
{
	struct host_names names = {};
	int found = look_loader(host, faults);

	if (found > 0)
		found = look_image(host, arena, &entries->image, faults);
	if (found <= 0)
		return found;
	if (look_secure(host, &entries->secure, faults) < 0 ||
	    host_list(host, ENTRIES, &names, faults) < 0)
		return -1;
	EACH(name, &names.list)
		if (entry_look(host, arena, entries, *name, faults) < 0)
			return -1;
	entries_conclude(arena, entries, machine);
	return machine->entries != NULL;
}

static int entries_observe(struct host *host, struct arena *arena, struct boot_machine *machine,
			   struct faults *faults)
{
	struct entries *entries = ARENA_NEW(arena, struct entries);

	return entries_look(host, arena, machine, entries, faults);
}

/* ---- changing them ---- */

void entry_write(const struct entries *entries, uint32_t generation, const char *counter,
		 const char *efi, const char *options, struct steps *steps)
{
	struct arena *arena = steps->arena;
	const char *path = arena_printf(arena, ENTRIES "gasthof-%s-%u%s.conf", entries->image,
					generation, counter);
	const char *text =
		arena_printf(arena,
			     FILE_MARK " for boot; changes here are overwritten\n"
				       "title    Gasthof %s, arguments %u\n"
				       "sort-key " SORT_KEY "\n"
				       "version  %s^%u\n"
				       "efi      %s\n"
				       "options  %s\n",
			     entries->image, generation, entries->image, generation, efi, options);

	step_body(steps, step_add(steps, VERB_file_write, CLASS_NONE, path, "0700", NULL), text,
		  strlen(text));
}

/* At most the image's own, the last good one and the one that is written stay. */
static void entries_remove(const struct entries *entries, const struct entry *but,
			   struct steps *steps)
{
	EACH(entry, &entries->list)
		if (entry->generation && entry != but)
			step_add(steps, VERB_file_remove, CLASS_NONE, entry->path);
}

static int entries_prepare(const struct boot_order *order, struct steps *steps,
			   struct faults *faults)
{
	const struct boot_machine *machine = order->machine;
	const struct entries *entries = machine->entries;
	uint32_t generation = boot_generation(machine);

	(void)faults;
	boot_trial_begin(order, steps);
	step_add(steps, VERB_file_remove, CLASS_NONE, "/efi" TRIAL_NOTE);
	entries_remove(entries, entries->good, steps);
	entry_write(entries, generation, "+1", entries->own->efi,
		    trial_line(steps->arena, order->line, generation, machine->watchdog), steps);
	return 0;
}

static void entries_settle(const struct boot_machine *machine, struct steps *steps)
{
	const struct entries *entries = machine->entries;

	if (machine->generation)
		entry_write(entries, machine->generation, "", entries->own->efi, machine->next,
			    steps);
	EACH(entry, &entries->list)
		if (machine->generation && entry->generation &&
		    entry->generation != machine->generation)
			step_add(steps, VERB_file_remove, CLASS_NONE, entry->path);
	boot_trial_end(steps);
}

static void entries_abandon(const struct boot_machine *machine, struct steps *steps)
{
	const struct entries *entries = machine->entries;

	entries_remove(entries, entries->good, steps);
	boot_trial_end(steps);
}

const struct boot_loader boot_entries = {
	.name = "systemd-boot",
	.observe = entries_observe,
	.prepare = entries_prepare,
	.settle = entries_settle,
	.abandon = entries_abandon,
	.keeps = true, /* systemd-bless-boot.service */
	.method = "firmware",
};
