#include "formats/xml_place.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "formats/domain.h"
#include "formats/xml_merge.h"

static bool strings_same(const xmlChar *a, const xmlChar *b)
{
	return a && b ? xmlStrEqual(a, b) : a == b;
}

bool same_name_as(const xmlNode *a, const xmlNode *b)
{
	return a->type == XML_ELEMENT_NODE && xmlStrEqual(a->name, b->name) &&
	       strings_same(a->ns ? a->ns->href : NULL, b->ns ? b->ns->href : NULL);
}

bool is_ours(const xmlNs *ns)
{
	return ns && xmlStrEqual(ns->href, BAD_CAST XML_OURS);
}

bool is_leaf(xmlNode *element)
{
	return !xml_first(element, NULL);
}

static xmlChar *attribute_of(const xmlNode *element, const xmlAttr *like)
{
	return like->ns ? xmlGetNsProp(element, like->name, like->ns->href)
			: xmlGetNoNsProp(element, like->name);
}

/* Equal but for white space around them. */
static bool trimmed_equal(const char *a, const char *b)
{
	size_t size = strlen(a), other = strlen(b);

	for (; size && isspace((unsigned char)*a); a++)
		size--;
	for (; other && isspace((unsigned char)*b); b++)
		other--;
	while (size && isspace((unsigned char)a[size - 1]))
		size--;
	while (other && isspace((unsigned char)b[other - 1]))
		other--;
	return size == other && memcmp(a, b, size) == 0;
}

/* A password that is not shown counts as the one that is looked for. */
static bool is_hidden(const xmlAttr *attribute, const char *value, const char *clear)
{
	if (attribute && xmlStrEqual(attribute->name, BAD_CAST "passwd"))
		return strcmp(value, VEIL) == 0 || string_starts(value, FOUND_PLACE);
	if (!strstr(value, VEIL))
		return false;
	ARENA_AUTO struct arena *arena = arena_new();
	return trimmed_equal(value, veil(arena, clear));
}

bool text_equal(const xmlNode *a, const xmlAttr *attribute, const xmlNode *b)
{
	xmlChar *first = attribute ? attribute_of(a, attribute) : xmlNodeGetContent(a);
	xmlChar *second = attribute ? attribute_of(b, attribute) : xmlNodeGetContent(b);
	bool equal = first && second &&
		     ((attribute ? xmlStrEqual(first, second)
				 : trimmed_equal((const char *)first, (const char *)second)) ||
		      is_hidden(attribute, (const char *)first, (const char *)second) ||
		      is_hidden(attribute, (const char *)second, (const char *)first));

	xmlFree(first);
	xmlFree(second);
	return equal;
}

/* ---- positions ---- */

unsigned element_position(xmlNode *element)
{
	unsigned position = 0;

	XML_EACH(child, element->parent, NULL)
	{
		position += same_name_as(child, element);
		if (child == element)
			break;
	}
	return position;
}

xmlNode *element_nth(xmlNode *parent, const xmlNode *like, unsigned nth)
{
	XML_EACH(child, parent, NULL)
	if (same_name_as(child, like) && --nth == 0)
		return child;
	return NULL;
}

/* ---- counterparts ---- */

/* Attributes that tell one element from its sisters of the same name, in domain XML. */
static const char *const keys[] = { "name",      "id",    "vcpu",  "iothread", "cell",
				    "iothreads", "vcpus", "index", "size",     "cellid" };
/* Devices there is only one of. */
static const char *const singles[] = {
	"emulator", "memballoon", "iommu", "vsock", "watchdog", "tpm"
};

static const xmlAttr *key_of(xmlNode *element)
{
	for (size_t i = 0; i < COUNT_OF(keys); i++) {
		const xmlAttr *key = xmlHasProp(element, BAD_CAST keys[i]);
		if (key)
			return key;
	}
	return NULL;
}

bool has_key(xmlNode *element)
{
	return key_of(element) != NULL;
}

bool key_equal(xmlNode *a, xmlNode *b)
{
	const xmlAttr *key = key_of(b);

	return key && text_equal(a, key, b);
}

bool is_single(const xmlNode *device)
{
	for (size_t i = 0; i < COUNT_OF(singles); i++)
		if (xml_is(device, singles[i]))
			return true;
	return false;
}

static bool is_same_device(xmlNode *device, xmlNode *part)
{
	xmlNode *alias = xml_at(part, "alias"), *other = xml_at(device, "alias");

	if (alias)
		return other && text_equal(alias, xmlHasProp(alias, BAD_CAST "name"), other);
	return is_single(part) || xml_contains(device, part);
}

