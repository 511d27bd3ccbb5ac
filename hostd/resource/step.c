#include "resource/step.h"

#include <stdarg.h>
#include <string.h>

enum { ROW_STRINGS = STEP_ARGUMENTS + 1 };

/* verbs.def as it stands; "path?" is split once into name and optional. */
static const struct row {
	const char *name;
	enum class least;
	enum verb inverse;
	const char *strings[ROW_STRINGS]; /* space, then arguments */
} rows[VERB_COUNT] = {
#define VERB(name_, least_, inverse_, ...) \
	[VERB_##name_] = { #name_, CLASS_##least_, VERB_##inverse_, { __VA_ARGS__ } },
#include "resource/verbs.def"
#undef VERB
};

#define ARGUMENT_TEXT_MAX 32
static struct verb_info infos[VERB_COUNT];
static char names[VERB_COUNT][STEP_ARGUMENTS][ARGUMENT_TEXT_MAX];

static void verb_info_fill(enum verb verb)
{
	const struct row *row = &rows[verb];
	struct verb_info *info = &infos[verb];

	for (unsigned i = 0; i < STEP_ARGUMENTS && row->strings[i + 1]; i++) {
		const char *text = row->strings[i + 1];
		size_t size = strcspn(text, "?");
		memcpy(names[verb][i], text, size);
		info->argument[i] = names[verb][i];
		info->optional[i] = text[size] == '?';
		info->argument_count = i + 1;
	}
	info->least = row->least;
	info->inverse = row->inverse;
	info->space = row->strings[0];
	info->name = row->name;
}

const struct verb_info *verb_info(enum verb verb)
{
	if (!infos[verb].name)
		verb_info_fill(verb);
	return &infos[verb];
}

enum verb verb_of(const char *name)
{
	for (enum verb verb = 0; verb < VERB_COUNT; verb++)
		if (strcmp(rows[verb].name, name) == 0)
			return verb;
	return VERB_COUNT;
}

static const char *const wait_names[] = {
	[WAIT_ROUND] = "round",
	[WAIT_EVENT] = "event",
	[WAIT_GUEST_STOP] = "guest-stop",
	[WAIT_REBOOT] = "reboot",
};

const char *wait_name(enum wait wait)
{
	return wait_names[wait];
}

static const char *const result_names[] = {
	[RESULT_DONE] = "done",   [RESULT_SAME] = "same",       [RESULT_PENDING] = "pending",
	[RESULT_LATER] = "later", [RESULT_REFUSED] = "refused",
};

const char *result_name(enum result result)
{
	return result_names[result];
}

struct step *step_add(struct steps *steps, enum verb verb, enum class class, ...)
{
	const struct verb_info *info = verb_info(verb);
	struct step *step = ARRAY_ADD(steps->arena, &steps->list);
	va_list arguments;

	step->verb = verb;
	step->class = class > info->least ? class : info->least;
	va_start(arguments, class);
	for (unsigned i = 0; i < info->argument_count; i++) {
		const char *argument = va_arg(arguments, const char *);
		step->argument[i] = argument ? arena_strdup(steps->arena, argument) : NULL;
	}
	va_end(arguments);
	return step;
}

struct step *step_body(struct steps *steps, struct step *step, const char *body, size_t size)
{
	char *copy = arena_alloc(steps->arena, size + 1);

	memcpy(copy, body, size);
	step->body = copy;
	step->body_size = size;
	return step;
}

void steps_wait(struct steps *steps, enum wait wait, const char *format, ...)
{
	struct step_wait *added = ARRAY_ADD(steps->arena, &steps->waits);
	va_list arguments;

	va_start(arguments, format);
	added->wait = wait;
	added->why = arena_vprintf(steps->arena, format, arguments);
	va_end(arguments);
}

void steps_note(struct steps *steps, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	ARRAY_PUSH(steps->arena, &steps->notes, arena_vprintf(steps->arena, format, arguments));
	va_end(arguments);
}

bool verb_is_last(enum verb verb)
{
	return string_equal(verb_info(verb)->space, "end");
}

/* A step stays on its line, whatever a description of a guest says. */
static void argument_print(struct text *text, const char *argument)
{
	for (; *argument; argument++)
		if (*argument == '\n')
			text_add(text, "\\n");
		else
			text_add_byte(text, *argument);
}

void step_print(struct text *text, const struct step *step)
{
	const struct verb_info *info = verb_info(step->verb);

	text_add(text, info->name);
	for (unsigned i = 0; i < info->argument_count; i++) {
		if (!step->argument[i])
			continue;
		text_addf(text, " %s=\"", info->argument[i]);
		argument_print(text, step->argument[i]);
		text_add(text, "\"");
	}
	if (step->body)
		text_addf(text, " (%zu bytes)", step->body_size);
}

bool progress_tell(struct progress *progress, uint64_t done, uint64_t total)
{
	return !progress || progress->tell(progress, done, total);
}
