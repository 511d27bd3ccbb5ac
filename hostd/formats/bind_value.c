#include "formats/bind_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formats/veil.h"

static void *member_at(const struct field *field, const void *value)
{
	return (char *)value + field->offset;
}

const char *place_last(const char *place)
{
	const char *slash = strrchr(place, '/');

	return slash ? slash + 1 : place;
}

xmlNode *place_parent(struct arena *arena, xmlNode *element, const char *place, bool make)
{
	const char *slash = strrchr(place, '/');
	const char *above = slash ? arena_strndup(arena, place, (size_t)(slash - place)) : "";

	return make ? xml_make(element, above) : xml_at(element, above);
}

/* ---- sizes ---- */

static const struct unit {
	const char *name;
	uint64_t bytes;
} units[] = {
	{ "b", 1 },
	{ "bytes", 1 },
	{ "KB", 1000 },
	{ "k", 1 << 10 },
	{ "K", 1 << 10 },
	{ "KiB", 1 << 10 },
	{ "MB", 1000000 },
	{ "M", 1 << 20 },
	{ "MiB", 1 << 20 },
	{ "GB", 1000000000 },
	{ "G", 1 << 30 },
	{ "GiB", 1 << 30 },
	{ "TB", 1000ULL * 1000 * 1000 * 1000 },
	{ "T", 1ULL << 40 },
	{ "TiB", 1ULL << 40 },
};

/* The unit stands beside an attribute, or is the element's own. */
static const char *unit_place(struct arena *arena, const char *place)
{
	const char *at = strrchr(place, '@');

	return arena_printf(arena, "%.*s@unit", (int)(at ? at - place : (ptrdiff_t)strlen(place)),
			    place);
}

bool bind_bytes(struct arena *arena, xmlNode *element, const char *place, const char *usual,
		uint64_t *ret_bytes)
{
	const char *text = xml_get(arena, element, place);
	const char *unit = text ? xml_get(arena, element, unit_place(arena, place)) : NULL;
	char *end = NULL;
	uint64_t number = text ? strtoull(text, &end, 10) : 0;

	if (!text || end == text || *end || *text == '-')
		return false;
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (strcasecmp(unit ? unit : usual, units[i].name) == 0)
			return !__builtin_mul_overflow(number, units[i].bytes, ret_bytes);
	return false;
}

static void size_write(struct arena *arena, const struct bind *row, xmlNode *element,
		       uint64_t bytes)
{
	bool kib = row->how == BIND_KIB && bytes % 1024 == 0;

	xml_set(element, row->place, arena_printf(arena, "%" PRIu64, kib ? bytes / 1024 : bytes));
	xml_set(element, unit_place(arena, row->place),
		kib                  ? "KiB"
		: row->how == BIND_B ? "B"
				     : "bytes");
}

static bool size_read(struct arena *arena, const struct bind *row, xmlNode *element, void *member)
{
	struct bytes bytes = {};
	const char *usual = row->how == BIND_KIB ? "KiB" : "bytes";

	if (!bind_bytes(arena, element, row->place, usual, &bytes.count))
		return false;
	*(struct bytes *)member = bytes;
	return true;
}

static bool rate_read(struct arena *arena, const struct bind *row, xmlNode *element, void *member)
{
	const char *text = xml_get(arena, element, row->place);
	char *end = NULL;
	uint64_t number = text ? strtoull(text, &end, 10) : 0;

	if (!text || end == text || *end || *text == '-')
		return false;
	*(struct rate *)member = (struct rate){ number };
	return true;
}

/* ---- lists ---- */

static bool list_read(struct arena *arena, const struct bind *row, xmlNode *element,
		      struct text_list *list)
{
	const char *last = place_last(row->place), *at = strchr(last, '@');
	const char *name = at ? arena_strndup(arena, last, (size_t)(at - last)) : last;
	ARRAY(const char *) texts = {};

	XML_EACH(child, place_parent(arena, element, row->place, false), name)
	{
		const char *text = xml_get(arena, child, at ? at : "");
		if (text)
			ARRAY_PUSH(arena, &texts, text);
	}
	*list = (struct text_list){ texts.at, texts.count };
	return texts.count > 0;
}

static bool lists_equal(const struct text_list *a, const struct text_list *b)
{
	bool equal = a->count == b->count;

	for (size_t i = 0; equal && i < a->count; i++)
		equal = strcmp(a->at[i], b->at[i]) == 0;
	return equal;
}

static void list_write(struct arena *arena, const struct bind *row, xmlNode *element,
		       const struct text_list *list)
{
	const char *last = place_last(row->place), *at = strchr(last, '@');
	const char *name = at ? arena_strndup(arena, last, (size_t)(at - last)) : last;
	struct text_list there = {};

	list_read(arena, row, element, &there);
	if (lists_equal(&there, list))
		return;
	xmlNode *parent = place_parent(arena, element, row->place, true);
	XML_EACH(child, parent, name)
	{
		xmlUnlinkNode(child);
		xmlFreeNode(child);
	}
	for (size_t i = 0; i < list->count; i++)
		xml_set(xml_add(parent, name), at ? at : "", list->at[i]);
}

/* ---- values ---- */

static const char *word_of(const struct bind_word *words, const char *word, bool to_xml)
{
	for (; words->yaml; words++)
		if (strcmp(to_xml ? words->yaml : words->xml, word) == 0)
			return to_xml ? words->xml : words->yaml;
	return NULL;
}

