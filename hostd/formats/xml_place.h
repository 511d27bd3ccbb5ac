/* xml_place.h - which element of a document a part of a fragment is about; for xml_merge.c and
 * xml_rest.c. */
#pragma once

#include "formats/xml.h"

/* Whether two elements have the same name in the same namespace. */
bool same_name_as(const xmlNode *a, const xmlNode *b);
/* Whether an element or attribute is of our namespace. */
bool is_ours(const xmlNs *ns);
/* Whether both have equal attributes (or texts, where `attribute` is NULL), white space around
 * them apart. */
bool text_equal(const xmlNode *a, const xmlAttr *attribute, const xmlNode *b);
bool is_leaf(xmlNode *element);

/* Position among the elements of its name, from 1; the element at a position, or NULL. */
unsigned element_position(xmlNode *element);
xmlNode *element_nth(xmlNode *parent, const xmlNode *like, unsigned nth);

/* What a device is told by in its definition ("vda", a MAC, "pci 0", an alias), or NULL; and the
 * first below `parent` of this name and identity, or NULL. */
const char *identity_of(struct arena *arena, xmlNode *device);
xmlNode *element_of_identity(xmlNode *parent, const xmlNode *like, const char *identity);

/* The element below `parent` that `part` is about, or NULL. */
xmlNode *counterpart(xmlNode *parent, xmlNode *part);
/* Whether it has one of the attributes that tell elements of one name apart. */
bool has_key(xmlNode *element);
/* Whether both have such an attribute with the same value. */
bool key_equal(xmlNode *a, xmlNode *b);
/* Whether it is a device of which there is only one. */
bool is_single(const xmlNode *device);

/* A copy of `part` below `parent`, as the `nth` of its name (0: behind all), without what is of
 * our namespace. */
xmlNode *element_insert(xmlNode *parent, xmlNode *part, unsigned nth);
/* A copy of `part` in the place of `element`. */
xmlNode *element_replace(xmlNode *element, xmlNode *part);
