/* libvirt_volumes.c - volumes in pools that libvirt runs itself, said in its own words.
 *
 * libvirt makes them, lets them grow and deletes them, and keeps no mark with them: the ledger
 * says whose they are.  Only pools that something names are looked into.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "formats/libvirt_object.h"
#include "formats/veil.h"
#include "kinds/libvirt_volumes.h"
#include "kinds/storage.h"

static const struct record *const record = &libvirt_volume_record;
static const struct definition *const definition = &libvirt_volume_definition;

static const struct libvirt_volume *volume_of(const struct item *item)
{
	return item->value;
}

static bool is_of(const struct libvirt_volume *volume, const char *pool, const char *name)
{
	return string_equal(volume->pool, pool) && string_equal(volume->name, name);
}

/* ---- what is wanted ---- */

void libvirt_volumes_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct libvirt_volume *volume = item->value;

	(void)faults;
	if (!GIVEN(record, volume, name))
		SET(record, volume, name, item->name);
	bind_settle(desired->arena, definition->table, volume);
}

int libvirt_volume_write(const struct libvirt_volume *volume, struct text *text,
			 struct faults *faults)
{
	return definition_write(
		text, definition,
		&(struct definition_writing){ .value = volume, .block = volume->libvirt_xml },
		faults);
}

static void block_check(const struct item *item, struct faults *faults)
{
	struct text text = text_of(faults->arena);
	struct faults found;

	faults_init(&found, faults->arena);
	if (volume_of(item)->libvirt_xml &&
	    libvirt_volume_write(volume_of(item), &text, &found) < 0)
		(void)fault_at(faults, item_mark(item, "libvirt_xml"), "%s", found.first->message);
}

static void name_check(const struct item *item, const char *field, const char *name,
		       struct faults *faults)
{
	if (!*name || strchr(name, '/'))
		(void)fault_at(faults, item_mark(item, field), "\"%s\" is no name for libvirt",
			       name);
}

void libvirt_volumes_check(const struct item *item, const struct desired *desired,
			   struct faults *faults)
{
	const struct libvirt_volume *volume = volume_of(item);

	block_check(item, faults);
	name_check(item, "name", volume->name, faults);
	name_check(item, "pool", volume->pool, faults);
	DESIRED_EACH(other, desired, item->kind->path) {
		if (other == item)
			return; /* each pair once, at the later of the two */
		if (!is_of(volume_of(other), volume->pool, volume->name))
			continue;
		(void)fault_at(faults, item_mark(item, NULL), "%s is this volume already",
			       other->path);
		fault_also(faults, item_mark(other, NULL), "the other one");
	}
}

/* ---- observing ---- */

static const struct item *find(const struct items *items, const char *pool, const char *name)
{
	if (!items)
		return NULL;
	EACH(item, &items->list)
		if ((*item)->kind == &libvirt_volumes_kind && is_of(volume_of(*item), pool, name))
			return *item;
	return NULL;
}

/* What a qcow2 is like in detail libvirt tells only after it looked into the file, and of nocow
 * never: until then it is as it was made. */
static void unsaid_fill(struct libvirt_volume *volume, const struct libvirt_volume *last)
{
	static const char *const unsaid[] = { "compat", "cluster_size", "features", "nocow" };
	const struct record *target = &libvirt_volume_target_record;

	for (size_t i = 0; i < COUNT_OF(unsaid); i++) {
		const struct field *field = record_find(target, unsaid[i]);
		if (!record_given(target, &volume->target, field->offset))
			record_take(target, &volume->target, &last->target, field);
	}
}

static int volume_observe(const char *pool, const struct host_volume *seen, struct items *items,
			  struct faults *faults)
{
	struct arena *arena = items->arena;
	const struct item *last = find(items->given, pool, seen->name);
	struct item *item =
		items_add(items, &libvirt_volumes_kind,
			  last ? last->name : arena_printf(arena, "%s/%s", pool, seen->name));
	struct libvirt_volume *volume = item->value;

