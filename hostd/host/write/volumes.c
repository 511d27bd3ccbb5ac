/* volumes.c - disk files of our own making. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "host/read/files.h"
#include "host/write/exec.h"
#include "host/write/place.h"
#include "host/write/write.h"

int mark_set(int fd, const char *path, const char *mark, struct faults *faults)
{
	if (!mark || fsetxattr(fd, MARK_NAME, mark, strlen(mark), 0) == 0)
		return 0;
	fault_errno(faults, errno, "cannot mark \"%s\" as \"%s\"", path, mark);
	if (fault_last(faults)->error == ENOTSUP)
		fault_hint(faults, "its file system has to keep extended attributes");
	return -1;
}

static int image_at(struct write *write, const struct place *place, struct host_image *ret,
		    struct faults *faults)
{
	return files_image(write->arena, place->folder, place->name, ret, faults);
}

/* ---- volume_create ---- */

int volume_create_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};
	int there = place_open(write->arena, step->argument[0], 0, &place, faults);

	if (there == 1)
		there = place_look(&place, &file, faults);
	if (there)
		return there < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, VERB_volume_remove, step->argument[0], NULL, NULL);
}

/* The image's digest goes with the volume: should the image be lost, only the same content may
 * take its place under the volume. */
static int backing_keep(struct write *write, const struct place *place, int fd, const char *backing,
			struct faults *faults)
{
	PLACE struct place image = { -1 };
	char digest[128];
	int there = place_open(write->arena, backing, 0, &image, faults);

	if (there <= 0)
		return there;
	FILES_CLOSE int from =
		openat(image.folder, image.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (from < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", backing);
	ssize_t size = fgetxattr(from, DIGEST_NAME, digest, sizeof(digest));
	if (size < 0 && (errno == ENODATA || errno == ENOTSUP))
		return 0;
	if (size < 0 || fsetxattr(fd, BACKING_NAME, digest, (size_t)size, 0) < 0)
		return fault_errno(faults, errno, "cannot keep with \"%s\" what it stands on",
				   place->path);
	return 0;
}

/* qemu-img is given the open file, not its name: in a folder of somebody else's, another file
 * could have that name by then. */
static int qcow2_create(struct write *write, const struct step *step, int fd, uint64_t bytes,
			struct faults *faults)
{
	const char *backing = step->argument[3], *backing_format = step->argument[4];
	const char *size = arena_printf(write->arena, "%" PRIu64, bytes);
	const char *path = arena_printf(write->arena, "/proc/%d/fd/%d", getpid(), fd);
	const char *const plain[] = { "qemu-img", "create", "-q", "-f", "qcow2",
				      "--",       path,     size, NULL };
	const char *const backed[] = { "qemu-img", "create", "-q", "-f",           "qcow2",
				       "-b",       backing,  "-F", backing_format, "--",
				       path,       size,     NULL };
	struct exec exec = { .argv = backing ? backed : plain };

	if (backing && (!backing_format || *backing != '/'))
		return fault(faults, FAULT_HOST,
			     "the backing image needs a whole path and a format");
	return exec_run(write->arena, &exec, NULL, faults);
}

static int volume_fill(struct write *write, const struct step *step, const struct place *place,
		       uint64_t bytes, struct faults *faults)
{
	FILES_CLOSE int fd = place_begin(write->arena, place, faults);

	if (fd < 0)
		return -1;
	if (string_equal(step->argument[1], "qcow2")) {
		if (qcow2_create(write, step, fd, bytes, faults) < 0)
			return -1;
	} else if (step->argument[3]) {
		return fault(faults, FAULT_HOST, "a raw volume cannot stand on a backing image");
	} else if (ftruncate(fd, (off_t)bytes) < 0) {
		return fault_errno(faults, errno, "cannot make \"%s\"", place->path);
	}
	if (mark_set(fd, place->path, step->argument[5], faults) < 0 ||
	    (step->argument[3] && backing_keep(write, place, fd, step->argument[3], faults) < 0))
		return -1;
	return place_commit(write->arena, place, fd, false, faults);
}

/* A file that is there is never replaced; what a repeated step finds is its own work. */
static int volume_compare(struct write *write, const struct step *step, const struct place *place,
			  uint64_t bytes, struct outcome *ret, struct faults *faults)
{
	struct host_image image = {};

	if (image_at(write, place, &image, faults) < 0)
		return -1;
	if (string_equal(image.format, step->argument[1]) && image.virtual_size == bytes &&
	    string_equal(image.backing, step->argument[3]))
		return outcome_is(ret, RESULT_SAME);
	return fault(faults, FAULT_MOVED, "\"%s\" is already there and is another volume",
		     place->path);
}

/* How large it is to be: as the step says, or as its backing image; what is smaller than that
 * would cut off its end. */
static int volume_bytes(struct write *write, const struct step *step, uint64_t *ret,
			struct faults *faults)
{
	const char *backing = step->argument[3];
	PLACE struct place place = { -1 };
	struct host_image image = {};
	uint64_t bytes = 0;

	if (step->argument[2] && argument_number(step, 2, &bytes, faults) < 0)
		return -1;
	if (!step->argument[2] && !backing)
		return fault(faults, FAULT_HOST, "\"%s\" has neither a size nor an image",
			     step->argument[0]);
	int there = backing ? place_open(write->arena, backing, 0, &place, faults) : 0;
	if (there == 1)
		there = image_at(write, &place, &image, faults);
	if (there < 0)
		return -1;
	if (backing && there == 0)
		return fault(faults, FAULT_MOVED, "there is no image \"%s\"", backing);
	if (step->argument[2] && bytes < image.virtual_size)
		return fault(faults, FAULT_HOST,
			     "%" PRIu64 " bytes are less than the %" PRIu64 " of \"%s\"", bytes,
			     image.virtual_size, backing);
	*ret = step->argument[2] ? bytes : image.virtual_size;
	return 0;
}

int volume_create_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	PLACE struct place place = { -1 };
	struct host_file file = {};
	uint64_t bytes = 0;

	if (!string_equal(step->argument[1], "qcow2") && !string_equal(step->argument[1], "raw"))
		return fault(faults, FAULT_HOST, "format \"%s\" is neither qcow2 nor raw",
			     step->argument[1]);
	if (volume_bytes(write, step, &bytes, faults) < 0 ||
	    place_open(write->arena, step->argument[0], PLACE_MAKE, &place, faults) < 0)
		return -1;
	int there = place_look(&place, &file, faults);
	if (there)
		return there < 0 ? -1 : volume_compare(write, step, &place, bytes, ret, faults);
	if (volume_fill(write, step, &place, bytes, faults) < 0) {
		place_abandon(write->arena, &place);
		return -1;
	}
	return outcome_is(ret, RESULT_DONE);
}

/* ---- volume_resize ---- */

/* The running guest that has the file as a disk lets QEMU resize it; nobody else may then. */
int disk_resize_in_guest(struct write *write, const char *path, uint64_t bytes,
			 struct faults *faults)
{
	virConnectPtr connection = virt_connect(&write->virt, faults);
	virDomainPtr *domains = NULL;
	virDomainBlockInfo info;
	int result = 0;

