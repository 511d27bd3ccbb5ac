/* copies.c - file_copy, copy_remove: files too large for the journal, which can be made again. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/read/files.h"
#include "host/write/place.h"
#include "host/write/write.h"

enum { BLOCK = 128 * 1024 };

static int file_open(const char *path, uint64_t *ret_size, struct faults *faults)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
		*ret_size = (uint64_t)status.st_size;
		return fd;
	}
	int error = fd < 0 ? errno : EINVAL;
	files_close(&fd);
	return fault_errno(faults, error, "cannot open \"%s\"", path);
}

/* Up to BLOCK bytes, all that are left where there are fewer; -1 with a fault. */
static ssize_t block_read(int fd, char *block, const char *path, struct faults *faults)
{
	size_t size = 0;

	while (size < BLOCK) {
		ssize_t got = read(fd, block + size, BLOCK - size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fault_errno(faults, errno, "cannot read \"%s\"", path);
		if (got == 0)
			break;
		size += (size_t)got;
	}
	return (ssize_t)size;
}

/* Whether two files have the same bytes: 1, 0, -1. */
static int same_content(struct write *write, int a, const char *a_path, int b, const char *b_path,
			struct faults *faults)
{
	char *first = arena_alloc(write->arena, BLOCK), *second = arena_alloc(write->arena, BLOCK);

	for (uint64_t done = 0;; done += BLOCK) {
		ssize_t size = block_read(a, first, a_path, faults);
		ssize_t other = size < 0 ? -1 : block_read(b, second, b_path, faults);
		if (other < 0 || still_wanted(write, done, 0, faults) < 0)
			return -1;
		if (size != other || memcmp(first, second, (size_t)size) != 0)
			return 0;
		if (size < BLOCK)
			return 1;
	}
}

/* Whether the copy is there: 1, 0; -1 also where something else is. */
static int copy_look(struct write *write, const struct place *place, const char *source,
		     struct faults *faults)
{
	struct host_file file = {};
	uint64_t size = 0;
	int there = place_look(place, &file, faults);

	if (there <= 0)
		return there;
	if (file.kind != FILE_REGULAR)
		return fault(faults, FAULT_HOST, "\"%s\" is there and is not a regular file",
			     place->path);
	FILES_CLOSE int from = file_open(source, &size, faults);
	FILES_CLOSE int to =
		openat(place->folder, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (from < 0)
		return -1;
	if (to < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", place->path);
	int same =
		size == file.size ? same_content(write, from, source, to, place->path, faults) : 0;
	if (same == 0)
		return fault(faults, FAULT_HOST, "\"%s\" is there and is no copy of \"%s\"",
			     place->path, source);
	return same;
}

static int copy_bytes(struct write *write, const struct place *place, int from, int to,
		      const char *source, struct faults *faults)
{
	char *block = arena_alloc(write->arena, BLOCK);

	for (uint64_t done = 0;; done += BLOCK) {
		ssize_t size = block_read(from, block, source, faults);
		if (size <= 0)
			return size < 0 ? -1 : 0;
		if (place_write(place, to, block, (size_t)size, faults) < 0 ||
		    still_wanted(write, done, 0, faults) < 0)
			return -1;
	}
}

static int copy_make(struct write *write, const struct place *place, const char *source,
		     mode_t mode, struct faults *faults)
{
	uint64_t size = 0;
	FILES_CLOSE int from = file_open(source, &size, faults);
	FILES_CLOSE int to = from < 0 ? -1 : place_begin(write->arena, place, faults);

	if (to < 0)
		return -1;
	int done = copy_bytes(write, place, from, to, source, faults);
	if (done == 0 && fchmod(to, mode) < 0)
		done = fault_errno(faults, errno, "cannot give \"%s\" its mode", place->path);
	if (done == 0)
		done = place_commit(write->arena, place, to, false, faults);
	if (done < 0)
		place_abandon(write->arena, place);
	return done;
}

int file_copy_inverse(struct write *write, const struct step *step, struct step *ret,
		      struct faults *faults)
{
	PLACE struct place place = { .folder = -1 };
	const char *above = NULL;
	int there = place_open(write->arena, step->argument[0], 0, &place, faults);

	if (there == 1)
		there = copy_look(write, &place, step->argument[1], faults);
	if (there != 0)
		return there < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	if (place_missing(write->arena, step->argument[0], &above, faults) < 0)
		return -1;
	if (above)
		return inverse_of(ret, VERB_unmake, step->argument[0], above, NULL);
	return inverse_of(ret, VERB_copy_remove, step->argument[0], step->argument[1],
			  step->argument[2]);
}

int file_copy_perform(struct write *write, const struct step *step, struct outcome *ret,
		      struct faults *faults)
{
	PLACE struct place place = { .folder = -1 };
	mode_t mode = 0;

	if (mode_parse(step->argument[2], &mode, faults) < 0)
		return -1;
	int there = place_open(write->arena, step->argument[0], PLACE_MAKE, &place, faults);
	if (there == 1)
		there = copy_look(write, &place, step->argument[1], faults);
	if (there < 0)
		return -1;
	if (there == 1)
		return outcome_is(ret, RESULT_SAME);
	if (copy_make(write, &place, step->argument[1], mode, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

int copy_remove_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	PLACE struct place place = { .folder = -1 };
	struct host_file file = {};
	int there = place_open(write->arena, step->argument[0], 0, &place, faults);

	if (there == 1)
		there = place_look(&place, &file, faults);
	if (there <= 0)
		return there < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_file_copy, step->argument[0], step->argument[1],
			  step->argument[2]);
}

int copy_remove_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	return file_unlink(write, step->argument[0], ret, faults);
}
