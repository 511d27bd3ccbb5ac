/* volumes.c - disks of guests: files of ours in a pool, empty or standing on an image.
 *
 * They grow; whatever else changes (a smaller size, another image, another format) means a
 * new file and the loss of the old content: class destroys-data.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/name.h"
#include "formats/guest.h"
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

/* A guest's own volume was described at its disk: GUEST-DISK at disks.DISK. */
static struct mark volume_mark(const struct item *item, const char *field)
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

/* ---- plan ---- */

static bool guest_uses(const struct guest *guest, const char *path)
{
	for (size_t i = 0; i < guest->disks.count; i++) {
		const struct guest_disk *disk = guest->disks.at[i].value;
		if (string_equal(disk->source, path))
			return true;
	}
	return false;
}

/* A guest that holds this file open (running, paused, suspended) and is not itself about to
 * go, or NULL.  -1 where nobody can tell. */
static int volume_user(const struct view *view, const char *path, const char **ret_user,
		       struct faults *faults)
{
	const struct seen_kind *guests = seen_find(view->seen, "guests");

	*ret_user = NULL;
	if (guests && guests->failed)
		return fault(faults, FAULT_HOST, "whether a guest runs with \"%s\" is not known",
			     path);
	if (!guests)
		return 0;
	EACH(each, &guests->running.list) {
		const struct item *item = *each;
		const struct guest *guest = item->value;
		bool stays = !item->ours || desired_find(view->desired, "guests", item->name);
		if (stays && !string_equal(guest->state, "stopped") && guest_uses(guest, path))
			*ret_user = item->path;
	}
	return 0;
}

static const char *bytes_text(struct arena *arena, uint64_t bytes)
{
	return type_text_of(&type_bytes, &(struct bytes){ bytes }, arena);
}

static int size_fault(const struct change *change, enum fault_kind kind, struct faults *faults,
		      const char *why)
{
	(void)fault(faults, kind, "%s", why);
	fault_last(faults)->mark = volume_mark(change->want, "size");
	return -1;
}

/* The image as it lies there now, or NULL where it is still to be fetched. */
static const struct image *image_seen(const struct view *view, const char *name)
{
	const struct seen_kind *images = seen_find(view->seen, "images");
	const struct item *want = desired_find(view->desired, "images", name);

	if (!images || !want)
		return NULL;
	EACH(item, &images->configured.list)
		if (want->kind->same(want, *item))
			return (*item)->value;
	return NULL;
}

static bool overcommits(const struct view *view, const struct volume *volume)
{
	const struct item *pool = desired_find(view->desired, "pools", volume->pool);

	return pool && ((const struct pool *)pool->value)->overcommit;
}

static int volume_check_size(const struct change *change, struct faults *faults)
{
	const struct volume *volume = change->want->value;
	const struct storage_facts *facts = change->facts;
	const struct image *image = GIVEN(&volume_record, volume, image)
					    ? image_seen(change->view, volume->image)
					    : NULL;
	struct arena *arena = faults->arena;
	uint64_t size = volume->size.count;

	if (!GIVEN(&volume_record, volume, size))
		return 0;
	if (image && image->virtual_size > size)
		return size_fault(change, FAULT_DESCRIPTION, faults,
				  arena_printf(arena,
					       "%s is less than the %s of images.%s, which would "
					       "be cut off",
					       bytes_text(arena, size),
					       bytes_text(arena, image->virtual_size),
					       volume->image));
	if (!facts || !facts->room_known || size <= facts->room ||
	    overcommits(change->view, volume))
		return 0;
	(void)size_fault(change, FAULT_HOST, faults,
			 arena_printf(arena, "%s do not fit into the free space of pools.%s, %s",
				      bytes_text(arena, size), volume->pool,
				      bytes_text(arena, facts->room)));
	fault_hint(faults, "make it smaller, or say overcommit: true at the pool");
	return -1;
}

/* A guest that is defined with the file which the last good run gave this volume, or NULL: then
 * there was such a file, with what the guest wrote.  A ledger alone does not tell: it is written
 * before the file is made. */
static int volume_loser(const struct change *change, const char **ret_loser, struct faults *faults)
{
	const struct volume *last = change->last ? change->last->value : NULL;
	const struct seen_kind *guests = seen_find(change->view->seen, "guests");

	*ret_loser = NULL;
	if (!last || !last->path || !guests)
		return 0;
	if (guests->failed)
		return fault(faults, FAULT_HOST, "whether a guest has \"%s\" is not known",
			     last->path);
	EACH(guest, &guests->configured.list)
		if (guest_uses((*guest)->value, last->path))
			*ret_loser = (*guest)->path;
	return 0;
}

