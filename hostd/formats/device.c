#include "formats/device.h"

#include <limits.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "base/text.h"
#include "formats/xml.h"

static void document_cleanup(xmlDoc **document)
{
	xmlFreeDoc(*document);
}
#define DOCUMENT __attribute__((cleanup(document_cleanup)))

static xmlDoc *document_of(const char *xml, struct faults *faults)
{
	size_t size = strlen(xml);
	int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
	xmlDoc *document =
		size < INT_MAX ? xmlReadMemory(xml, (int)size, NULL, "UTF-8", options) : NULL;

	if (!document)
		fault(faults, FAULT_HOST, "libvirt's domain XML does not read");
	return document;
}

static xmlNode *child_of(const xmlNode *parent, const char *name)
{
	for (xmlNode *child = parent ? parent->children : NULL; child; child = child->next)
		if (child->type == XML_ELEMENT_NODE &&
		    string_equal((const char *)child->name, name))
			return child;
	return NULL;
}

static bool has_alias(const xmlNode *device, const char *alias)
{
	xmlNode *element = child_of(device, "alias");
	xmlChar *name = element ? xmlGetProp(element, (const xmlChar *)"name") : NULL;
	bool same = string_equal((const char *)name, alias);

	if (name)
		xmlFree(name);
	return same;
}

static const char *text_of_node(struct arena *arena, xmlDoc *document, xmlNode *node)
{
	xmlBuffer *buffer = xmlBufferCreate();

	xmlNodeDump(buffer, document, node, 0, 0);
	const char *text = arena_strdup(arena, (const char *)xmlBufferContent(buffer));
	xmlBufferFree(buffer);
	return text;
}

int device_by_type(struct arena *arena, const char *domain_xml, const char *name, const char *type,
		   const char **ret_xml, struct faults *faults)
{
	DOCUMENT xmlDoc *document = document_of(domain_xml, faults);

	if (!document)
		return -1;
	xmlNode *device = xml_at(xmlDocGetRootElement(document),
				 arena_printf(arena, "devices/%s[type=%s]", name, type));
	if (device)
		*ret_xml = text_of_node(arena, document, device);
	return device != NULL;
}

int device_by_alias(struct arena *arena, const char *domain_xml, const char *alias,
		    const char **ret_xml, struct faults *faults)
{
	DOCUMENT xmlDoc *document = document_of(domain_xml, faults);

	if (!document)
		return -1;
	xmlNode *devices = child_of(xmlDocGetRootElement(document), "devices");
	for (xmlNode *device = devices ? devices->children : NULL; device; device = device->next) {
		if (device->type != XML_ELEMENT_NODE || !has_alias(device, alias))
			continue;
		*ret_xml = text_of_node(arena, document, device);
		return 1;
	}
	return 0;
}

const char *device_text(struct arena *arena, const char *device_xml, const char *place)
{
	struct faults unheard;

	faults_init(&unheard, arena);
	DOCUMENT xmlDoc *document = document_of(device_xml, &unheard);
	return document ? xml_get(arena, xmlDocGetRootElement(document), place) : NULL;
}

int domain_element(struct arena *arena, const char *domain_xml, const char *place,
		   const char **ret_text, struct faults *faults)
{
	DOCUMENT xmlDoc *document = document_of(domain_xml, faults);

	if (!document)
		return -1;
	const char *text = xml_get(arena, xmlDocGetRootElement(document), place);
	if (!text)
		return 0;
	*ret_text = text;
	return 1;
}
