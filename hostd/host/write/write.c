#include "host/write/write.h"

#include <errno.h>
#include <stdlib.h>

struct act {
	int (*inverse)(struct write *, const struct step *, struct step *, struct faults *);
	int (*perform)(struct write *, const struct step *, struct outcome *, struct faults *);
};

static const struct act acts[VERB_COUNT] = {
#define VERB(name, ...) [VERB_##name] = { name##_inverse, name##_perform },
#include "resource/verbs.def"
#undef VERB
};

int inverse_of(struct step *ret, enum verb verb, const char *first, const char *second,
	       const char *third)
{
	*ret = (struct step){
		.verb = verb,
		.class = verb_info(verb)->least,
		.argument = { first, second, third },
	};
	return 0;
}

int inverse_body(struct step *ret, const char *body, size_t size)
{
	ret->body = body;
	ret->body_size = size;
	return 0;
}

int inverse_nothing(struct write *write, const struct step *step, struct step *ret,
		    struct faults *faults)
{
	(void)write;
	(void)step;
	(void)faults;
	return inverse_of(ret, VERB_nothing, NULL, NULL, NULL);
}

int inverse_itself(struct write *write, const struct step *step, struct step *ret,
		   struct faults *faults)
{
	(void)write;
	(void)faults;
	*ret = *step;
	return 0;
}

int nothing_perform(struct write *write, const struct step *step, struct outcome *ret,
		    struct faults *faults)
{
	(void)write;
	(void)step;
	(void)faults;
	return outcome_is(ret, RESULT_SAME);
}

int outcome_is(struct outcome *ret, enum result result)
{
	*ret = (struct outcome){ .result = result };
	return 0;
}

int outcome_why(struct outcome *ret, enum result result, const char *why)
{
	*ret = (struct outcome){ .result = result, .waits_for = why };
	return 0;
}

int argument_number(const struct step *step, unsigned index, uint64_t *ret, struct faults *faults)
{
	const char *text = step->argument[index];
	char *end = NULL;

	errno = 0;
	uint64_t number = text ? strtoull(text, &end, 10) : 0;
	if (!text || *text < '0' || *text > '9' || *end || errno)
		return fault(faults, FAULT_HOST, "%s \"%s\" is no number",
			     verb_info(step->verb)->argument[index], text ? text : "");
	*ret = number;
	return 0;
}

int argument_flag(const struct step *step, unsigned index, bool *ret, struct faults *faults)
{
	const char *text = step->argument[index];

	if (!string_equal(text, "true") && !string_equal(text, "false"))
		return fault(faults, FAULT_HOST, "%s \"%s\" is neither true nor false",
			     verb_info(step->verb)->argument[index], text);
	*ret = string_equal(text, "true");
	return 0;
}

int still_wanted(struct write *write, uint64_t done, uint64_t total, struct faults *faults)
{
	if (progress_tell(write->progress, done, total))
		return 0;
	return fault(faults, FAULT_HOST, "cancelled");
}

/* ---- the performer ---- */

/* What kinds never leave out; a journal or a caller that does is broken. */
static int check_arguments(const struct step *step, struct faults *faults)
{
	const struct verb_info *info = verb_info(step->verb);

	for (unsigned i = 0; i < info->argument_count; i++)
		if (!step->argument[i] && !info->optional[i])
			return fault(faults, FAULT_HOST, "%s needs %s", info->name,
				     info->argument[i]);
	return 0;
}

static int write_inverse(struct performer *performer, struct arena *arena, const struct step *step,
			 struct step *ret_inverse, struct faults *faults)
{
	struct write *write = (struct write *)performer;

	if (check_arguments(step, faults) < 0)
		return -1;
	write->arena = arena;
	write->progress = NULL;
	return acts[step->verb].inverse(write, step, ret_inverse, faults);
}

static int write_perform(struct performer *performer, struct arena *arena, const struct step *step,
			 struct progress *progress, struct outcome *ret_outcome,
			 struct faults *faults)
{
	struct write *write = (struct write *)performer;

	if (check_arguments(step, faults) < 0)
		return -1;
	write->arena = arena;
	write->progress = progress;
	return acts[step->verb].perform(write, step, ret_outcome, faults);
}

static void write_close(struct performer *performer)
{
	struct write *write = (struct write *)performer;

	bus_close(&write->bus);
	virt_close(&write->virt);
}

struct performer *write_open(struct arena *arena, struct faults *faults)
{
	struct write *write = ARENA_NEW(arena, struct write);

	(void)faults;
	write->performer = (struct performer){
		.inverse = write_inverse,
		.perform = write_perform,
		.close = write_close,
	};
	write->virt.uri = VIRT_URI;
	return &write->performer;
}
