/* json.h - JSON text and the tree of document/, both ways.
 *
 * Strings become quoted scalars; numbers and booleans plain ones that keep their text; null
 * becomes NODE_NULL.  Writing turns that around: a plain scalar that is a JSON number, `true` or
 * `false` is written bare, every other one as a string.
 */
#pragma once

#include "base/fault.h"
#include "base/text.h"
#include "document/node.h"

enum { JSON_DEPTH_MAX = 64 };

/* Reads one JSON value and nothing after it.  FAULT_HOST with the line where it is malformed, is
 * nested deeper than JSON_DEPTH_MAX or holds a NUL character; the caller says whose text it was
 * (WITHIN).  `text` need not end in NUL. */
int json_read(struct arena *arena, const char *text, size_t size, struct node **ret,
	      struct faults *faults) MUST_CHECK;

/* Appends `node` as JSON; pretty: indented by two spaces, one member a line (no line end after
 * the last), else on one line without spaces.  Masked scalars are written as "******"; bytes that
 * are not UTF-8 as U+FFFD. */
void json_write(struct text *text, const struct node *node, bool pretty);

/* Appends `string` as a JSON string with its quotes. */
void json_write_string(struct text *text, const char *string);
