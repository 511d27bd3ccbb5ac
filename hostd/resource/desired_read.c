#include "resource/desired_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "base/text.h"
#include "resource/profile.h"

/* Keys of the language itself, at the top. */
static const char *const language_keys[] = { "gasthof", "profiles" };

/* Whether `path` leads to kinds further below: "memory" does for "memory.hugepages". */
static bool path_leads(const struct kind *const *all, const char *path)
{
	size_t size = strlen(path);

	for (; *all; all++)
		if (strncmp((*all)->path, path, size) == 0 && (*all)->path[size] == '.')
			return true;
	return false;
}

static const char *path_join(struct arena *arena, const char *path, const char *key)
{
	return *path ? arena_printf(arena, "%s.%s", path, key) : key;
}

/* The keys that kinds take at one level: "hugepages" below "memory"; NULL-ended. */
static const char *const *level_keys(struct arena *arena, const struct kind *const *all,
				     const char *path)
{
	ARRAY(const char *) keys = {};
	size_t size = strlen(path);

	for (; *all; all++) {
		const char *rest = (*all)->path;
		if (size && (strncmp(rest, path, size) != 0 || rest[size] != '.'))
			continue;
		rest += size ? size + 1 : 0;
		const char *key = arena_strndup(arena, rest, strcspn(rest, "."));
		bool known = false;
		EACH(other, &keys)
			known |= strcmp(*other, key) == 0;
		if (!known)
			ARRAY_PUSH(arena, &keys, key);
	}
	ARRAY_PUSH(arena, &keys, NULL);
	return keys.at;
}

/* ---- preparing one file's tree ---- */

static void prepare_named(struct arena *arena, const struct record *record, struct node *members)
{
	if (members->kind != NODE_MAP)
		return;
	for (struct node *body = members->first; body; body = body->next)
		record_normalise(arena, record, body);
}

static void prepare_level(struct arena *arena, const struct kind *const *all, const char *path,
			  struct node *node)
{
	if (node->kind != NODE_MAP)
		return;
	for (struct node *child = node->first; child; child = child->next) {
		const char *below = path_join(arena, path, child->key);
		const struct kind *kind = kind_find(all, below);
		if (kind && kind->shape == SHAPE_NAMED)
			prepare_named(arena, kind->record, child);
		else if (kind)
			record_normalise(arena, kind->record, child);
		if (path_leads(all, below))
			prepare_level(arena, all, below, child);
	}
}

void desired_prepare(struct arena *arena, struct node *root, const void *context,
		     struct faults *faults)
{
	const struct kind *const *all = context;
	struct node *profiles = (struct node *)node_get(root, "profiles");

	(void)faults;
	prepare_level(arena, all, "", root);
	for (; profiles && *all; all++)
		if ((*all)->flags & KIND_COUNTED)
			prepare_named(arena, (*all)->record, profiles);
}

/* ---- reading ---- */

static void fault_unknown(struct faults *faults, const struct node *child, const char *const *keys,
			  size_t count)
{
	fault_at(faults, child->key_mark, "unknown key \"%s\"", child->key);
	const char *nearest = name_nearest(child->key, keys, count);
	if (nearest)
		fault_hint(faults, "did you mean \"%s\"?", nearest);
}

/* The name of an item by its key, in the form in which its type prints it: 2048KiB and 2MiB are
 * one.  NULL where the key does not fit; says so. */
static const char *name_read(struct desired *desired, const struct kind *kind,
			     const struct node *body, struct faults *faults)
{
	static const struct field field = { .name = "name" };
	const struct type *type = kind->record->key ? kind->record->key : &type_name;
	struct node *key = node_quoted(desired->arena, body->key);

	key->mark = body->key_mark;
	void *value = arena_alloc(desired->arena, type->size);
	return type->read(desired->arena, &field, key, value, faults) == 0
		       ? type_text_of(type, value, desired->arena)
		       : NULL;
}

/* What was given already under another spelling is not given twice. */
static bool is_new(const struct desired *desired, const struct kind *kind, const char *name,
		   const struct node *body, struct faults *faults)
{
	const struct item *same = items_find(&desired->items, kind, name);

	if (!same || !same->node || strcmp(same->node->key, body->key) == 0)
		return true;
	fault_at(faults, body->key_mark, "\"%s\" and \"%s\" are the same", body->key,
		 same->node->key);
	fault_also(faults, same->node->key_mark, "first given here");
	return false;
}

static void read_item(struct desired *desired, const struct kind *kind, const char *name,
		      const struct node *body, const char *const *besides, struct faults *faults)
{
	struct item *item = items_add(&desired->items, kind, name);

	item->node = body;
	item->faulty =
		record_read(desired->arena, kind->record, body, besides, item->value, faults) < 0;
}

static void read_named(struct desired *desired, const struct kind *kind, const struct node *node,
		       struct faults *faults)
{
	const struct node *profiles = node_get(desired->root, "profiles");