static unsigned number_of(xmlNode *part, const char *name)
{
	xmlChar *text = xmlGetNsProp(part, BAD_CAST name, BAD_CAST XML_OURS);
	unsigned number = text ? (unsigned)strtoul((const char *)text, NULL, 10) : 0;

	xmlFree(text);
	return number;
}

/* What libvirt tells devices of one name by: no position, which changes with each that is added. */
static const struct identity {
	const char *device, *first, *second; /* places; `second` may be NULL */
} identities[] = {
	{ "disk", "target@dev", NULL },       { "interface", "mac@address", NULL },
	{ "controller", "@type", "@index" },  { "graphics", "@type", NULL },
	{ "filesystem", "target@dir", NULL }, { NULL, "alias@name", NULL },
};

const char *identity_of(struct arena *arena, xmlNode *device)
{
	for (size_t i = 0; i < COUNT_OF(identities); i++) {
		const struct identity *row = &identities[i];
		if (row->device && !xml_is(device, row->device))
			continue;
		const char *first = xml_get(arena, device, row->first);
		const char *second = row->second ? xml_get(arena, device, row->second) : "";
		if (first && *first && second)
			return arena_printf(arena, "%s%s%s", first, *second ? " " : "", second);
	}
	return NULL;
}

xmlNode *element_of_identity(xmlNode *parent, const xmlNode *like, const char *identity)
{
	ARENA_AUTO struct arena *arena = arena_new();

	XML_EACH(child, parent, NULL)
	if (same_name_as(child, like) && string_equal(identity_of(arena, child), identity))
		return child;
	return NULL;
}

/* Of several that nothing tells apart (QEMU's arguments) each is about the one in its place. */
static unsigned place_among_sisters(xmlNode *part)
{
	unsigned place = 1;

	for (xmlNode *before = part->prev; before; before = before->prev)
		place += same_name_as(before, part) && !has_key(before) &&
			 !number_of(before, "nth") && !number_of(before, "new") &&
			 !xmlHasNsProp(before, BAD_CAST "of", BAD_CAST XML_OURS);
	return place;
}

xmlNode *counterpart(xmlNode *parent, xmlNode *part)
{
	bool devices = xml_is(parent, "devices");
	unsigned nth = number_of(part, "nth"), new = number_of(part, "new");

	if (nth)
		return element_nth(parent, part, nth);
	xmlChar *of = xmlGetNsProp(part, BAD_CAST "of", BAD_CAST XML_OURS);
	if (of) {
		xmlNode *there = element_of_identity(parent, part, (const char *)of);
		xmlFree(of);
		return there;
	}
	if (new) {
		xmlNode *there = element_nth(parent, part, new);
		return there && xml_holds(there, part) ? there : NULL;
	}
	if (!devices && !has_key(part))
		return element_nth(parent, part, place_among_sisters(part));
	XML_EACH(child, parent, NULL)
	if (same_name_as(child, part) &&
	    (devices ? is_same_device(child, part) : key_equal(child, part)))
		return child;
	return NULL;
}

/* ---- changing ---- */

static void declaration_strip(xmlNode *element)
{
	for (xmlNs **link = &element->nsDef; *link;) {
		xmlNs *ns = *link;
		if (!is_ours(ns)) {
			link = &ns->next;
			continue;
		}
		*link = ns->next;
		xmlFreeNs(ns);
	}
}

/* Elements first, then attributes, then what both were declared by. */
static void ours_strip(xmlNode *element)
{
	XML_EACH(child, element, NULL)
	{
		ours_strip(child);
		if (!is_ours(child->ns))
			continue;
		xmlUnlinkNode(child);
		xmlFreeNode(child);
	}
	for (xmlAttr *attribute = element->properties, *next; attribute; attribute = next) {
		next = attribute->next;
		if (is_ours(attribute->ns))
			xmlRemoveProp(attribute);
	}
	if (!is_ours(element->ns))
		declaration_strip(element);
}

static xmlNode *copy_of(xmlNode *part, xmlNode *parent)
{
	xmlNode *copy = xmlDocCopyNode(part, parent->doc, 1);

	if (!copy)
		abort();
	ours_strip(copy);
	return copy;
}

xmlNode *element_insert(xmlNode *parent, xmlNode *part, unsigned nth)
{
	xmlNode *copy = copy_of(part, parent);
	xmlNode *before = nth ? element_nth(parent, part, nth) : NULL;

	if (before)
		xmlAddPrevSibling(before, copy);
	else
		xmlAddChild(parent, copy);
	return copy;
}

xmlNode *element_replace(xmlNode *element, xmlNode *part)
{
	xmlNode *copy = copy_of(part, element);

	xmlReplaceNode(element, copy);
	xmlFreeNode(element);
	return copy;
}
