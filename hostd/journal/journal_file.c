#include "journal/journal_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JOURNAL_FILE_MAX = 64 * 1024 * 1024 };

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define FD_AUTO __attribute__((cleanup(fd_close)))

int journal_file_read(struct journal *journal, const char *path, const char **ret_text,
		      struct faults *faults)
{
	struct stat status = {};

	if (journal->folder_fd < 0)
		return 0;
	FD_AUTO int fd = openat(journal->folder_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &status) < 0)
		return fault_errno(faults, errno, "cannot read \"%s/%s\"", journal->folder, path);
	if (status.st_size > JOURNAL_FILE_MAX)
		return fault(faults, FAULT_HOST, "\"%s/%s\" is too large", journal->folder, path);
	size_t size = (size_t)status.st_size, done = 0;
	char *text = arena_alloc(journal->arena, size + 1);
	while (done < size) {
		ssize_t got = read(fd, text + done, size - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fault_errno(faults, errno, "cannot read \"%s/%s\"", journal->folder,
					   path);
		if (got == 0)
			break;
		done += (size_t)got;
	}
	*ret_text = text;
	return 1;
}

int journal_fd_write(int fd, const void *bytes, size_t size, struct faults *faults)
{
	const char *at = bytes;

	while (size) {
		ssize_t put = write(fd, at, size);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return fault_errno(faults, errno, "cannot write the journal");
		at += put;
		size -= (size_t)put;
	}
	return 0;
}

/* The folder that `path` lies in. */
static const char *folder_of(const struct journal *journal, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? arena_strndup(journal->arena, path, (size_t)(slash - path)) : ".";
}

/* Makes it, one level. */
static void folder_make(const struct journal *journal, const char *path)
{
	if (strchr(path, '/'))
		mkdirat(journal->folder_fd, folder_of(journal, path), 0700);
}

int journal_folder_sync(struct journal *journal, const char *path, struct faults *faults)
{
	FD_AUTO int fd = openat(journal->folder_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return fault_errno(faults, errno, "cannot sync \"%s/%s\"", journal->folder, path);
	return 0;
}

int journal_file_write(struct journal *journal, const char *path, const char *text,
		       struct faults *faults)
{
	const char *temporary = arena_printf(journal->arena, "%s.new", path);

	folder_make(journal, path);
	FD_AUTO int fd = openat(journal->folder_fd, temporary,
				O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fault_errno(faults, errno, "cannot write \"%s/%s\"", journal->folder, path);
	if (journal_fd_write(fd, text, strlen(text), faults) < 0)
		return -1;
	if (fdatasync(fd) < 0 ||
	    renameat(journal->folder_fd, temporary, journal->folder_fd, path) < 0)
		return fault_errno(faults, errno, "cannot write \"%s/%s\"", journal->folder, path);
	return journal_folder_sync(journal, folder_of(journal, path), faults);
}

int journal_file_remove(struct journal *journal, const char *path, struct faults *faults)
{
	if (unlinkat(journal->folder_fd, path, 0) < 0)
		return errno == ENOENT ? 0
				       : fault_errno(faults, errno, "cannot remove \"%s/%s\"",
						     journal->folder, path);
	return journal_folder_sync(journal, folder_of(journal, path), faults);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int journal_file_list(struct journal *journal, const char *path, struct journal_names *ret_names,
		      struct faults *faults)
{
	*ret_names = (struct journal_names){};
	if (journal->folder_fd < 0)
		return 0;
	int fd = openat(journal->folder_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return 0;
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder)
		return fault_errno(faults, errno, "cannot list \"%s/%s\"", journal->folder, path);
	for (struct dirent *entry; (entry = readdir(folder));)
		if (*entry->d_name != '.')
			ARRAY_PUSH(journal->arena, &ret_names->list,
				   arena_strdup(journal->arena, entry->d_name));
	closedir(folder);
	if (ret_names->list.count)
		qsort(ret_names->list.at, ret_names->list.count, sizeof(const char *), by_name);
	return 0;
}
