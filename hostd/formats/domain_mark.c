/* domain_mark.c - our mark on a definition that somebody else wrote. */
#include <string.h>

#include "formats/domain.h"
#include "formats/domain_parts.h"
#include "formats/xml_merge.h"

/* Whether all that the block says is there, without a place for it being told. */
static bool contains_block(struct arena *arena, xmlNode *root, const char *block)
{
	struct faults unheard;

	faults_init(&unheard, arena);
	XML_AUTO xmlDoc *fragment = xml_parse_fragment(arena, block, &unheard);
	return fragment && !strstr(block, DOMAIN_MARK_PREFIX ":") &&
	       xml_contains(root, xmlDocGetRootElement(fragment));
}

/* Whether laying the block on the definition would change nothing. */
static int holds_block(struct arena *arena, xmlNode *root, const char *block, bool *ret,
		       struct faults *faults)
{
	XML_AUTO xmlDoc *laid = xmlCopyDoc(root->doc, 1);

	if (definition_merge(arena, xmlDocGetRootElement(laid), NULL, block, faults) < 0)
		return -1;
	*ret = xml_holds(root, xmlDocGetRootElement(laid)) || contains_block(arena, root, block);
	return 0;
}

/* libvirt gives it our namespace itself, and refuses one that has it already. */
static void print_bare(struct text *text, xmlNode *mark)
{
	xmlNs *ours = mark->nsDef;

	xmlSetNs(mark, NULL);
	mark->nsDef = NULL;
	xml_print(text, mark);
	xmlFreeNsList(ours);
}

int domain_mark(struct text *text, const struct domain_writing *writing, bool *ret_block,
		struct faults *faults)
{
	struct arena *arena = text->arena;
	struct guest guest = *writing->guest;
	struct bind_context context = { .arena = arena, .path = "" };
	XML_AUTO xmlDoc *doc = xml_parse(writing->base, strlen(writing->base), faults);
	bool block = GIVEN(&guest_record, &guest, libvirt_xml);

	if (!doc)
		return -1;
	xmlNode *root = xmlDocGetRootElement(doc);
	if (block && holds_block(arena, root, guest.libvirt_xml, &block, faults) < 0)
		return -1;
	if (!block)
		record_give(&guest_record, &guest, offsetof(struct guest, libvirt_xml), false);
	if (writing->differs && paths_has(writing->differs, "cpu.model"))
		record_give(&guest_cpu_record, &guest.cpu, offsetof(struct guest_cpu, model),
			    false);
	mark_write(&context, root, writing->handle, &guest);
	print_bare(text, mark_find(root));
	*ret_block = block;
	return 0;
}

bool domain_mark_same(struct arena *arena, const char *a, const char *b)
{
	struct faults unheard;

	if (!a || !b)
		return a == b;
	faults_init(&unheard, arena);
	XML_AUTO xmlDoc *first = xml_parse(a, strlen(a), &unheard);
	XML_AUTO xmlDoc *second = xml_parse(b, strlen(b), &unheard);
	return first && second &&
	       xml_holds(xmlDocGetRootElement(first), xmlDocGetRootElement(second)) &&
	       xml_holds(xmlDocGetRootElement(second), xmlDocGetRootElement(first));
}

const char *domain_plain(struct arena *arena, const char *xml, unsigned *ret_passwords,
			 struct faults *faults)
{
	struct text text = text_of(arena);
	XML_AUTO xmlDoc *doc = xml_parse(xml, strlen(xml), faults);

	if (!doc)
		return NULL;
	xmlNode *root = xmlDocGetRootElement(doc), *mark = mark_find(root);
	xmlNode *metadata = xml_at(root, "metadata");
	*ret_passwords = 0;
	XML_EACH(graphics, xml_at(root, "devices"), "graphics")
	if (xml_has(graphics, "@passwd")) {
		xmlUnsetProp(graphics, BAD_CAST "passwd");
		++*ret_passwords;
	}
	if (mark) {
		xmlUnlinkNode(mark);
		xmlFreeNode(mark);
	}
	if (metadata && !xml_first(metadata, NULL)) {
		xmlUnlinkNode(metadata);
		xmlFreeNode(metadata);
	}
	xml_print(&text, root);
	return text.at;
}
