#include "formats/definition.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"
#include "formats/domain_parts.h"
#include "formats/xml_merge.h"

static xmlDoc *parse_quietly(struct arena *arena, const char *xml)
{
	struct faults unheard;

	faults_init(&unheard, arena);
	return xml_parse(xml, strlen(xml), &unheard);
}

bool definition_is(struct arena *arena, const struct definition *definition, const char *xml)
{
	XML_AUTO xmlDoc *doc = parse_quietly(arena, xml);

	return doc && xml_is(xmlDocGetRootElement(doc), definition->root);
}

bool definition_is_marked(struct arena *arena, const char *xml)
{
	XML_AUTO xmlDoc *doc = parse_quietly(arena, xml);

	return doc && mark_find(xmlDocGetRootElement(doc));
}

/* A pool without a name is called as its source is (virStoragePoolDefParseXML). */
static const char *name_of(struct arena *arena, xmlNode *root)
{
	const char *source = xml_is(root, "pool") ? xml_get(arena, root, "source/name") : NULL;

	return xml_has(root, "name") ? xml_get(arena, root, "name") : source;
}

int definition_of_xml(struct arena *arena, const struct definition *definition, const char *xml,
		      bool sparse, void *value, struct faults *faults)
{
	XML_AUTO xmlDoc *doc = xml_parse(xml, strlen(xml), faults);
	struct bind_context context = { .arena = arena, .path = "", .sparse = sparse };

	if (!doc)
		return -1;
	xmlNode *root = xmlDocGetRootElement(doc);
	const char *name = name_of(arena, root);
	if (!xml_is(root, definition->root) || !name)
		return fault(faults, FAULT_HOST, "it is no %s XML", definition->root);
	bind_read(&context, definition->table, root, value);
	if (!xml_has(root, "name"))
		bind_put(&context, definition->table->record, value, "name", name);
	return 0;
}

int definition_merge(struct arena *arena, xmlNode *root, const char *old, const char *block,
		     struct faults *faults)
{
	if (old) {
		XML_AUTO xmlDoc *out = xml_parse_fragment(arena, old, faults);
		if (!out)
			return -1;
		xml_unmerge(root, xmlDocGetRootElement(out));
	}
	if (block) {
		XML_AUTO xmlDoc *in = xml_parse_fragment(arena, block, faults);
		if (!in)
			return -1;
		xml_merge(root, xmlDocGetRootElement(in));
	}
	return 0;
}

int definition_write(struct text *text, const struct definition *definition,
		     const struct definition_writing *writing, struct faults *faults)
{
	struct arena *arena = text->arena;
	XML_AUTO xmlDoc *doc = writing->base
				       ? xml_parse(writing->base, strlen(writing->base), faults)
				       : xml_new(definition->root);
	struct bind_context context = {
		.arena = arena, .terse = true, .differs = writing->differs, .path = ""
	};

	if (!doc)
		return -1;
	xmlNode *root = xmlDocGetRootElement(doc);
	bind_write(&context, definition->table, root, writing->value);
	if (definition_merge(arena, root, writing->old, writing->block, faults) < 0)
		return -1;
	xml_print(text, root);
	return 0;
}

/* What a description cannot hold as it is (U+0085, a lonely DEL) is said by its number. */
static void block_add(struct text *block, const char *xml)
{
	uint32_t character = 0;

	for (size_t size; *xml && (size = utf8_decode(xml, 4, &character)) > 0; xml += size)
		if (utf8_is_text(character))
			text_add_bytes(block, xml, size);
		else
			text_addf(block, "&#x%" PRIx32 ";", character);
}

int definition_rest(struct arena *arena, const char *original, const char *rendered,
		    const char **ret_block, struct faults *faults)
{
	XML_AUTO xmlDoc *want = xml_parse(original, strlen(original), faults);
	XML_AUTO xmlDoc *have = want ? xml_parse(rendered, strlen(rendered), faults) : NULL;
	XML_AUTO xmlDoc *fragment = have ? xml_parse_fragment(arena, "", faults) : NULL;
	struct text block = text_of(arena);

	if (!fragment)
		return -1;
	xmlNode *all = xmlDocGetRootElement(fragment);
	*ret_block = NULL;
	bool missing = xml_rest(xmlDocGetRootElement(want), xmlDocGetRootElement(have), all);
	if (!xml_holds(xmlDocGetRootElement(have), xmlDocGetRootElement(want)))
		return fault(faults, FAULT_HOST, "something in it cannot be carried over");
	if (!missing)
		return 0;
	XML_EACH(part, all, NULL)
	{
		struct text text = text_of(arena);
		xml_print(&text, part);
		block_add(&block, text.at);
	}
	*ret_block = block.at;
	return 0;
}

