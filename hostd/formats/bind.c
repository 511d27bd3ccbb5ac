#include "formats/bind.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* ---- values ---- */

bool bind_put(const struct bind_context *context, const struct record *record, void *value,
	      const char *name, const char *text)
{
	const struct field *field = record_find(record, name);
	struct faults unheard;

	faults_init(&unheard, context->arena);
	struct node *node = node_quoted(context->arena, text);
	node->quoted = false;
	if (field->type->read(context->arena, field, node, member_at(field, value), &unheard) < 0)
		return false;
	record_give(record, value, field->offset, true);
	return true;
}

static const struct unit {
	const char *name;
	uint64_t bytes;
} units[] = {
	{ "b", 1 },          { "bytes", 1 },        { "KB", 1000 },
	{ "k", 1 << 10 },    { "KiB", 1 << 10 },    { "MB", 1000 * 1000 },
	{ "M", 1 << 20 },    { "MiB", 1 << 20 },    { "GB", 1000 * 1000 * 1000 },
	{ "G", 1 << 30 },    { "GiB", 1 << 30 },    { "TB", 1000ULL * 1000 * 1000 * 1000 },
	{ "T", 1ULL << 40 }, { "TiB", 1ULL << 40 },
};

bool bind_bytes(struct arena *arena, xmlNode *element, const char *place, uint64_t *ret_bytes)
{
	xmlNode *at = xml_at(element, place);
	const char *text = at ? xml_get(arena, at, "") : NULL;
	const char *unit = at ? xml_get(arena, at, "@unit") : NULL;
	char *end = NULL;
	uint64_t number = text ? strtoull(text, &end, 10) : 0;

	if (!text || end == text || *end)
		return false;
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (string_equal(unit ? unit : "KiB", units[i].name)) {
			*ret_bytes = number * units[i].bytes;
			return true;
		}
	return false;
}

void bind_set_kib(xmlNode *element, const char *place, uint64_t bytes)
{
	char number[24];

	snprintf(number, sizeof(number), "%" PRIu64, bytes / 1024);
	xml_set(element, place, number);
	xmlSetProp(xml_at(element, place), BAD_CAST "unit", BAD_CAST "KiB");
}

static const char *word_of(const struct bind_word *words, const char *word, bool to_xml)
{
	for (; words->yaml; words++)
		if (strcmp(to_xml ? words->yaml : words->xml, word) == 0)
			return to_xml ? words->xml : words->yaml;
	return NULL;
}

/* What the place says, as the YAML's text; NULL where it says nothing we know. */
static const char *value_read(struct arena *arena, const struct bind *row, xmlNode *element)
{
	const char *text = xml_get(arena, element, row->place);

	if (row->how == BIND_PRESENT)
		return xml_has(element, row->place) ? "true" : "false";
	if (!text)
		return NULL;
	if (row->how == BIND_WORDS)
		return word_of(row->words, text, false);
	if (row->how == BIND_ON_OFF)
		return strcmp(text, "on") == 0 ? "true" : "false";
	if (row->how == BIND_YES_NO)
		return strcmp(text, "yes") == 0 ? "true" : "false";
	return text;
}

static void value_write(struct arena *arena, const struct bind *row, const struct field *field,
			xmlNode *element, const void *member)
{
	if (row->how == BIND_KIB) {
		bind_set_kib(element, row->place, ((const struct bytes *)member)->count);
		return;
	}
	const char *text = type_text_of(field->type, member, arena);
	bool flag = strcmp(text, "true") == 0;
	if (row->how == BIND_PRESENT && flag)
		xml_make(element, row->place);
	else if (row->how == BIND_PRESENT)
		xml_remove(element, row->place);
	else if (row->how == BIND_ON_OFF)
		xml_set(element, row->place, flag ? "on" : "off");
	else if (row->how == BIND_YES_NO)
		xml_set(element, row->place, flag ? "yes" : "no");
	else if (row->how == BIND_WORDS)
		xml_set(element, row->place, word_of(row->words, text, true));
	else
		xml_set(element, row->place, text);
}

/* ---- reading ---- */

static const char *member_name(struct arena *arena, const struct bind_members *members,
			       xmlNode *element)
{
	const char *alias = xml_get(arena, element, "alias@name");

	if (alias && string_starts(alias, members->alias))
		return alias + strlen(members->alias);
	if (alias && string_starts(alias, "ua-"))
		return NULL; /* ours, and no member: the seed */
	return xml_get(arena, element, members->foreign);
}

static const char *last_part(const char *place)
{
	const char *slash = strrchr(place, '/');

	return slash ? slash + 1 : place;
}

