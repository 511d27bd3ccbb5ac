/* document.h - from bytes to one tree.
 *
 * Reads YAML through libyaml's events and builds a tree of our own, because of
 * the marks.  All mistakes of a file are reported at once where YAML's grammar
 * allows to go on.  Faults (all FAULT_DESCRIPTION at a mark, FAULT_HOST where a
 * file cannot be read): syntax, duplicate keys (both places), tags, several
 * documents, undefined or recursive aliases, an include that leaves the tree,
 * forms a cycle or is not there, and the limits below.
 */
#pragma once

#include "base/fault.h"
#include "document/node.h"

/* Beyond these a description is refused. */
enum {
	DOCUMENT_BYTES_MAX = 16 * 1024 * 1024, /* of one file */
	DOCUMENT_TEXT_MAX = 4 * 1024 * 1024,   /* of a file that a scalar names */
	DOCUMENT_DEPTH_MAX = 64,               /* nesting */
	DOCUMENT_NODES_MAX = 1000 * 1000,      /* of one file, aliases expanded */
	DOCUMENT_ALIAS_NODES_MAX = 500 * 1000, /* of one file: nodes that come from aliases */
	DOCUMENT_FAULTS_MAX = 10 * 1000,       /* of one file */
	DOCUMENT_FILES_MAX = 256,              /* with its includes */
};

struct source {           /* the text of one file, kept for excerpts */
	const char *name; /* as marks say it; compare the pointer or the text */
	const char *text; /* NUL-terminated */
	size_t size;
	const unsigned *lines; /* where each line starts */
	unsigned line_count;
	struct source *next;
};

struct sources {
	struct arena *arena;
	struct source *first, *last;
	unsigned count;
};

/* Starts an empty collection. */
void sources_init(struct sources *sources, struct arena *arena);

/* The source a mark points into, or NULL. */
const struct source *sources_find(const struct sources *sources, const char *file);

/* Line `line` (from 1) of a source without its end; NULL past the end. */
const char *source_line(struct arena *arena, const struct source *source, unsigned line);

/* Builds the tree of one text, which is copied; `name` is what marks call it.  A text
 * without any value is an empty map.  Does not look at `include:`.  -1 also where
 * parts could be read: *ret_root is then what came out (nodes cut short are
 * `broken`, keys given twice stand in it twice), or NULL. */
int document_parse(struct sources *sources, const char *name, const char *text, size_t size,
		   struct node **ret_root, struct faults *faults) MUST_CHECK;

/* What is done to the tree of each file before it is merged: shorthands become
 * mappings there, so that they merge field by field. */
typedef void document_prepare(struct arena *arena, struct node *root, const void *context,
			      struct faults *faults);

/* Reads a file and all it includes, prepares each tree, and merges them, the
 * including file winning.  `path` "-" reads standard input (which may include
 * nothing).  Includes are relative to the including file and stay inside the git
 * work tree that holds `path`, or else its folder; the `include` key is taken out.
 * Scalars that `prepare` set `file` of get that file's text, found like an include.
 * -1 also where parts could be read: *ret_root is then still set if any tree came
 * out, so that the caller may look for more mistakes in it; else NULL. */
int document_load(struct sources *sources, const char *path, document_prepare *prepare,
		  const void *context, struct node **ret_root, struct faults *faults) MUST_CHECK;

/* Appends the excerpt of a mark: the line, and a caret under the column, tabs
 * expanded, wide characters counted by their width; long lines are cut around the
 * column.  Nothing where the source is not known or the line is empty. */
void document_excerpt(struct text *text, const struct sources *sources, struct mark mark);
