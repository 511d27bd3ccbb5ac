/* volumes.c - disks of guests: files of ours in a pool, empty or standing on an image. */
#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "kinds/storage.h"

static const char *const formats[] = { "qcow2", "raw", NULL };

static const struct field fields[] = {
	FIELD("pool", struct volume, pool, CLASS_DESTROYS_DATA,
	      "pool it lies in (default: the image's, or \"default\")", .target = "pools",
	      .flags = FIELD_PLAIN, .example = "fast"),
	FIELD("size", struct volume, size, CLASS_LIVE,
	      "virtual size; default: that of the image. It can grow, never shrink",
	      .example = "40GiB"),
	FIELD("format", struct volume, format, CLASS_DESTROYS_DATA,
	      "qcow2 (grows as it is written, can stand on an image) or raw", .choices = formats,
	      .fallback = "qcow2"),
	FIELD("image", struct volume, image, CLASS_DESTROYS_DATA,
	      "image it stands on (qcow2 backing file); without: it is empty", .target = "images",
	      .example = "debian-13"),
	FIELD_TEXT("path", struct volume, path, &type_path, CLASS_DESTROYS_DATA, "its file",
		   .flags = FIELD_IMPLIED),
};
const struct record volume_record = RECORD(struct volume, fields);

static void volumes_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct volume *volume = item->value;

	(void)faults;
	if (!GIVEN(&volume_record, volume, pool)) {
		const char *pool = storage_volume_pool(desired, volume);
		if (pool)
			SET(&volume_record, volume, pool, pool);
		if (string_equal(pool, "default"))
			desired_imply(desired, "pools", "default", item);
	}
	const char *path = storage_volume_path(desired, item->name);
	if (path)
		SET(&volume_record, volume, path, path);
}

struct mark volume_mark(const struct item *item, const char *field)
{
	char path[2 * NAME_SIZE_MAX + 32];

	if (item->node || !item->by)
		return item_mark(item, field);
	size_t size = strlen(item->by->name);
	const char *disk = strlen(item->name) > size ? item->name + size + 1 : "";
	snprintf(path, sizeof(path), "disks.%s%s%s", disk, field ? "." : "", field ? field : "");
	return item_mark(item, path);
}

static void volumes_check(const struct item *item, const struct desired *desired,
			  struct faults *faults)
{
	const struct volume *volume = item->value;
	bool image = GIVEN(&volume_record, volume, image);

	(void)desired;
	if (image && strcmp(storage_volume_format(volume), "raw") == 0) {
		(void)fault_at(faults, volume_mark(item, "format"),
			       "a raw volume cannot stand on an image");
		fault_hint(faults, "leave the format out: qcow2 is the default");
	}
	if (GIVEN(&volume_record, volume, size) && volume->size.count < 1024 * 1024)
		(void)fault_at(faults, volume_mark(item, "size"), "a volume has at least 1MiB");
	if (!image && !GIVEN(&volume_record, volume, size))
		(void)fault_at(faults, volume_mark(item, NULL),
			       "a volume needs a size or an image");
}

/* ---- observe ---- */

static const char *backing_path(struct arena *arena, const char *folder, const char *backing)
{
	return *backing == '/' ? arena_strdup(arena, backing)
			       : arena_printf(arena, "%s/%s", folder, backing);
}

static int backing_observe(struct host *host, const struct storage_folder *folder,
			   const struct host_image *seen, struct volume *volume,
			   struct faults *faults)
{
	const char *image = NULL, *rest = NULL;

	if (!seen->backing)
		return 0;
	volume->backing = backing_path(host->arena, folder->path, seen->backing);
	int found = storage_mark(host, volume->backing, "images", &image, faults);
	if (found < 0 || storage_digest(host, volume->path, STORAGE_BACKING,
					&volume->backing_digest, &rest, faults) < 0)
		return -1;
	if (!found)
		image = storage_image_name(host->arena, volume->backing);
	if (image)
		SET(&volume_record, volume, image, arena_strdup(host->arena, image));
	return 0;
}

/* What a raw file of ours begins with is its guest's to write: a qcow2 header there, right or
 * wrong, says nothing about the file. */
