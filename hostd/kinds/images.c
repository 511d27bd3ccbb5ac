/* images.c - what volumes start from: fetched once, checked by digest, never changed.
 *
 * A new version (another digest) lies beside the old one, because what volumes stand on must
 * not change under them (PIT57).  That the content is still right is taken from the digest
 * and size that were written down when it was fetched, without reading gigabytes at every
 * look; a file of another size is fetched again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kinds/storage.h"

static const char *const formats[] = { "qcow2", "raw", NULL };

static const struct field fields[] = {
	FIELD_TEXT("url", struct image, url, &type_url, CLASS_NONE,
		   "where it comes from: https, http or file",
		   .flags = FIELD_REQUIRED | FIELD_PLAIN,
		   .example = "https://images.lab.example/debian-13-generic-amd64.qcow2"),
	FIELD("sha256", struct image, sha256, CLASS_NONE,
	      "digest of the content; may be left out for file URLs only",
	      .example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
	FIELD("format", struct image, format, CLASS_NONE, "what it is, never guessed",
	      .choices = formats, .fallback = "qcow2", .flags = FIELD_PLAIN),
	FIELD("pool", struct image, pool, CLASS_NONE, "pool it is kept in (default: \"default\")",
	      .target = "pools", .flags = FIELD_PLAIN, .example = "default"),
	FIELD_TEXT("path", struct image, path, &type_path, CLASS_NONE, "its file",
		   .flags = FIELD_IMPLIED),
};
const struct record image_record = RECORD(struct image, fields);

static void images_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct image *image = item->value;

	(void)faults;
	if (!GIVEN(&image_record, image, pool)) {
		SET(&image_record, image, pool, "default");
		desired_imply(desired, "pools", "default", item);
	}
	const char *path = storage_image_path(desired, item->name);
	if (path)
		SET(&image_record, image, path, path);
}

static void images_check(const struct item *item, const struct desired *desired,
			 struct faults *faults)
{
	const struct image *image = item->value;

	(void)desired;
	if (!image->url || string_starts(image->url, "file:") ||
	    GIVEN(&image_record, image, sha256))
		return;
	(void)fault_at(faults, item_mark(item, "url"), "an image from elsewhere needs its sha256");
	fault_hint(faults, "take it from the publisher's SHA256SUMS, or from sha256sum");
}

/* ---- observe ---- */

/* The digest counts only while the file still has the size it had then. */
static int digest_observe(struct host *host, const char *path, struct image *image,
			  struct faults *faults)
{
	const char *digest = NULL, *rest = NULL;
	struct host_file file = {};
	char size[24];

	int found = storage_digest(host, path, STORAGE_DIGEST, &digest, &rest, faults);
	if (found < 0 || host_stat(host, path, &file, faults) < 0)
		return -1;
	snprintf(size, sizeof(size), " %" PRIu64, file.size);
	if (!found)
		return 0;
	image->damaged = strcmp(rest, size) != 0;
	if (image->damaged)
		return 0;
	SET(&image_record, image, sha256, ((struct digest){ digest }));
	SET(&image_record, image, path, path);
	return 0;
}

static int image_read(struct host *host, struct image *image, const char *path,
		      struct faults *faults)
{
	struct host_image seen = {};

	if (host_image(host, path, &seen, faults) < 0)
		return -1;
	image->virtual_size = seen.virtual_size;
	if (seen.format)
		SET(&image_record, image, format, arena_strdup(host->arena, seen.format));
	return digest_observe(host, path, image, faults);
}

/* One that cannot be read is an item all the same: it is not gone. */
static void image_observe(struct host *host, const struct storage_folder *folder, const char *file,
			  struct items *items)
{
	const char *path = arena_printf(items->arena, "%s/images/%s", folder->path, file);
	const char *name = NULL;
	struct faults why;

