/* reading.h - one text being read, private to document/.
 *
 * parse.c drives libyaml and holds the open containers, alias.c knows anchors,
 * aliases and merge keys, syntax.c turns libyaml's complaints into ours.
 */
#pragma once

#include <stdbool.h>
#include <yaml.h>

#include "base/array.h"
#include "base/index.h"
#include "document/document.h"

struct anchor {
	const char *name;
	struct mark mark;
	const struct node *node;
	bool open; /* still being read: an alias to it would hold itself */
};

struct frame { /* an open list or map */
	struct node *container;
	struct anchor *anchor; /* that names it, or NULL */
	bool wants_value;      /* map: a key was read */
	bool merges;           /* map: the value to come belongs to `<<` */
	const char *key;       /* map: the key read; NULL: it was refused, drop its value */
	struct mark key_mark;
	struct index keys;        /* map: to its nodes, for duplicates */
	struct mark merge_mark;   /* map: the first `<<`; line 0: none */
	const struct node *merge; /* map: what `<<` named */
};

struct reading {
	struct arena *arena;   /* of the tree */
	struct arena *scratch; /* gone when the text is read */
	struct faults *faults;
	unsigned faults_most; /* with this many the reading ends */
	const struct source *source;
	yaml_parser_t yaml;
	struct frame frames[DOCUMENT_DEPTH_MAX]; /* the first `depth` are open */
	unsigned depth;
	struct index anchors;
	unsigned nodes, alias_nodes;
	struct mark alias;      /* the one being expanded */
	size_t character, byte; /* the same place, counted in both */
	struct mark document;   /* of the first document; line 0: none yet */
	struct node *root;
	struct node *doubtful; /* the plain scalar read last, if it took several lines */
	unsigned doubtful_end; /* the last of them */
	bool stop;             /* a limit was met: read no further */
};

/* libyaml's mark as ours. */
struct mark reading_mark(const struct reading *reading, yaml_mark_t mark);

/* The text at a mark; marks may only move forward. */
const char *reading_at(struct reading *reading, yaml_mark_t mark);

/* A new node, counted; after the last allowed one it adds a fault and stops the reading. */
struct node *reading_node(struct reading *reading, enum node_kind kind, struct mark mark);

/* Adds the fault of a limit and stops the reading. */
void reading_stop(struct reading *reading, struct mark mark, const char *what, unsigned most);

/* Remembers an anchor; `open` until it is set false. */
struct anchor *anchor_add(struct reading *reading, const char *name, struct mark mark,
			  const struct node *node, bool open);

/* The node that an alias names, itself, not copied; NULL after adding a fault. */
const struct node *anchor_find(struct reading *reading, const char *name, struct mark mark);

/* A copy for an alias, its nodes counted; never NULL, but broken after a limit. */
struct node *alias_expand(struct reading *reading, const struct node *anchored, struct mark mark);

/* Puts what `<<` named before the keys of the map, those that are not there already. */
void merge_resolve(struct reading *reading, struct frame *frame);

/* Adds the fault that says in human words what libyaml stumbled over. */
void syntax_fault(struct reading *reading);

/* Adds the fault of a tag, named as it is written. */
void tag_fault(struct reading *reading, struct mark mark);

/* Adds a source; the text is kept, not copied, and text[size] must be 0.  A byte
 * order mark is skipped. */
struct source *source_add(struct sources *sources, const char *name, const char *text, size_t size);

/* Whether the text is UTF-8 without characters that no description may hold; a fault
 * at the first place where it is not. */
int source_check(const struct source *source, struct faults *faults) MUST_CHECK;

/* Line `line` and its length without its end; NULL past the end. */
const char *source_span(const struct source *source, unsigned line, size_t *ret_size);

/* The byte at a mark, or the text's end. */
const char *source_at(const struct source *source, struct mark mark);

/* document_parse without a copy: the text, text[size] being 0, is kept. */
int reading_parse(struct sources *sources, const char *name, const char *text, size_t size,
		  struct node **ret_root, struct faults *faults) MUST_CHECK;
