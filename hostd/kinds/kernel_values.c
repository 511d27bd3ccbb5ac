#include "kinds/kernel_values.h"

#include <string.h>

#include "formats/ours.h"
#include "kinds/file.h"
#include "kinds/files.h"

/* Where a value stands in a record: one level of nesting is all there is. */
struct place {
	const struct record *record; /* that has the field itself */
	const struct field *field;
	void *value; /* of that record; NULL where the nested one was not given */
};

static struct place place_of(const struct kernel_values *values, const char *path, void *value)
{
	const struct record *record = values->kind->record;
	const char *dot = strchr(path, '.');
	char outer[64];

	if (!dot)
		return (struct place){ record, record_find(record, path), value };
	memcpy(outer, path, (size_t)(dot - path));
	outer[dot - path] = '\0';
	const struct field *nested = record_find(record, outer);
	return (struct place){ nested->record, record_find(nested->record, dot + 1),
			       value ? (char *)value + nested->offset : NULL };
}

static void place_give(const struct kernel_values *values, const char *path, void *value)
{
	struct place at = place_of(values, path, value);
	const char *dot = strchr(path, '.');

	record_give(at.record, at.value, at.field->offset, true);
	if (dot)
		record_give(values->kind->record, value, (size_t)((char *)at.value - (char *)value),
			    true);
}

/* The wanted value as the kernel takes it; NULL where none was given. */
static const char *kernel_text(const struct kernel_values *values, const char *path,
			       const void *value, struct arena *arena)
{
	struct place at = place_of(values, path, (void *)value);

	if (!record_given(at.record, at.value, at.field->offset))
		return NULL;
	const char *text = field_print(arena, at.field, (char *)at.value + at.field->offset);
	if (at.field->type != &type_flag)
		return text;
	return string_equal(text, "true") ? "1" : "0";
}

static const char *default_text(const struct kernel_values *values, const char *path)
{
	const struct field *field = place_of(values, path, NULL).field;

	if (field->type != &type_flag)
		return field->fallback;
	return string_equal(field->fallback, "true") ? "1" : "0";
}

/* As the kernel shows it: "always [madvise] never", or 1 and 0 for a flag.  What does not read is
 * left out, and so differs from whatever is wanted. */
static void value_read(const struct kernel_values *values, const char *path, const char *text,
		       void *value, struct arena *arena)
{
	struct place at = place_of(values, path, value);
	const char *chosen = strchr(text, '[');
	struct faults unheard;

	faults_init(&unheard, arena);
	if (chosen)
		text = arena_strndup(arena, chosen + 1, strcspn(chosen + 1, "]"));
	else
		text = arena_strndup(arena, text, strcspn(text, "\n"));
	if (at.field->type == &type_flag)
		text = string_equal(text, "0") ? "false" : "true";
	if (at.field->type->read(arena, at.field, node_scalar(arena, text),
				 (char *)at.value + at.field->offset, &unheard) == 0)
		place_give(values, path, value);
}

/* ---- the file ---- */

/* NULL where nothing was given. */
static const char *file_text(const struct kernel_values *values, const void *value,
			     struct arena *arena)
{
	struct text text = text_of(arena);
	bool any = false;

	ours_header(&text, values->kind->path);
	for (const struct kernel_value *row = values->rows; row->field; row++) {
		const char *to = kernel_text(values, row->field, value, arena);
		if (to)
			text_addf(&text, "w %s - - - - %s\n", row->path, to);
		any |= to != NULL;
	}
	return any ? text.at : NULL;
}

static void file_read(const struct kernel_values *values, const char *text, void *value,
		      struct arena *arena)
{
	LINES_EACH(line, arena, text)
	{
		for (const struct kernel_value *row = values->rows; row->field; row++) {
			const char *start = arena_printf(arena, "w %s - - - - ", row->path);
			if (string_starts(line, start))
				value_read(values, row->field, line + strlen(start), value, arena);
		}
	}
}

static struct text_list *other_of(const struct kernel_values *values, void *value)
{
	const struct field *field = record_find(values->kind->record, "other");

	record_give(values->kind->record, value, field->offset, true);
	return (struct text_list *)((char *)value + field->offset);
}

void kernel_values_complete(const struct kernel_values *values, struct item *item)
{
	*other_of(values, item->value) = (struct text_list){};
}

/* ---- observing ---- */

static int observe_file(const struct kernel_values *values, struct host *host,
			struct items *configured, struct faults *faults)
{
	struct arena *arena = configured->arena;
	const char *text = NULL;
	size_t size = 0;
	int there = host_read(host, values->file, &text, &size, faults);

	if (there <= 0)
		return there;
	struct item *item = items_add(configured, values->kind, "");
	item->ours = string_starts(text, FILE_MARK);
	file_read(values, text, item->value, arena);
	const char *should = file_text(values, item->value, arena);
	*other_of(values, item->value) = file_apart(arena, text, should ? should : "");
	return 0;
}

int kernel_values_observe(const struct kernel_values *values, struct host *host,
			  struct items *configured, struct items *running, struct faults *faults)
{
	struct item *item = items_add(running, values->kind, "");

	if (observe_file(values, host, configured, faults) < 0)
		return -1;
	for (const struct kernel_value *row = values->rows; row->field; row++) {
		const char *line = NULL;
		int there = host_read_line(host, row->path, &line, faults);
		if (there < 0)
			return -1;
		if (there)
			value_read(values, row->field, line, item->value, running->arena);
	}
	return 0;
}

/* ---- planning ---- */

static const struct path *difference(const struct change *change, const char *field,
				     enum where where)
{
	EACH(path, change->differs)
		if (path->where & where && string_equal(path->path, field))
			return path;
	return NULL;
}

static bool is_configured_otherwise(const struct change *change)
{
	EACH(path, change->differs)
		if (path->where & IN_CONFIGURED)
			return true;
	return false;
}

static void plan_our_file(const struct kernel_values *values, const struct change *change,
			  struct steps *steps)
{
	const char *text =
		change->want ? file_text(values, change->want->value, steps->arena) : NULL;

	if (text && is_configured_otherwise(change))
		plan_file(steps, values->file, text, NULL);
	else if (!text && change->configured)
		plan_file(steps, values->file, NULL, "");
}

int kernel_values_plan(const struct kernel_values *values, const struct change *change,
		       struct steps *steps, struct faults *faults)
{
	unsigned before = faults->count;

	plan_our_file(values, change, steps);
	for (const struct kernel_value *row = values->rows; row->field; row++) {
		const struct path *path = difference(change, row->field, IN_RUNNING);
		if (!path)
			continue;
		if (!path->old) {
			(void)fault(faults, FAULT_MACHINE, "this kernel has no %s", row->path);
			fault_last(faults)->mark = item_mark(change->want, row->field);
		} else if (!row->may || row->may(change, steps)) {
			const char *to = path->kind == PATH_SET
						 ? kernel_text(values, row->field,
							       change->want->value, steps->arena)
						 : default_text(values, row->field);
			step_add(steps, VERB_sysfs_write, CLASS_LIVE, row->path, to);
		}
	}
	return faults->count > before ? -1 : 0;
}

void kernel_values_render(const struct kernel_values *values, const struct item *item,
			  struct text *text)
{
	const char *file = file_text(values, item->value, text->arena);

	if (file)
		text_addf(text, "# %s\n%s", values->file, file);
}
