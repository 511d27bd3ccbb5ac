/* swap.c - swap, in a file of ours or on a device.
 *
 * A file is made whole, marked as ours (user.gasthof) and formatted; a device is formatted only
 * where it is empty, and taken as it is where it is swap already.  Each gets a unit of ours
 * (systemd.swap(5)), which brings it back at each boot.  Catalogue D22, D23, PIT31, PIT41.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/ours.h"
#include "formats/unit_name.h"
#include "host/read/host.h"
#include "kinds/file.h"
#include "kinds/files.h"
#include "resource/desired.h"

#define FOLDER "/var/lib/gasthof/swap"
#define UNITS  "/etc/systemd/system"
#define KIND   "host.swap"
#define MARK   "user.gasthof"

struct swap {
	struct given given;
	struct bytes size;
	const char *file, *device;
	uint32_t priority;
	const char *what;
	bool enabled, active;
	/* Observed; not in the table. */
	const char *unit_text;
};

struct swap_facts { /* of the machine, for one wanted item */
	bool file_there, file_ours;
	bool told;           /* how much room there is */
	uint64_t room, size; /* in the folder; of our file that is there */
};

static const struct field fields[] = {
	FIELD("size", struct swap, size, CLASS_LIVE, "size of the file", .flags = FIELD_NOT_RUNNING,
	      .example = "4GiB"),
	FIELD_TEXT("file", struct swap, file, &type_path, CLASS_LIVE,
		   "where the file stands (default: " FOLDER "/NAME)", .flags = FIELD_PLAIN,
		   .example = "/var/lib/swapfile"),
	FIELD_TEXT("device", struct swap, device, &type_path, CLASS_LIVE,
		   "a block device instead of a file; formatted only where it is empty",
		   .flags = FIELD_PLAIN, .example = "/dev/disk/by-partlabel/swap"),
	FIELD("priority", struct swap, priority, CLASS_LIVE,
	      "higher ones are used first (swapon(2), Priority=)", .flags = FIELD_NOT_RUNNING,
	      .most = 32767, .example = "10"),
	FIELD("what", struct swap, what, CLASS_LIVE, "the file or device",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
	FIELD("enabled", struct swap, enabled, CLASS_LIVE, "its unit starts at boot",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
	FIELD("active", struct swap, active, CLASS_LIVE, "it is in use (/proc/swaps)",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
};
static const struct record record = RECORD(struct swap, fields, .shorthand = &fields[0]);

extern const struct kind swap_kind;

/* ---- what is asked for ---- */

static void swap_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct swap *swap = item->value;

	(void)faults;
	SET(&record, swap, what,
	    GIVEN(&record, swap, device) ? swap->device
	    : GIVEN(&record, swap, file) ? swap->file
					 : arena_printf(desired->arena, FOLDER "/%s", item->name));
	SET(&record, swap, enabled, true);
	SET(&record, swap, active, true);
}

static void swap_check(const struct item *item, const struct desired *desired,
		       struct faults *faults)
{
	const struct swap *swap = item->value;
	bool device = GIVEN(&record, swap, device), size = GIVEN(&record, swap, size);

	if (device && (size || GIVEN(&record, swap, file)))
		(void)fault_at(faults, item_mark(item, "device"),
			       "swap is a device, or a file of some size");
	if (!device && !size)
		(void)fault_at(faults, item_mark(item, NULL), "a swap file needs a size");
	if (size && swap->size.count < 1024 * 1024)
		(void)fault_at(faults, item_mark(item, "size"), "swap has at least 1MiB");
	if (device && !string_starts(swap->device, "/dev/"))
		(void)fault_at(faults, item_mark(item, "device"), "\"%s\" is no device",
			       swap->device);
	if (strpbrk(swap->what, " \\\"%"))
		(void)fault_at(faults, item_mark(item, device ? "device" : "file"),
			       "systemd and /proc/swaps have other spellings for \"%s\"",
			       swap->what);
	DESIRED_EACH(other, desired, KIND) {
		if (other == item)
			return;
		if (string_equal(((const struct swap *)other->value)->what, swap->what))
			(void)fault_at(faults, item_mark(item, NULL),
				       "\"%s\" and \"%s\" are one swap", item->name, other->name);
	}
}

static const char *unit_of(struct arena *arena, const char *what)
{
	return unit_name_of_path(arena, what, ".swap");
}

static const char *unit_path(struct arena *arena, const char *what)
{
	return arena_printf(arena, UNITS "/%s", unit_of(arena, what));
}

static const char *unit_text(struct arena *arena, const char *name, const struct swap *swap)
{
	struct text text = text_of(arena);

	ours_header(&text, arena_printf(arena, KIND ".%s", name));
	text_addf(&text, "[Unit]\nDescription=Swap %s\n\n[Swap]\nWhat=%s\n", name, swap->what);
	if (GIVEN(&record, swap, priority))
		text_addf(&text, "Priority=%u\n", swap->priority);
	text_add(&text, "\n[Install]\nWantedBy=swap.target\n");
	return text.at;
}

/* ---- what is there ---- */

static void unit_read(struct arena *arena, const char *text, struct swap *swap)
{
	swap->unit_text = text;
	LINES_EACH(line, arena, text)
	{
		if (string_starts(line, "What="))
			SET(&record, swap, what, line + strlen("What="));
		if (string_starts(line, "Priority="))
			SET(&record, swap, priority,
			    (uint32_t)strtoul(line + strlen("Priority="), NULL, 10));
	}
}

/* A file is looked at only where it carries our mark: somebody else's has no size here. */
static int observe_file(struct host *host, const char *name, struct swap *swap,
			struct faults *faults)
{
	struct host_file file = {};
	const char *mark = NULL;
	int there = swap->what ? host_stat(host, swap->what, &file, faults) : 0;

	if (there <= 0 || file.kind != FILE_REGULAR)
		return there < 0 ? -1 : 0;
	if (host_xattr(host, swap->what, MARK, &mark, faults) < 0)
		return -1;
	if (string_equal(mark, arena_printf(host->arena, KIND ".%s", name)))
		SET(&record, swap, size, ((struct bytes){ file.size }));
	return 0;
}

static int observe_unit(struct host *host, const char *file, struct items *configured,
			struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	struct host_unit unit = {};
	int there =
		host_read(host, arena_printf(host->arena, UNITS "/%s", file), &text, &size, faults);
	const char *name = there > 0 ? ours_handle(host->arena, text, KIND) : NULL;

	if (!name)
		return there < 0 ? -1 : 0;
	struct item *item = items_add(configured, &swap_kind, name);
	struct swap *swap = item->value;
	item->ours = true;
	unit_read(configured->arena, text, swap);
	if (host_unit(host, file, &unit, faults) < 0 || observe_file(host, name, swap, faults) < 0)
		return -1;
	/* What a hand added to it is not read: the unit is then not the one that was asked for. */
	bool whole = swap->what && strcmp(text, unit_text(host->arena, name, swap)) == 0;
	SET(&record, swap, enabled, whole && string_equal(unit.enabled, "enabled"));
	return 0;
}

/* Where a device really is: its name in /proc/swaps. */
static int device_name(struct host *host, const char *what, const char **ret, struct faults *faults)
{
	struct host_file file = {};
	const char *target = what;
	int there = host_stat(host, what, &file, faults);

	if (there > 0 && file.kind == FILE_LINK)
		there = host_link(host, what, &target, faults);
	const char *slash = strrchr(target, '/');
	*ret = file.kind == FILE_LINK && slash ? arena_printf(host->arena, "/dev%s", slash) : what;
	return there < 0 ? -1 : 0;
}

/* Lines of /proc/swaps: name, type, size, used, priority (proc(5)). */
static bool is_active(struct arena *arena, const char *swaps, const char *name)
{
	size_t size = strlen(name);

	LINES_EACH(line, arena, swaps)
	{
		if (strncmp(line, name, size) == 0 && (line[size] == ' ' || line[size] == '\t'))
			return true;
	}
	return false;
}

/* Of those that are wanted or ours: what else swaps here is nobody's business.  One that has our
 * unit and is not in use is a running state of its own. */
static int observe_active(struct host *host, const struct items *named, const char *swaps,
			  struct items *running, struct faults *faults)
{
	if (!named)
		return 0;
	EACH(each, &named->list) {
		const struct item *item = *each;
		const struct swap *swap = item->value;
		const char *name = NULL;
		if (item->kind != &swap_kind || !swap->what ||
		    items_find(running, &swap_kind, item->name))
			continue;
		if (device_name(host, swap->what, &name, faults) < 0)
			return -1;
		bool active = is_active(running->arena, swaps, name);
		if (!active && !item->ours)
			continue;
		struct swap *now = items_add(running, &swap_kind, item->name)->value;
		SET(&record, now, active, active);
	}
	return 0;
}

static int swap_observe(struct host *host, struct items *configured, struct items *running,
			struct faults *faults)
{
	struct host_names units = {};
	const char *swaps = "";
	size_t size = 0;

	if (host_list(host, UNITS, &units, faults) < 0 ||
	    host_read(host, "/proc/swaps", &swaps, &size, faults) < 0)
		return -1;
	EACH(unit, &units.list)
		if (string_ends(*unit, ".swap") &&
		    observe_unit(host, *unit, configured, faults) < 0)
			return -1;
	if (observe_active(host, configured, swaps, running, faults) < 0)
		return -1;
	return observe_active(host, running->wanted, swaps, running, faults);
}

static int swap_probe(struct host *host, struct arena *arena, const struct item *want,
		      const struct desired *desired, const void **ret_facts, struct faults *faults)
{
	struct swap_facts *facts = ARENA_NEW(arena, struct swap_facts);
	const struct swap *swap = want->value;
	struct host_file file = {};
	const char *mark = NULL;
	char *folder = arena_strdup(arena, swap->what);

	(void)desired;
	*ret_facts = facts;
	int there = host_stat(host, swap->what, &file, faults);
	if (there < 0 || (there && host_xattr(host, swap->what, MARK, &mark, faults) < 0))
		return -1;
	facts->file_there = there;
	facts->file_ours = string_equal(mark, want->path);
	if (GIVEN(&record, swap, device))
		return 0;
	/* The nearest folder above that is there: ours are made on the way. */
	for (char *slash; !facts->told && (slash = strrchr(folder, '/'));) {
		*slash = '\0';
		int told = host_space(host, *folder ? folder : "/", &facts->room, faults);
		if (told < 0)
			return -1;
		facts->told = told;
	}
	facts->size = facts->file_ours ? file.size : 0;
	return 0;
}

/* ---- steps ---- */

static int check_file(const struct change *change, struct faults *faults)
{
	const struct swap *want = change->want->value;
	const struct swap_facts *facts = change->facts;
	struct mark mark = item_mark(change->want, NULL);

	if (facts->file_there && !facts->file_ours) {
		(void)fault(faults, FAULT_REFUSED, "\"%s\" is there and was not made by gasthof",
			    want->what);
		fault_last(faults)->mark = mark;
		return -1;
	}
	/* One of another size stands beside the old one until it is whole. */
	if (!facts->told || want->size.count == facts->size || want->size.count <= facts->room)
		return 0;
	(void)fault(faults, FAULT_MACHINE, "a swap file of %s does not fit: %s are free there",
		    type_text_of(&type_bytes, &want->size, faults->arena),
		    type_text_of(&type_bytes, &(struct bytes){ facts->room >> 20 << 20 },
				 faults->arena));
	fault_last(faults)->mark = mark;
	if (facts->size)
		fault_hint(
			faults, "the one of %s there stays until the new one is made",
			type_text_of(&type_bytes, &(struct bytes){ facts->size }, faults->arena));
	return -1;
}

/* What is there, and is not wanted so. */
static void take_down(const struct change *change, const struct swap *file, bool remove,
		      struct steps *steps)
{
	const char *unit = unit_of(steps->arena, file->what);

	if (change->running && ((const struct swap *)change->running->value)->active)
		step_add(steps, VERB_unit_stop, CLASS_SERVICE_RESTART, unit);
	if (!remove)
		return;
	step_add(steps, VERB_unit_disable, CLASS_NONE, unit);
	step_add(steps, VERB_file_remove, CLASS_NONE, unit_path(steps->arena, file->what));
	step_add(steps, VERB_units_reload, CLASS_NONE);
	if (GIVEN(&record, file, size))
		step_add(steps, VERB_swap_remove, CLASS_LIVE, file->what);
}

static void put_up(const struct change *change, const struct swap *file, struct steps *steps)
{
	const struct swap *want = change->want->value;
	struct arena *arena = steps->arena;
	const char *unit = unit_of(arena, want->what);
	bool same = file && string_equal(file->what, want->what);

	if (GIVEN(&record, want, device))
		step_add(steps, VERB_swap_format, CLASS_LIVE, want->what);
	else
		step_add(steps, VERB_swap_make, CLASS_LIVE, want->what,
			 arena_printf(arena, "%llu", (unsigned long long)want->size.count),
			 change->want->path);
	if (plan_file(steps, unit_path(arena, want->what),
		      unit_text(arena, change->want->name, want), same ? file->unit_text : NULL))
		step_add(steps, VERB_units_reload, CLASS_NONE);
	if (!same || !file->enabled)
		step_add(steps, VERB_unit_enable, CLASS_NONE, unit);
	step_add(steps, VERB_unit_start, CLASS_LIVE, unit);
}

static int swap_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct swap *want = change->want ? change->want->value : NULL;
	const struct swap *file = change->configured ? change->configured->value : NULL;
	bool moved = want && file && file->what && !string_equal(want->what, file->what);

	if (want && !GIVEN(&record, want, device) && check_file(change, faults) < 0)
		return -1;
	if (file && file->what && (!want || moved))
		take_down(change, file, true, steps);
	else if (want && file &&
		 (paths_has(change->differs, "size") || paths_has(change->differs, "priority")))
		take_down(change, file, false, steps);
	if (want)
		put_up(change, file, steps);
	return 0;
}

static int swap_render(const struct item *item, const struct view *view, struct text *text,
		       struct faults *faults)
{
	const struct swap *swap = item->value;

	(void)view, (void)faults;
	text_addf(text, "# %s\n%s", unit_path(text->arena, swap->what),
		  unit_text(text->arena, item->name, swap));
	return 0;
}

const struct kind swap_kind = {
	.path = KIND,
	.summary = "swap, in files of ours or on devices",
	.shape = SHAPE_NAMED,
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = (const char *const[]){ "host", NULL },
	.complete = swap_complete,
	.check = swap_check,
	.observe = swap_observe,
	.probe = swap_probe,
	.same = same_name,
	.plan = swap_plan,
	.render = swap_render,
};
