#include "formats/xml_merge.h"

#include <string.h>

static bool text_equal(const xmlNode *a, const char *attribute, const xmlNode *b)
{
	xmlChar *first = attribute ? xmlGetProp(a, BAD_CAST attribute) : xmlNodeGetContent(a);
	xmlChar *second = attribute ? xmlGetProp(b, BAD_CAST attribute) : xmlNodeGetContent(b);
	bool equal = first && second && xmlStrEqual(first, second);

	xmlFree(first);
	xmlFree(second);
	return equal;
}

static bool is_leaf(xmlNode *element)
{
	return !xml_first(element, NULL);
}

bool xml_contains(xmlNode *element, xmlNode *part)
{
	for (xmlAttr *attribute = part->properties; attribute; attribute = attribute->next)
		if (!text_equal(element, (const char *)attribute->name, part))
			return false;
	if (is_leaf(part))
		return !part->children || text_equal(element, NULL, part);
	XML_EACH(child, part, NULL)
	{
		bool found = false;
		XML_EACH(candidate, element, (const char *)child->name)
		found = found || xml_contains(candidate, child);
		if (!found)
			return false;
	}
	return true;
}

/* Attributes that tell one element from its sisters of the same name, in domain XML. */
static const char *const keys[] = {
	"name", "id", "vcpu", "iothread", "cell", "index", "size", NULL
};
/* Devices there is only one of. */
static const char *const single[] = {
	"emulator", "memballoon", "iommu", "vsock", "watchdog", NULL
};

static bool is_among(const char *const *list, const xmlChar *name)
{
	for (; *list; list++)
		if (strcmp(*list, (const char *)name) == 0)
			return true;
	return false;
}

static bool is_same_device(xmlNode *device, xmlNode *part)
{
	xmlNode *alias = xml_at(part, "alias"), *other = xml_at(device, "alias");

	if (alias)
		return other && text_equal(alias, "name", other);
	return is_among(single, part->name) || xml_contains(device, part);
}

static bool is_same_element(xmlNode *element, xmlNode *part)
{
	for (const char *const *key = keys; *key; key++)
		if (xmlHasProp(part, BAD_CAST * key))
			return text_equal(element, *key, part);
	return true;
}

static xmlNode *counterpart(xmlNode *parent, xmlNode *part)
{
	bool devices = xml_is(parent, "devices");

	XML_EACH(child, parent, (const char *)part->name)
	if (devices ? is_same_device(child, part) : is_same_element(child, part))
		return child;
	return NULL;
}

void xml_merge(xmlNode *onto, xmlNode *fragment)
{
	XML_EACH(part, fragment, NULL)
	{
		xmlNode *there = counterpart(onto, part);
		if (!there) {
			xmlNode *copy = xmlDocCopyNode(part, onto->doc, 1);
			xmlAddChild(onto, copy);
			xmlReconciliateNs(onto->doc, copy);
			continue;
		}
		for (xmlAttr *attribute = part->properties; attribute;
		     attribute = attribute->next) {
			xmlChar *value = xmlGetProp(part, attribute->name);
			xmlSetProp(there, attribute->name, value);
			xmlFree(value);
		}
		if (!is_leaf(part)) {
			xml_merge(there, part);
		} else if (part->children) {
			xmlChar *value = xmlNodeGetContent(part);
			xmlNodeSetContent(there, NULL);
			xmlNodeAddContent(there, value);
			xmlFree(value);
		}
	}
}

static void element_remove(xmlNode *element)
{
	xmlUnlinkNode(element);
	xmlFreeNode(element);
}

void xml_unmerge(xmlNode *from, xmlNode *fragment)
{
	XML_EACH(part, fragment, NULL)
	{
		xmlNode *there = counterpart(from, part);
		if (!there)
			continue;
		if (xml_is(from, "devices") && xml_contains(there, part)) {
			element_remove(there);
			continue;
		}
		for (xmlAttr *attribute = part->properties; attribute; attribute = attribute->next)
			if (text_equal(there, (const char *)attribute->name, part))
				xmlUnsetProp(there, attribute->name);
		xml_unmerge(there, part);
		bool only_text = is_leaf(part) && part->children && text_equal(there, NULL, part);
		if (!there->properties && (only_text || !there->children))
			element_remove(there);
	}
}
