/* xml.h - XML by places.
 *
 * A place names an element or attribute below another one:
 *	"memory"			the first child element of this name
 *	"cpu/topology@sockets"		an attribute of a grandchild
 *	"features/feature[name=svm]@policy"	of the child whose attribute is so
 *	"source[2]@host"		of the second child of this name
 *	"@type"				an attribute of the element itself
 *
 * Documents come from libvirt or from people, never from the network: nothing is fetched, no
 * entities but those that a document declares in itself are expanded, and text is written only
 * through the library, never pasted.
 * Only formats/ includes this header.
 */
#pragma once

#include <libxml/tree.h>

#include "base/fault.h"
#include "base/text.h"

/* Closes over the scope: `XML_AUTO xmlDoc *doc = ...` */
#define XML_AUTO __attribute__((cleanup(xml_cleanup)))
void xml_cleanup(xmlDoc **doc);

/* Our own namespace: the mark in a domain's metadata, and what tells where verbatim XML goes. */
#define XML_OURS "urn:gasthof:1" /* as DOMAIN_MARK_URI */

enum { XML_BYTES_MAX = 4 * 1024 * 1024 };

/* The document of a text; NULL and a FAULT_HOST where it is no XML (the caller says whose it
 * was, WITHIN).  The caller frees it. */
xmlDoc *xml_parse(const char *text, size_t size, struct faults *faults);

/* A new document with a root element of this name.  The caller frees it. */
xmlDoc *xml_new(const char *root);

/* The same for several elements without a common root ("<a/><b/>"): they become children of a
 * root called "fragment", in which the prefix "gasthof" is ours. */
xmlDoc *xml_parse_fragment(struct arena *arena, const char *text, struct faults *faults);

/* Appends the element, indented by two spaces, with a line end. */
void xml_print(struct text *text, xmlNode *element);

/* The element at a place, or NULL; made with all on the way where it is not there. */
xmlNode *xml_at(xmlNode *from, const char *place);
xmlNode *xml_make(xmlNode *from, const char *place);

/* Whether there is an element or attribute at the place. */
bool xml_has(xmlNode *from, const char *place);

/* The text of the element or attribute at a place, without white space around it, or NULL. */
const char *xml_get(struct arena *arena, xmlNode *from, const char *place);

/* Sets the text of the element or attribute at a place, made where it is not there. */
void xml_set(xmlNode *from, const char *place, const char *value);

/* Takes the element or attribute at a place away, with the elements above that are empty then. */
void xml_remove(xmlNode *from, const char *place);

/* A new child at the end of `parent`. */
xmlNode *xml_add(xmlNode *parent, const char *name);

/* The first child element called `name` (NULL: any), and the next sibling; NULL at the end. */
xmlNode *xml_first(xmlNode *parent, const char *name);
xmlNode *xml_next(xmlNode *element, const char *name);
#define XML_EACH(child, parent, name)                                             \
	for (xmlNode *child = xml_first((parent), (name)), *child##_next_ = NULL; \
	     child && ((child##_next_ = xml_next(child, (name))), true); child = child##_next_)

/* Whether the element is called so. */
bool xml_is(const xmlNode *element, const char *name);
