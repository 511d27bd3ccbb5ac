/* journal_file.h - the journal's own files; for this room alone. */
#pragma once

#include "base/array.h"
#include "base/fault.h"
#include "base/text.h"

struct journal {
	struct arena *arena;
	const char *folder;
	int folder_fd; /* -1: not there */
	int lock_fd;   /* -1: not held */
	bool write;
};

/* The text of a file below the folder: 1 read, 0 not there, -1 fault. */
int journal_file_read(struct journal *journal, const char *path, const char **ret_text,
		      struct faults *faults) MUST_CHECK;
/* Replaces a file whole: a temporary one is written, synced and renamed. */
int journal_file_write(struct journal *journal, const char *path, const char *text,
		       struct faults *faults) MUST_CHECK;
int journal_file_remove(struct journal *journal, const char *path,
			struct faults *faults) MUST_CHECK;
/* Puts the names in a folder on disk, after a file was made, renamed or removed in it. */
int journal_folder_sync(struct journal *journal, const char *path,
			struct faults *faults) MUST_CHECK;
/* The names in a folder, sorted; none where it is not there. */
struct journal_names {
	ARRAY(const char *) list;
};
int journal_file_list(struct journal *journal, const char *path, struct journal_names *ret_names,
		      struct faults *faults) MUST_CHECK;
/* Writes all of `size` bytes to an open file. */
int journal_fd_write(int fd, const void *bytes, size_t size, struct faults *faults) MUST_CHECK;
