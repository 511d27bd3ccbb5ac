/* libvirt_objects.c - networks and pools that libvirt runs itself, said in its own words.
 *
 * For what was there before, and for what the kinds networks and pools do not do: those make
 * bridges and folders of their own, and tell libvirt of them.  Ours by the UUID.
 */
#include "kinds/libvirt_objects.h"

#include <string.h>

#include "base/name.h"
#include "formats/uuid.h"

static const struct libvirt_object *object_of(const struct item *item)
{
	return item->value;
}

/* Of one that nobody gave another. */
static const char *uuid_usual(struct arena *arena, const struct libvirt_kind *which,
			      const char *name)
{
	return uuid_of(arena, arena_printf(arena, "gasthof/%s/%s", which->kind->path, name));
}

void libvirt_objects_complete(const struct libvirt_kind *which, struct item *item,
			      struct arena *arena)
{
	const struct record *record = which->definition->table->record;
	struct libvirt_object *object = item->value;

	if (!GIVEN(record, object, name))
		SET(record, object, name, item->name);
	if (!GIVEN(record, object, uuid))
		SET(record, object, uuid, uuid_usual(arena, which, object->name));
	if (!GIVEN(record, object, autostart))
		SET(record, object, autostart, true);
	if (!GIVEN(record, object, active) && object->autostart)
		SET(record, object, active, true);
	bind_settle(arena, which->definition->table, object);
}

static void block_check(const struct libvirt_kind *which, const struct item *item,
			struct faults *faults)
{
	const struct libvirt_object *object = object_of(item);
	struct text text = text_of(faults->arena);
	struct faults found;

	faults_init(&found, faults->arena);
	if (object->libvirt_xml &&
	    definition_write(
		    &text, which->definition,
		    &(struct definition_writing){ .value = object, .block = object->libvirt_xml },
		    &found) < 0)
		(void)fault_at(faults, item_mark(item, "libvirt_xml"), "%s", found.first->message);
}

void libvirt_objects_check(const struct libvirt_kind *which, const struct item *item,
			   const struct desired *desired, struct faults *faults)
{
	block_check(which, item, faults);
	if (strchr(object_of(item)->name, '/') || !*object_of(item)->name)
		(void)fault_at(faults, item_mark(item, "name"), "\"%s\" is no name for libvirt",
			       object_of(item)->name);
	DESIRED_EACH(other, desired, item->kind->path) {
		if (other == item)
			return; /* each pair once, at the later of the two */
		if (strcmp(object_of(other)->name, object_of(item)->name) != 0)
			continue;
		(void)fault_at(faults, item_mark(item, "name"), "%s has this name already",
			       other->path);
		fault_also(faults, item_mark(other, "name"), "the other one");
	}
}

/* ---- observing ---- */

/* What the ledger has of the one that is there, or NULL. */
static const struct libvirt_object *given_as(const struct libvirt_kind *which,
					     const struct items *items,
					     const struct libvirt_object *object)
{
	if (!items->given)
		return NULL;
	EACH(each, &items->given->list) {
		const struct item *item = *each;
		if (item->kind == which->kind &&
		    string_equal(object_of(item)->name, object->name) &&
		    string_equal(object_of(item)->uuid, object->uuid))
			return object_of(item);
	}
	return NULL;
}

/* libvirt keeps no mark in a pool: it is the one that was made where it has that one's UUID.  Nor
 * does it keep a block apart: what was laid on it is there, with the secrets that are there now. */
static void ours_observe(const struct libvirt_kind *which, struct item *item, struct items *items)
{
	struct libvirt_object *object = item->value;
	const struct libvirt_object *last = given_as(which, items, object);

	item->ours =
		last || string_equal(object->uuid, uuid_usual(items->arena, which, object->name));
	if (last && last->libvirt_xml)
		SET(which->definition->table->record, object, libvirt_xml,
		    definition_unveil_block(items->arena, veil(items->arena, last->libvirt_xml),
					    object->xml));
}

static int object_observe(const struct libvirt_kind *which, const struct host_virt_object *seen,
			  struct items *items, struct faults *faults)
{
	const struct record *record = which->definition->table->record;
	struct item *item = items_add(items, which->kind, seen->name);
	struct libvirt_object *object = item->value;
	const char *xml = arena_strdup(items->arena, seen->xml);

	if (definition_of_xml(items->arena, which->definition, xml, false, object, faults) < 0)
		return -1;
	SET(record, object, autostart, seen->autostart);
	SET(record, object, active, seen->active);
	object->xml = xml;
	ours_observe(which, item, items);
	return 0;
}

