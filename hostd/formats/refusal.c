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

static const char *const states[] = {
	[REFUSAL_UNFIT] = "refused",
	[REFUSAL_ASKED] = "asked",
	[REFUSAL_KEPT] = "kept",
};

const char *refusal_why_asked(struct arena *arena, const char *alias)
{
	return arena_printf(arena, "the guest was asked to let go of %s", alias);
}

const char *refusal_why_kept(struct arena *arena, const char *alias)
{
	return arena_printf(arena, "the guest does not let go of %s", alias);
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
	known->what = one_line(arena, refusal->what ? refusal->what : "");
	known->why = one_line(arena, refusal->why);
}

bool refusals_hear(struct arena *arena, struct refusals *refusals, const struct heard *heard)
{
	size_t kept = 0;
	bool changed = false;

	if (!string_equal(refusals->life, heard->life))
		return false;
	EACH(refusal, &refusals->list) {
		bool meant = refusal->state != REFUSAL_UNFIT &&
			     string_equal(refusal->what, heard->alias);
		if (meant && heard->what == HEARD_GONE)
			continue;
		if (meant && heard->what == HEARD_KEPT) {
			changed = changed || refusal->state != REFUSAL_KEPT;
			refusal->state = REFUSAL_KEPT;
			refusal->why = refusal_why_kept(arena, heard->alias);
		}
		refusals->list.at[kept++] = *refusal;
	}
	changed = changed || kept < refusals->list.count;
	refusals->list.count = kept;
	return changed;
}

const char *refusals_text(struct arena *arena, const struct refusals *refusals)
{
	struct text text = text_of(arena);

	text_addf(&text, "%s\n", refusals->life);
	EACH(refusal, &refusals->list)
		text_addf(&text, "%s\t%s\t%s\t%s\n", refusal->key, states[refusal->state],
			  refusal->what, refusal->why);
	return text.at;
}

static bool state_read(const char *word, enum refusal_state *ret)
{
	for (size_t i = 0; i < COUNT_OF(states); i++)
		if (strcmp(word, states[i]) == 0) {
			*ret = (enum refusal_state)i;
			return true;
		}
	return false;
}

static bool line_read(struct arena *arena, const char *line, size_t size, struct refusal *ret)
{
	enum { KEY, STATE, WHAT, WHY, COLUMNS };
	const char *column[COLUMNS] = { arena_strndup(arena, line, size) };

	for (size_t i = 1; i < COLUMNS; i++) {
		char *end = strchr(column[i - 1], '\t');
		if (!end)
			return false;
		*end = '\0';
		column[i] = end + 1;
	}
	*ret = (struct refusal){ .key = column[KEY], .what = column[WHAT], .why = column[WHY] };
	return state_read(column[STATE], &ret->state);
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