	if (!connection)
		return -1;
	int count = virConnectListAllDomains(connection, &domains, VIR_CONNECT_LIST_DOMAINS_ACTIVE);
	if (count < 0)
		return virt_fault(faults, "cannot list the running domains");
	for (int i = 0; i < count; i++) {
		bool has = result == 0 && virDomainGetBlockInfo(domains[i], path, &info, 0) == 0;
		if (has)
			result = virDomainBlockResize(domains[i], path, bytes,
						      VIR_DOMAIN_BLOCK_RESIZE_BYTES) < 0
					 ? virt_fault(faults, "cannot resize \"%s\"", path)
					 : 1;
		virDomainFree(domains[i]);
	}
	free(domains);
	return result;
}

int volume_resize_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	PLACE struct place place = { -1 };
	const char *path = step->argument[0], *format = step->argument[1],
		   *size = step->argument[2];
	const char *const argv[] = { "qemu-img", "resize", "-q", "-f", format,
				     "--",       path,     size, NULL };
	struct exec exec = { .argv = argv };
	struct host_image image = {};
	uint64_t bytes = 0;

	if (argument_number(step, 2, &bytes, faults) < 0)
		return -1;
	int there = place_open(write->arena, path, 0, &place, faults);
	if (there == 1)
		there = image_at(write, &place, &image, faults);
	if (there == 0)
		return fault(faults, FAULT_MOVED, "there is no volume \"%s\"", path);
	if (there < 0)
		return -1;
	/* To QEMU a file is what it is told; to us it stays what it says of itself. */
	if (!string_equal(image.format, format) && !string_equal(format, "raw"))
		return fault(faults, FAULT_MOVED, "\"%s\" is not %s", path, format);
	if (image.virtual_size == bytes)
		return outcome_is(ret, RESULT_SAME);
	if (image.virtual_size > bytes)
		return outcome_why(ret, RESULT_REFUSED, "a volume never shrinks");
	int resized = disk_resize_in_guest(write, path, bytes, faults);
	if (resized == 0)
		resized = exec_run(write->arena, &exec, NULL, faults);
	return resized < 0 ? -1 : outcome_is(ret, RESULT_DONE);
}

/* ---- removal ---- */

/* QEMU locks every file it has open, disks and what they stand on alike (qemu(1), file.locking):
 * so it is seen whoever started it, also where libvirt knows nothing of it.  1 or 0; -1 where it
 * cannot be told. */
static int file_is_held(const struct place *place, struct faults *faults)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	FILES_CLOSE int fd =
		openat(place->folder, place->name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 && (errno == ENOENT || errno == ELOOP || errno == EISDIR || errno == ENXIO))
		return 0; /* for file_unlink to tell */
	if (fd < 0 || fcntl(fd, F_OFD_GETLK, &lock) < 0)
		return fault_errno(faults, errno, "cannot see whether \"%s\" is in use",
				   place->path);
	return lock.l_type != F_UNLCK;
}

int disk_is_held(struct write *write, const char *path, struct faults *faults)
{
	PLACE struct place place = { -1 };
	int there = place_open(write->arena, path, 0, &place, faults);

	return there == 1 ? file_is_held(&place, faults) : there;
}

static int disk_remove(struct write *write, const char *path, struct outcome *ret,
		       struct faults *faults)
{
	int held = disk_is_held(write, path, faults);

	if (held < 0)
		return -1;
	if (held)
		return outcome_why(ret, RESULT_REFUSED,
				   arena_printf(write->arena, "\"%s\" is in use", path));
	return file_unlink(write, path, ret, faults);
}

int volume_remove_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	return disk_remove(write, step->argument[0], ret, faults);
}

int image_remove_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	return disk_remove(write, step->argument[0], ret, faults);
}
