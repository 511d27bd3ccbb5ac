/* place.h - where a file stands, and how a new one takes its place.
 *
 * The way to a file is walked folder by folder.  A symbolic link on it is followed only where
 * nobody but root (or whoever runs this) could have put it: it and the folder it stands in belong
 * to them, and others may not write there.  The last component is never followed.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "host/read/host.h"

struct place {
	int folder;       /* descriptor of the folder; -1: not open */
	const char *name; /* last component */
	const char *path; /* the whole, for faults */
};

void place_close(struct place *place);
#define PLACE __attribute__((cleanup(place_close)))

enum place_flags {
	PLACE_MAKE = 1 << 0, /* make the folders above where they are missing: root's, 0755 */
};

/* 1; 0 where a folder above is not there; -1 with a fault: not an absolute path without "..",
 * or a link that is not to be trusted. */
int place_open(struct arena *arena, const char *path, unsigned flags, struct place *ret,
	       struct faults *faults) MUST_CHECK;

/* The topmost folder above `path` that is not there and PLACE_MAKE would make; NULL where all
 * are there, and where a link leads to it. */
int place_missing(struct arena *arena, const char *path, const char **ret_topmost,
		  struct faults *faults) MUST_CHECK;

/* What stands there: 1, 0 or -1. */
int place_look(const struct place *place, struct host_file *ret, struct faults *faults) MUST_CHECK;

/* The content of the regular file there (1), 0 where nothing is, -1 where it is anything else. */
int place_read(struct arena *arena, const struct place *place, struct host_file *ret_file,
	       const char **ret_text, size_t *ret_size, struct faults *faults) MUST_CHECK;

struct owner {
	uid_t uid; /* (uid_t)-1: as it is, or ours for a new file */
	gid_t gid;
};

/* "USER", "USER:GROUP", names or numbers; NULL leaves both as they are.  USER alone takes the
 * user's own group. */
int owner_parse(const char *text, struct owner *ret, struct faults *faults) MUST_CHECK;
const char *owner_text(struct arena *arena, const struct host_file *file);

/* "0644"; and back. */
int mode_parse(const char *text, mode_t *ret, struct faults *faults) MUST_CHECK;
const char *mode_text(struct arena *arena, const struct host_file *file);

/* A new file beside the place, under a temporary name that one place always has the same of: what
 * a crash left there is replaced.  Returns its descriptor, open for reading and writing with mode
 * 0600, or -1 with a fault. */
int place_begin(struct arena *arena, const struct place *place, struct faults *faults) MUST_CHECK;
/* Syncs it and lets it take the place; `replace` false: only where nothing stands. */
int place_commit(struct arena *arena, const struct place *place, int fd, bool replace,
		 struct faults *faults) MUST_CHECK;
/* Takes the temporary file away again. */
void place_abandon(struct arena *arena, const struct place *place);

/* Writes all of it; a fault names the place. */
int place_write(const struct place *place, int fd, const void *bytes, size_t size,
		struct faults *faults) MUST_CHECK;

/* The name of the temporary file. */
const char *place_temporary(struct arena *arena, const struct place *place);
