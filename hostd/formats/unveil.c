/* unveil.c - the secrets of a text that was kept veiled, looked up where libvirt has them. */
#include <string.h>

#include "formats/definition.h"
#include "formats/veil.h"
#include "formats/xml_place.h"

struct unveiling {
	struct arena *arena;
	struct veil_values values;
};

static size_t veils_in(const char *text)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, VEIL)); at += strlen(VEIL))
		count++;
	return count;
}

static bool piece_equal(const char *a, const char *a_end, const char *b, const char *b_end)
{
	return a_end - a == b_end - b && memcmp(a, b, (size_t)(a_end - a)) == 0;
}

/* The secrets of one value; false where the value that is there is another one besides them. */
static bool value_secrets(struct unveiling *un, const char *veiled, const char *clear,
			  struct veil_values *ret)
{
	const char *from = veiled, *other = clear;

	for (;;) {
		const char *end = NULL, *other_end = NULL;
		const char *value = veil_next(veiled, from, &end);
		const char *secret = veil_next(clear, other, &other_end);
		if (!value || !secret)
			return !value && !secret && strcmp(from, other) == 0;
		if (!piece_equal(from, value, other, secret))
			return false;
		ARRAY_PUSH(un->arena, &ret->list,
			   arena_strndup(un->arena, secret, (size_t)(other_end - secret)));
		from = end;
		other = other_end;
	}
}

static void value_unveil(struct unveiling *un, const char *veiled, const char *clear)
{
	size_t count = veils_in(veiled);
	struct veil_values found = {};

	if (!count)
		return;
	if (strcmp(veiled, VEIL) == 0) {
		ARRAY_PUSH(un->arena, &un->values.list, clear);
		return;
	}
	bool known = clear && value_secrets(un, veiled, clear, &found);
	for (size_t i = 0; i < count; i++)
		ARRAY_PUSH(un->arena, &un->values.list,
			   known && i < found.list.count ? found.list.at[i] : NULL);
}

static const char *kept(struct unveiling *un, xmlChar *text)
{
	const char *copy = text ? arena_strdup(un->arena, (const char *)text) : NULL;

	xmlFree(text);
	return copy;
}

static void element_unveil(struct unveiling *un, xmlNode *there, xmlNode *part)
{
	for (xmlAttr *attribute = part->properties; attribute; attribute = attribute->next) {
		const char *veiled = kept(un, xmlNodeGetContent((const xmlNode *)attribute));
		xmlChar *clear = there ? xmlGetNoNsProp(there, attribute->name) : NULL;
		value_unveil(un, veiled ? veiled : "", kept(un, clear));
	}
	if (is_leaf(part) && part->children)
		value_unveil(un, kept(un, xmlNodeGetContent(part)),
			     there ? kept(un, xmlNodeGetContent(there)) : NULL);
}

static void parts_unveil(struct unveiling *un, xmlNode *root, xmlNode *fragment)
{
	XML_EACH(part, fragment, NULL)
	{
		bool self = is_ours(part->ns) && xml_is(part, "self");
		xmlNode *there = !root || self ? root : counterpart(root, part);
		element_unveil(un, there, part);
		parts_unveil(un, there, part);
	}
}

static const char *unveil(struct arena *arena, const char *text, xmlNode *root)
{
	struct unveiling un = { .arena = arena };
	struct faults unheard;

	faults_init(&unheard, arena);
	XML_AUTO xmlDoc *doc = xml_parse_fragment(arena, text, &unheard);
	if (!doc)
		return text;
	parts_unveil(&un, root, xmlDocGetRootElement(doc));
	return veil_fill(arena, text, &un.values);
}

const char *definition_unveil_block(struct arena *arena, const char *block, const char *clear)
{
	struct faults unheard;

	if (!strstr(block, VEIL))
		return block;
	faults_init(&unheard, arena);
	XML_AUTO xmlDoc *from = xml_parse(clear, strlen(clear), &unheard);
	return from ? unveil(arena, block, xmlDocGetRootElement(from)) : block;
}

const char *definition_unveil(struct arena *arena, const char *xml, const char *clear)
{
	struct faults unheard;

	if (!strstr(xml, VEIL))
		return xml;
	faults_init(&unheard, arena);
	XML_AUTO xmlDoc *from = xml_parse_fragment(arena, clear, &unheard);
	return from ? unveil(arena, xml, xmlDocGetRootElement(from)) : xml;
}
