/* What of one document another does not have, as the fragment that makes up for it. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "formats/xml_merge.h"
#include "formats/xml_place.h"

/* ---- holding ---- */

static bool attributes_hold(xmlNode *element, xmlNode *part)
{
	for (xmlAttr *attribute = part->properties; attribute; attribute = attribute->next)
		if (!is_ours(attribute->ns) && !text_equal(element, attribute, part))
			return false;
	return true;
}

/* Text beside elements, which no format of libvirt has, but anybody's metadata may.  What
 * stands loose in the document's root says nothing to anybody. */
static bool is_mixed(xmlNode *element)
{
	if (element->parent == (xmlNode *)element->doc)
		return false;
	for (xmlNode *node = element->children; node; node = node->next)
		if (node->type == XML_TEXT_NODE && !xmlIsBlankNode(node))
			return !is_leaf(element);
	return false;
}

/* The next byte of an element's own text, beside its children, that is no white space; 0 at
 * the end. */
static char loose_next(xmlNode **node, const char **at)
{
	for (;;) {
		while (*at && isspace((unsigned char)**at))
			(*at)++;
		if (*at && **at)
			return *(*at)++;
		*node = *at ? (*node)->next : *node;
		while (*node && (*node)->type != XML_TEXT_NODE)
			*node = (*node)->next;
		*at = *node ? (const char *)(*node)->content : NULL;
		if (!*node)
			return '\0';
	}
}

/* White space apart: our mark, which may stand between, is no part of it. */
static bool loose_equal(xmlNode *a, xmlNode *b)
{
	xmlNode *first = a->children, *second = b->children;
	const char *at = NULL, *other = NULL;

	for (;;) {
		char byte = first ? loose_next(&first, &at) : '\0';
		if (byte != (second ? loose_next(&second, &other) : '\0'))
			return false;
		if (!byte)
			return true;
	}
}

static xmlNode *before_of_name(xmlNode *child)
{
	xmlNode *before = child->prev;

	while (before && !same_name_as(before, child))
		before = before->prev;
	return before;
}

static bool children_hold(xmlNode *element, xmlNode *part)
{
	XML_EACH(first, part, NULL)
	{
		if (is_ours(first->ns) || before_of_name(first))
			continue;
		xmlNode *at = element->children;
		XML_EACH(child, part, NULL)
		{
			if (!same_name_as(child, first))
				continue;
			while (at && !(same_name_as(at, child) && xml_holds(at, child)))
				at = at->next;
			if (!at)
				return false;
			at = at->next;
		}
	}
	return true;
}

bool xml_holds(xmlNode *element, xmlNode *part)
{
	bool text = is_leaf(part) && part->children;

	return attributes_hold(element, part) && (!text || text_equal(element, NULL, part)) &&
	       (!is_mixed(part) || loose_equal(element, part)) && children_hold(element, part);
}

/* ---- what is missing ---- */

/* The rendered sister of an original: of the same key, or the next of its name that is not
 * somebody else's. */
static xmlNode *sister_of(xmlNode *original, xmlNode *rendered, const xmlNode *after)
{
	bool passed = !after;

	XML_EACH(child, rendered, NULL)
	{
		if (passed && same_name_as(child, original) &&
		    (!has_key(original) || key_equal(child, original) || !has_key(child)))
			return child;
		passed = passed || child == after;
	}
	return NULL;
}

static void name_put(xmlNode *part, const char *name, const char *value)
{
	xmlNs *ours = xmlSearchNsByHref(part->doc, part, BAD_CAST XML_OURS);

	if (!ours)
		ours = xmlNewNs(xmlDocGetRootElement(part->doc), BAD_CAST XML_OURS,
				BAD_CAST "gasthof");
	xmlSetNsProp(part, ours, BAD_CAST name, BAD_CAST value);
}

static void number_put(xmlNode *part, const char *name, unsigned number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	name_put(part, name, text);
}

static bool is_only_one(xmlNode *element)
{
	return !element_nth(element->parent, element, 2);
}

static xmlNode *part_new(xmlNode *fragment, const xmlNode *original)
{
	xmlNode *part = xmlNewChild(fragment, NULL, original->name, NULL);

	if (original->ns && original->ns->prefix)
		xmlSetNs(part, xmlNewNs(part, original->ns->href, original->ns->prefix));
	return part;
}

