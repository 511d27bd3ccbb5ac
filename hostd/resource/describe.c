#include "resource/describe.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "resource/describe_share.h"
#include "resource/profile.h"

static bool path_is_below(const char *path, const char *above)
{
	size_t size = strlen(above);

	return !size || (strncmp(path, above, size) == 0 && path[size] == '.');
}

/* The keys that lead from `path` towards kinds, each once. */
static void levels_below(struct arena *arena, const struct kind *const *all, const char *path,
			 struct explanation *explanation)
{
	for (; *all; all++) {
		if (!path_is_below((*all)->path, path))
			continue;
		const char *rest = (*all)->path + strlen(path) + (*path != '\0');
		const char *key = arena_strndup(arena, rest, strcspn(rest, "."));
		bool known = false;
		EACH(level, &explanation->levels)
			known |= strcmp(*level, key) == 0;
		if (!known)
			ARRAY_PUSH(arena, &explanation->levels, key);
	}
}

/* ---- schema ---- */

static struct node *quoted(struct arena *arena, const char *text)
{
	return node_quoted(arena, text);
}

static struct node *object_schema(struct arena *arena)
{
	struct node *schema = node_map(arena), *types = node_list(arena);

	node_append(types, quoted(arena, "object"));
	node_append(types, quoted(arena, "null"));
	node_put(arena, schema, "type", types);
	return schema;
}

static struct node *node_child(const struct node *map, const char *key)
{
	return (struct node *)node_get(map, key);
}

/* A body that takes `profile:` and `count:` beside its record. */
static void schema_add_profile(struct arena *arena, struct node *body)
{
	struct node *properties = node_child(body, "properties");
	struct node *profile = node_map(arena), *types = node_list(arena), *count = node_map(arena);
	struct node *items = node_map(arena);

	if (!properties)
		return;
	node_append(types, quoted(arena, "string"));
	node_append(types, quoted(arena, "array"));
	node_append(types, quoted(arena, "null"));
	node_put(arena, items, "type", quoted(arena, "string"));
	node_put(arena, profile, "type", types);
	node_put(arena, profile, "items", items);
	node_put(arena, profile, "description", quoted(arena, "named bodies laid under this one"));
	node_put(arena, properties, "profile", profile);
	struct node *count_types = node_list(arena);
	node_append(count_types, quoted(arena, "integer"));
	node_append(count_types, quoted(arena, "null"));
	node_put(arena, count, "type", count_types);
	node_put(arena, count, "minimum", node_scalar(arena, "0"));
	node_put(arena, count, "maximum", node_scalar(arena, arena_printf(arena, "%d", COUNT_MAX)));
	node_put(arena, count, "description", quoted(arena, "makes NAME-1 to NAME-count"));
	node_put(arena, properties, "count", count);
}

static struct node *named_schema(struct arena *arena, const struct kind *kind)
{
	struct node *schema = object_schema(arena);
	bool counted = kind->flags & KIND_COUNTED;
	/* A body may leave out what its profile gives, and take out what it gives. */
	struct node *body = counted ? record_schema_partial(arena, kind->record, NULL)
				    : record_schema(arena, kind->record, NULL);

	if (counted)
		schema_add_profile(arena, body);
	node_put(arena, schema, "description", quoted(arena, kind->summary));
	const struct type *key = kind->record->key ? kind->record->key : &type_name;
	if (key->json_pattern) {
		struct node *patterns =
			node_put(arena, schema, "patternProperties", node_map(arena));
		node_put(arena, patterns, key->json_pattern, body);
		node_put(arena, schema, "additionalProperties", node_scalar(arena, "false"));
	} else {
		node_put(arena, schema, "additionalProperties", body);
	}
	return schema;
}

/* Puts `schema` at a dotted path below `root`, making levels on the way. */
static void schema_put(struct arena *arena, struct node *root, const char *path,
		       struct node *schema)
{
	const char *dot = strchr(path, '.');
	struct node *properties = node_child(root, "properties");

