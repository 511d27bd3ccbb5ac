/* xml_merge.h - verbatim XML laid onto a document, and taken out again.
 *
 * A fragment names what it is about as the document does: an element is the only one of its
 * name, or the one of the same name=, id=, ... attribute, or a device of the same alias; of
 * several without any of these each is about the one in its place.  Where that does not
 * tell, attributes of our namespace do, which never reach the document:
 *
 *	gasthof:of="vda"     the device of this target, MAC, type and index ("pci 0") or alias;
 *			     where it is not, the part is left out
 *	gasthof:nth="2"      the second element of this name
 *	gasthof:new="2"      one more, which becomes the second of its name
 *	gasthof:replace="1"  all of it stands here, and takes the place of what is there
 *	<gasthof:self id=""> attributes of the element that the fragment is laid onto
 */
#pragma once

#include "formats/xml.h"

/* Lays the children of `fragment` on `onto`, element by element, in order: one that is there
 * gets the attributes, text and children; others are added.  Laying on what is there already
 * changes nothing. */
void xml_merge(xmlNode *onto, xmlNode *fragment);

/* Takes out what xml_merge laid there: attributes and texts that are still the same, devices
 * that still hold all that was asked for, and elements that are empty then. */
void xml_unmerge(xmlNode *from, xmlNode *fragment);

/* Whether `element` has every attribute, text and child that `part` has. */
bool xml_contains(xmlNode *element, xmlNode *part);

/* The least that has to be laid on `rendered` to make it hold all of `original`, as children of
 * `fragment`; `rendered` becomes what xml_merge would make of it.  False where nothing is
 * missing. */
bool xml_rest(xmlNode *original, xmlNode *rendered, xmlNode *fragment);

/* Whether `element` has every attribute, text and child of `part`, children of one name in the
 * same order; elements of our namespace do not count. */
bool xml_holds(xmlNode *element, xmlNode *part);
