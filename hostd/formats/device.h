/* device.h - one device out of a libvirt domain's XML. */
#pragma once

#include "base/fault.h"

/* The element below /domain/devices whose <alias name=.../> is `alias`, as XML text: 1; 0 where
 * there is none; -1 with a fault where the XML does not read. */
int device_by_alias(struct arena *arena, const char *domain_xml, const char *alias,
		    const char **ret_xml, struct faults *faults) MUST_CHECK;

/* The same of the first element of this name and type='...' (graphics have no alias). */
int device_by_type(struct arena *arena, const char *domain_xml, const char *name, const char *type,
		   const char **ret_xml, struct faults *faults) MUST_CHECK;

/* The text of an element or attribute of a device, by its place (formats/xml.h): "target@dev",
 * "iotune/read_bytes_sec"; NULL where it has none, or is no XML. */
const char *device_text(struct arena *arena, const char *device_xml, const char *place);

/* The text at a place of xml.h below /domain ("currentMemory", "cputune/emulatorpin@cpuset"): 1, 0
 * or -1. */
int domain_element(struct arena *arena, const char *domain_xml, const char *place,
		   const char **ret_text, struct faults *faults) MUST_CHECK;
