#include "things.h"

#include <string.h>

#include "base/text.h"
#include "host/read/host.h"
#include "resource/desired.h"

struct part {
	struct given given;
	uint32_t weight;
};

struct thing {
	struct given given;
	const char *color, *on;
	struct bytes size;
	struct map parts;
};

static const struct field part_fields[] = {
	FIELD("weight", struct part, weight, CLASS_LIVE, "what it weighs", .fallback = "1",
	      .flags = FIELD_NOT_RUNNING),
};
static const struct record part_record =
	RECORD(struct part, part_fields, .shorthand = &part_fields[0]);

static const struct field fields[] = {
	FIELD("color", struct thing, color, CLASS_LIVE, "what it looks like", .fallback = "grey",
	      .flags = FIELD_NOT_RUNNING),
	FIELD("size", struct thing, size, CLASS_GUEST_RESTART, "how large it is",
	      .fallback = "1MiB", .flags = FIELD_NOT_RUNNING),
	FIELD_TEXT("on", struct thing, on, &type_name, CLASS_NONE, "what it stands on",
		   .target = "things", .flags = FIELD_NOT_RUNNING),
	FIELD_MAP("parts", struct thing, parts, &part_record, CLASS_LIVE, "what it is made of",
		  .flags = FIELD_NOT_RUNNING),
};
static const struct record record = RECORD(struct thing, fields);

#define FOLDER "/etc/things"
#define MARK   "# ours\n"

/* The file is the record in YAML, below our mark: what was made by hand has none. */
static int observe(struct host *host, struct items *configured, struct items *running,
		   struct faults *faults)
{
	struct host_names names = {};

	(void)running;
	if (host_list(host, FOLDER, &names, faults) < 0)
		return -1;
	EACH(name, &names.list) {
		const char *text = NULL;
		size_t size = 0;
		struct sources sources;
		struct node *root = NULL;
		const char *path = arena_printf(configured->arena, FOLDER "/%s", *name);
		if (host_read(host, path, &text, &size, faults) <= 0)
			return -1;
		struct item *item = items_add(configured, &thing_kind, *name);
		item->ours = string_starts(text, MARK);
		sources_init(&sources, configured->arena);
		if (document_parse(&sources, path, text, size, &root, faults) < 0 ||
		    record_read(configured->arena, &record, root, NULL, item->value, faults) < 0)
			return -1;
	}
	return 0;
}

/* "half" comes with the next boot, and everything else of it now. */
static bool plan_half(const struct change *change, struct steps *steps)
{
	const struct thing *want = change->want->value;
	struct thing rest = *want;
	struct text text = text_of(steps->arena);

	if (!GIVEN(&record, want, color) || strcmp(want->color, "half") != 0)
		return false;
	steps_wait(steps, WAIT_REBOOT, "the color comes with the next boot");
	if (change->differs->count == 1 && paths_has(change->differs, "color"))
		return true;
	record_give(&record, &rest, offsetof(struct thing, color), false);
	text_add(&text, MARK);
	node_write_yaml(&text, record_print(steps->arena, &record, &rest, true));
	step_body(steps,
		  step_add(steps, VERB_file_write, CLASS_LIVE,
			   arena_printf(steps->arena, FOLDER "/%s", change->want->name), "0644",
			   NULL),
		  text.at, text.size);
	return true;
}

/* What is not given any more goes back to its default: it is not written. */
static int plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct item *item = change->want ? change->want : change->last;
	const char *path = arena_printf(steps->arena, FOLDER "/%s", item->name);
	struct text text = text_of(steps->arena);

	if (!change->want) {
		step_add(steps, VERB_file_remove, CLASS_LIVE, path);
		return 0;
	}
	const struct thing *want = change->want->value;
	if (plan_half(change, steps))
		return 0;
	if (GIVEN(&record, want, color) && strcmp(want->color, "impossible") == 0)
		return fault(faults, FAULT_MACHINE, "there is no such color");
	if (GIVEN(&record, want, color) && strcmp(want->color, "later") == 0) {
		steps_wait(steps, WAIT_REBOOT, "the color comes with the next boot");
		return 0;
	}
	if (GIVEN(&record, want, color) && strcmp(want->color, "fresh") == 0)
		step_add(steps, VERB_host_reboot, CLASS_LIVE, "firmware");
	text_add(&text, MARK);
	if (!GIVEN(&record, want, color) || strcmp(want->color, "fickle") != 0)
		node_write_yaml(&text, record_print(steps->arena, &record, want, true));
	step_body(
		steps,
		step_add(steps, VERB_file_write, paths_class(change->differs), path, "0644", NULL),
		text.at, text.size);
	if (GIVEN(&record, want, color) && strcmp(want->color, "loud") == 0)
		step_add(steps, VERB_links_reload, CLASS_LIVE);
	return 0;
}

/* Of what is as it is, the first line. */
static int take_over(const struct change *change, struct paths *differs, struct steps *steps,
		     struct faults *faults)
{
	const struct thing *there = change->configured->value;
	struct text text = text_of(steps->arena);

	(void)differs;
	if (GIVEN(&record, there, color) && strcmp(there->color, "cursed") == 0)
		return fault(faults, FAULT_REFUSED, "nobody may have it");
	text_add(&text, MARK);
	node_write_yaml(&text, record_print(steps->arena, &record, there, true));
	step_body(steps,
		  step_add(steps, VERB_file_write, CLASS_NONE,
			   arena_printf(steps->arena, FOLDER "/%s", change->want->name), "0644",
			   NULL),
		  text.at, text.size);
	return 0;
}

static const char *const needs[] = { NULL };

const struct kind thing_kind = {
	.path = "things",
	.summary = "things",
	.shape = SHAPE_NAMED,
	.flags = KIND_COUNTED,
	.adopt = ADOPT_ASK,
	.record = &record,
	.needs = needs,
	.complete = complete_nothing,
	.check = check_nothing,
	.observe = observe,
	.same = same_name,
	.take_over = take_over,
	.plan = plan,
	.render = render_nothing,
};
const struct kind *const thing_kinds[] = { &thing_kind, NULL };
