/* volumes_plan.c - the steps that make a volume as wanted.
 *
 * It grows; whatever else changes (a smaller size, another image, another format) means a new
 * file and the loss of the old content: class destroys-data.  So does a new file where the old
 * one was lost.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "formats/guest.h"
#include "kinds/storage.h"

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

/* Where it had content, as on a file system that is not mounted (yet). */
static int volume_create_class(const struct change *change, enum class *ret_class,
			       struct steps *steps, struct faults *faults)
{
	const struct volume *last = change->last ? change->last->value : NULL;
	const struct storage_place place = { .path = last ? last->path : NULL };
	const char *loser = NULL;

	if (storage_create_class(change, &place, ret_class, &loser, faults) < 0)
		return -1;
	if (loser)
		steps_note(steps,
			   "%s has this volume, and its file is gone: is the file system of "
			   "pools.%s mounted? A new one has nothing of the old one's content",
			   loser, ((const struct volume *)change->want->value)->pool);
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

/* What the last good run was given, as a person would say it. */
static const char *volume_words(struct arena *arena, const struct volume *last)
{
	bool usual = string_equal(last->pool, "default") && !GIVEN(&volume_record, last, image);
	struct text said = text_of(arena);

	for (size_t i = 0; i < volume_record.field_count; i++) {
		const struct field *field = &volume_record.fields[i];
		if (field->flags & FIELD_IMPLIED ||
		    (usual && field->offset == offsetof(struct volume, pool)) ||
		    !record_given(&volume_record, last, field->offset))
			continue;
		text_addf(&said, "%s%s: %s", said.size ? ", " : "", field->name,
			  field_print(arena, field, (const char *)last + field->offset));
	}
	return said.size ? said.at : "";
}

/* A guest that is taken out takes its volumes with it, unless they are said to stay. */
static void volume_keep_note(const struct change *change, struct steps *steps)
{
	if (!change->want && change->last)
		steps_note(steps,
			   "with all that is in it; to keep it, describe it: volumes: {%s: {%s}}",
			   change->last->name, volume_words(steps->arena, change->last->value));
}

/* 1: it waits for who runs with it. */
static int volume_remove(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct volume *there = change->configured->value;
	const char *user = NULL;

	if (storage_user(change->view, &(struct storage_place){ .path = there->path }, &user,
			 faults) < 0)
		return -1;
	volume_keep_note(change, steps);
	if (user)
		steps_wait(steps, WAIT_GUEST_STOP,
			   "%s runs with it; then it needs permission for class %s", user,
			   class_name(CLASS_DESTROYS_DATA));
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
	if (storage_user(change->view, &(struct storage_place){ .path = there->path }, &user,
			 faults) < 0)
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

int volumes_plan(const struct change *change, struct steps *steps, struct faults *faults)
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