	faults_init(&why, items->arena);
	int ours = storage_mark(host, path, "images", &name, &why);
	if (ours == 0)
		return;
	if (ours < 0)
		name = storage_image_name(items->arena, path);
	struct item *item = items_add(items, &images_kind, name ? name : file);
	struct image *image = item->value;
	item->ours = ours > 0;
	SET(&image_record, image, pool, arena_strdup(items->arena, folder->pool));
	image->path = path; /* given only where its content is known to be right */
	WITHIN(&why, "\"%s\"", path);
	if (ours < 0 || image_read(host, image, path, &why) < 0)
		item_unread(item, &why);
}

static int images_observe(struct host *host, struct items *configured, struct items *running,
			  struct faults *faults)
{
	struct storage_folders folders = {};

	(void)running;
	if (storage_folders(host, &folders, faults) < 0)
		return -1;
	EACH(folder, &folders.list) {
		struct host_names names = {};
		const char *path = arena_printf(host->arena, "%s/images", folder->path);
		if (host_list(host, path, &names, faults) < 0)
			return -1;
		EACH(name, &names.list)
			image_observe(host, folder, *name, configured);
	}
	return 0;
}

/* Of several versions the one at the wanted place. */
static bool images_same(const struct item *want, const struct item *seen)
{
	const struct image *wanted = want->value, *there = seen->value;

	return strcmp(want->name, seen->name) == 0 &&
	       (!wanted->path || string_equal(wanted->path, there->path));
}

static int images_probe(struct host *host, struct arena *arena, const struct item *want,
			const struct desired *desired, const void **ret_facts,
			struct faults *faults)
{
	struct storage_facts *facts = ARENA_NEW(arena, struct storage_facts);
	const struct image *image = want->value;
	struct host_file file = {};

	(void)desired;
	if (storage_look(host, image->path, facts, faults) < 0)
		return -1;
	if (string_starts(image->url, "file://")) {
		int found = host_stat(host, image->url + strlen("file://"), &file, faults);
		if (found < 0)
			return -1;
		facts->source_missing = !found;
		facts->source_known = found && file.kind == FILE_REGULAR;
		facts->source = file.size;
	}
	*ret_facts = facts;
	return 0;
}

/* ---- plan ---- */

/* The volume that stands on this file and stays, or NULL.  -1 where nobody can tell. */
static int image_user(const struct view *view, const char *path, const char **ret_user,
		      struct faults *faults)
{
	const struct seen_kind *volumes = seen_find(view->seen, "volumes");

	*ret_user = NULL;
	if (volumes && volumes->failed)
		return fault(faults, FAULT_HOST, "whether a volume stands on \"%s\" is not known",
			     path);
	if (!volumes)
		return 0;
	EACH(each, &volumes->configured.list) {
		const struct item *item = *each;
		const struct volume *volume = item->value;
		if (item->unread && !volume->backing)
			return fault(faults, FAULT_HOST,
				     "whether %s stands on \"%s\" is not known: %s", item->path,
				     path, item->unread);
		if (string_equal(volume->backing, path) &&
		    (!item->ours || desired_find(view->desired, "volumes", item->name)))
			*ret_user = item->path;
	}
	return 0;
}

static int image_remove(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct image *image = change->configured->value;
	const char *user = NULL;

	if (image_user(change->view, image->path, &user, faults) < 0)
		return -1;
	if (user)
		steps_wait(steps, WAIT_EVENT, "%s still stands on it", user);
	else
		step_add(steps, VERB_image_remove, CLASS_DESTROYS_DATA, image->path);
	return 0;
}

static const char *bytes_text(struct arena *arena, uint64_t bytes)
{
	return type_text_of(&type_bytes, &(struct bytes){ bytes }, arena);
}

static int fault_mark(struct faults *faults, enum fault_kind kind, struct mark mark,
		      const char *message)
{
	(void)fault(faults, kind, "%s", message);
	fault_last(faults)->mark = mark;
	return -1;
}