int libvirt_objects_observe(const struct libvirt_kind *which, struct host *host,
			    struct items *configured, struct items *running, struct faults *faults)
{
	struct host_virt_objects objects = {};

	if (which->list(host, &objects, faults) < 0)
		return -1;
	EACH(seen, &objects.list) {
		WITHIN(faults, "%s %s", which->definition->root, seen->name);
		if (definition_is_marked(configured->arena, seen->xml))
			continue; /* of the kind networks */
		if (seen->persistent && object_observe(which, seen, configured, faults) < 0)
			return -1;
		if (object_observe(which, seen, running, faults) < 0)
			return -1;
	}
	return 0;
}

bool libvirt_objects_same(const struct item *want, const struct item *seen)
{
	return strcmp(object_of(want)->name, seen->name) == 0;
}

/* ---- adopting ---- */

/* The block is laid on what is there: where that changes nothing, it is so already. */
static int holds_block(const struct libvirt_kind *which, const struct libvirt_object *want,
		       const struct libvirt_object *there, bool *ret, struct faults *faults)
{
	struct text plain = text_of(faults->arena), laid = text_of(faults->arena);
	struct definition_writing writing = { .value = record_new(faults->arena,
								  which->definition->table->record),
					      .base = there->xml };

	if (definition_write(&plain, which->definition, &writing, faults) < 0)
		return -1;
	writing.block = want->libvirt_xml;
	if (definition_write(&laid, which->definition, &writing, faults) < 0)
		return -1;
	*ret = strcmp(plain.at, laid.at) == 0;
	return 0;
}

/* No step: the ledger says whose it is, by its UUID (ours_observe). */
int libvirt_objects_take_over(const struct libvirt_kind *which, const struct change *change,
			      struct paths *differs, struct steps *steps, struct faults *faults)
{
	const struct libvirt_object *want = object_of(change->want);
	const char *what = which->definition->root;
	bool block = false;

	(void)steps;
	if (!change->configured)
		return fault(faults, FAULT_REFUSED,
			     "the %s \"%s\" is not there to stay: libvirt forgets it when it is "
			     "stopped",
			     what, want->name);
	const struct libvirt_object *there = object_of(change->configured);
	if (paths_has(differs, "uuid")) {
		(void)fault(faults, FAULT_REFUSED,
			    "the %s \"%s\" that is there has another UUID: say uuid: %s", what,
			    want->name, there->uuid);
		fault_last(faults)->mark = item_mark(change->want, "uuid");
		return -1;
	}
	if (!want->libvirt_xml)
		return 0;
	if (holds_block(which, want, there, &block, faults) < 0)
		return -1;
	if (block)
		paths_drop(differs, "libvirt_xml");
	return 0;
}

/* ---- planning ---- */

static void object_remove(const struct libvirt_kind *which, const struct change *change,
			  struct steps *steps)
{
	const struct item *there = change->configured ? change->configured : change->running;

	if (!there)
		return;
	if (change->running && object_of(change->running)->active)
		step_add(steps, which->stop, CLASS_SERVICE_RESTART, there->name);
	if (change->configured)
		step_add(steps, which->undefine, CLASS_NONE, there->name);
}

static bool definition_differs(const struct change *change)
{
	static const char *const states[] = { "autostart", "active", NULL };

	return !change->configured || !paths_only(change->differs, states);
}

static int object_define(const struct libvirt_kind *which, const struct change *change,
			 struct steps *steps, struct faults *faults)
{
	const struct item *last = change->last, *there = change->configured;
	const struct libvirt_object *want = object_of(change->want);
	struct text text = text_of(steps->arena);

	if (definition_write(
		    &text, which->definition,
		    &(struct definition_writing){ .value = want,
						  .base = there ? object_of(there)->xml : NULL,
						  .block = want->libvirt_xml,
						  .old = last ? object_of(last)->libvirt_xml : NULL,
						  .differs = change->differs },
		    faults) < 0)
		return -1;
	struct step *step = step_body(steps, step_add(steps, which->define, CLASS_NONE, want->name),
				      text.at, text.size);
	step->secret_body = veil(steps->arena, text.at) != text.at;
	return 0;
}

int libvirt_objects_plan(const struct libvirt_kind *which, const struct change *change,
			 struct steps *steps, struct faults *faults)
{
	if (!change->want) {
		object_remove(which, change, steps);
		return 0;
	}
	const struct libvirt_object *want = object_of(change->want);
	bool active = change->running && object_of(change->running)->active;
	bool said = GIVEN(which->definition->table->record, want, active);
	bool stops = active && said && !want->active;

