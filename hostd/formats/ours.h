/* ours.h - text files that are wholly ours: their first line, and what a hand did to them.
 *
 * A kind that keeps its configuration in a file of its own renders it from its record and
 * reads the file back into a record.  What the record cannot say (a line that somebody
 * added or took away) shows when the record is rendered again: file_apart() tells the
 * lines in which the two texts differ, so that drift has a name.
 */
#pragma once

#include "schema/record.h"

/* Appends the first line: "# made by gasthof for links.uplink; changes here are overwritten". */
void ours_header(struct text *text, const char *path);

/* The handle that the first line of `file` names in `kind` ("uplink" for kind "links");
 * NULL where the file has no such line. */
const char *ours_handle(struct arena *arena, const char *file, const char *kind);

/* The lines of `is` that `should` lacks, with "+" before them, then those it has and `is`
 * lacks, with "-"; a line counts as often as it stands there.  Empty: equal but for order,
 * and then "~" stands alone where the order differs. */
struct text_list file_apart(struct arena *arena, const char *is, const char *should);

/* Calls for each line of `text` without its end; the copy lives in `arena`. */
#define LINES_EACH(line, arena, text)                  \
	for (const char *line##_next_ = (text), *line; \
	     (line = line_take((arena), &line##_next_)) != NULL;)
const char *line_take(struct arena *arena, const char **next);
