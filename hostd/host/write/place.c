#include "host/write/place.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "host/read/files.h"

void place_close(struct place *place)
{
	files_close(&place->folder);
}

/* ---- the way there ---- */

enum { LINKS_MAX = 40 };

struct walk {
	struct arena *arena;
	const char *path; /* for faults */
	int folder;
	const char *rest;
	unsigned links;
	bool make;
};

/* Whether only we decide what this file is: it is ours, and others may not write to it. */
static bool trusted(const struct stat *status, bool writable_matters)
{
	bool ours = status->st_uid == 0 || status->st_uid == geteuid();

	return ours && (!writable_matters || !(status->st_mode & (S_IWGRP | S_IWOTH)));
}

static int follow(struct walk *walk, const char *component, struct faults *faults)
{
	struct stat link, folder;
	char target[PATH_MAX];

	if (fstatat(walk->folder, component, &link, AT_SYMLINK_NOFOLLOW) < 0 ||
	    fstat(walk->folder, &folder) < 0)
		return fault_errno(faults, errno, "cannot look at \"%s\" of \"%s\"", component,
				   walk->path);
	if (!S_ISLNK(link.st_mode))
		return fault(faults, FAULT_HOST, "\"%s\" of \"%s\" is not a directory", component,
			     walk->path);
	if (!trusted(&link, false) || !trusted(&folder, true))
		return fault(faults, FAULT_HOST,
			     "\"%s\" leads through the symbolic link \"%s\" that others can change",
			     walk->path, component);
	ssize_t size = readlinkat(walk->folder, component, target, sizeof(target) - 1);
	if (size < 0 || ++walk->links > LINKS_MAX)
		return fault_errno(faults, size < 0 ? errno : ELOOP, "cannot follow \"%s\"",
				   walk->path);
	target[size] = '\0';
	walk->rest = arena_printf(walk->arena, "%s/%s", target, walk->rest);
	if (*target == '/') {
		files_close(&walk->folder);
		walk->folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	}
	return 0;
}

static int enter(struct walk *walk, const char *component, struct faults *faults)
{
	int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int next = openat(walk->folder, component, flags);

	if (next < 0 && errno == ENOENT && walk->make) {
		if (mkdirat(walk->folder, component, 0755) < 0 && errno != EEXIST)
			return fault_errno(faults, errno, "cannot make \"%s\" of \"%s\"", component,
					   walk->path);
		next = openat(walk->folder, component, flags);
	}
	if (next < 0 && (errno == ENOTDIR || errno == ELOOP))
		return follow(walk, component, faults) < 0 ? -1 : 1;
	if (next < 0 && errno == ENOENT)
		return 0;
	if (next < 0)
		return fault_errno(faults, errno, "cannot open \"%s\" of \"%s\"", component,
				   walk->path);
	files_close(&walk->folder);
	walk->folder = next;
	return 1;
}

static int walk_all(struct walk *walk, struct faults *faults)
{
	int there = 1;

	walk->folder = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	while (there == 1 && *walk->rest) {
		size_t size = strcspn(walk->rest, "/");
		const char *component = arena_strndup(walk->arena, walk->rest, size);
		walk->rest += size + (walk->rest[size] == '/');
		if (*component && !string_equal(component, "."))
			there = enter(walk, component, faults);
	}
	return there;
}

static bool path_is_plain(const char *path)
{
	if (*path != '/' || string_ends(path, "/") || strlen(path) >= PATH_MAX)
		return false;
	for (const char *at = path; (at = strstr(at, "/..")); at += 3)
		if (at[3] == '/' || at[3] == '\0')
			return false;
	return true;
}

int place_open(struct arena *arena, const char *path, unsigned flags, struct place *ret,
	       struct faults *faults)
{
	const char *slash = strrchr(path, '/');
	struct walk walk = {
		.arena = arena,
		.path = path,
		.folder = -1,
		.make = flags & PLACE_MAKE,
	};

	ret->folder = -1;
	if (!path_is_plain(path))
		return fault(faults, FAULT_HOST, "\"%s\" is not a plain absolute path", path);
	walk.rest = arena_strndup(arena, path, (size_t)(slash - path));
	int there = walk_all(&walk, faults);
	if (there == 1) {
		ret->folder = openat(walk.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (ret->folder < 0)
			there = fault_errno(faults, errno, "cannot open the folder of \"%s\"",
					    path);
	}
	files_close(&walk.folder);
	ret->name = slash + 1;
	ret->path = path;
	return there;
}

int place_missing(struct arena *arena, const char *path, const char **ret_topmost,
		  struct faults *faults)
{
	const char *slash = strrchr(path, '/');
	struct walk walk = { .arena = arena, .path = path, .folder = -1 };

