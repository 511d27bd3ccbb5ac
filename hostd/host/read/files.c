#include "host/read/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "host/read/image.h"

enum { OPEN_TRIES = 1000 };

void files_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int files_open(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC | (flags & O_PATH ? 0 : O_NONBLOCK | O_NOCTTY),
		.resolve = RESOLVE_IN_ROOT,
	};

	while (*path == '/')
		path++;
	/* EAGAIN: something was renamed or mounted meanwhile, so that the kernel cannot tell
	 * whether a
	 * ".." (of a link in /sys) leads out of the root: to be tried again (openat2(2)). */
	for (unsigned tries = 0;; tries++) {
		int fd = (int)syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN || tries == OPEN_TRIES)
			return fd;
		sched_yield();
	}
}

/* 0 where the file is not there, -1 with a fault where it could not be seen. */
static int not_opened(const char *path, struct faults *faults)
{
	if (errno == ENOENT || errno == ENOTDIR)
		return 0;
	return fault_errno(faults, errno, "cannot open \"%s\"", path);
}

int files_read_all(struct arena *arena, int fd, const char *path, const char **ret_text,
		   size_t *ret_size, struct faults *faults)
{
	struct text text = text_of(arena);
	char buffer[16 * 1024];

	for (;;) {
		ssize_t size = read(fd, buffer, sizeof(buffer));
		if (size == 0)
			break;
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return fault_errno(faults, errno, "cannot read \"%s\"", path);
		text_add_bytes(&text, buffer, (size_t)size);
		if (text.size > FILES_READ_MAX)
			return fault(faults, FAULT_HOST, "\"%s\" is larger than %d MiB", path,
				     FILES_READ_MAX >> 20);
	}
	*ret_text = text.at;
	*ret_size = text.size;
	return 1;
}

int files_read(struct arena *arena, int root, const char *path, const char **ret_text,
	       size_t *ret_size, struct faults *faults)
{
	struct stat status;
	FILES_CLOSE int fd = files_open(root, path, O_RDONLY);

	if (fd < 0)
		return not_opened(path, faults);
	if (fstat(fd, &status) < 0)
		return fault_errno(faults, errno, "cannot look at \"%s\"", path);
	if (!S_ISREG(status.st_mode))
		return fault(faults, FAULT_HOST, "\"%s\" is not a regular file", path);
	return files_read_all(arena, fd, path, ret_text, ret_size, faults);
}

static int name_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void files_sort(struct host_names *names)
{
	if (names->list.count)
		qsort(names->list.at, names->list.count, sizeof(*names->list.at), name_order);
}

static void directory_cleanup(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

int files_list(struct arena *arena, int root, const char *path, struct host_names *ret,
	       struct faults *faults)
{
	struct host_names names = {};
	FILES_CLOSE int fd = files_open(root, path, O_RDONLY | O_DIRECTORY);

	if (fd < 0)
		return not_opened(path, faults);
	__attribute__((cleanup(directory_cleanup))) DIR *directory = fdopendir(fd);
	if (!directory)
		return fault_errno(faults, errno, "cannot list \"%s\"", path);
	fd = -1;
	errno = 0;
	for (struct dirent *entry; (entry = readdir(directory)); errno = 0)
		if (!string_equal(entry->d_name, ".") && !string_equal(entry->d_name, ".."))
			ARRAY_PUSH(arena, &names.list, arena_strdup(arena, entry->d_name));
	if (errno)
		return fault_errno(faults, errno, "cannot list \"%s\"", path);
	files_sort(&names);
	*ret = names;
	return 1;
}

int files_link(struct arena *arena, int root, const char *path, const char **ret_target,
	       struct faults *faults)
{
	char target[PATH_MAX];
	FILES_CLOSE int fd = files_open(root, path, O_PATH | O_NOFOLLOW);

	if (fd < 0)
		return not_opened(path, faults);
	ssize_t size = readlinkat(fd, "", target, sizeof(target));
	if (size < 0 && (errno == ENOENT || errno == EINVAL))
		return fault(faults, FAULT_HOST, "\"%s\" is not a symbolic link", path);
	if (size < 0)
		return fault_errno(faults, errno, "cannot read the link \"%s\"", path);
	*ret_target = arena_strndup(arena, target, (size_t)size);
	return 1;
}

int files_describe(int fd, const char *path, struct host_file *ret, struct faults *faults)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return fault_errno(faults, errno, "cannot look at \"%s\"", path);
	*ret = (struct host_file){
		.kind = S_ISREG(status.st_mode)                              ? FILE_REGULAR
			: S_ISDIR(status.st_mode)                            ? FILE_DIRECTORY
			: S_ISLNK(status.st_mode)                            ? FILE_LINK
			: S_ISBLK(status.st_mode) || S_ISCHR(status.st_mode) ? FILE_DEVICE
									     : FILE_OTHER,
		.mode = status.st_mode & 07777,
		.uid = status.st_uid,
		.gid = status.st_gid,
		.size = (uint64_t)status.st_size,
		.device_number = status.st_rdev,
	};
	return 1;
}

