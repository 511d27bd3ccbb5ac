/* files.h - files below a root, for the live and the captured machine alike.
 *
 * Paths are absolute as on that machine; symbolic links are resolved as if the root were "/"
 * (openat2, RESOLVE_IN_ROOT), so that a captured tree never leads out of its folder.  Answers
 * are 1, 0 (not there) and -1 as everywhere in host/read, allocated in `arena`.
 */
#pragma once

#include "host/read/host.h"

enum { FILES_READ_MAX = 16 * 1024 * 1024 };

/* An open, close-on-exec descriptor with the given open(2) flags; -1 with errno. */
int files_open(int root, const char *path, int flags);

int files_read(struct arena *arena, int root, const char *path, const char **ret_text,
	       size_t *ret_size, struct faults *faults) MUST_CHECK;
int files_list(struct arena *arena, int root, const char *path, struct host_names *ret,
	       struct faults *faults) MUST_CHECK;
int files_link(struct arena *arena, int root, const char *path, const char **ret_target,
	       struct faults *faults) MUST_CHECK;
int files_stat(int root, const char *path, struct host_file *ret, struct faults *faults) MUST_CHECK;
int files_xattr(struct arena *arena, int root, const char *path, const char *name,
		const char **ret_value, struct faults *faults) MUST_CHECK;
int files_space(int root, const char *path, uint64_t *ret_free, struct faults *faults) MUST_CHECK;
int files_image(struct arena *arena, int root, const char *path, struct host_image *ret,
		struct faults *faults) MUST_CHECK;

/* Reads all of a descriptor from where it stands, at most FILES_READ_MAX; `path` is for faults. */
int files_read_all(struct arena *arena, int fd, const char *path, const char **ret_text,
		   size_t *ret_size, struct faults *faults) MUST_CHECK;

/* What fstat says of it. */
int files_describe(int fd, const char *path, struct host_file *ret,
		   struct faults *faults) MUST_CHECK;

/* Closes over the scope: `FILES_CLOSE int fd = ...`; negative ones are left alone. */
void files_close(int *fd);
#define FILES_CLOSE __attribute__((cleanup(files_close)))

/* In byte order. */
void files_sort(struct host_names *names);
