/* disks.c - the host's own disks: what orders their requests.
 *
 * The scheduler is a value below /sys/block (Documentation/block/switching-sched.rst of the
 * kernel), forgotten at the next boot: it is written now, and by systemd-tmpfiles at each boot. The
 * one that was there before stands in the file's header, so that a disk no longer described goes
 * back to it. Shares by weight (slices, guests.*.block_io) need bfq, with low_latency off where
 * they are to hold to the letter (Documentation/block/bfq-iosched.rst).  Catalogue M8, M9.
 */
#include <string.h>

#include "formats/ours.h"
#include "kinds/block.h"
#include "kinds/file.h"
#include "resource/desired.h"

#define BEFORE_LINE "# before: "
#define QUEUE       "/sys/block/%s/queue/"

struct disk {
	struct given given;
	const char *path, *scheduler;
	bool low_latency;
	struct text_list other;
	/* Observed; not in the table. */
	const char *file;   /* the text of ours, or NULL */
	const char *before; /* the scheduler that its header tells of, or NULL */
	struct block block;
};

static const char *const schedulers[] = { "none", "mq-deadline", "kyber", "bfq", NULL };

static const struct field fields[] = {
	FIELD_TEXT("path", struct disk, path, &type_path, CLASS_LIVE,
		   "the disk: its node, that of a partition, or any path on a file system that is "
		   "on it",
		   .flags = FIELD_REQUIRED | FIELD_PLAIN, .example = "/var/lib/gasthof"),
	FIELD("scheduler", struct disk, scheduler, CLASS_LIVE,
	      "what orders its requests (queue/scheduler); bfq for shares by io_weight",
	      .flags = FIELD_REQUIRED, .choices = schedulers, .example = "bfq"),
	FIELD("low_latency", struct disk, low_latency, CLASS_LIVE,
	      "with bfq: whether it favours what looks interactive (iosched/low_latency); false "
	      "for "
	      "shares that hold to the letter",
	      .fallback = "true", .example = "false"),
	FIELD("other", struct disk, other, CLASS_NONE, "what was edited by hand in our file",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
};
static const struct record record = RECORD(struct disk, fields);

extern const struct kind disks_kind;

static void disks_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	(void)desired, (void)faults;
	SET(&record, (struct disk *)item->value, other, (struct text_list){});
}

static void disks_check(const struct item *item, const struct desired *desired,
			struct faults *faults)
{
	const struct disk *disk = item->value;

	if (GIVEN(&record, disk, low_latency) && !string_equal(disk->scheduler, "bfq"))
		fault_at(faults, item_mark(item, "low_latency"), "only bfq knows low_latency");
	DESIRED_EACH(other, desired, "disks") {
		if (other == item)
			return;
		if (string_equal(((const struct disk *)other->value)->path, disk->path))
			fault_at(faults, item_mark(item, "path"), "disks.%s is this disk",
				 other->name);
	}
}

/* ---- the file ---- */

static const char *file_path(struct arena *arena, const char *name)
{
	return arena_printf(arena, "/etc/tmpfiles.d/gasthof-disk-%s.conf", name);
}

/* NULL: no file. */
static const char *file_text(struct arena *arena, const char *name, const struct disk *disk,
			     const char *device, const char *before)
{
	struct text text = text_of(arena);
	bool scheduler = GIVEN(&record, disk, scheduler);

	if (!scheduler)
		return NULL;
	ours_header(&text, arena_printf(arena, "disks.%s", name));
	if (before)
		text_addf(&text, BEFORE_LINE "%s\n", before);
	text_addf(&text, "w " QUEUE "scheduler - - - - %s\n", device, disk->scheduler);
	if (GIVEN(&record, disk, low_latency))
		text_addf(&text, "w " QUEUE "iosched/low_latency - - - - %d\n", device,
			  disk->low_latency);
	return text.at;
}

static const char *last_word(const char *line)
{
	const char *space = strrchr(line, ' ');

	return space ? space + 1 : line;
}

static void file_read(struct arena *arena, const char *name, struct disk *disk)
{
	LINES_EACH(line, arena, disk->file)
	{
		if (string_starts(line, BEFORE_LINE))
			disk->before = line + strlen(BEFORE_LINE);
		else if (strstr(line, "/queue/scheduler "))
			SET(&record, disk, scheduler, last_word(line));
		else if (strstr(line, "/low_latency "))
			SET(&record, disk, low_latency, string_equal(last_word(line), "1"));
	}
	const char *should = disk->block.name
				     ? file_text(arena, name, disk, disk->block.name, disk->before)
				     : NULL;
	SET(&record, disk, other, file_apart(arena, disk->file, should ? should : ""));
}

/* ---- observing ---- */

static const struct disk *value_in(const struct items *items, const char *name)
{
	const struct item *item = items ? items_find(items, &disks_kind, name) : NULL;

	return item ? item->value : NULL;
}