	WITHIN(faults, "volume %s", seen->name);
	if (definition_of_xml(arena, definition, seen->xml, false, volume, faults) < 0)
		return -1;
	SET(record, volume, pool, arena_strdup(arena, pool));
	item->ours = last;
	if (last)
		unsaid_fill(volume, volume_of(last));
	return 0;
}

static int pool_observe(struct host *host, const char *pool, struct items *items,
			struct faults *faults)
{
	struct host_volumes volumes = {};

	if (host_volumes(host, pool, &volumes, faults) < 0)
		return -1;
	EACH(seen, &volumes.list)
		if (volume_observe(pool, seen, items, faults) < 0)
			return -1;
	return 0;
}

static void pools_add(struct text_list *pools, const struct items *items, struct arena *arena)
{
	if (!items)
		return;
	EACH(each, &items->list)
		if ((*each)->kind == &libvirt_volumes_kind &&
		    !text_list_has(pools, volume_of(*each)->pool))
			text_list_push(arena, pools, volume_of(*each)->pool);
}

static int observe(struct host *host, struct items *configured, struct items *running,
		   struct faults *faults)
{
	struct text_list pools = {};

	(void)running;
	pools_add(&pools, configured->wanted, configured->arena);
	pools_add(&pools, configured->given, configured->arena);
	if (configured->all &&
	    libvirt_volumes_used_pools(host, configured->arena, &pools, faults) < 0)
		return -1;
	EACH(pool, &pools)
		if (pool_observe(host, *pool, configured, faults) < 0)
			return -1;
	return 0;
}

static bool same(const struct item *want, const struct item *seen)
{
	return is_of(volume_of(want), volume_of(seen)->pool, volume_of(seen)->name);
}

struct facts { /* of the pool */
	bool there, active;
};

static int probe(struct host *host, struct arena *arena, const struct item *want,
		 const struct desired *desired, const void **ret_facts, struct faults *faults)
{
	struct facts *facts = ARENA_NEW(arena, struct facts);
	struct host_virt_objects pools = {};

	(void)desired;
	if (host_pools(host, &pools, faults) < 0)
		return -1;
	EACH(pool, &pools.list)
		if (string_equal(pool->name, volume_of(want)->pool))
			*facts = (struct facts){ .there = true, .active = pool->active };
	*ret_facts = facts;
	return 0;
}

/* ---- adopting ---- */

/* What is only said when a volume is made: nobody can tell, and nothing is done about it later. */
static const char *const made_with[] = { "allocation", "libvirt_xml", "target.permissions",
					 "target.encryption", "target.nocow" };

static int take_over(const struct change *change, struct paths *differs, struct steps *steps,
		     struct faults *faults)
{
	(void)change, (void)steps, (void)faults;
	for (size_t i = 0; i < COUNT_OF(made_with); i++)
		paths_drop(differs, made_with[i]);
	return 0;
}

/* ---- planning ---- */

static int plan_fault(const struct change *change, enum fault_kind kind, const char *field,
		      struct faults *faults, const char *why)
{
	(void)fault(faults, kind, "%s", why);
	fault_last(faults)->mark = item_mark(change->want, field);
	return -1;
}

static bool pool_is_described(const struct desired *desired, const char *pool)
{
	DESIRED_EACH(item, desired, "libvirt.pools")
		if (string_equal(((const struct libvirt_object *)item->value)->name, pool))
			return true;
	return desired_find(desired, "pools", pool);
}

/* 1; 0: it waits for its pool; -1 where there is none. */
static int pool_check(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct libvirt_volume *want = volume_of(change->want);
	const struct facts *facts = change->facts;
	bool described = pool_is_described(change->view->desired, want->pool);

	if (!facts || facts->active)
		return 1;
	if (!facts->there && !described)
		return plan_fault(change, FAULT_DESCRIPTION, "pool", faults,
				  arena_printf(faults->arena,
					       "libvirt has no pool \"%s\", and none is described",
					       want->pool));
	/* Of one that was made before nobody knows whether it is there. */
	if (facts->there && (change->last || !described)) {
		steps_wait(steps, described ? WAIT_ROUND : WAIT_EVENT,
			   "libvirt's pool \"%s\" is not active", want->pool);
		return 0;
	}
	return 1;
}

