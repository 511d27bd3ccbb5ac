/* veil.h - verbatim text without the secrets in it.
 *
 * XML that nobody wrote a field for (libvirt_xml, qemu:commandline) may hold a password in clear:
 * in an attribute (passwd="..."), in a word of QEMU's command line (-object secret,data=...,
 * password=...; plain or as JSON) or in an address (iscsi://user:password@host).  Such text goes to
 * libvirt as it is; whatever else keeps or shows it gets it veiled.
 */
#pragma once

#include "base/arena.h"

/* What stands in place of a secret. */
#define VEIL "*****"

/* The text with VEIL for each secret; itself where it has none. */
const char *veil(struct arena *arena, const char *text);
