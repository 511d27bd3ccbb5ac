#include "formats/bind.h"

#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "formats/bind_value.h"

static const struct field *row_field(const struct bind_table *table, const struct bind *row)
{
	const struct field *field = row->field ? record_find(table->record, row->field) : NULL;

	if (row->field && !field)
		abort(); /* a table that names a field that is not there: tests walk them all */
	return field;
}

static void *member_at(const struct field *field, const void *value)
{
	return (char *)value + field->offset;
}

static struct bind_context below(const struct bind_context *context, const char *name)
{
	struct bind_context nested = *context;

	nested.path = arena_printf(context->arena, "%s%s.", context->path, name);
	return nested;
}

static void element_remove(xmlNode *element)
{
	xmlUnlinkNode(element);
	xmlFreeNode(element);
}

/* ---- members and their names; without dots, which aliases have no room for ---- */

struct named { /* the elements of a map, each with its key; NULL: no member */
	ARRAY(const char *) names;
	ARRAY(xmlNode *) elements;
};

static bool named_has(const struct named *named, const char *name)
{
	EACH(one, &named->names)
		if (string_equal(*one, name))
			return true;
	return false;
}

static const char *alias_rest(struct arena *arena, const struct bind_members *members,
			      xmlNode *element)
{
	const char *alias = members->alias ? xml_get(arena, element, "alias@name") : NULL;
	const char *rest = alias && string_starts(alias, members->alias)
				   ? alias + strlen(members->alias)
				   : NULL;

	return rest && name_is_valid(rest) ? rest : NULL;
}

static const char *natural_name(struct arena *arena, const struct bind_members *members,
				xmlNode *element)
{
	struct text name = text_of(arena);

	if (!members->foreign)
		return NULL;
	if (members->keyed)
		return xml_get(arena, element, members->foreign);
	for (const char *at = members->foreign; *at; at += *at == ',') {
		size_t size = strcspn(at, ",");
		const char *text = xml_get(arena, element, arena_strndup(arena, at, size));
		text_addf(&name, "%s%s", name.size && text ? "-" : "", text ? text : "");
		at += size;
	}
	return name_fit(arena, name.size ? name.at : NULL);
}

/* `next`: those before it are taken. */
static const char *name_free(struct arena *arena, const struct named *named, const char *word,
			     unsigned *next)
{
	for (;;) {
		const char *name = arena_printf(arena, "%s-%u", word, (*next)++);
		if (!named_has(named, name))
			return name;
	}
}

/* Aliases of ours count first; then what names a device by itself, then its number. */
static struct named members_name(struct arena *arena, const struct bind_members *members,
				 xmlNode *parent, const char *element_name)
{
	struct named named = {};
	unsigned next = 0;

	XML_EACH(child, parent, element_name)
	{
		ARRAY_PUSH(arena, &named.elements, child);
		ARRAY_PUSH(arena, &named.names, alias_rest(arena, members, child));
	}
	for (size_t i = 0; i < named.elements.count; i++) {
		xmlNode *child = named.elements.at[i];
		const char *alias = xml_get(arena, child, "alias@name");
		if (named.names.at[i] || string_equal(alias, SEED_ALIAS))
			continue;
		const char *name = natural_name(arena, members, child);
		if (name && !named_has(&named, name))
			named.names.at[i] = name;
		else if (!members->keyed || (!name && members->word))
			named.names.at[i] = name_free(arena, &named, members->word, &next);
	}
	return named;
}

/* ---- reading ---- */

static void map_read(const struct bind_context *context, const struct bind *row, xmlNode *element,
		     struct map *map)
{
	const struct bind_members *members = row->members;
	xmlNode *parent = place_parent(context->arena, element, row->place, false);
	struct named named = members_name(context->arena, members, parent, place_last(row->place));

	for (size_t i = 0; i < named.names.count; i++) {
		const char *name = named.names.at[i];
		if (!name || map_get(map, name))
			continue;
		struct bind_context nested = below(context, name);
		if (members->alias)
			nested.alias = arena_printf(context->arena, "%s%s", members->alias, name);
		bind_read(&nested, members->table, named.elements.at[i],
			  map_add(context->arena, map, members->table->record, name));
	}
}

static bool is_blank(const xmlNode *element)
{
	const xmlNode *child = element->children;

	return !child || (!child->next && xmlIsBlankNode(child));
}

static void record_row_read(const struct bind_context *context, const struct bind_table *table,
			    const struct bind *row, xmlNode *element, void *value)
{
	const struct field *field = row_field(table, row);
	struct bind_context nested = below(context, row->field);
	xmlNode *at = xml_at(element, row->place);

	if (!at)
		return;
	bind_read(&nested, row->table, at, member_at(field, value));
	/* an empty element says that it is there; one that holds other things is theirs */
	bool bare = *row->place && !at->properties && is_blank(at);
	if (bare || !context->sparse)
		record_give(table->record, value, field->offset, true);
}

