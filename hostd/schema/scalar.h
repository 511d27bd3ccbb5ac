/* scalar.h - what the types share: reading a scalar, and saying what stood there
 * instead.  For the files of this room that define types (type_*.c).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "document/node.h"
#include "schema/record.h"
#include "schema/type.h"

/* How a type reads the text of a scalar. */
struct scalar {
	const struct type *type;
	/* Writes `value` and returns true, or leaves it alone and returns false. */
	bool (*parse)(struct arena *arena, const char *text, void *value);
	/* What to write instead of a text that does not parse, or NULL (also: NULL for none). */
	const char *(*hint)(struct arena *arena, const char *text);
};

/* Reads a scalar node; faults with what the type expects, what stands there, and the hint. */
int scalar_read(const struct scalar *scalar, struct arena *arena, const struct field *field,
		const struct node *node, void *value, struct faults *faults) MUST_CHECK;

/* Adds "expected ..., found ..." at the node and returns -1.  What a secret row holds is
 * not shown. */
int scalar_refuse(struct faults *faults, const struct field *field, const struct node *node,
		  const char *expected) MUST_CHECK;

/* What keeps `text` from being plain text ("a line break", "a control character", ...), or
 * NULL.  With `lines`, line breaks and tabs are allowed. */
const char *text_flaw(const char *text, bool lines);

/* Decimal digits at *at, at least one; false on overflow, with *at where it was. */
bool digits_read(const char **at, uint64_t *ret_number);

/* Digits of a number up to `most`, without leading zeros. */
bool number_read(const char **at, uint64_t most, uint64_t *ret_number);

/* A copy without spaces. */
char *text_squeezed(struct arena *arena, const char *text);
