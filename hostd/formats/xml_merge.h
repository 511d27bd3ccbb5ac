/* xml_merge.h - verbatim XML laid onto a document, and taken out again. */
#pragma once

#include "formats/xml.h"

/* Lays the children of `fragment` on `onto`, element by element: one that names the same thing
 * (the only one of its name, or of the same name=, id=, ... attribute; a device of the same
 * alias) gets the attributes, text and children; others are appended.  Laying on what is
 * there already changes nothing. */
void xml_merge(xmlNode *onto, xmlNode *fragment);

/* Takes out what xml_merge laid there: attributes and texts that are still the same, devices
 * that still hold all that was asked for, and elements that are empty then. */
void xml_unmerge(xmlNode *from, xmlNode *fragment);

/* Whether `element` has every attribute, text and child that `part` has. */
bool xml_contains(xmlNode *element, xmlNode *part);
