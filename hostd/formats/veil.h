/* veil.h - verbatim text without the secrets in it.
 *
 * XML that nobody wrote a field for (libvirt_xml, qemu:commandline) may hold a password in clear:
 * in an attribute (passwd="..."), in a word of QEMU's command line (-object secret,data=...,
 * password=...; plain or as JSON) or in an address (iscsi://user:password@host).  Such text goes to
 * libvirt as it is; whatever else keeps or shows it gets it veiled.  What libvirt has by now is
 * read back with its secrets, for comparing alone: so one that is changed is noticed, and none is
 * kept.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/array.h"

/* What stands in place of a secret. */
#define VEIL "*****"

/* The text with VEIL for each secret; itself where it has none. */
const char *veil(struct arena *arena, const char *text);

/* Whether a secret in the text is veiled. */
bool veil_is_in(const char *text);

/* The next secret in `text` at or behind `at`, veiled or not, and its end; NULL where there is none
 * any more. */
const char *veil_next(const char *text, const char *at, const char **ret_end);

/* What stands behind each VEIL of a text, in order, as it is (not as XML writes it); NULL: nobody
 * knows. */
struct veil_values {
	ARRAY(const char *) list;
};
/* The text with its secrets filled in as XML writes them, VEIL where one is not known; itself where
 * it does not have as many. */
const char *veil_fill(struct arena *arena, const char *text, const struct veil_values *values);

/* Whether two texts say the same: white space around them apart, and a secret that is veiled in one
 * of them counts as the other's. */
bool veil_equal(const char *a, const char *b);
/* The same of two fields (struct field's equal). */
bool veil_block_equal(const void *want, const void *have);
