#include "formats/refusal.h"

#include <string.h>

#include "formats/uuid.h"

const char *refusal_path(struct arena *arena, const char *uuid)
{
	return arena_printf(arena, "/run/gasthof/refused/%s", uuid);
}

/* A digest: the body may be long, and a file below /run is no place for a copy of it. */
const char *refusal_key(struct arena *arena, const struct step *step)
{
	struct text text = text_of(arena);

	text_addf(&text, "%s", verb_info(step->verb)->name);
	for (unsigned i = 0; i < STEP_ARGUMENTS; i++)
		text_addf(&text, "\n%s", step->argument[i] ? step->argument[i] : "");
	if (step->wish)
		text_addf(&text, "\n%s", step->wish);
	else if (step->body)
		text_addf(&text, "\n%.*s", (int)step->body_size, step->body);
	return uuid_of(arena, text.at);
}

static struct refusal *find(const struct refusals *refusals, const char *key)
{
	EACH(refusal, &refusals->list)
		if (string_equal(refusal->key, key))
			return refusal;
	return NULL;
}

const struct refusal *refusals_find(const struct refusals *refusals, const char *key)
{
	return find(refusals, key);
}

/* One line a refusal. */
static const char *one_line(struct arena *arena, const char *why)
{
	char *line = arena_strdup(arena, why);

	for (char *at = line; *at; at++)
		if (*at == '\n' || *at == '\t')
			*at = ' ';
	return line;
}

void refusals_add(struct arena *arena, struct refusals *refusals, const struct refusal *refusal)
{
	struct refusal *known = find(refusals, refusal->key);

	if (!known)
		known = ARRAY_ADD(arena, &refusals->list);
	*known = *refusal;
	known->why = one_line(arena, refusal->why);
}

const char *refusals_text(struct arena *arena, const struct refusals *refusals)
{
	struct text text = text_of(arena);

	text_addf(&text, "%s\n", refusals->life);
	EACH(refusal, &refusals->list)
		text_addf(&text, "%s\t%s\t%s\n", refusal->key, refusal->asked ? "asked" : "refused",
			  refusal->why);
	return text.at;
}

static bool line_read(struct arena *arena, const char *line, size_t size, struct refusal *ret)
{
	const char *copy = arena_strndup(arena, line, size);
	const char *word = strchr(copy, '\t');
	const char *why = word ? strchr(word + 1, '\t') : NULL;

	if (!why)
		return false;
	*ret = (struct refusal){
		.key = arena_strndup(arena, copy, (size_t)(word - copy)),
		.why = why + 1,
		.asked = string_starts(word + 1, "asked\t"),
	};
	return true;
}

void refusals_read(struct arena *arena, const char *text, struct refusals *ret)
{
	size_t size = strcspn(text, "\n");
	struct refusal refusal;

	*ret = (struct refusals){ .life = arena_strndup(arena, text, size) };
	for (text += size; *text; text += size) {
		text += *text == '\n';
		size = strcspn(text, "\n");
		if (line_read(arena, text, size, &refusal))
			refusals_add(arena, ret, &refusal);
	}
}