	if (definition_differs(change)) {
		if (object_define(which, change, steps, faults) < 0)
			return -1;
		/* Once libvirt has taken the definition: what uses it loses it for that moment, or
		 * longer. */
		if (active && !stops)
			step_add(steps, which->restart, CLASS_SERVICE_RESTART, want->name);
	}
	if (!change->configured || paths_has(change->differs, "autostart"))
		step_add(steps, which->autostart, CLASS_NONE, want->name,
			 want->autostart ? "true" : "false");
	if (stops)
		step_add(steps, which->stop, CLASS_SERVICE_RESTART, want->name);
	else if (!active && said && want->active)
		step_add(steps, which->start, CLASS_LIVE, want->name);
	return 0;
}

/* ---- XML ---- */

int libvirt_objects_render(const struct libvirt_kind *which, const struct item *item,
			   struct text *text, struct faults *faults)
{
	return definition_write(
		text, which->definition,
		&(struct definition_writing){ .value = item->value,
					      .block = object_of(item)->libvirt_xml },
		faults);
}

struct importing {
	const struct libvirt_kind *which;
	const char *handle;
};

/* By the record's own words (definition_render). */
static int description_render(void *context, struct arena *arena, const struct node *description,
			      struct text *text, struct faults *faults)
{
	const struct importing *importing = context;
	const struct libvirt_kind *which = importing->which;
	const struct record *record = which->definition->table->record;
	struct desired desired = { .arena = arena, .items.arena = arena };
	struct item *item = items_add(&desired.items, which->kind, importing->handle);
	struct node *node = node_copy(arena, description);
	unsigned before = faults->count;

	record_normalise(arena, record, node);
	if (record_read(arena, record, node, NULL, item->value, faults) < 0)
		return -1;
	libvirt_objects_complete(which, item, arena);
	libvirt_objects_check(which, item, &desired, faults);
	return faults->count > before ? -1 : libvirt_objects_render(which, item, text, faults);
}

/* Reads back what is taken of an object, and puts the rest into its libvirt_xml. */
static struct libvirt_object *object_taken(struct importing *importing, struct arena *arena,
					   const char *original,
					   const struct libvirt_object *object,
					   struct faults *faults)
{
	const struct definition_taking taking = { original, description_render, importing };
	const struct record *record = importing->which->definition->table->record;
	struct libvirt_object *taken = record_new(arena, record);
	const char *block = NULL;
	const struct node *description = definition_taken(
		arena, &taking, record_print(arena, record, object, true), &block, faults);

	if (!description || record_read(arena, record, description, NULL, taken, faults) < 0)
		return NULL;
	if (block)
		SET(record, taken, libvirt_xml, block);
	return taken;
}

static struct item *object_of_xml(const struct libvirt_kind *which, struct items *items,
				  const char *text, const char *handle, struct faults *faults)
{
	struct arena *arena = items->arena;
	const struct record *record = which->definition->table->record;
	struct libvirt_object *object = record_new(arena, record);

	if (definition_of_xml(arena, which->definition, text, true, object, faults) < 0)
		return NULL;
	if (!handle)
		handle = name_fit(arena, object->name);
	handle = handle ? handle : which->definition->root;
	if (string_equal(handle, object->name))
		record_give(record, object, offsetof(struct libvirt_object, name), false);
	object = object_taken(&(struct importing){ which, handle }, arena, text, object, faults);
	if (!object)
		return NULL;
	struct item *item = items_add(items, which->kind, handle);
	item->value = object;
	return item;
}

int libvirt_objects_import(const struct libvirt_kind *which, struct items *items, const char *text,
			   struct faults *faults)
{
	if (!definition_is(items->arena, which->definition, text))
		return 0;
	return object_of_xml(which, items, text, NULL, faults) ? 1 : -1;
}

/* Where libvirt starts it with the host and somebody stopped it, or the other way round, that is
 * said. */
int libvirt_objects_describe(const struct libvirt_kind *which, struct describing *describing,
			     struct item **ret_item, struct faults *faults)
{
	const struct record *record = which->definition->table->record;
	const struct libvirt_object *there = object_of(describing->configured);
	const struct item *running = describing->running;
	struct item *item = *ret_item =
		object_of_xml(which, describing->items, there->xml, describing->name, faults);

	if (!item)
		return -1;
	struct libvirt_object *object = item->value;
	bool active = running && object_of(running)->active;
	if (!there->autostart)
		SET(record, object, autostart, false);
	if (active != there->autostart)
		SET(record, object, active, active);
	return 1;
}
