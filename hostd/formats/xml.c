#include "formats/xml.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <libxml/xmlsave.h>
#include <stdlib.h>
#include <string.h>

void xml_cleanup(xmlDoc **doc)
{
	if (*doc)
		xmlFreeDoc(*doc);
}

static void be_silent(void *context, xmlErrorPtr error)
{
	(void)context, (void)error;
}

enum {
	PARSE_FLAGS = XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_NOERROR |
		      XML_PARSE_NOWARNING | XML_PARSE_NOCDATA
};

static xmlDoc *text_parse(const char *text, size_t size, int flags, struct faults *faults)
{
	xmlParserCtxt *parser = xmlNewParserCtxt();

	if (!parser)
		abort();
	xmlSetStructuredErrorFunc(parser, be_silent);
	xmlDoc *doc = xmlCtxtReadMemory(parser, text, (int)size, NULL, NULL, flags);
	const xmlError *error = xmlCtxtGetLastError(parser);
	if (!doc || !xmlDocGetRootElement(doc)) {
		const char *why = error && error->message ? error->message : "it is empty";
		fault(faults, FAULT_HOST, "line %d is not XML: %.*s", error ? error->line : 1,
		      (int)strcspn(why, "\n"), why);
		if (doc)
			xmlFreeDoc(doc);
		doc = NULL;
	}
	xmlSetStructuredErrorFunc(NULL, NULL);
	xmlFreeParserCtxt(parser);
	return doc;
}

/* Entities that the document itself declares; -1 where one of them stands elsewhere. */
static int entities_count(const xmlDoc *doc)
{
	int count = 0;

	for (xmlNode *node = doc->intSubset ? doc->intSubset->children : NULL; node;
	     node = node->next) {
		if (node->type != XML_ENTITY_DECL)
			continue;
		if (((const xmlEntity *)node)->etype != XML_INTERNAL_GENERAL_ENTITY)
			return -1;
		count++;
	}
	return count;
}

/* What is expanded is bounded by libxml2's own limit (no XML_PARSE_HUGE). */
xmlDoc *xml_parse(const char *text, size_t size, struct faults *faults)
{
	if (size > XML_BYTES_MAX) {
		fault(faults, FAULT_HOST, "XML of %zu bytes is larger than %d", size,
		      XML_BYTES_MAX);
		return NULL;
	}
	xmlDoc *doc = text_parse(text, size, PARSE_FLAGS, faults);
	int entities = doc ? entities_count(doc) : 0;
	if (!entities)
		return doc;
	xmlFreeDoc(doc);
	if (entities < 0) {
		fault(faults, FAULT_HOST, "it has entities that stand in other files");
		return NULL;
	}
	return text_parse(text, size, PARSE_FLAGS | XML_PARSE_NOENT, faults);
}

xmlDoc *xml_parse_fragment(struct arena *arena, const char *text, struct faults *faults)
{
	struct text whole = text_of(arena);

	text_addf(&whole, "<fragment xmlns:gasthof='" XML_OURS "'>%s</fragment>", text);
	return xml_parse(whole.at, whole.size, faults);
}

xmlDoc *xml_new(const char *root)
{
	xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");

	if (!doc)
		abort();
	xmlDocSetRootElement(doc, xmlNewNode(NULL, BAD_CAST root));
	return doc;
}

void xml_print(struct text *text, xmlNode *element)
{
	xmlBuffer *buffer = xmlBufferCreate();
	xmlSaveCtxt *save =
		buffer ? xmlSaveToBuffer(buffer, "UTF-8", XML_SAVE_FORMAT | XML_SAVE_NO_DECL)
		       : NULL;

	if (!save)
		abort();
	xmlSaveTree(save, element);
	xmlSaveClose(save);
	text_add(text, (const char *)xmlBufferContent(buffer));
	text_add_byte(text, '\n');
	xmlBufferFree(buffer);
}

bool xml_is(const xmlNode *element, const char *name)
{
	return element->type == XML_ELEMENT_NODE &&
	       (!name || strcmp((const char *)element->name, name) == 0);
}

static xmlNode *next_element(xmlNode *node, const char *name)
{
	while (node && !xml_is(node, name))
		node = node->next;
	return node;
}

xmlNode *xml_first(xmlNode *parent, const char *name)
{
	return parent ? next_element(parent->children, name) : NULL;
}

xmlNode *xml_next(xmlNode *element, const char *name)
{
	return next_element(element->next, name);
}

xmlNode *xml_add(xmlNode *parent, const char *name)
{
	return xmlNewChild(parent, NULL, BAD_CAST name, NULL);
}

struct part { /* one part of a place: name[key=value] or @attribute */
	char name[64], key[64], value[128];
	unsigned nth; /* name[2]: from 1; 0 where it is not said */
	bool attribute;
};