static void element_drop(xmlNode *element)
{
	xmlUnlinkNode(element);
	xmlFreeNode(element);
}

/* What a matched element lacks; nothing is left in the fragment where that is nothing. */
static void rest_of_sister(xmlNode *original, xmlNode *sister, xmlNode *fragment)
{
	bool device = xml_is(sister->parent, "devices") && !is_single(sister);
	bool alone = is_only_one(sister);
	unsigned position = element_position(sister);
	ARENA_AUTO struct arena *arena = arena_new();
	/* before attributes of the original are laid on it */
	const char *identity = device ? identity_of(arena, sister) : NULL;

	if (is_mixed(original)) {
		if (xml_holds(sister, original))
			return;
		xmlNode *whole = element_insert(fragment, original, 0);
		number_put(whole, "nth", position);
		number_put(whole, "replace", 1);
		element_replace(sister, original);
		return;
	}
	xmlNode *part = part_new(fragment, original);
	if (!xml_rest(original, sister, part))
		element_drop(part);
	else if (identity && element_of_identity(sister->parent, sister, identity) == sister)
		name_put(part, "of", identity);
	else if (device || !alone || has_key(part))
		number_put(part, "nth", position);
}

static void rest_added(xmlNode *original, xmlNode *rendered, const xmlNode *previous,
		       xmlNode *fragment)
{
	unsigned position = previous ? element_position((xmlNode *)previous) + 1 : 1;
	xmlNode *part = element_insert(fragment, original, 0);
	bool last = !element_nth(rendered, original, position);

	/* where it would be taken for one that is there, or go elsewhere, its place is said */
	if (!last || counterpart(rendered, part))
		number_put(part, "new", position);
	element_insert(rendered, original, last ? 0 : position);
}

static bool rest_of_attributes(xmlNode *original, xmlNode *rendered, xmlNode *part)
{
	bool missing = false;

	for (xmlAttr *attribute = original->properties; attribute; attribute = attribute->next) {
		if (text_equal(rendered, attribute, original))
			continue;
		xmlChar *value = xmlNodeGetContent((const xmlNode *)attribute);
		xmlSetProp(part, attribute->name, value);
		xmlSetProp(rendered, attribute->name, value);
		xmlFree(value);
		missing = true;
	}
	return missing;
}

static bool rest_of_text(xmlNode *original, xmlNode *rendered, xmlNode *part)
{
	if (!is_leaf(original) || !original->children || text_equal(rendered, NULL, original))
		return false;
	xmlChar *value = xmlNodeGetContent(original);
	xmlNodeSetContent(rendered, NULL);
	xmlNodeAddContent(rendered, value);
	xmlNodeAddContent(part, value);
	xmlFree(value);
	return true;
}

static void rest_of_children(xmlNode *original, xmlNode *rendered, xmlNode *part)
{
	XML_EACH(child, original, NULL)
	{
		if (is_ours(child->ns))
			continue;
		/* of the originals before it, each has its place by now */
		const xmlNode *before = before_of_name(child);
		xmlNode *previous = before ? before->_private : NULL;
		xmlNode *sister = sister_of(child, rendered, previous);
		if (sister) {
			unsigned position = element_position(sister);
			rest_of_sister(child, sister, part);
			child->_private = element_nth(rendered, child, position);
		} else {
			rest_added(child, rendered, previous, part);
			unsigned position = previous ? element_position(previous) + 1 : 1;
			child->_private = element_nth(rendered, child, position);
		}
	}
	XML_EACH(child, original, NULL)
	child->_private = NULL;
}

bool xml_rest(xmlNode *original, xmlNode *rendered, xmlNode *fragment)
{
	bool root = fragment->parent == (xmlNode *)fragment->doc;
	xmlNode *self = root ? xmlNewChild(fragment, NULL, BAD_CAST "self", NULL) : fragment;
	bool missing = rest_of_attributes(original, rendered, self);

	if (root && missing)
		xmlSetNs(self, xmlSearchNsByHref(self->doc, self, BAD_CAST XML_OURS));
	else if (root)
		element_drop(self);
	missing = rest_of_text(original, rendered, fragment) || missing;
	rest_of_children(original, rendered, fragment);
	return missing || !is_leaf(fragment);
}
