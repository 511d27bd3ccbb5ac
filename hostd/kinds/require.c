/* require.c - do not even start on a machine that cannot carry this.
 *
 * What a person requires, and what other kinds need for what was described (kinds/require.h).
 * An unmet wish is a fault of the machine, with the firmware option to change; there are no
 * steps.
 */
#include "kinds/require.h"

#include <string.h>

#include "base/text.h"
#include "kinds/other.h"
#include "kinds/platform.h"

struct need { /* an item that cannot be without a capability, or that turns it on */
	const struct item *by;
	const char *path, *capability;
};
typedef ARRAY(struct need) needs_list;

struct require {
	struct given given;
	struct text_list capabilities;
	uint32_t min_cpus;
	struct bytes min_memory;
	struct text_list needed, turned_on; /* of what others need; the latter may be off now */

	/* beside the table */
	needs_list needs, promises;
	const struct platform *platform; /* observed: what was seen */
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
	FIELD("needed", struct require, needed, CLASS_NONE,
	      "capabilities that described items cannot be without",
	      .flags = FIELD_NOT_CONFIGURED | FIELD_IMPLIED, .equal = all_there),
	FIELD("turned_on", struct require, turned_on, CLASS_NONE,
	      "needed capabilities that the description itself turns on",
	      .flags = FIELD_NOT_CONFIGURED | FIELD_IMPLIED, .equal = all_there),
};
static const struct record record = RECORD(struct require, fields);

extern const struct kind require_kind;

/* ---- what others need ---- */

static struct require *require_of(struct desired *desired, struct item *by)
{
	struct item *item = desired_imply(desired, require_kind.path, "", by);

	return item ? item->value : NULL; /* tests have languages without `require` */
}

void require_capability(struct desired *desired, struct item *by, const char *path,
			const char *capability)
{
	struct require *require = require_of(desired, by);

	if (require)
		ARRAY_PUSH(desired->arena, &require->needs,
			   ((struct need){ by, path ? arena_strdup(desired->arena, path) : NULL,
					   capability }));
}

void promise_capability(struct desired *desired, struct item *by, const char *capability)
{
	struct require *require = require_of(desired, by);

	if (require)
		ARRAY_PUSH(desired->arena, &require->promises,
			   ((struct need){ by, NULL, capability }));
}

/* Loading these is all that it takes. */
static const struct loading {
	const char *module, *capability;
} loadings[] = {
	{ "kvm_intel", "kvm" },
	{ "kvm_amd", "kvm" },
};

static bool is_loaded(const struct item *module)
{
	return module &&
	       !string_equal(other_text(module->kind->record, module->value, "load"), "never");
}

static bool is_turned_on(const struct desired *desired, const struct require *require,
			 const char *capability)
{
	EACH(promise, &require->promises)
		if (strcmp(promise->capability, capability) == 0)
			return true;
	for (size_t i = 0; i < COUNT_OF(loadings); i++)
		if (strcmp(loadings[i].capability, capability) == 0 &&
		    is_loaded(desired_find(desired, "kernel.modules", loadings[i].module)))
			return true;
	return false;
}

static void list_add(struct arena *arena, struct text_list *list, const char *text)
{
	if (!text_list_has(list, text))
		text_list_push(arena, list, text);
}

/* All others have said theirs: what is needed by many is in the order of their kinds. */
static void require_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct require *require = item->value;
	struct text_list needed = {}, turned_on = {};

	(void)faults;
	EACH(need, &require->needs)
		list_add(desired->arena,
			 is_turned_on(desired, require, need->capability) ? &turned_on : &needed,
			 need->capability);
	if (needed.count)
		SET(&record, require, needed, needed);
	if (turned_on.count)
		SET(&record, require, turned_on, turned_on);
}

/* ---- the machine ---- */

static int require_observe(struct host *host, struct items *configured, struct items *running,
			   struct faults *faults)
{
	struct platform *platform = ARENA_NEW(running->arena, struct platform);
	struct require *seen = items_add(running, &require_kind, "")->value;
	struct text_list there = {}, enough = {}, possible = {};

