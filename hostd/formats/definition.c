#include "formats/definition.h"

#include <string.h>

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

int definition_of_xml(struct arena *arena, const struct definition *definition, const char *xml,
		      bool sparse, void *value, struct faults *faults)
{
	XML_AUTO xmlDoc *doc = xml_parse(xml, strlen(xml), faults);
	struct bind_context context = { .arena = arena, .path = "", .sparse = sparse };

	if (!doc)
		return -1;
	xmlNode *root = xmlDocGetRootElement(doc);
	if (!xml_is(root, definition->root) || !xml_has(root, "name"))
		return fault(faults, FAULT_HOST, "it is no %s XML", definition->root);
	bind_read(&context, definition->table, root, value);
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
	xml_print(&block, part);
	*ret_block = block.at;
	return 0;
}