static int file_observe(struct host *host, const char *path, bool raw, const struct host_file *file,
			struct host_image *ret, struct faults *faults)
{
	if (!raw)
		return host_image(host, path, ret, faults) < 0 ? -1 : 0;
	*ret = (struct host_image){ .format = "raw", .virtual_size = file->size };
	return 0;
}

static int volume_read(struct host *host, const struct storage_folder *folder, const char *file,
		       struct item *item, struct faults *faults)
{
	struct volume *volume = item->value;
	struct host_file kind = {};
	struct host_image seen = {};
	bool raw = item->ours && string_ends(file, ".img");

	if (host_stat(host, volume->path, &kind, faults) < 0 ||
	    file_observe(host, volume->path, raw, &kind, &seen, faults) < 0)
		return -1;
	SET(&volume_record, volume, size, ((struct bytes){ seen.virtual_size }));
	if (seen.format)
		SET(&volume_record, volume, format, arena_strdup(host->arena, seen.format));
	return backing_observe(host, folder, &seen, volume, faults);
}

/* A file that cannot be read, one that somebody damaged or put there, is an item all the same: it
 * may stand on an image, and it is not gone. */
static void volume_observe(struct host *host, const struct storage_folder *folder, const char *file,
			   struct items *items)
{
	const char *path = arena_printf(items->arena, "%s/%s", folder->path, file);
	const char *name = NULL;
	struct host_file kind = {};
	struct faults why;

	faults_init(&why, items->arena);
	int there = host_stat(host, path, &kind, &why);
	if (there == 0 || (there == 1 && kind.kind != FILE_REGULAR))
		return;
	int ours = there < 0 ? -1 : storage_mark(host, path, "volumes", &name, &why);
	if (ours <= 0)
		name = arena_printf(items->arena, "%s/%s", folder->pool, file);
	struct item *item = items_add(items, &volumes_kind, name);
	struct volume *volume = item->value;
	item->ours = ours > 0;
	SET(&volume_record, volume, path, path);
	SET(&volume_record, volume, pool, arena_strdup(items->arena, folder->pool));
	WITHIN(&why, "\"%s\"", path);
	if (ours < 0 || volume_read(host, folder, file, item, &why) < 0)
		item_unread(item, &why);
}

static int volumes_observe(struct host *host, struct items *configured, struct items *running,
			   struct faults *faults)
{
	struct storage_folders folders = {};

	(void)running;
	if (storage_folders(host, &folders, faults) < 0)
		return -1;
	EACH(folder, &folders.list) {
		struct host_names names = {};
		if (host_list(host, folder->path, &names, faults) < 0)
			return -1;
		EACH(name, &names.list)
			volume_observe(host, folder, *name, configured);
	}
	return 0;
}

/* Ours by its handle; somebody else's file where ours is to lie. */
static bool volumes_same(const struct item *want, const struct item *seen)
{
	const struct volume *wanted = want->value, *there = seen->value;

	return seen->ours ? strcmp(want->name, seen->name) == 0
			  : wanted->path && string_equal(wanted->path, there->path);
}

static int volumes_probe(struct host *host, struct arena *arena, const struct item *want,
			 const struct desired *desired, const void **ret_facts,
			 struct faults *faults)
{
	struct storage_facts *facts = ARENA_NEW(arena, struct storage_facts);
	const struct volume *volume = want->value;

	(void)desired;
	if (storage_look(host, volume->path, facts, faults) < 0)
		return -1;
	*ret_facts = facts;
	return 0;
}

/* A file where ours is to lie. */
static int volumes_take_over(const struct change *change, struct paths *differs,
			     struct steps *steps, struct faults *faults)
{
	const struct volume *there = change->configured->value;

	(void)differs, (void)faults;
	step_add(steps, VERB_file_mark, CLASS_NONE, there->path, change->want->path);
	return 0;
}

static const char *const needs[] = { "images", "pools", NULL };

const struct kind volumes_kind = {
	.path = "volumes",
	.summary = "disks of guests",
	.shape = SHAPE_NAMED,
	.flags = KIND_STOOD_ON,
	.adopt = ADOPT_ASK,
	.record = &volume_record,
	.needs = needs,
	.complete = volumes_complete,
	.check = volumes_check,
	.observe = volumes_observe,
	.probe = volumes_probe,
	.same = volumes_same,
	.take_over = volumes_take_over,
	.plan = volumes_plan,
	.render = render_nothing,
};