	(void)configured, (void)faults;
	platform_look(host, running->arena, platform);
	EACH(capability, &platform->capabilities) {
		bool present = capability->state == CAPABILITY_PRESENT;
		bool unknown = capability->state == CAPABILITY_UNKNOWN;
		bool off = capability->state == CAPABILITY_OFF_KERNEL;
		if (present)
			list_add(running->arena, &there, capability->id);
		if (present || unknown)
			list_add(running->arena, &enough, capability->id);
		if (present || unknown || off)
			list_add(running->arena, &possible, capability->id);
	}
	SET(&record, seen, capabilities, there);
	SET(&record, seen, needed, enough);
	SET(&record, seen, turned_on, possible);
	SET(&record, seen, min_cpus, platform->threads);
	SET(&record, seen, min_memory, platform->memory);
	seen->platform = platform;
	return 0;
}

/* ---- judging ---- */

const char *require_unmet(const struct desired *desired, const struct seen *seen)
{
	const struct item *wanted = desired_find(desired, require_kind.path, "");
	const struct seen_kind *looked = seen_find(seen, require_kind.path);

	if (!wanted || !looked || looked->failed || !looked->running.list.count)
		return NULL;
	const struct require *want = wanted->value, *have = looked->running.list.at[0]->value;
	EACH(need, &want->needs)
		if (!text_list_has(&have->needed, need->capability))
			return need->capability;
	return NULL;
}

static const char *state_text(struct arena *arena, const struct capability *capability)
{
	if (capability->state == CAPABILITY_UNKNOWN)
		return arena_printf(arena, "cannot tell whether this machine has %s (%s)",
				    capability->id, capability->summary);
	return arena_printf(arena, "this machine lacks %s (%s)%s", capability->id,
			    capability->summary,
			    capability->state == CAPABILITY_OFF_FIRMWARE ? ", off in the firmware"
			    : capability->state == CAPABILITY_OFF_KERNEL ? ", off in the kernel"
									 : "");
}

/* What could not be looked at is no fault of the machine. */
static void fault_unmet(const struct capability *capability, struct mark mark,
			struct faults *faults)
{
	bool unknown = capability->state == CAPABILITY_UNKNOWN;

	(void)fault(faults, unknown ? FAULT_HOST : FAULT_MACHINE, "%s: %s",
		    state_text(faults->arena, capability), capability->evidence);
	fault_last(faults)->mark = mark;
	fault_hint(faults, "%s", capability->remedy);
}

/* The word itself, in the list where it stands. */
static struct mark word_mark(const struct item *item, const char *word)
{
	const struct node *list = item->node ? node_find(item->node, "capabilities") : NULL;

	if (list && list->kind == NODE_LIST)
		NODE_EACH(one, list)
			if (string_equal(one->text, word))
				return one->mark;
	return item_mark(item, "capabilities");
}

static void judge_said(const struct item *item, const struct require *have, struct faults *faults)
{
	const struct require *want = item->value;

	for (size_t i = 0; i < want->capabilities.count; i++)
		if (!text_list_has(&have->capabilities, want->capabilities.at[i]))
			fault_unmet(platform_find(have->platform, want->capabilities.at[i]),
				    word_mark(item, want->capabilities.at[i]), faults);
}

static bool was_said(const struct faults *faults, const char *message, struct mark mark)
{
	for (const struct fault *fault = faults->first; fault; fault = fault->next)
		if (fault->mark.line == mark.line && fault->mark.column == mark.column &&
		    string_equal(fault->mark.file, mark.file) && strstr(fault->message, message))
			return true;
	return false;
}

/* Guests of one profile say it once. */
static void judge_implied(const struct require *want, const struct require *have,
			  struct faults *faults)
{
	EACH(need, &want->needs) {
		const struct capability *capability =
			platform_find(have->platform, need->capability);
		const struct text_list *enough = text_list_has(&want->turned_on, need->capability)
							 ? &have->turned_on
							 : &have->needed;
		struct mark mark = item_mark(need->by, need->path);
		if (!capability || text_list_has(enough, need->capability) ||
		    was_said(faults, state_text(faults->arena, capability), mark))
			continue;
		WITHIN(faults, "%s", need->by->path);
		fault_unmet(capability, mark, faults);
	}
}

static int require_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct require *want = change->want ? change->want->value : NULL;
	const struct require *have = change->running->value;
	unsigned before = faults->count;

	(void)steps;
	if (!want)
		return 0;
	judge_said(change->want, have, faults);
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
	judge_implied(want, have, faults);
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
	.complete = require_complete,
	.check = check_nothing,
	.observe = require_observe,
	.same = same_name,
	.plan = require_plan,
	.render = render_nothing,
};