static int encryption_check(const struct change *change, struct faults *faults)
{
	const struct libvirt_volume *want = volume_of(change->want);
	const struct guest_encryption *encryption = &want->target.encryption;
	const char *format = want->target.format;

	if (!GIVEN(&libvirt_volume_target_record, &want->target, encryption))
		return 0;
	if (format && !string_equal(format, "raw") && !string_equal(format, "qcow2"))
		return plan_fault(change, FAULT_DESCRIPTION, "target.encryption", faults,
				  "only raw and qcow2 volumes can be encrypted");
	if (encryption->secrets.count != 1)
		return plan_fault(change, FAULT_DESCRIPTION, "target.encryption", faults,
				  "an encrypted volume is made with one secret of libvirt's, which "
				  "has to be there before: secrets: {secret-0: {type: passphrase, "
				  "uuid: UUID}}");
	return 0;
}

/* It keeps its place: under another it would be another volume, and this one be forgotten. */
static int place_check(const struct change *change, struct faults *faults)
{
	const struct libvirt_volume *want = volume_of(change->want);
	const struct libvirt_volume *last = change->last ? volume_of(change->last) : NULL;

	if (!last || is_of(last, want->pool, want->name))
		return 0;
	return plan_fault(change, FAULT_REFUSED,
			  string_equal(last->pool, want->pool) ? "name" : "pool", faults,
			  arena_printf(faults->arena,
				       "it was made as \"%s\" in the pool \"%s\", where it stays: "
				       "describe another one under another key",
				       last->name, last->pool));
}

/* Where its file is, or was, in a pool that is a described folder; else NULL. */
static const char *file_of(const struct change *change, struct arena *arena)
{
	const struct libvirt_volume *want = volume_of(change->want);

	DESIRED_EACH(item, change->view->desired, "libvirt.pools") {
		const struct libvirt_pool *pool = item->value;
		if (string_equal(pool->object.name, want->pool) && pool->target.path)
			return arena_printf(arena, "%s/%s", pool->target.path, want->name);
	}
	return NULL;
}

static int create_class(const struct change *change, enum class *ret_class, struct steps *steps,
			struct faults *faults)
{
	const struct libvirt_volume *want = volume_of(change->want);
	const struct storage_place place = { file_of(change, faults->arena), want->pool,
					     want->name };
	const char *loser = NULL;

	if (storage_create_class(change, &place, ret_class, &loser, faults) < 0)
		return -1;
	if (loser)
		steps_note(steps, "what %s had in the volume is gone: it is made anew, and empty",
			   loser);
	return 0;
}

static int volume_create(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct libvirt_volume *want = volume_of(change->want);
	struct text text = text_of(steps->arena);
	enum class class = CLASS_NONE;

	if (!GIVEN(record, want, capacity) &&
	    !GIVEN(&libvirt_volume_backing_record, &want->backing, path))
		return plan_fault(change, FAULT_DESCRIPTION, NULL, faults,
				  "a volume needs a capacity");
	if (encryption_check(change, faults) < 0 || libvirt_volume_write(want, &text, faults) < 0 ||
	    create_class(change, &class, steps, faults) < 0)
		return -1;
	struct step *step = step_body(
		steps, step_add(steps, VERB_pool_volume_create, class, want->pool, want->name),
		text.at, text.size);
	step->secret_body = veil(steps->arena, text.at) != text.at;
	return 0;
}

/* 1: it waits for who runs with it. */
static int user_wait(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct libvirt_volume *there = volume_of(change->configured);
	const struct storage_place place = { there->target.path, there->pool, there->name,
					     .now = change->want };
	const char *user = NULL;

	if (storage_user(change->view, &place, &user, faults) < 0)
		return -1;
	if (user)
		steps_wait(steps, WAIT_GUEST_STOP, "%s runs with it", user);
	return user != NULL;
}