int files_stat(int root, const char *path, struct host_file *ret, struct faults *faults)
{
	FILES_CLOSE int fd = files_open(root, path, O_PATH | O_NOFOLLOW);

	return fd < 0 ? not_opened(path, faults) : files_describe(fd, path, ret, faults);
}

enum { ATTRIBUTE_SIZE_MAX = 4096 };

int files_xattr(struct arena *arena, int root, const char *path, const char *name,
		const char **ret_value, struct faults *faults)
{
	char value[ATTRIBUTE_SIZE_MAX];
	FILES_CLOSE int fd = files_open(root, path, O_RDONLY);

	if (fd < 0)
		return not_opened(path, faults);
	ssize_t size = fgetxattr(fd, name, value, sizeof(value));
	if (size < 0 && (errno == ENODATA || errno == ENOTSUP))
		return 0;
	if (size < 0)
		return fault_errno(faults, errno, "cannot read the attribute \"%s\" of \"%s\"",
				   name, path);
	*ret_value = arena_strndup(arena, value, (size_t)size);
	return 1;
}

int files_space(int root, const char *path, uint64_t *ret_free, struct faults *faults)
{
	struct statvfs status;
	FILES_CLOSE int fd = files_open(root, path, O_PATH);

	if (fd < 0)
		return not_opened(path, faults);
	if (fstatvfs(fd, &status) < 0)
		return fault_errno(faults, errno, "cannot see the space left at \"%s\"", path);
	*ret_free = (uint64_t)status.f_bavail * status.f_frsize;
	return 1;
}

static ssize_t head_read(int fd, unsigned char *head, size_t room)
{
	size_t size = 0;

	while (size < room) {
		ssize_t more = pread(fd, head + size, room - size, (off_t)size);
		if (more < 0 && errno == EINTR)
			continue;
		if (more < 0)
			return -1;
		if (more == 0)
			break;
		size += (size_t)more;
	}
	return (ssize_t)size;
}

int files_image(struct arena *arena, int root, const char *path, struct host_image *ret,
		struct faults *faults)
{
	unsigned char head[IMAGE_HEAD_MAX];
	struct stat status;
	FILES_CLOSE int fd = files_open(root, path, O_RDONLY);

	if (fd < 0)
		return not_opened(path, faults);
	if (fstat(fd, &status) < 0)
		return fault_errno(faults, errno, "cannot look at \"%s\"", path);
	if (!S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode))
		return fault(faults, FAULT_HOST, "\"%s\" is neither a file nor a block device",
			     path);
	off_t file_size = lseek(fd, 0, SEEK_END);
	ssize_t size = head_read(fd, head, sizeof(head));
	if (file_size < 0 || size < 0)
		return fault_errno(faults, errno, "cannot read \"%s\"", path);
	WITHIN(faults, "image \"%s\"", path);
	return image_read(arena, head, (size_t)size, (uint64_t)file_size, ret, faults) < 0 ? -1 : 1;
}