static xmlNode *members_parent(xmlNode *element, const struct bind *row, struct arena *arena,
			       bool make)
{
	const char *slash = strrchr(row->place, '/');
	const char *above =
		slash ? arena_strndup(arena, row->place, (size_t)(slash - row->place)) : "";

	return make ? xml_make(element, above) : xml_at(element, above);
}

static void map_read(const struct bind_context *context, const struct bind *row, xmlNode *element,
		     struct map *map)
{
	const struct bind_members *members = row->members;
	xmlNode *parent = members_parent(element, row, context->arena, false);

	XML_EACH(child, parent, last_part(row->place))
	{
		const char *name = member_name(context->arena, members, child);
		if (!name || map_get(map, name))
			continue;
		struct bind_context nested = below(context, name);
		bind_read(&nested, members->table, child,
			  map_add(context->arena, map, members->table->record, name));
	}
}

static void row_read(const struct bind_context *context, const struct bind_table *table,
		     const struct bind *row, xmlNode *element, void *value)
{
	const struct field *field = row_field(table, row);
	uint64_t bytes = 0;

	if (row->how == BIND_CUSTOM) {
		if (row->read)
			row->read(context, element, value);
	} else if (row->how == BIND_RECORD) {
		xmlNode *at = xml_at(element, row->place);
		if (!at)
			return;
		struct bind_context nested = below(context, row->field);
		bind_read(&nested, row->table, at, member_at(field, value));
		record_give(table->record, value, field->offset, true);
	} else if (row->how == BIND_MAP) {
		map_read(context, row, element, member_at(field, value));
		record_give(table->record, value, field->offset, true);
	} else if (row->how == BIND_KIB) {
		if (!bind_bytes(context->arena, element, row->place, &bytes))
			return;
		*(struct bytes *)member_at(field, value) = (struct bytes){ bytes };
		record_give(table->record, value, field->offset, true);
	} else {
		const char *text = value_read(context->arena, row, element);
		if (text)
			bind_put(context, table->record, value, row->field, text);
	}
}

void bind_read(const struct bind_context *context, const struct bind_table *table, xmlNode *element,
	       void *value)
{
	for (size_t i = 0; i < table->count; i++)
		row_read(context, table, &table->rows[i], element, value);
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

static xmlNode *member_find(const struct bind_context *context, const struct bind_members *members,
			    xmlNode *parent, const char *element_name, const char *name)
{
	XML_EACH(child, parent, element_name)
	{
		const char *found = member_name(context->arena, members, child);
		if (found && strcmp(found, name) == 0)
			return child;
	}
	return NULL;
}

static void member_write(const struct bind_context *context, const struct bind *row,
			 xmlNode *parent, const struct member *member)
{
	const struct bind_members *members = row->members;
	xmlNode *element =
		member_find(context, members, parent, last_part(row->place), member->name);
	struct bind_context nested = below(context, member->name);

	nested.fresh = !element;
	if (!element)
		element = xml_add(parent, last_part(row->place));
	bind_write(&nested, members->table, element, member->value);
	xml_set(element, "alias@name",
		arena_printf(context->arena, "%s%s", members->alias, member->name));
}

static void map_write(const struct bind_context *context, const struct bind *row, xmlNode *element,
		      const struct map *map)
{
	xmlNode *parent = members_parent(element, row, context->arena, true);

	for (size_t i = 0; i < map->count; i++)
		member_write(context, row, parent, &map->at[i]);
	XML_EACH(child, parent, last_part(row->place))
	{
		const char *name = member_name(context->arena, row->members, child);
		if (!name || map_get(map, name))
			continue;
		const char *path =
			arena_printf(context->arena, "%s%s.%s", context->path, row->field, name);
		if (!differs_has(context, path, PATH_MEMBER_REMOVE))
			continue;
		xmlUnlinkNode(child);
		xmlFreeNode(child);
	}
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
	if (row->how == BIND_RECORD) {
		struct bind_context nested = below(context, row->field);
		if (given || context->fresh || resets)
			bind_write(&nested, row->table, xml_make(element, row->place), member);
	} else if (row->how == BIND_MAP) {
		struct bind_context nested = *context;
		map_write(&nested, row, element, member);
	} else if (given || ((context->fresh || resets) && field->fallback)) {
		value_write(context->arena, row, field, element, member);
	} else if (resets) {
		xml_remove(element, row->place);
	}
}

void bind_write(const struct bind_context *context, const struct bind_table *table,
		xmlNode *element, const void *value)
{
	for (size_t i = 0; i < table->count; i++)
		row_write(context, table, &table->rows[i], element, value);
}