/* A flag that says neither is left alone: libvirt may know more than the language. */
static const char *flag_of(const char *text, const char *yes, const char *no)
{
	if (strcmp(text, yes) == 0)
		return "true";
	return strcmp(text, no) == 0 ? "false" : NULL;
}

/* What the place says, as the YAML's text; NULL where it says nothing we know. */
static const char *text_read(const struct bind_context *context, const struct bind *row,
			     xmlNode *element)
{
	const char *text = xml_get(context->arena, element, row->place);

	if (row->how == BIND_PRESENT && xml_has(element, row->place))
		return "true";
	if (row->how == BIND_PRESENT)
		return context->sparse ? NULL : "false";
	/* an element without text says nothing; an attribute without says that it is empty */
	if (!text || (!*text && !strchr(row->place, '@')))
		return NULL;
	if (row->how == BIND_WORDS)
		return word_of(row->words, text, false);
	if (row->how == BIND_ON_OFF)
		return flag_of(text, "on", "off");
	if (row->how == BIND_YES_NO)
		return flag_of(text, "yes", "no");
	return text;
}

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

static bool scalar_read_at(const struct bind_context *context, const struct record *record,
			   const struct bind *row, xmlNode *element, void *value)
{
	const char *text = text_read(context, row, element);

	return text && bind_put(context, record, value, row->field, text);
}

/* As it is written, as it was found, or only hidden: then it may be any. */
static bool secret_read(const struct bind_context *context, const struct bind *row,
			xmlNode *element, struct secret *ret)
{
	const char *text = xml_get(context->arena, element, row->place);

	if (context->sparse || !text)
		return false;
	if (string_starts(text, SECRET_PLACE "file:"))
		*ret = (struct secret){ .file = strchr(text, ':') + strlen(":file:") };
	else if (string_starts(text, SECRET_PLACE "credential:"))
		*ret = (struct secret){ .credential = strchr(text, ':') + strlen(":credential:") };
	else if (string_starts(text, FOUND_PLACE))
		*ret = (struct secret){ .found = text + strlen(FOUND_PLACE) };
	else if (string_equal(text, VEIL))
		*ret = (struct secret){ .found = "" };
	else
		return false;
	return true;
}

bool value_read(const struct bind_context *context, const struct bind_table *table,
		const struct bind *row, xmlNode *element, void *value)
{
	const struct field *field = record_find(table->record, row->field);
	struct arena *arena = context->arena;
	bool read = false;

	if (row->how == BIND_KIB || row->how == BIND_BYTES || row->how == BIND_B)
		read = size_read(arena, row, element, member_at(field, value));
	else if (row->how == BIND_RATE)
		read = rate_read(arena, row, element, member_at(field, value));
	else if (row->how == BIND_LIST)
		read = list_read(arena, row, element, member_at(field, value));
	else if (row->how == BIND_SECRET)
		read = secret_read(context, row, element, member_at(field, value));
	else
		return scalar_read_at(context, table->record, row, element, value);
	if (read)
		record_give(table->record, value, field->offset, true);
	return read;
}

static void flag_write(const struct bind *row, xmlNode *element, bool flag)
{
	if (row->how == BIND_PRESENT && flag)
		xml_make(element, row->place);
	else if (row->how == BIND_PRESENT)
		xml_remove(element, row->place);
	else if (row->how == BIND_ON_OFF)
		xml_set(element, row->place, flag ? "on" : "off");
	else
		xml_set(element, row->place, flag ? "yes" : "no");
}

static void secret_write(struct arena *arena, const struct bind *row, xmlNode *element,
			 const struct secret *secret)
{
	bool file = secret->file != NULL;

	xml_set(element, row->place,
		arena_printf(arena, SECRET_PLACE "%s:%s", file ? "file" : "credential",
			     file ? secret->file : secret->credential));
}

void value_write(struct arena *arena, const struct bind *row, const struct field *field,
		 xmlNode *element, const void *member)
{
	const char *text = NULL;

	switch (row->how) {
	case BIND_KIB:
	case BIND_BYTES:
	case BIND_B:
		size_write(arena, row, element, ((const struct bytes *)member)->count);
		return;
	case BIND_RATE:
		xml_set(element, row->place,
			arena_printf(arena, "%" PRIu64, ((const struct rate *)member)->bytes));
		return;
	case BIND_SECRET:
		secret_write(arena, row, element, member);
		return;
	case BIND_LIST:
		list_write(arena, row, element, member);
		return;
	case BIND_PRESENT:
	case BIND_ON_OFF:
	case BIND_YES_NO:
		flag_write(row, element, *(const bool *)member);
		return;
	default:
		text = type_text_of(field->type, member, arena);
		xml_set(element, row->place,
			row->how == BIND_WORDS ? word_of(row->words, text, true) : text);
	}
}

void value_remove(struct arena *arena, const struct bind *row, xmlNode *element)
{
	bool size = row->how == BIND_KIB || row->how == BIND_BYTES || row->how == BIND_B;
	xmlNode *next = NULL;

	if (size && xml_has(element, row->place))
		xml_remove(element, unit_place(arena, row->place));
	if (*row->place) {
		do
			xml_remove(element, row->place);
		while (row->how == BIND_LIST && xml_has(element, row->place));
		return;
	}
	for (xmlNode *child = element->children; child; child = next) {
		next = child->next;
		if (xmlNodeIsText(child)) {
			xmlUnlinkNode(child);
			xmlFreeNode(child);
		}
	}
}