static int facts_check(const struct change *change, struct faults *faults)
{
	const struct storage_facts *facts = change->facts;
	const struct image *image = change->want->value;
	struct mark mark = item_mark(change->want, "url");

	if (!facts)
		return 0;
	if (facts->source_missing)
		return fault_mark(faults, FAULT_HOST, mark,
				  arena_printf(faults->arena, "there is no file \"%s\"",
					       image->url + strlen("file://")));
	if (facts->there && !change->configured) {
		(void)fault(faults, FAULT_REFUSED, "\"%s\" is there and was not made by gasthof",
			    image->path);
		fault_last(faults)->mark = mark;
		return -1;
	}
	if (!facts->room_known || !facts->source_known || facts->source <= facts->room)
		return 0;
	return fault_mark(faults, FAULT_HOST, mark,
			  arena_printf(faults->arena,
				       "its %s do not fit into the free space of pools.%s, %s",
				       bytes_text(faults->arena, facts->source), image->pool,
				       bytes_text(faults->arena, facts->room)));
}

/* A volume would be corrupt on an image of other content (PIT57), and a file URL without sha256
 * may lead to other content each time: what a volume was made on says what it has to be again. */
static int volume_demands(const struct change *change, const struct item *item, const char **digest,
			  struct faults *faults)
{
	const struct image *image = change->want->value;
	const struct volume *volume = item->value;

	if (volume->backing_digest && (!*digest || strcmp(*digest, volume->backing_digest) == 0)) {
		*digest = volume->backing_digest;
		return 0;
	}
	(void)fault(faults, FAULT_REFUSED,
		    "%s stands on it, and nobody can tell whether \"%s\" is still what it was",
		    item->path, image->url);
	fault_last(faults)->mark = item_mark(change->want, "url");
	fault_hint(faults, "put \"%s\" back from a backup that keeps extended attributes",
		   image->path);
	return -1;
}

/* The digest that what is fetched must have, or NULL. */
static int digest_wanted(const struct change *change, const char **ret, struct faults *faults)
{
	const struct image *image = change->want->value;
	const struct seen_kind *volumes = seen_find(change->view->seen, "volumes");

	*ret = GIVEN(&image_record, image, sha256) ? image->sha256.hex : NULL;
	if (*ret || !volumes)
		return 0;
	if (volumes->failed)
		return fault(faults, FAULT_HOST, "whether a volume stands on \"%s\" is not known",
			     image->path);
	EACH(each, &volumes->configured.list) {
		const struct item *item = *each;
		const struct volume *volume = item->value;
		/* Nothing can stand on what was never there. */
		if (item->unread && !volume->backing && (change->last || change->configured))
			return fault(faults, FAULT_HOST,
				     "whether %s stands on \"%s\" is not known: %s", item->path,
				     image->path, item->unread);
		if (string_equal(volume->backing, image->path) &&
		    volume_demands(change, item, ret, faults) < 0)
			return -1;
	}
	return 0;
}

static int images_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const char *digest = NULL;

	if (!change->want)
		return image_remove(change, steps, faults);
	const struct image *image = change->want->value;
	if (facts_check(change, faults) < 0 || digest_wanted(change, &digest, faults) < 0)
		return -1;
	const struct image *there = change->configured ? change->configured->value : NULL;
	if (there && there->damaged)
		step_add(steps, VERB_image_remove, CLASS_DESTROYS_DATA, image->path);
	step_add(steps, VERB_image_fetch, CLASS_NONE, image->path, image->url, digest,
		 image->format, change->want->path);
	return 0;
}

static const char *const needs[] = { "pools", NULL };

const struct kind images_kind = {
	.path = "images",
	.summary = "what volumes start from",
	.shape = SHAPE_NAMED,
	.flags = KIND_STOOD_ON,
	.adopt = ADOPT_ASK,
	.record = &image_record,
	.needs = needs,
	.complete = images_complete,
	.check = images_check,
	.observe = images_observe,
	.probe = images_probe,
	.same = images_same,
	.plan = images_plan,
	.render = render_nothing,
};
