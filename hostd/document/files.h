/* files.h - where a description and what it includes lie, private to document/. */
#pragma once

#include <sys/types.h>

#include "base/fault.h"

struct tree {             /* the folder that no include may leave */
	int fd;           /* -1: there is none, nothing can be included */
	const char *path; /* absolute, without links */
	const char *cwd;  /* to name files shortly: relative to here; NULL: absolute */
};

struct place {              /* a file of the tree */
	const char *folder; /* of the file, relative to the tree, "" for the tree itself */
	const char *name;   /* as marks say it */
	dev_t device;
	ino_t inode;
};

/* Opens the file that was named first, "-" for standard input, and finds the tree it lies
 * in: the git work tree, or its folder.  Returns its descriptor; tree->fd is the caller's
 * to close, too. */
int source_open_first(struct arena *arena, const char *path, struct tree *ret_tree,
		      struct place *ret_place, struct faults *faults) MUST_CHECK;

/* Opens what a file at `from` includes as `path`; faults stand at `mark`. */
int source_open_include(struct arena *arena, const struct tree *tree, const struct place *from,
			const char *path, struct mark mark, struct place *ret_place,
			struct faults *faults) MUST_CHECK;

/* Reads all of it, up to `most` bytes and one more, with a NUL behind. */
int source_read(struct arena *arena, int fd, const char *name, size_t most, const char **ret_text,
		size_t *ret_size, struct faults *faults) MUST_CHECK;

/* Closes over the scope. */
void source_close(const int *fd);
#define FD_AUTO __attribute__((cleanup(source_close)))
