/* live_archive.c - what an ISO 9660 file of ours holds, and one that gzip packed. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "host/read/files.h"
#include "host/read/live.h"

enum { FILE_SIZE_MAX = 1024 * 1024, FILES_MAX = 256 };

/* ECMA-119, 8.4: the primary volume descriptor stands in sector 16. */
enum { SECTOR = 2048, DESCRIPTOR = 16 * SECTOR, LABEL_AT = 40, LABEL_SIZE = 32 };

static void archive_cleanup(struct archive **archive)
{
	archive_read_free(*archive);
}

static int broken(struct archive *archive, struct faults *faults)
{
	const char *why = archive_error_string(archive);

	return fault(faults, FAULT_HOST, "cannot be read as an archive: %s",
		     why ? why : "malformed");
}

static int label_read(struct arena *arena, int fd, const char **ret, struct faults *faults)
{
	char descriptor[LABEL_AT + LABEL_SIZE];
	size_t size = LABEL_SIZE;

	if (pread(fd, descriptor, sizeof(descriptor), DESCRIPTOR) != sizeof(descriptor) ||
	    memcmp(descriptor, "\001CD001", 6) != 0)
		return fault(faults, FAULT_HOST, "has no ISO 9660 volume descriptor");
	while (size && descriptor[LABEL_AT + size - 1] == ' ')
		size--;
	*ret = arena_strndup(arena, descriptor + LABEL_AT, size);
	return 0;
}

static int entry_read(struct arena *arena, struct archive *archive, struct archive_entry *entry,
		      struct host_archive *ret, struct faults *faults)
{
	int64_t size = archive_entry_size(entry);
	const char *name = archive_entry_pathname(entry);

	if (archive_entry_filetype(entry) != AE_IFREG)
		return 0;
	if (!name || size < 0 || size > FILE_SIZE_MAX || ret->list.count >= FILES_MAX)
		return fault(faults, FAULT_HOST, "holds more than %d files of 1 MiB", FILES_MAX);
	char *text = arena_alloc(arena, (size_t)size + 1);
	if (archive_read_data(archive, text, (size_t)size) != size)
		return broken(archive, faults);
	ARRAY_PUSH(arena, &ret->list,
		   ((struct host_archive_file){ arena_strdup(arena, name), text, (size_t)size }));
	return 0;
}

static int entries_read(struct arena *arena, int fd, struct host_archive *ret,
			struct faults *faults)
{
	__attribute__((cleanup(archive_cleanup))) struct archive *archive = archive_read_new();
	struct archive_entry *entry = NULL;
	int result = ARCHIVE_OK;

	if (archive_read_support_format_iso9660(archive) != ARCHIVE_OK ||
	    archive_read_open_fd(archive, fd, SECTOR * 5) != ARCHIVE_OK)
		return broken(archive, faults);
	while ((result = archive_read_next_header(archive, &entry)) == ARCHIVE_OK)
		if (entry_read(arena, archive, entry, ret, faults) < 0)
			return -1;
	return result == ARCHIVE_EOF ? 0 : broken(archive, faults);
}

int live_archive(struct host *host, const char *path, struct host_archive *ret,
		 struct faults *faults)
{
	struct host_archive archive = {};
	struct host_file file = {};
	int there = files_stat(live_of(host)->root, path, &file, faults);

	if (there != 1)
		return there;
	WITHIN(faults, "\"%s\"", path);
	FILES_CLOSE int fd = files_open(live_of(host)->root, path, O_RDONLY);
	if (fd < 0)
		return fault_errno(faults, errno, "cannot open");
	if (label_read(host->arena, fd, &archive.label, faults) < 0 ||
	    entries_read(host->arena, fd, &archive, faults) < 0)
		return -1;
	*ret = archive;
	return 1;
}

static int unpack(struct arena *arena, int fd, struct text *text, struct faults *faults)
{
	__attribute__((cleanup(archive_cleanup))) struct archive *archive = archive_read_new();
	struct archive_entry *entry = NULL;
	char buffer[16 * 1024];
	ssize_t size = 0;

	*text = text_of(arena);
	if (archive_read_support_filter_gzip(archive) != ARCHIVE_OK ||
	    archive_read_support_format_raw(archive) != ARCHIVE_OK ||
	    archive_read_open_fd(archive, fd, sizeof(buffer)) != ARCHIVE_OK ||
	    archive_read_next_header(archive, &entry) != ARCHIVE_OK)
		return broken(archive, faults);
	while ((size = archive_read_data(archive, buffer, sizeof(buffer))) > 0) {
		text_add_bytes(text, buffer, (size_t)size);
		if (text->size > FILES_READ_MAX)
			return fault(faults, FAULT_HOST, "is larger than 16 MiB");
	}
	return size < 0 ? broken(archive, faults) : 0;
}

int live_unpack(struct host *host, const char *path, const char **ret_text, size_t *ret_size,
		struct faults *faults)
{
	struct text text = {};
	FILES_CLOSE int fd = files_open(live_of(host)->root, path, O_RDONLY);

	if (fd < 0 && errno == ENOENT)
		return 0;
	WITHIN(faults, "\"%s\"", path);
	if (fd < 0)
		return fault_errno(faults, errno, "cannot open");
	if (unpack(host->arena, fd, &text, faults) < 0)
		return -1;
	*ret_text = text.at;
	*ret_size = text.size;
	return 1;
}