	*ret_topmost = NULL;
	if (!path_is_plain(path))
		return fault(faults, FAULT_HOST, "\"%s\" is not a plain absolute path", path);
	size_t size = (size_t)(slash - path);
	walk.rest = arena_strndup(arena, path, size);
	int there = walk_all(&walk, faults);
	files_close(&walk.folder);
	if (there < 0)
		return -1;
	/* What is left of the way stands behind the folder that is missing. */
	if (there == 0 && !walk.links) {
		size -= *walk.rest ? strlen(walk.rest) + 1 : 0;
		*ret_topmost = arena_strndup(arena, path, size);
	}
	return 0;
}

/* ---- what stands there ---- */

int place_look(const struct place *place, struct host_file *ret, struct faults *faults)
{
	FILES_CLOSE int fd = openat(place->folder, place->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return fault_errno(faults, errno, "cannot look at \"%s\"", place->path);
	return files_describe(fd, place->path, ret, faults);
}

int place_read(struct arena *arena, const struct place *place, struct host_file *ret_file,
	       const char **ret_text, size_t *ret_size, struct faults *faults)
{
	int there = place_look(place, ret_file, faults);

	if (there != 1)
		return there;
	if (ret_file->kind != FILE_REGULAR)
		return fault(faults, FAULT_HOST, "\"%s\" is there and is not a regular file",
			     place->path);
	FILES_CLOSE int fd =
		openat(place->folder, place->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", place->path);
	return files_read_all(arena, fd, place->path, ret_text, ret_size, faults);
}

/* ---- owners and modes ---- */

static bool number_parse(const char *text, unsigned *ret)
{
	char *end = NULL;
	unsigned long number = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || number >= UINT_MAX)
		return false;
	*ret = (unsigned)number;
	return true;
}

enum { NSS_BUFFER = 16 * 1024 };

static int user_find(const char *name, struct owner *ret, struct faults *faults)
{
	char buffer[NSS_BUFFER];
	struct passwd entry, *found = NULL;

	if (number_parse(name, &ret->uid))
		return 0;
	int error = getpwnam_r(name, &entry, buffer, sizeof(buffer), &found);
	if (!found)
		return fault(faults, FAULT_HOST, "there is no user \"%s\"%s", name,
			     error ? " that can be looked up" : "");
	ret->uid = found->pw_uid;
	ret->gid = found->pw_gid;
	return 0;
}

static int group_find(const char *name, struct owner *ret, struct faults *faults)
{
	char buffer[NSS_BUFFER];
	struct group entry, *found = NULL;

	if (number_parse(name, &ret->gid))
		return 0;
	int error = getgrnam_r(name, &entry, buffer, sizeof(buffer), &found);
	if (!found)
		return fault(faults, FAULT_HOST, "there is no group \"%s\"%s", name,
			     error ? " that can be looked up" : "");
	ret->gid = found->gr_gid;
	return 0;
}

int owner_parse(const char *text, struct owner *ret, struct faults *faults)
{
	struct owner owner = { (uid_t)-1, (gid_t)-1 };
	char user[64];

	if (text) {
		size_t size = strcspn(text, ":");
		if (!size || size >= sizeof(user))
			return fault(faults, FAULT_HOST, "\"%s\" is no owner", text);
		snprintf(user, sizeof(user), "%.*s", (int)size, text);
		if (user_find(user, &owner, faults) < 0)
			return -1;
		if (text[size] && group_find(text + size + 1, &owner, faults) < 0)
			return -1;
	}
	*ret = owner;
	return 0;
}

const char *owner_text(struct arena *arena, const struct host_file *file)
{
	return arena_printf(arena, "%u:%u", file->uid, file->gid);
}

int mode_parse(const char *text, mode_t *ret, struct faults *faults)
{
	char *end = NULL;
	unsigned long mode = strtoul(text, &end, 8);

	if (*text < '0' || *text > '7' || *end || mode > 07777)
		return fault(faults, FAULT_HOST, "\"%s\" is no file mode", text);
	*ret = (mode_t)mode;
	return 0;
}

const char *mode_text(struct arena *arena, const struct host_file *file)
{
	return arena_printf(arena, "%04o", file->mode);
}

/* ---- taking the place ---- */

const char *place_temporary(struct arena *arena, const struct place *place)
{
	/* At most NAME_MAX, whatever the name: names that long differ before byte 200. */
	return arena_printf(arena, ".%.200s.gasthof-new", place->name);
}

int place_begin(struct arena *arena, const struct place *place, struct faults *faults)
{
	const char *name = place_temporary(arena, place);

	if (unlinkat(place->folder, name, 0) < 0 && errno != ENOENT)
		return fault_errno(faults, errno, "cannot clear the way for \"%s\"", place->path);
	int fd = openat(place->folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
	if (fd < 0)
		return fault_errno(faults, errno, "cannot write \"%s\"", place->path);
	return fd;
}

int place_write(const struct place *place, int fd, const void *bytes, size_t size,
		struct faults *faults)
{
	const char *at = bytes;

	while (size) {
		ssize_t written = write(fd, at, size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return fault_errno(faults, errno, "cannot write \"%s\"", place->path);
		at += written;
		size -= (size_t)written;
	}
	return 0;
}

/* Whether the temporary name is still that of our file: in a folder of somebody else's they may
 * have given it to another. */
static bool is_still_ours(const struct place *place, const char *name, int fd)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 &&
	       fstatat(place->folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

int place_commit(struct arena *arena, const struct place *place, int fd, bool replace,
		 struct faults *faults)
{
	const char *name = place_temporary(arena, place);
	unsigned flags = replace ? 0 : RENAME_NOREPLACE;

	if (fsync(fd) < 0)
		return fault_errno(faults, errno, "cannot sync \"%s\"", place->path);
	if (!is_still_ours(place, name, fd))
		return fault(faults, FAULT_MOVED, "somebody took \"%s\" away beside \"%s\"", name,
			     place->path);
	if (renameat2(place->folder, name, place->folder, place->name, flags) < 0)
		return fault_errno(faults, errno, "cannot put \"%s\" in its place", place->path);
	if (fsync(place->folder) < 0)
		return fault_errno(faults, errno, "cannot sync the folder of \"%s\"", place->path);
	return 0;
}

void place_abandon(struct arena *arena, const struct place *place)
{
	unlinkat(place->folder, place_temporary(arena, place), 0);
}
