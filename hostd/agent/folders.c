#include "agent/folders.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

enum { DEPTH_MAX = 8, FOLDERS_MAX = 256 };

struct folder {
	struct folders *folders;
	struct folder *next;
	sd_event_source *source;
	unsigned depth;
	char path[];
};

static int watch(struct folders *folders, const char *path, unsigned depth);

static void folder_drop(struct folder *folder)
{
	struct folder **at = &folder->folders->first;

	while (*at != folder)
		at = &(*at)->next;
	*at = folder->next;
	folder->folders->count--;
	sd_event_source_disable_unref(folder->source);
	free(folder);
}

/* Whether a file or folder of this name counts; ret_path is where it is. */
static bool counts(const struct folder *folder, const char *name, char ret_path[PATH_MAX])
{
	const char *besides = folder->folders->besides;
	int size = snprintf(ret_path, PATH_MAX, "%s/%s", folder->path, name);

	return *name != '.' && size < PATH_MAX && (!besides || strcmp(ret_path, besides) != 0);
}

/* A folder that appears below another; what is in it already is a change of the other. */
static void watch_below(const struct folder *folder, const char *path)
{
	if (folder->depth < DEPTH_MAX)
		(void)!watch(folder->folders, path, folder->depth + 1);
}

static int happened(sd_event_source *source, const struct inotify_event *event, void *context)
{
	struct folder *folder = context;
	struct folders *folders = folder->folders;
	char path[PATH_MAX];

	(void)source;
	if (event->mask & (IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF)) {
		if (folder->depth)
			folder_drop(folder);
		folders->changed(folders->context);
		return 0;
	}
	if (event->len && !counts(folder, event->name, path))
		return 0;
	if (event->len && event->mask & IN_ISDIR && event->mask & (IN_CREATE | IN_MOVED_TO))
		watch_below(folder, path);
	/* A file counts when it is written, not when it is made. */
	if (event->mask & IN_ISDIR || !(event->mask & IN_CREATE))
		folders->changed(folders->context);
	return 0;
}

static int watch(struct folders *folders, const char *path, unsigned depth)
{
	enum {
		MASK = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
		       IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR
	};
	size_t size = strlen(path) + 1;
	char below[PATH_MAX];

	if (folders->count >= FOLDERS_MAX)
		return -ENOSPC;
	struct folder *folder = calloc(1, sizeof(*folder) + size);
	if (!folder)
		return -ENOMEM;
	folder->folders = folders;
	folder->depth = depth;
	memcpy(folder->path, path, size);
	int error = sd_event_add_inotify(folders->loop, &folder->source, path,
					 MASK | (depth ? IN_DONT_FOLLOW : 0), happened, folder);
	if (error < 0) {
		free(folder);
		return error;
	}
	folder->next = folders->first;
	folders->first = folder;
	folders->count++;
	DIR *listing = opendir(path);
	for (struct dirent *entry; listing && (entry = readdir(listing));)
		if (entry->d_type == DT_DIR && counts(folder, entry->d_name, below))
			watch_below(folder, below);
	if (listing)
		closedir(listing);
	return 0;
}

int folders_watch(struct folders *folders, const char *path)
{
	return watch(folders, path, 0);
}

void folders_close(struct folders *folders)
{
	while (folders->first)
		folder_drop(folders->first);
}