/* The class of making it: where it had content, as on a file system that is not mounted (yet), an
 * empty one in its place is nothing to be done by the way. */
static int volume_create_class(const struct change *change, enum class *ret_class,
			       struct steps *steps, struct faults *faults)
{
	const struct volume *want = change->want->value;
	const char *loser = NULL;

	*ret_class = CLASS_NONE;
	if (change->configured)
		return 0;
	if (volume_loser(change, &loser, faults) < 0)
		return -1;
	if (!loser)
		return 0;
	*ret_class = CLASS_DESTROYS_DATA;
	steps_note(steps,
		   "%s has this volume, and its file is gone: is the file system of pools.%s "
		   "mounted? A new one has nothing of the old one's content",
		   loser, want->pool);
	return 0;
}

static int volume_create(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct volume *volume = change->want->value;
	enum class class = CLASS_NONE;
	bool image = GIVEN(&volume_record, volume, image);
	const char *format = storage_volume_format(volume), *backing = NULL;
	const char *backing_format = NULL;
	char bytes[24];

	if (volume_check_size(change, faults) < 0 ||
	    volume_create_class(change, &class, steps, faults) < 0)
		return -1;
	if (image) {
		const struct item *item =
			desired_find(change->view->desired, "images", volume->image);
		backing = storage_image_path(change->view->desired, volume->image);
		backing_format = ((const struct image *)item->value)->format;
	}
	snprintf(bytes, sizeof(bytes), "%" PRIu64, volume->size.count);
	step_add(steps, VERB_volume_create, class, volume->path, format,
		 GIVEN(&volume_record, volume, size) ? bytes : NULL, backing, backing_format,
		 change->want->path);
	return 0;
}

/* 1: it waits for who runs with it. */
static int volume_remove(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct volume *there = change->configured->value;
	const char *user = NULL;

	if (volume_user(change->view, there->path, &user, faults) < 0)
		return -1;
	if (user)
		steps_wait(steps, WAIT_GUEST_STOP, "%s runs with it", user);
	else
		step_add(steps, VERB_volume_remove, CLASS_DESTROYS_DATA, there->path);
	return user ? 1 : 0;
}

static int volume_resize(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct volume *want = change->want->value, *there = change->configured->value;
	struct arena *arena = faults->arena;
	char bytes[24];

	if (want->size.count < there->size.count)
		return size_fault(change, FAULT_REFUSED, faults,
				  arena_printf(arena,
					       "shrinking it from %s to %s would destroy data",
					       bytes_text(arena, there->size.count),
					       bytes_text(arena, want->size.count)));
	snprintf(bytes, sizeof(bytes), "%" PRIu64, want->size.count);
	step_add(steps, VERB_volume_resize, CLASS_LIVE, there->path, storage_volume_format(want),
		 bytes);
	return 0;
}

/* A guest that runs with it would be defined with the file at the new place, which is not there
 * before the guest is off: its next start would fail. */
static int volume_check_move(const struct change *change, struct faults *faults)
{
	const struct volume *want = change->want->value, *there = change->configured->value;
	const char *user = NULL;

	if (string_equal(want->path, there->path))
		return 0;
	if (volume_user(change->view, there->path, &user, faults) < 0)
		return -1;
	if (!user)
		return 0;
	(void)fault(faults, FAULT_REFUSED, "%s runs with it at \"%s\", and it is to lie at \"%s\"",
		    user, there->path, want->path);
	fault_last(faults)->mark = volume_mark(change->want, NULL);
	fault_hint(faults, "shut the guest down and move the file (cp --preserve=xattr keeps whose "
			   "it is); a volume is never moved by itself");
	return -1;
}

static int volumes_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	static const char *const size_only[] = { "size", NULL };

	if (!change->want)
		return volume_remove(change, steps, faults) < 0 ? -1 : 0;
	if (!change->configured)
		return volume_create(change, steps, faults);
	const struct volume *want = change->want->value;
	if (paths_only(change->differs, size_only))
		return GIVEN(&volume_record, want, size) ? volume_resize(change, steps, faults) : 0;
	if (volume_check_move(change, faults) < 0)
		return -1;
	int waits = volume_remove(change, steps, faults);
	if (waits)
		return waits < 0 ? -1 : 0;
	return volume_create(change, steps, faults);
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
