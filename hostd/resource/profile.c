#include "resource/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "base/text.h"

const char *const profile_keys[] = { "profile", "count", NULL };

static const struct node *profile_find(struct arena *arena, const struct node *profiles,
				       const struct node *name, struct faults *faults)
{
	ARRAY(const char *) known = {};

	if (name->kind != NODE_SCALAR) {
		fault_at(faults, name->mark, "a profile is named by a word, not %s",
			 node_kind_name(name->kind));
		return NULL;
	}
	const struct node *profile = node_get(profiles, name->text);
	if (profile)
		return profile;
	fault_at(faults, name->mark, "there is no profile \"%s\"", name->text);
	if (profiles)
		NODE_EACH(child, profiles)
			ARRAY_PUSH(arena, &known, child->key);
	const char *nearest = name_nearest(name->text, known.at, known.count);
	if (nearest)
		fault_hint(faults, "did you mean \"%s\"?", nearest);
	return NULL;
}

/* The body over its profiles; the first named lies lowest. */
static struct node *profile_lay(struct arena *arena, const struct node *profiles,
				const struct node *body, struct faults *faults)
{
	const struct node *named = node_get(body, "profile");
	struct node *under = node_map(arena);

	if (named && named->kind == NODE_LIST) {
		NODE_EACH(name, named) {
			const struct node *profile = profile_find(arena, profiles, name, faults);
			if (profile)
				under = node_merge(arena, under, profile);
		}
	} else if (named && named->kind != NODE_NULL) {
		const struct node *profile = profile_find(arena, profiles, named, faults);
		if (profile)
			under = node_merge(arena, under, profile);
	}
	return node_merge(arena, under, body);
}

static int count_read(const struct node *count, unsigned long *ret_count, struct faults *faults)
{
	char *end = NULL;
	unsigned long value = 0;

	if (count->kind == NODE_SCALAR && *count->text >= '0' && *count->text <= '9')
		value = strtoul(count->text, &end, 10);
	if (!end || *end || value > COUNT_MAX)
		return fault_at(faults, count->mark, "count is a number from 0 to %d", COUNT_MAX);
	*ret_count = value;
	return 0;
}

/* `text` with {index} and {name} replaced. */
static const char *substitute(struct arena *arena, const char *text, const char *name,
			      unsigned long index)
{
	struct text made = text_of(arena);

	while (*text) {
		if (string_starts(text, "{index}")) {
			text_addf(&made, "%lu", index);
			text += strlen("{index}");
		} else if (string_starts(text, "{name}")) {
			text_add(&made, name);
			text += strlen("{name}");
		} else {
			text_add_byte(&made, *text++);
		}
	}
	return made.at;
}

static void substitute_below(struct arena *arena, struct node *node, const char *name,
			     unsigned long index)
{
	if (node->kind == NODE_SCALAR && strchr(node->text, '{'))
		node->text = substitute(arena, node->text, name, index);
	for (struct node *child = node->first; child; child = child->next)
		substitute_below(arena, child, name, index);
}

int profile_expand(struct arena *arena, const struct node *profiles, const struct node *body,
		   struct node **ret_bodies, struct faults *faults)
{
	struct node *bodies = node_map(arena);
	unsigned long count = 0;

	if (body->kind != NODE_MAP && body->kind != NODE_NULL) {
		struct node *same = node_put(arena, bodies, body->key, node_copy(arena, body));
		same->key_mark = body->key_mark;
		*ret_bodies = bodies;
		return 0;
	}
	const struct node *given = node_get(body, "count");
	if (given && given->kind != NODE_NULL && count_read(given, &count, faults) < 0)
		return -1;
	struct node *whole = body->kind == NODE_MAP ? profile_lay(arena, profiles, body, faults)
						    : node_copy(arena, body);
	node_remove(whole, "profile");
	node_remove(whole, "count");
	whole->mark = body->mark;
	for (unsigned long index = 1; index <= (given ? count : 1); index++) {
		const char *name =
			given ? arena_printf(arena, "%s-%lu", body->key, index) : body->key;
		struct node *one = node_put(arena, bodies, name, node_copy(arena, whole));
		one->key_mark = body->key_mark;
		if (given)
			substitute_below(arena, one, name, index);
	}
	*ret_bodies = bodies;
	return 0;
}

bool profile_is_used(const struct node *body, const char *profile)
{
	const struct node *named = node_get(body, "profile");

	if (named && named->kind == NODE_LIST)
		NODE_EACH(name, named)
			if (name->kind == NODE_SCALAR && strcmp(name->text, profile) == 0)
				return true;
	return named && named->kind == NODE_SCALAR && strcmp(named->text, profile) == 0;
}

void profile_check(struct arena *arena, const struct record *record, const struct node *profile,
		   struct faults *faults)
{
	struct node *body = node_copy(arena, profile);

	body->key_mark = profile->key_mark;
	substitute_below(arena, body, "name", 1);
	(void)!record_read_partial(arena, record, body, profile_keys, record_new(arena, record),
				   faults);
}