static void alias_read(const struct bind_context *context, const struct bind_table *table,
		       const struct bind *row, xmlNode *element, void *value)
{
	const char *alias = xml_get(context->arena, element, "alias@name");

	if (alias && !string_equal(alias, context->alias))
		bind_put(context, table->record, value, row->field, alias);
}

static void row_read(const struct bind_context *context, const struct bind_table *table,
		     const struct bind *row, xmlNode *element, void *value)
{
	const struct field *field = row_field(table, row);

	if (row->how == BIND_CUSTOM) {
		if (row->read)
			row->read(context, element, value);
	} else if (row->how == BIND_RECORD) {
		record_row_read(context, table, row, element, value);
	} else if (row->how == BIND_MAP) {
		map_read(context, row, element, member_at(field, value));
		if (!context->sparse)
			record_give(table->record, value, field->offset, true);
	} else if (row->how == BIND_ALIAS) {
		alias_read(context, table, row, element, value);
	} else {
		value_read(context, table, row, element, value);
	}
}

void bind_read(const struct bind_context *context, const struct bind_table *table, xmlNode *element,
	       void *value)
{
	for (size_t i = 0; i < table->count; i++)
		row_read(context, table, &table->rows[i], element, value);
}

xmlNode *bind_member(struct arena *arena, const struct bind_table *table, xmlNode *element,
		     const char *field, const char *name)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct bind *row = &table->rows[i];
		if (row->how != BIND_MAP || !string_equal(row->field, field))
			continue;
		xmlNode *parent = place_parent(arena, element, row->place, false);
		struct named named =
			members_name(arena, row->members, parent, place_last(row->place));
		for (size_t j = 0; j < named.names.count; j++)
			if (string_equal(named.names.at[j], name))
				return named.elements.at[j];
	}
	return NULL;
}

/* ---- writing ---- */

static bool is_at_or_below(const char *path, const char *above)
{
	size_t size = strlen(above);

	return strncmp(path, above, size) == 0 && (!path[size] || path[size] == '.');
}

/* A difference at the path, above it or (for a nested record) below it. */
static bool differs_has(const struct bind_context *context, const char *path, enum path_kind kind)
{
	for (size_t i = 0; context->differs && i < context->differs->count; i++) {
		const struct path *one = &context->differs->at[i];
		if (one->kind == kind &&
		    (is_at_or_below(path, one->path) || is_at_or_below(one->path, path)))
			return true;
	}
	return false;
}

bool bind_resets(const struct bind_context *context, const char *field)
{
	const char *path = arena_printf(context->arena, "%s%s", context->path, field);

	return differs_has(context, path, PATH_RESET);
}

static bool gives_alias(const struct bind_members *members, const void *value)
{
	const struct field *field = record_find(members->table->record, "alias");

	return field && record_given(members->table->record, value, field->offset);
}

/* An alias says whose member it is, unless its own contents do and nothing may be added. */
static void alias_write(const struct bind_context *context, const struct bind_members *members,
			xmlNode *element, const struct member *member)
{
	struct arena *arena = context->arena;

	if (gives_alias(members, member->value) ||
	    (context->terse && string_equal(natural_name(arena, members, element), member->name)))
		return;
	xml_set(element, "alias@name", arena_printf(arena, "%s%s", members->alias, member->name));
}

/* Whether a key of a map is only a number that was given to it. */
static bool is_numbered(const struct bind_members *members, const char *name)
{
	size_t size = members->word ? strlen(members->word) : 0;

	return size && strncmp(name, members->word, size) == 0 && name[size] == '-';
}

static const struct bind *row_at(const struct bind_table *table, const char *place)
{
	for (size_t i = 0; i < table->count; i++)
		if (string_equal(table->rows[i].place, place))
			return &table->rows[i];
	return NULL;
}

/* What moves to another bus has another address there, and what becomes of another sort has none
 * of what the old one had. */
static void member_unplug(const struct bind_context *context, const struct bind_members *members,
			  xmlNode *element, const void *value)
{
	struct arena *arena = context->arena;
	const struct bind *row = members->plug ? row_at(members->table, members->plug) : NULL;
	const char *is = row ? xml_get(arena, element, row->place) : NULL, *want = is;

	if (!is)
		return;
	const struct field *field = row_field(members->table, row);
	if (record_given(members->table->record, value, field->offset))
		want = type_text_of(field->type, member_at(field, value), arena);
	else if (bind_resets(context, row->field))
		want = NULL;
	if (string_equal(is, want))
		return;
	for (const char *at = members->plugged; *at; at += *at == ',') {
		size_t size = strcspn(at, ",");
		const char *place = arena_strndup(arena, at, size);
		while (xml_has(element, place))
			xml_remove(element, place);
		at += size;
	}
}

static void member_write(const struct bind_context *context, const struct bind *row,
			 xmlNode *parent, const struct named *named, const struct member *member)
{
	const struct bind_members *members = row->members;
	struct bind_context map = below(context, row->field), nested = below(&map, member->name);
	xmlNode *element = NULL;

	for (size_t i = 0; i < named->names.count; i++)
		if (string_equal(named->names.at[i], member->name))
			element = named->elements.at[i];
	nested.fresh = !element && !context->terse;
	if (element)
		member_unplug(&nested, members, element, member->value);
	else
		element = xml_add(parent, place_last(row->place));
	if (members->keyed && !is_numbered(members, member->name))
		xml_set(element, members->foreign, member->name);
	bind_write(&nested, members->table, element, member->value);
	if (members->alias)
		alias_write(context, members, element, member);
}