static void part_copy(char *to, size_t room, const char *from, size_t size)
{
	if (size >= room)
		abort(); /* places are written by us */
	memcpy(to, from, size);
	to[size] = '\0';
}

/* Takes the next part off a place; false at its end. */
static bool part_next(const char **place, struct part *part)
{
	const char *at = *place;

	*part = (struct part){};
	if (*at == '/')
		at++;
	if (!*at)
		return false;
	part->attribute = *at == '@';
	at += part->attribute;
	size_t size = strcspn(at, "/@[");
	part_copy(part->name, sizeof(part->name), at, size);
	at += size;
	if (*at == '[') {
		size_t key = strcspn(++at, "=]");
		part->nth = at[key] == ']' ? (unsigned)strtoul(at, NULL, 10) : 0;
		if (part->nth) {
			at += key + 1;
			*place = at;
			return true;
		}
		part_copy(part->key, sizeof(part->key), at, key);
		at += key + 1;
		size_t value = strcspn(at, "]");
		part_copy(part->value, sizeof(part->value), at, value);
		at += value + 1;
	}
	*place = at;
	return true;
}

static bool attribute_is(xmlNode *element, const char *name, const char *value)
{
	xmlChar *found = xmlGetProp(element, BAD_CAST name);
	bool is = found && strcmp((const char *)found, value) == 0;

	xmlFree(found);
	return is;
}

static xmlNode *part_find(xmlNode *from, const struct part *part)
{
	unsigned nth = part->nth;

	XML_EACH(child, from, part->name)
	if (nth ? --nth == 0 : !*part->key || attribute_is(child, part->key, part->value))
		return child;
	return NULL;
}

static xmlNode *part_make(xmlNode *from, const struct part *part)
{
	xmlNode *child = xml_add(from, part->name);

	while (part->nth && !part_find(from, part))
		child = xml_add(from, part->name);
	if (*part->key)
		xmlSetProp(child, BAD_CAST part->key, BAD_CAST part->value);
	return child;
}

/* The element of a place; `ret_attribute` becomes the name of its attribute, or empty. */
static xmlNode *place_walk(xmlNode *from, const char *place, bool make, struct part *ret_last)
{
	struct part part;

	*ret_last = (struct part){};
	while (from && part_next(&place, &part)) {
		*ret_last = part;
		if (part.attribute)
			return from;
		xmlNode *found = part_find(from, &part);
		from = found || !make ? found : part_make(from, &part);
	}
	return from;
}

xmlNode *xml_at(xmlNode *from, const char *place)
{
	struct part last;

	return from ? place_walk(from, place, false, &last) : NULL;
}

xmlNode *xml_make(xmlNode *from, const char *place)
{
	struct part last;

	return place_walk(from, place, true, &last);
}

bool xml_has(xmlNode *from, const char *place)
{
	struct part last;
	xmlNode *at = from ? place_walk(from, place, false, &last) : NULL;

	return at && (!last.attribute || xmlHasProp(at, BAD_CAST last.name));
}

const char *xml_get(struct arena *arena, xmlNode *from, const char *place)
{
	struct part last;
	xmlNode *at = from ? place_walk(from, place, false, &last) : NULL;

	if (!at)
		return NULL;
	xmlChar *text = last.attribute ? xmlGetProp(at, BAD_CAST last.name) : xmlNodeGetContent(at);
	if (!text)
		return NULL;
	const char *first = (const char *)text;
	size_t size = strlen(first);
	while (size && isspace((unsigned char)*first))
		first++, size--;
	while (size && isspace((unsigned char)first[size - 1]))
		size--;
	const char *copy = arena_strndup(arena, first, size);
	xmlFree(text);
	return copy;
}

void xml_set(xmlNode *from, const char *place, const char *value)
{
	struct part last;
	xmlNode *at = place_walk(from, place, true, &last);

	if (last.attribute) {
		xmlSetProp(at, BAD_CAST last.name, BAD_CAST value);
		return;
	}
	xmlNodeSetContent(at, NULL);
	xmlNodeAddContent(at, BAD_CAST value);
}

void xml_remove(xmlNode *from, const char *place)
{
	struct part last;
	xmlNode *at = place_walk(from, place, false, &last);

	if (!at || at == from || !from) {
		if (at && last.attribute)
			xmlUnsetProp(at, BAD_CAST last.name);
		return;
	}
	if (last.attribute)
		xmlUnsetProp(at, BAD_CAST last.name);
	bool emptied = !last.attribute;
	while (at != from && (emptied || (!at->properties && !at->children))) {
		xmlNode *above = at->parent;
		xmlUnlinkNode(at);
		xmlFreeNode(at);
		at = above;
		emptied = false;
	}
}
