#include "document/files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.h"

void source_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* The path without links, or NULL where it does not lead to a file. */
static const char *real_path(struct arena *arena, const char *path)
{
	char *real = realpath(path, NULL);
	const char *copy = real ? arena_strdup(arena, real) : NULL;

	free(real);
	return copy;
}

/* "/" for "/x". */
static const char *folder_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return "";
	return slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
}

static const char *join(struct arena *arena, const char *folder, const char *name)
{
	if (!*folder)
		return name;
	return arena_printf(arena, string_ends(folder, "/") ? "%s%s" : "%s/%s", folder, name);
}

/* What is left of `path` behind `folder`, or NULL where it is not in there. */
static const char *behind(const char *path, const char *folder)
{
	size_t size = strlen(folder);

	if (size == 1)
		return path + 1;
	if (!string_starts(path, folder) || (path[size] && path[size] != '/'))
		return NULL;
	return path + size + (path[size] == '/');
}

/* The nearest folder above (or itself) that holds ".git", else `folder`. */
static const char *work_tree(struct arena *arena, const char *folder)
{
	for (const char *at = folder;; at = folder_of(arena, at)) {
		if (access(join(arena, at, ".git"), F_OK) == 0)
			return at;
		if (!at[1])
			return folder;
	}
}

static void find_tree(struct arena *arena, const char *path, struct tree *tree, struct place *place)
{
	const char *real = real_path(arena, path);

	if (!real)
		return;
	const char *folder = folder_of(arena, real);
	tree->path = work_tree(arena, folder);
	tree->fd = open(tree->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	tree->cwd = *path == '/' ? NULL : real_path(arena, ".");
	place->folder = behind(folder, tree->path);
}

int source_open_first(struct arena *arena, const char *path, struct tree *ret_tree,
		      struct place *ret_place, struct faults *faults)
{
	struct tree tree = { .fd = -1 };
	struct place place = { .folder = "", .name = path };
	struct stat status = {};
	bool input = strcmp(path, "-") == 0;

	if (input)
		place.name = "<stdin>";
	int fd = input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
		       : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fault_errno(faults, errno, "cannot open \"%s\"", path);
	if (fstat(fd, &status) == 0) {
		place.device = status.st_dev;
		place.inode = status.st_ino;
	}
	if (!input && S_ISREG(status.st_mode))
		find_tree(arena, path, &tree, &place);
	*ret_tree = tree;
	*ret_place = place;
	return fd;
}

/* The kernel itself keeps the path inside the tree, links included. */
static int open_beneath(const struct tree *tree, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	/* EAGAIN: something was renamed meanwhile, and ".." could not be judged. */
	for (int i = 0; i < 16; i++) {
		fd = syscall(SYS_openat2, tree->fd, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return (int)fd;
}

static int fault_open(const struct tree *tree, const char *path, int error, struct mark mark,
		      struct faults *faults)
{
	const char *shown = text_quoted(faults->arena, path);

	switch (error) {
	case EXDEV:
		return fault_at(faults, mark, "%s leads out of \"%s\"", shown, tree->path);
	case ENOENT:
	case ENOTDIR:
		return fault_at(faults, mark, "there is no file %s", shown);
	case ELOOP:
	case ENAMETOOLONG:
		return fault_at(faults, mark, "%s leads to no file: %s", shown, strerror(error));
	default:
		fault_errno(faults, error, "cannot open %s", shown);
		fault_last(faults)->mark = mark;
		return -1;
	}
}

/* The name for marks: short where it lies below the current folder. */
static const char *shown_name(const struct tree *tree, const char *real)
{
	const char *shorter = tree->cwd ? behind(real, tree->cwd) : NULL;

	return shorter ? shorter : real;
}

int source_open_include(struct arena *arena, const struct tree *tree, const struct place *from,
			const char *path, struct mark mark, struct place *ret_place,
			struct faults *faults)
{
	const char *shown = text_quoted(arena, path);
	struct stat status = {};

	if (!*path)
		return fault_at(faults, mark, "the name of the file to include is empty");
	if (*path == '/') {
		fault_at(faults, mark, "%s leads out of \"%s\"", shown, tree->path);
		fault_hint(faults, "name it relative to this file");
		return -1;
	}
	const char *inside = join(arena, from->folder, path);
	int fd = open_beneath(tree, inside);
	if (fd < 0)
		return fault_open(tree, path, errno, mark, faults);
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return fault_at(faults, mark, "%s is no regular file", shown);
	}
	const char *whole = join(arena, tree->path, inside);
	const char *real = real_path(arena, whole);
	const char *rest = real ? behind(real, tree->path) : NULL;
	ret_place->folder = folder_of(arena, rest ? rest : inside);
	ret_place->name = shown_name(tree, rest ? real : whole);
	ret_place->device = status.st_dev;
	ret_place->inode = status.st_ino;
	return fd;
}

int source_read(struct arena *arena, int fd, const char *name, size_t most, const char **ret_text,
		size_t *ret_size, struct faults *faults)
{
	struct stat status = {};
	size_t room = 64 * 1024, size = 0;

	if (fstat(fd, &status) == 0 && status.st_size > 0)
		room = (size_t)status.st_size < most ? (size_t)status.st_size + 2 : most + 2;
	char *text = arena_alloc(arena, room);
	while (size <= most) {
		if (size + 1 == room) {
			text = arena_grow(arena, text, size, room * 2);
			room *= 2;
		}
		size_t want = room - size - 1;
		ssize_t got = read(fd, text + size, want);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fault_errno(faults, errno, "cannot read \"%s\"", name);
		if (!got)
			break;
		size += (size_t)got;
	}
	text[size] = '\0';
	*ret_text = text;
	*ret_size = size;
	return 0;
}