/* ---- what was not there ---- */

static const struct usual {
	const char *below, *place; /* below any element where that is NULL */
} usual[] = {
	{ NULL, "@unit" },    { NULL, "alias" },       { "interface", "mac" },
	{ "disk", "target" }, { "domain", "uuid" },    { "domain", "currentMemory" },
	{ "pool", "name" },   { "network", "uuid" },   { "pool", "uuid" },
	{ "volume", "uuid" }, { "domain", "devices" }, { NULL, "metadata" },
};

/* Takes out what is there in any case; of what only holds other things, the bare element. */
static void usual_strip(xmlNode *element)
{
	XML_EACH(child, element, NULL)
	usual_strip(child);
	for (size_t i = 0; i < COUNT_OF(usual); i++) {
		const char *place = usual[i].place;
		if (usual[i].below && !xml_is(element, usual[i].below))
			continue;
		bool holder = string_equal(place, "devices") || string_equal(place, "metadata");
		xmlNode *at = holder ? xml_at(element, place) : NULL;
		if (!holder || (at && !at->properties && !xml_first(at, NULL)))
			xml_remove(element, place);
	}
}

bool definition_adds(struct arena *arena, const char *original, const char *rendered,
		     const char *block)
{
	XML_AUTO xmlDoc *want = parse_quietly(arena, original);
	XML_AUTO xmlDoc *have = parse_quietly(arena, rendered);
	struct faults unheard;

	faults_init(&unheard, arena);
	if (!want || !have ||
	    definition_merge(arena, xmlDocGetRootElement(have), NULL, block, &unheard) < 0)
		return true;
	xmlNode *mark = mark_find(xmlDocGetRootElement(have));
	if (mark) {
		xmlUnlinkNode(mark);
		xmlFreeNode(mark);
	}
	usual_strip(xmlDocGetRootElement(want));
	usual_strip(xmlDocGetRootElement(have));
	return !xml_holds(xmlDocGetRootElement(want), xmlDocGetRootElement(have));
}

/* ---- what a description may say ---- */

/* Renders what is taken, and finds the block that makes it all that the original says. */
static int block_find(struct arena *arena, const struct definition_taking *taking,
		      const struct node *taken, const char **ret_rendered, const char **ret_block,
		      struct faults *faults)
{
	struct text rendered = text_of(arena);

	if (taking->render(taking->context, arena, taken, &rendered, faults) < 0)
		return -1;
	*ret_rendered = rendered.at;
	return definition_rest(arena, taking->original, rendered.at, ret_block, faults);
}

static bool is_taken(struct arena *arena, const struct definition_taking *taking,
		     const struct node *taken, const char **ret_block)
{
	const char *rendered = NULL;
	struct faults unheard;

	faults_init(&unheard, arena);
	return block_find(arena, taking, taken, &rendered, ret_block, &unheard) == 0 &&
	       !definition_adds(arena, taking->original, rendered, *ret_block);
}

/* The same, when nobody needs the block. */
static bool is_taken_by_the_way(const struct definition_taking *taking, const struct node *taken)
{
	ARENA_AUTO struct arena *arena = arena_new();
	const char *block = NULL;

	return is_taken(arena, taking, taken, &block);
}

enum { TAKING_MEMBERS_MAX = 64 }; /* a map of more is tried as a whole: each try reads all */

/* Adds what is taken of `from` to `onto`, which is `all` (taken so far) or in it. */
static void more_take(struct arena *arena, const struct definition_taking *taking, struct node *all,
		      struct node *onto, const struct node *from)
{
	NODE_EACH(child, from) {
		if (node_get(onto, child->key))
			continue;
		node_put(arena, onto, child->key, node_copy(arena, child));
		if (is_taken_by_the_way(taking, all))
			continue;
		node_remove(onto, child->key);
		if (child->kind != NODE_MAP || !child->count || child->count > TAKING_MEMBERS_MAX)
			continue;
		struct node *some = node_put(arena, onto, child->key, node_map(arena));
		if (is_taken_by_the_way(taking, all))
			more_take(arena, taking, all, some, child);
		if (!some->count)
			node_remove(onto, child->key);
	}
}

struct node *definition_taken(struct arena *arena, const struct definition_taking *taking,
			      const struct node *description, const char **ret_block,
			      struct faults *faults)
{
	struct node *all = node_copy(arena, description);
	const char *rendered = NULL;

	*ret_block = NULL;
	if (is_taken(arena, taking, all, ret_block))
		return all;
	all = node_map(arena);
	more_take(arena, taking, all, all, description);
	more_take(arena, taking, all, all, description); /* some are taken beside others only */
	return block_find(arena, taking, all, &rendered, ret_block, faults) < 0 ? NULL : all;
}
