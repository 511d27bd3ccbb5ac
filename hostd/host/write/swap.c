/* swap.c - swap_make, swap_format, swap_remove.
 *
 * Nothing is formatted that could hold anything: a file is of our own making and carries our mark,
 * a device has to be empty at both ends (16 MiB each), where partition tables, file systems, RAID
 * and LVM leave their signatures.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "host/read/files.h"
#include "host/write/exec.h"
#include "host/write/place.h"
#include "host/write/write.h"

enum {
	END_BYTES = 16 << 20, /* VMFS has its own only at 1 MiB, ZFS its fourth label at the end */
	PAGE_BYTES = 4096,
	SIGNATURE_SIZE = 10,
};
static const char signature[] = "SWAPSPACE2"; /* at the end of the first page: mkswap(8) */

/* 1 where it is formatted as swap, 0 where not. */
static int is_swap(int fd, const char *path, struct faults *faults)
{
	char found[SIGNATURE_SIZE];
	ssize_t size = pread(fd, found, sizeof(found), PAGE_BYTES - SIGNATURE_SIZE);

	if (size < 0)
		return fault_errno(faults, errno, "cannot read \"%s\"", path);
	return size == SIGNATURE_SIZE && memcmp(found, signature, SIGNATURE_SIZE) == 0;
}

static int swap_write(struct write *write, const char *path, struct faults *faults)
{
	const char *const argv[] = { "mkswap", path, NULL };

	return exec_run(write->arena, &(struct exec){ .argv = argv, .progress = write->progress },
			NULL, faults);
}

/* ---- a file ---- */

static bool has_mark(int fd, const char *mark)
{
	char found[256];
	ssize_t size = fgetxattr(fd, MARK_NAME, found, sizeof(found));

	return size >= 0 && (size_t)size == strlen(mark) && memcmp(found, mark, (size_t)size) == 0;
}

/* Our file at the place: its descriptor, or -1 where there is none; -2 with a fault where something
 * else is. */
static int own_open(const struct place *place, const char *mark, uint64_t *ret_size,
		    struct faults *faults)
{
	struct stat status;
	int fd = openat(place->folder, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return -1;
	if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && has_mark(fd, mark)) {
		*ret_size = (uint64_t)status.st_size;
		return fd;
	}
	files_close(&fd);
	fault(faults, FAULT_REFUSED, "\"%s\" is there and is no swap file of ours", place->path);
	return -2;
}

int swap_make_inverse(struct write *write, const struct step *step, struct step *ret,
		      struct faults *faults)
{
	PLACE struct place place = { -1 };
	const char *path = step->argument[0], *mark = step->argument[2];
	uint64_t bytes = 0, size = 0;
	int there = place_open(write->arena, path, 0, &place, faults);

	if (there < 0 || argument_number(step, 1, &bytes, faults) < 0)
		return -1;
	FILES_CLOSE int fd = there ? own_open(&place, mark, &size, faults) : -1;
	if (fd == -2)
		return -1;
	if (fd < 0)
		return inverse_making(write, VERB_swap_remove, path, ret, faults);
	if (size == bytes)
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_swap_make, path, arena_printf(write->arena, "%" PRIu64, size),
			  mark);
}

/* All of it is there from the start: a swap file has no holes. */
static int file_make(struct write *write, const struct place *place, uint64_t bytes,
		     const char *mark, struct faults *faults)
{
	FILES_CLOSE int fd = place_begin(write->arena, place, faults);

	if (fd < 0)
		return -1;
	int error = posix_fallocate(fd, 0, (off_t)bytes);
	if (error)
		fault_errno(faults, error, "cannot make \"%s\" of %" PRIu64 " bytes", place->path,
			    bytes);
	if (!error && mark_set(fd, place->path, mark, faults) == 0 &&
	    place_commit(write->arena, place, fd, true, faults) == 0)
		return 0;
	place_abandon(write->arena, place);
	return -1;
}

int swap_make_perform(struct write *write, const struct step *step, struct outcome *ret,
		      struct faults *faults)
{
	PLACE struct place place = { -1 };
	const char *path = step->argument[0], *mark = step->argument[2];
	uint64_t bytes = 0, size = 0;
	int formatted = 0;