/* What held nothing but the members that went: of <devices> there is always one. */
static void parent_prune(struct arena *arena, const struct bind *row, xmlNode *element)
{
	const char *slash = strrchr(row->place, '/');
	const char *above =
		slash ? arena_strndup(arena, row->place, (size_t)(slash - row->place)) : NULL;
	xmlNode *parent = above && strcmp(above, "devices") != 0 ? xml_at(element, above) : NULL;

	if (parent && !parent->properties && is_blank(parent))
		xml_remove(element, above);
}

static void map_write(const struct bind_context *context, const struct bind *row, xmlNode *element,
		      const struct map *map)
{
	struct arena *arena = context->arena;
	xmlNode *parent = place_parent(arena, element, row->place, map->count > 0);
	struct named named = members_name(arena, row->members, parent, place_last(row->place));

	for (size_t i = 0; i < map->count; i++)
		member_write(context, row, parent, &named, &map->at[i]);
	for (size_t i = 0; i < named.names.count; i++) {
		const char *name = named.names.at[i];
		if (!name || map_get(map, name))
			continue;
		const char *path =
			arena_printf(context->arena, "%s%s.%s", context->path, row->field, name);
		if (!differs_has(context, path, PATH_MEMBER_REMOVE))
			continue;
		element_remove(named.elements.at[i]);
		parent_prune(arena, row, element);
	}
}

/* Nothing is in it; or it is a device that no attribute says anything of any more, with what
 * libvirt filled in for the one that it was. */
static bool is_husk(const struct bind *row, const xmlNode *element)
{
	return !element->properties &&
	       (!element->children || string_starts(row->place, "devices/"));
}

static void record_row_write(const struct bind_context *context, const struct bind *row,
			     xmlNode *element, const void *member, bool given)
{
	struct bind_context nested = below(context, row->field);
	bool there = xml_has(element, row->place);
	const char *path = arena_printf(context->arena, "%s%s", context->path, row->field);
	bool goes = differs_has(context, path, PATH_RESET) ||
		    differs_has(context, path, PATH_MEMBER_REMOVE);

	if (!given && !context->fresh && !(goes && there))
		return;
	/* a record of which nothing is said is not made for its defaults alone */
	xmlNode *at = xml_make(element, row->place);
	bind_write(&nested, row->table, at, member);
	if (!given && *row->place && is_husk(row, at))
		xml_remove(element, row->place);
}

static void row_write(const struct bind_context *context, const struct bind_table *table,
		      const struct bind *row, xmlNode *element, const void *value)
{
	const struct field *field = row_field(table, row);

	if (row->how == BIND_CUSTOM) {
		if (row->write)
			row->write(context, element, value);
		return;
	}
	const void *member = member_at(field, value);
	bool given = record_given(table->record, value, field->offset);
	bool resets = bind_resets(context, row->field);
	if (row->how == BIND_RECORD)
		record_row_write(context, row, element, member, given);
	else if (row->how == BIND_MAP)
		map_write(context, row, element, member);
	else if (given || ((context->fresh || resets) && field->fallback))
		value_write(context->arena, row, field, element, member);
	else if (resets)
		value_remove(context->arena, row, element);
}

void bind_write(const struct bind_context *context, const struct bind_table *table,
		xmlNode *element, const void *value)
{
	for (size_t i = 0; i < table->count; i++)
		row_write(context, table, &table->rows[i], element, value);
}

/* ---- names that are read back ---- */

static void map_settle(struct arena *arena, const struct bind *row, struct map *map)
{
	const struct bind_members *members = row->members;
	const struct bind_context context = { .arena = arena, .terse = true, .path = "" };
	XML_AUTO xmlDoc *doc = xml_new("settle");
	xmlNode *root = xmlDocGetRootElement(doc);

	for (size_t i = 0; i < map->count; i++)
		bind_settle(arena, members->table, map->at[i].value);
	if (members->alias || members->keyed)
		return;
	for (size_t i = 0; i < map->count; i++)
		bind_write(&context, members->table, xml_add(root, place_last(row->place)),
			   map->at[i].value);
	struct named named = members_name(arena, members, root, place_last(row->place));
	for (size_t i = 0; i < map->count && i < named.names.count; i++)
		map->at[i].name = named.names.at[i];
}

void bind_settle(struct arena *arena, const struct bind_table *table, void *value)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct bind *row = &table->rows[i];
		void *member = row->field ? member_at(row_field(table, row), value) : NULL;
		if (row->how == BIND_RECORD)
			bind_settle(arena, row->table, member);
		else if (row->how == BIND_MAP && ((struct map *)member)->count)
			map_settle(arena, row, member);
	}
}
