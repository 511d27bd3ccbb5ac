/* libvirt_pools.c - pools that libvirt runs itself (libvirt_objects.c). */
#include "formats/libvirt_pool.h"
#include "formats/uuid.h"
#include "kinds/libvirt_objects.h"

extern const struct kind libvirt_pools_kind;

static const struct libvirt_kind which = {
	.kind = &libvirt_pools_kind,
	.definition = &libvirt_pool_definition,
	.list = host_pools,
	.define = VERB_pool_define,
	.undefine = VERB_pool_undefine,
	.start = VERB_pool_start,
	.stop = VERB_pool_stop,
	.restart = VERB_pool_restart,
	.autostart = VERB_pool_autostart,
};

LIBVIRT_OBJECTS(which)

static int plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	return libvirt_objects_plan(&which, change, steps, faults);
}

/* How much room there is changes by itself. */
static int describe(struct describing *describing, struct faults *faults)
{
	static const char *const counts[] = { "capacity", "allocation", "available" };
	struct arena *arena = describing->items->arena;
	const struct libvirt_object *there = describing->configured->value;
	const char *made = uuid_of(arena, arena_printf(arena, "gasthof/pools/%s", there->name));
	struct item *item = NULL;

	if (string_equal(made, there->uuid))
		return 0; /* of the kind pools */
	int told = libvirt_objects_describe(&which, describing, &item, faults);

	for (size_t i = 0; told > 0 && i < COUNT_OF(counts); i++)
		item->value = record_without(
			arena, item->kind->record, item->value,
			&(struct paths){ .at = &(struct path){ .path = counts[i] }, .count = 1 });
	return told;
}

static const char *const needs[] = { "require", "links", NULL };

const struct kind libvirt_pools_kind = {
	.path = "libvirt.pools",
	.summary = "pools that libvirt runs itself, in its own words",
	.shape = SHAPE_NAMED,
	.flags = KIND_HEARD,
	.adopt = ADOPT_ASK,
	.record = &libvirt_pool_record,
	.needs = needs,
	.complete = complete,
	.check = check,
	.observe = observe,
	.same = libvirt_objects_same,
	.take_over = take_over,
	.plan = plan,
	.render = render,
	.import = import,
	.describe = describe,
};