	if (argument_number(step, 1, &bytes, faults) < 0 ||
	    place_open(write->arena, path, PLACE_MAKE, &place, faults) < 0)
		return -1;
	FILES_CLOSE int fd = own_open(&place, mark, &size, faults);
	if (fd == -2 || (fd >= 0 && (formatted = is_swap(fd, path, faults)) < 0))
		return -1;
	if (fd >= 0 && size == bytes && formatted)
		return outcome_is(ret, RESULT_SAME);
	if ((fd < 0 || size != bytes) && file_make(write, &place, bytes, mark, faults) < 0)
		return -1;
	if (swap_write(write, path, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

int swap_remove_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	PLACE struct place place = { -1 };
	char mark[256];
	struct stat status;
	int there = place_open(write->arena, step->argument[0], 0, &place, faults);

	if (there <= 0)
		return there < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	FILES_CLOSE int fd =
		openat(place.folder, place.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : fgetxattr(fd, MARK_NAME, mark, sizeof(mark));
	if (size <= 0 || fstat(fd, &status) < 0)
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_swap_make, step->argument[0],
			  arena_printf(write->arena, "%" PRIu64, (uint64_t)status.st_size),
			  arena_strndup(write->arena, mark, (size_t)size));
}

/* Any item's: what it is for was decided by whoever asks. */
static int check_ours(const struct place *place, struct faults *faults)
{
	static const char start[] = "host.swap.";
	char mark[256];
	FILES_CLOSE int fd =
		openat(place->folder, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : fgetxattr(fd, MARK_NAME, mark, sizeof(mark));

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (size > (ssize_t)strlen(start) && memcmp(mark, start, strlen(start)) == 0)
		return 0;
	return fault(faults, FAULT_REFUSED, "\"%s\" is no swap file of ours", place->path);
}

int swap_remove_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	PLACE struct place place = { -1 };
	int there = place_open(write->arena, step->argument[0], 0, &place, faults);

	if (there < 0 || (there && check_ours(&place, faults) < 0))
		return -1;
	return file_unlink(write, step->argument[0], ret, faults);
}

/* ---- a device ---- */

static int is_zero(int fd, const char *path, uint64_t from, uint64_t size, struct faults *faults)
{
	static const char zeros[PAGE_BYTES];
	char found[PAGE_BYTES];

	for (uint64_t at = 0; at < size; at += sizeof(found)) {
		ssize_t read = pread(fd, found, sizeof(found), (off_t)(from + at));
		if (read < 0)
			return fault_errno(faults, errno, "cannot read \"%s\"", path);
		if (memcmp(found, zeros, (size_t)read) != 0)
			return 0;
	}
	return 1;
}

static int is_empty(int fd, const char *path, struct faults *faults)
{
	uint64_t size = 0;

	if (ioctl(fd, BLKGETSIZE64, &size) < 0)
		return fault_errno(faults, errno, "\"%s\" is no block device", path);
	uint64_t end = size < END_BYTES ? size : END_BYTES;
	int empty = is_zero(fd, path, 0, end, faults);
	return empty == 1 ? is_zero(fd, path, size - end, end, faults) : empty;
}

/* O_EXCL: whoever has mounted it or swaps on it keeps it.  mkswap itself opens it so, too. */
static int check_free(const char *path, struct faults *faults)
{
	FILES_CLOSE int alone = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);

	return alone < 0 ? fault_errno(faults, errno, "\"%s\" is in use", path) : 0;
}

int swap_format_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	const char *path = step->argument[0];
	FILES_CLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", path);
	int formatted = is_swap(fd, path, faults);
	if (formatted)
		return formatted < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	int empty = is_empty(fd, path, faults);
	if (empty < 0)
		return -1;
	if (!empty)
		return outcome_why(ret, RESULT_REFUSED,
				   arena_printf(write->arena,
						"\"%s\" holds something: whoever wants to lose it "
						"wipes it first (wipefs, blkdiscard)",
						path));
	if (check_free(path, faults) < 0 || swap_write(write, path, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}