static int volume_delete(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct libvirt_volume *there = volume_of(change->configured);
	int waits = user_wait(change, steps, faults);

	if (!waits)
		step_add(steps, VERB_pool_volume_delete, CLASS_DESTROYS_DATA, there->pool,
			 there->name);
	return waits;
}

static int volume_resize(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct libvirt_volume *want = volume_of(change->want);
	uint64_t size = want->capacity.count;
	bool shrinks = size < volume_of(change->configured)->capacity.count;
	char bytes[24];

	int waits = shrinks ? user_wait(change, steps, faults) : 0;
	if (waits)
		return waits < 0 ? -1 : 0;
	snprintf(bytes, sizeof(bytes), "%" PRIu64, size);
	step_add(steps, VERB_pool_volume_resize, shrinks ? CLASS_DESTROYS_DATA : CLASS_LIVE,
		 want->pool, want->name, bytes, shrinks ? "shrink" : "grow");
	return 0;
}

static bool is_below(const struct path *path, const char *field)
{
	const struct paths one = { .at = (struct path *)path, .count = 1 };

	return paths_has(&one, field);
}

static bool is_made_with(const struct path *path)
{
	bool is = false;

	for (size_t i = 0; i < COUNT_OF(made_with); i++)
		is = is || is_below(path, made_with[i]);
	return is;
}

/* What is no longer said stays as it is; but for what it stands on, where saying nothing is to
 * stand alone. */
static bool is_to_change(const struct path *path)
{
	return path->kind != PATH_RESET || is_below(path, "backing");
}

/* Whether it has to be made anew for it; a fault where that would not be worth its content. */
static int made_anew(const struct change *change, bool *ret, struct faults *faults)
{
	const struct path *unable = NULL;

	*ret = false;
	for (size_t i = 0; i < change->differs->count; i++) {
		const struct path *path = &change->differs->at[i];
		if (!is_to_change(path) || is_below(path, "capacity"))
			continue;
		if (is_made_with(path))
			unable = path;
		else
			*ret = true;
	}
	if (!unable || *ret)
		return 0;
	(void)plan_fault(change, FAULT_REFUSED, unable->path, faults,
			 arena_printf(faults->arena, "libvirt takes %s only when it makes a volume",
				      unable->path));
	fault_hint(faults, "say what was said before, or nothing");
	return -1;
}

static int volume_change(const struct change *change, struct steps *steps, struct faults *faults)
{
	bool anew = false;

	if (made_anew(change, &anew, faults) < 0)
		return -1;
	if (!anew)
		return GIVEN(record, volume_of(change->want), capacity) &&
				       paths_has(change->differs, "capacity")
			       ? volume_resize(change, steps, faults)
			       : 0;
	int waits = volume_delete(change, steps, faults);
	if (waits)
		return waits < 0 ? -1 : 0;
	return volume_create(change, steps, faults);
}

static int plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	if (!change->want)
		return volume_delete(change, steps, faults) < 0 ? -1 : 0;
	if (place_check(change, faults) < 0)
		return -1;
	if (change->configured)
		return volume_change(change, steps, faults);
	int ready = pool_check(change, steps, faults);
	return ready == 1 ? volume_create(change, steps, faults) : ready;
}

/* ---- XML ---- */

static int render(const struct item *item, const struct view *view, struct text *text,
		  struct faults *faults)
{
	(void)view;
	return libvirt_volume_write(volume_of(item), text, faults);
}

static const char *const needs[] = { "require", "libvirt.pools", "pools", NULL };

const struct kind libvirt_volumes_kind = {
	.path = "libvirt.volumes",
	.summary = "volumes in libvirt's pools, in its own words",
	.shape = SHAPE_NAMED,
	.flags = KIND_STOOD_ON,
	.adopt = ADOPT_ASK,
	.record = &libvirt_volume_record,
	.needs = needs,
	.complete = libvirt_volumes_complete,
	.check = libvirt_volumes_check,
	.observe = observe,
	.probe = probe,
	.same = same,
	.take_over = take_over,
	.plan = plan,
	.render = render,
	.import = libvirt_volumes_import,
	.describe = libvirt_volumes_describe,
};