static int now_look(struct host *host, struct arena *arena, struct disk *now, struct faults *faults)
{
	const char *scheduler = block_scheduler(arena, &now->block);
	uint64_t flag = 0;

	if (!now->block.name)
		return 0;
	if (scheduler)
		SET(&record, now, scheduler, scheduler);
	int there = host_read_count(
		host, arena_printf(arena, QUEUE "iosched/low_latency", now->block.name), &flag,
		faults);
	if (there > 0)
		SET(&record, now, low_latency, flag != 0);
	return there < 0 ? -1 : 0;
}

static int disk_observe(struct host *host, const char *name, const struct disk *asked,
			struct items *configured, struct items *running, struct faults *faults)
{
	struct arena *arena = running->arena;
	struct disk *file = record_new(arena, &record);
	struct disk *now = items_add(running, &disks_kind, name)->value;
	size_t size = 0;

	if (block_of_path(host, arena, asked->path, &now->block, faults) < 0 ||
	    now_look(host, arena, now, faults) < 0)
		return -1;
	file->block = now->block;
	int there = host_read(host, file_path(arena, name), &file->file, &size, faults);
	if (there <= 0)
		return there;
	file_read(arena, name, file);
	items_add(configured, &disks_kind, name)->value = file;
	return 0;
}

static int look_all(struct host *host, const struct items *names, const struct items *but,
		    struct items *configured, struct items *running, struct faults *faults)
{
	if (names)
		EACH(item, &names->list)
			if ((*item)->kind == &disks_kind && !value_in(but, (*item)->name) &&
			    disk_observe(host, (*item)->name, (*item)->value, configured, running,
					 faults) < 0)
				return -1;
	return 0;
}

static int disks_observe(struct host *host, struct items *configured, struct items *running,
			 struct faults *faults)
{
	if (look_all(host, running->wanted, NULL, configured, running, faults) < 0)
		return -1;
	return look_all(host, running->given, running->wanted, configured, running, faults);
}

/* ---- planning ---- */

static int check_block(const struct item *want, const struct block *block, struct faults *faults)
{
	if (!block->name)
		(void)fault(faults, FAULT_MACHINE, "there is no disk behind \"%s\"", block->path);
	else if (!block->scheduler)
		(void)fault(faults, FAULT_MACHINE, "requests of %s are not ordered", block->name);
	else
		return 0;
	fault_last(faults)->mark = item_mark(want, "path");
	return -1;
}

static void write_value(struct steps *steps, const struct block *block, const char *what,
			const char *value)
{
	step_add(steps, VERB_sysfs_write, CLASS_LIVE,
		 arena_printf(steps->arena, QUEUE "%s", block->name, what), value);
}

static int disks_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct item *item = change->want ? change->want : change->last;
	const struct disk *want = change->want ? change->want->value : NULL;
	const struct disk *file = change->configured ? change->configured->value : NULL;
	const struct disk *now = change->running->value;
	const char *before = file && file->before ? file->before : now->scheduler;
	bool said = want && GIVEN(&record, want, scheduler);
	const char *to = said ? want->scheduler : file ? file->before : NULL;

	if (want && check_block(change->want, &now->block, faults) < 0)
		return -1;
	bool changes = now->block.name && to && !string_equal(to, now->scheduler);
	if (changes)
		write_value(steps, &now->block, "scheduler", to);
	/* A scheduler that was just chosen begins with its own default. */
	if (string_equal(to, "bfq") && said && GIVEN(&record, want, low_latency) &&
	    (changes || want->low_latency != now->low_latency))
		write_value(steps, &now->block, "iosched/low_latency",
			    want->low_latency ? "1" : "0");
	else if (string_equal(to, "bfq") && !changes && !now->low_latency &&
		 paths_has(change->differs, "low_latency"))
		write_value(steps, &now->block, "iosched/low_latency", "1");
	plan_file(steps, file_path(steps->arena, item->name),
		  want ? file_text(steps->arena, item->name, want, now->block.name, before) : NULL,
		  file ? file->file : NULL);
	return 0;
}

static int disks_render(const struct item *item, const struct view *view, struct text *text,
			struct faults *faults)
{
	const char *file = file_text(text->arena, item->name, item->value, "NAME", NULL);

	(void)view, (void)faults;
	if (file)
		text_addf(text, "# %s\n%s", file_path(text->arena, item->name), file);
	return 0;
}

const struct kind disks_kind = {
	.path = "disks",
	.summary = "the host's own disks: what orders their requests",
	.shape = SHAPE_NAMED,
	.flags = KIND_KEEPS | KIND_UNMARKED,
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = (const char *const[]){ NULL },
	.complete = disks_complete,
	.check = disks_check,
	.observe = disks_observe,
	.same = same_name,
	.plan = disks_plan,
	.render = disks_render,
};