	if (node->kind == NODE_NULL)
		return;
	if (node->kind != NODE_MAP) {
		fault_at(faults, node->mark, "%s is a mapping from names to bodies, not %s",
			 kind->path, node_kind_name(node->kind));
		return;
	}
	NODE_EACH(body, node) {
		struct node *bodies = NULL;
		const char *name = name_read(desired, kind, body, faults);
		if (!name || !is_new(desired, kind, name, body, faults))
			continue;
		if (!(kind->flags & KIND_COUNTED)) {
			read_item(desired, kind, name, body, NULL, faults);
			continue;
		}
		if (profile_expand(desired->arena, profiles, body, &bodies, faults) < 0)
			continue;
		NODE_EACH(one, bodies)
			read_item(desired, kind, one->key, one, NULL, faults);
	}
}

static void read_level(struct desired *desired, const char *path, const struct node *node,
		       struct faults *faults);

static void read_single(struct desired *desired, const struct kind *kind, const struct node *node,
			struct faults *faults)
{
	const char *const *besides = level_keys(desired->arena, desired->kinds, kind->path);

	read_item(desired, kind, "", node, besides, faults);
	for (; *besides && node->kind == NODE_MAP; besides++) {
		const struct node *child = node_get(node, *besides);
		struct node *alone = node_map(desired->arena);
		if (!child)
			continue;
		struct node *copy = node_put(desired->arena, alone, child->key,
					     node_copy(desired->arena, child));
		copy->key_mark = child->key_mark;
		read_level(desired, kind->path, alone, faults);
	}
}

static void read_level(struct desired *desired, const char *path, const struct node *node,
		       struct faults *faults)
{
	const char *const *keys = level_keys(desired->arena, desired->kinds, path);
	size_t count = 0;

	while (keys[count])
		count++;
	if (node->kind == NODE_NULL)
		return;
	if (node->kind != NODE_MAP) {
		fault_at(faults, node->mark, "%s is a mapping, not %s",
			 *path ? path : "a description", node_kind_name(node->kind));
		return;
	}
	NODE_EACH(child, node) {
		const char *below = path_join(desired->arena, path, child->key);
		const struct kind *kind = kind_find(desired->kinds, below);
		if (!*path && (strcmp(child->key, language_keys[0]) == 0 ||
			       strcmp(child->key, language_keys[1]) == 0))
			continue;
		if (kind && kind->shape == SHAPE_NAMED)
			read_named(desired, kind, child, faults);
		else if (kind)
			read_single(desired, kind, child, faults);
		else if (path_leads(desired->kinds, below))
			read_level(desired, below, child, faults);
		else
			fault_unknown(faults, child, keys, count);
	}
}

static void read_version(const struct desired *desired, struct faults *faults)
{
	const struct node *version = node_get(desired->root, "gasthof");
	char *end = NULL;

	if (desired->root->kind != NODE_MAP)
		return;
	if (!version) {
		fault_at(faults, desired->root->mark, "the key \"gasthof\" is missing");
		fault_hint(faults, "begin with gasthof: %d", LANGUAGE_VERSION);
		return;
	}
	long number = version->kind == NODE_SCALAR ? strtol(version->text, &end, 10) : 0;
	if (!end || *end || number < 1)
		fault_at(faults, version->mark, "the version of the language is a number");
	else if (number > LANGUAGE_VERSION)
		fault_at(faults, version->mark,
			 "version %ld of the language is newer than this agent, which knows %d",
			 number, LANGUAGE_VERSION);
}

static bool profile_has_user(const struct desired *desired, const char *profile)
{
	for (const struct kind *const *kind = desired->kinds; *kind; kind++) {
		const struct node *bodies = (*kind)->flags & KIND_COUNTED
						    ? node_find(desired->root, (*kind)->path)
						    : NULL;
		if (!bodies || bodies->kind != NODE_MAP)
			continue;
		NODE_EACH(body, bodies)
			if (profile_is_used(body, profile))
				return true;
	}
	return false;
}

/* It may be meant for any kind that takes profiles: the one that it fits best tells. */
static void check_unused(const struct desired *desired, const struct node *profile,
			 struct faults *faults)
{
	struct faults *fewest = NULL;

	for (const struct kind *const *kind = desired->kinds; *kind; kind++) {
		struct faults *found = ARENA_NEW(desired->arena, struct faults);
		if (!((*kind)->flags & KIND_COUNTED))
			continue;
		faults_init(found, desired->arena);
		profile_check(desired->arena, (*kind)->record, profile, found);
		if (!fewest || found->count < fewest->count)
			fewest = found;
	}
	if (fewest)
		faults_move(faults, fewest);
}

static void read_profiles(const struct desired *desired, struct faults *faults)
{
	const struct node *profiles = node_get(desired->root, "profiles");

	if (!profiles || profiles->kind == NODE_NULL)
		return;
	if (profiles->kind != NODE_MAP) {
		fault_at(faults, profiles->mark,
			 "profiles is a mapping from names to bodies, not %s",
			 node_kind_name(profiles->kind));
		return;
	}
	NODE_EACH(profile, profiles) {
		if (!name_is_valid(profile->key))
			fault_at(faults, profile->key_mark, "\"%s\" is not a name", profile->key);
		else if (!profile_has_user(desired, profile->key))
			check_unused(desired, profile, faults);
	}
}

void desired_read(struct desired *desired, struct faults *faults)
{
	read_version(desired, faults);
	read_profiles(desired, faults);
	read_level(desired, "", desired->root, faults);
}
