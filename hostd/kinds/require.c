/* require.c - do not even start on a machine that cannot carry this.
 *
 * An unmet wish is a fault of the machine, with the firmware option to change; there are
 * no steps.
 */
#include <string.h>

#include "base/text.h"
#include "kinds/platform.h"
#include "resource/desired.h"

struct require {
	struct given given;
	struct text_list capabilities;
	uint32_t min_cpus;
	struct bytes min_memory;
};

static bool enough_cpus(const void *want, const void *have)
{
	return *(const uint32_t *)have >= *(const uint32_t *)want;
}

static bool enough_memory(const void *want, const void *have)
{
	return ((const struct bytes *)have)->count >= ((const struct bytes *)want)->count;
}

static bool all_there(const void *want, const void *have)
{
	const struct text_list *wanted = want;

	for (size_t i = 0; i < wanted->count; i++)
		if (!text_list_has(have, wanted->at[i]))
			return false;
	return true;
}

static const struct field fields[] = {
	FIELD("capabilities", struct require, capabilities, CLASS_NONE,
	      "what the machine must be able to do", .choices = platform_capabilities,
	      .flags = FIELD_NOT_CONFIGURED, .equal = all_there,
	      .example = "[kvm, nested_paging, iommu]"),
	FIELD("min_cpus", struct require, min_cpus, CLASS_NONE, "processors online, at least",
	      .flags = FIELD_NOT_CONFIGURED, .equal = enough_cpus, .example = "8"),
	FIELD("min_memory", struct require, min_memory, CLASS_NONE, "memory, at least (MemTotal)",
	      .flags = FIELD_NOT_CONFIGURED, .equal = enough_memory, .example = "32GiB"),
};
static const struct record record = RECORD(struct require, fields);

extern const struct kind require_kind;

static int require_observe(struct host *host, struct items *configured, struct items *running,
			   struct faults *faults)
{
	struct platform platform = {};
	struct require *seen = items_add(running, &require_kind, "")->value;
	size_t count = 0;

	(void)configured;
	if (platform_look(host, running->arena, &platform, faults) < 0)
		return -1;
	const char **names =
		arena_alloc(running->arena, platform.capabilities.count * sizeof(*names));
	EACH(capability, &platform.capabilities)
		if (capability->there)
			names[count++] = capability->name;
	SET(&record, seen, capabilities, ((struct text_list){ names, count }));
	SET(&record, seen, min_cpus, platform.cpus);
	SET(&record, seen, min_memory, platform.memory);
	return 0;
}

/* Pure: the remedy names both makers' words, since nothing here may look which one it is. */
static void fault_missing(const struct item *want, const char *name, struct faults *faults)
{
	(void)fault(faults, FAULT_MACHINE, "this machine lacks %s", name);
	fault_last(faults)->mark = item_mark(want, "capabilities");
	fault_hint(faults, "%s", platform_remedy(faults->arena, name));
}

static int require_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct require *want = change->want ? change->want->value : NULL;
	const struct require *have = change->running->value;
	unsigned before = faults->count;

	(void)steps;
	if (!want)
		return 0;
	for (size_t i = 0; i < want->capabilities.count; i++)
		if (!text_list_has(&have->capabilities, want->capabilities.at[i]))
			fault_missing(change->want, want->capabilities.at[i], faults);
	if (paths_has(change->differs, "min_cpus")) {
		(void)fault(faults, FAULT_MACHINE,
			    "this machine has %u processors, %u are required", have->min_cpus,
			    want->min_cpus);
		fault_last(faults)->mark = item_mark(change->want, "min_cpus");
	}
	if (paths_has(change->differs, "min_memory")) {
		(void)fault(faults, FAULT_MACHINE, "this machine has %s of memory, %s are required",
			    type_text_of(&type_bytes, &have->min_memory, faults->arena),
			    type_text_of(&type_bytes, &want->min_memory, faults->arena));
		fault_last(faults)->mark = item_mark(change->want, "min_memory");
	}
	return faults->count > before ? -1 : 0;
}

static const char *const needs[] = { NULL };

const struct kind require_kind = {
	.path = "require",
	.summary = "what the machine must be able to do, before anything is changed",
	.shape = SHAPE_SINGLE,
	.flags = KIND_KEEPS | KIND_GATE,
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = needs,
	.complete = complete_nothing,
	.check = check_nothing,
	.observe = require_observe,
	.same = same_name,
	.plan = require_plan,
	.render = render_nothing,
};