	if (!properties)
		properties = node_put(arena, root, "properties", node_map(arena));
	if (!dot) {
		struct node *there = node_child(properties, path);
		struct node *inner = there ? node_child(there, "properties") : NULL;
		node_remove(properties, path);
		node_put(arena, properties, path, schema);
		for (struct node *child = inner ? inner->first : NULL, *next; child; child = next) {
			next = child->next;
			child->next = NULL;
			schema_put(arena, schema, child->key, child);
		}
		return;
	}
	const char *key = arena_strndup(arena, path, (size_t)(dot - path));
	struct node *level = node_child(properties, key);
	if (!level) {
		level = node_put(arena, properties, key, object_schema(arena));
		node_put(arena, level, "additionalProperties", node_scalar(arena, "false"));
	}
	schema_put(arena, level, dot + 1, schema);
}

static void schema_add_language(struct arena *arena, struct node *root,
				const struct kind *const *all)
{
	struct node *properties = node_child(root, "properties");
	struct node *version = node_map(arena), *include = node_map(arena);
	struct node *types = node_list(arena), *items = node_map(arena);

	node_put(arena, version, "const",
		 node_scalar(arena, arena_printf(arena, "%d", LANGUAGE_VERSION)));
	node_put(arena, version, "description", quoted(arena, "version of the language"));
	node_put(arena, properties, "gasthof", version);
	node_append(types, quoted(arena, "string"));
	node_append(types, quoted(arena, "array"));
	node_put(arena, items, "type", quoted(arena, "string"));
	node_put(arena, include, "type", types);
	node_put(arena, include, "items", items);
	node_put(arena, include, "description", quoted(arena, "other files this one lies over"));
	node_put(arena, properties, "include", include);
	for (; *all; all++) {
		if (!((*all)->flags & KIND_COUNTED))
			continue;
		struct node *profiles = named_schema(arena, *all);
		node_put(arena, properties, "profiles", profiles);
	}
}

struct node *desired_schema(struct arena *arena, const struct kind *const *all)
{
	struct node *root = node_map(arena), *required = node_list(arena);

	node_put(arena, root, "$schema",
		 quoted(arena, "https://json-schema.org/draft/2020-12/schema"));
	node_put(arena, root, "title", quoted(arena, "a Gasthof host description"));
	node_put(arena, root, "type", quoted(arena, "object"));
	node_put(arena, root, "additionalProperties", node_scalar(arena, "false"));
	node_append(required, quoted(arena, "gasthof"));
	node_put(arena, root, "required", required);
	for (const struct kind *const *kind = all; *kind; kind++)
		schema_put(arena, root, (*kind)->path,
			   (*kind)->shape == SHAPE_NAMED
				   ? named_schema(arena, *kind)
				   : record_schema(arena, (*kind)->record, NULL));
	schema_add_language(arena, root, all);
	schema_share(arena, root);
	return root;
}

/* ---- explaining ---- */

/* The kind whose path is the longest beginning of `path`; the rest goes to *ret_rest. */
static const struct kind *kind_above(const struct kind *const *all, const char *path,
				     const char **ret_rest)
{
	const struct kind *found = NULL;

	for (; *all; all++) {
		size_t size = strlen((*all)->path);
		if (strncmp(path, (*all)->path, size) != 0 || (path[size] && path[size] != '.') ||
		    (found && strlen(found->path) > size))
			continue;
		found = *all;
		*ret_rest = path[size] ? path + size + 1 : "";
	}
	return found;
}

/* A named kind's fields stand below any name: "guests.*.disks" or "guests.web.disks"; the
 * name may be left out where a field of that name is meant. */
static const struct field *explain_field(const struct kind *kind, const char *rest)
{
	const struct field *field = record_find(kind->record, rest);
	const char *dot = strchr(rest, '.');

	if (!field && kind->shape == SHAPE_NAMED && dot)
		field = record_find(kind->record, dot + 1);
	return field;
}

struct explanation *desired_explain(struct arena *arena, const struct kind *const *all,
				    const char *path)
{
	struct explanation *explanation = ARENA_NEW(arena, struct explanation);
	const char *rest = "";

	explanation->path = path;
	explanation->kind = kind_above(all, path, &rest);
	levels_below(arena, all, path, explanation);
	if (!explanation->kind)
		return *path && !explanation->levels.count ? NULL : explanation;
	explanation->summary = explanation->kind->summary;
	if (!*rest || strcmp(rest, "*") == 0) {
		explanation->record = explanation->kind->record;
		return explanation;
	}
	explanation->field = explain_field(explanation->kind, rest);
	if (!explanation->field)
		return NULL;
	explanation->summary = explanation->field->help;
	explanation->record = explanation->field->record;
	return explanation;
}
