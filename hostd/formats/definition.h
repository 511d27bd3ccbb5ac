/* definition.h - XML that libvirt calls a definition, and a record of it: both ways by one
 * table (bind.h), and what the record cannot say as a block beside it. */
#pragma once

#include "formats/bind.h"

struct definition {
	const char *root; /* "network" */
	const struct bind_table *table;
};

/* Whether a text is such XML. */
bool definition_is(struct arena *arena, const struct definition *definition, const char *xml);

/* Reads all that can be read; `sparse`: only what a description would say.  `value` is a new
 * record of the table's.  FAULT_HOST where the text is no such XML. */
int definition_of_xml(struct arena *arena, const struct definition *definition, const char *xml,
		      bool sparse, void *value, struct faults *faults) MUST_CHECK;

struct definition_writing {
	const void *value;
	const char *base;            /* what is there, or NULL */
	const char *block, *old;     /* libvirt_xml, and the one merged into `base`; or NULL */
	const struct paths *differs; /* what goes back to its default; or NULL */
};

/* Appends the definition.  FAULT_HOST where `base` or a block are no XML. */
int definition_write(struct text *text, const struct definition *definition,
		     const struct definition_writing *writing, struct faults *faults) MUST_CHECK;

/* The block that makes a definition `rendered` without one hold all that `original` says;
 * NULL where nothing is missing.  FAULT_HOST where either is no XML, or where no block can
 * do it. */
int definition_rest(struct arena *arena, const char *original, const char *rendered,
		    const char **ret_block, struct faults *faults) MUST_CHECK;

/* Whether a definition `rendered` with such a block (or NULL) says something that `original` does
 * not, besides what each has or gets from libvirt anyway: a UUID, aliases, MACs, the unit that
 * holds where none is said. */
bool definition_adds(struct arena *arena, const char *original, const char *rendered,
		     const char *block);

/* A description as it is rendered, once somebody has read it; -1 with a fault where it would be
 * refused. */
typedef int definition_render(void *context, struct arena *arena, const struct node *description,
			      struct text *text, struct faults *faults);
struct definition_taking {
	const char *original;
	definition_render *render;
	void *context; /* of `render` */
};

/* What of the description of an `original` can be said: all of it, or all but the fields (and
 * members) for which it is refused, or says more than the original does.  libvirt takes more than a
 * description may say, and the rest comes in verbatim: as *ret_block, or NULL where there is none.
 * NULL with a fault where not even that can be. */
struct node *definition_taken(struct arena *arena, const struct definition_taking *taking,
			      const struct node *description, const char **ret_block,
			      struct faults *faults);

/* Takes one block out of a document and lays another on it; both may be NULL. */
int definition_merge(struct arena *arena, xmlNode *root, const char *old, const char *block,
		     struct faults *faults) MUST_CHECK;

/* Whether the document carries our mark in its metadata. */
bool definition_is_marked(struct arena *arena, const char *xml);

/* A block that was kept veiled (veil.h) with the secrets that the definition `clear`, which it was
 * laid on, has in their places; VEIL where it has none.  For comparing: what comes of it is never
 * kept. */
const char *definition_unveil_block(struct arena *arena, const char *block, const char *clear);
/* The same for a whole definition. */
const char *definition_unveil(struct arena *arena, const char *xml, const char *clear);
