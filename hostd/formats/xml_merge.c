#include "formats/xml_merge.h"

#include <stdlib.h>
#include <string.h>

#include "formats/xml_place.h"

bool xml_contains(xmlNode *element, xmlNode *part)
{
	for (xmlAttr *attribute = part->properties; attribute; attribute = attribute->next)
		if (!is_ours(attribute->ns) && !text_equal(element, attribute, part))
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

static void attributes_merge(xmlNode *onto, xmlNode *part)
{
	for (xmlAttr *attribute = part->properties; attribute; attribute = attribute->next) {
		if (is_ours(attribute->ns))
			continue;
		xmlChar *value = xmlNodeGetContent((const xmlNode *)attribute);
		xmlNs *ns = attribute->ns ? xmlSearchNsByHref(onto->doc, onto, attribute->ns->href)
					  : NULL;
		if (ns)
			xmlSetNsProp(onto, ns, attribute->name, value);
		else
			xmlSetProp(onto, attribute->name, value);
		xmlFree(value);
	}
}

static void text_merge(xmlNode *onto, xmlNode *part)
{
	xmlChar *value = xmlNodeGetContent(part);

	xmlNodeSetContent(onto, NULL);
	xmlNodeAddContent(onto, value);
	xmlFree(value);
}

static void part_merge(xmlNode *onto, xmlNode *part)
{
	xmlNode *there = counterpart(onto, part);
	bool replace = xmlHasNsProp(part, BAD_CAST "replace", BAD_CAST XML_OURS);
	xmlChar *new = xmlGetNsProp(part, BAD_CAST "new", BAD_CAST XML_OURS);

	if (!there && xmlHasNsProp(part, BAD_CAST "of", BAD_CAST XML_OURS))
		return; /* a device that is described no more; `new` is not said beside `of` */
	if (!there)
		element_insert(onto, part, new ? (unsigned)atoi((const char *)new) : 0);
	else if (replace && !xml_holds(there, part))
		element_replace(there, part);
	else if (!replace && !new)
		attributes_merge(there, part);
	if (there && !replace && !new) {
		if (!is_leaf(part))
			xml_merge(there, part);
		else if (part->children)
			text_merge(there, part);
	}
	xmlFree(new);
}

void xml_merge(xmlNode *onto, xmlNode *fragment)
{
	XML_EACH(part, fragment, NULL)
	{
		if (is_ours(part->ns) && xml_is(part, "self"))
			attributes_merge(onto, part);
		else
			part_merge(onto, part);
	}
}

static void element_remove(xmlNode *element)
{
	xmlUnlinkNode(element);
	xmlFreeNode(element);
}

static void attributes_unmerge(xmlNode *from, xmlNode *part)
{
	for (xmlAttr *attribute = part->properties; attribute; attribute = attribute->next)
		if (!is_ours(attribute->ns) && text_equal(from, attribute, part))
			xmlUnsetProp(from, attribute->name);
}

/* What was added as the third may be the second by now: the last that is it. */
static xmlNode *added_find(xmlNode *from, xmlNode *part)
{
	xmlNode *found = NULL;

	XML_EACH(child, from, NULL)
	if (same_name_as(child, part) && xml_holds(child, part))
		found = child;
	return found;
}

static void part_unmerge(xmlNode *from, xmlNode *part)
{
	xmlNode *there = counterpart(from, part);
	bool added = xmlHasNsProp(part, BAD_CAST "new", BAD_CAST XML_OURS);

	if (!there && added)
		there = added_find(from, part);
	if (!there)
		return;
	if (added || (xml_is(from, "devices") && xml_contains(there, part) &&
		      !xmlHasNsProp(part, BAD_CAST "nth", BAD_CAST XML_OURS) &&
		      !xmlHasNsProp(part, BAD_CAST "of", BAD_CAST XML_OURS))) {
		element_remove(there);
		return;
	}
	attributes_unmerge(there, part);
	xml_unmerge(there, part);
	bool only_text = is_leaf(part) && part->children && text_equal(there, NULL, part);
	if (!there->properties && (only_text || !there->children))
		element_remove(there);
}

/* From the end, so that positions still hold. */
void xml_unmerge(xmlNode *from, xmlNode *fragment)
{
	for (xmlNode *part = fragment->last, *before; part; part = before) {
		before = part->prev;
		if (part->type != XML_ELEMENT_NODE)
			continue;
		if (is_ours(part->ns) && xml_is(part, "self"))
			attributes_unmerge(from, part);
		else
			part_unmerge(from, part);
	}
}
