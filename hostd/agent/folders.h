/* folders.h - changes to files in a folder and all folders below it, as they happen.
 *
 * Names that begin with a dot are left alone, files and folders alike (editors, git), and so is
 * one folder that hostd writes to itself.  Symbolic links to folders are not followed.
 */
#pragma once

#include <systemd/sd-event.h>

struct folder;
struct folders {
	sd_event *loop;
	const char *besides; /* the folder that does not count, or NULL */
	void (*changed)(void *context);
	void *context;
	struct folder *first;
	unsigned count;
};

/* Watches the folder, which is there, and what is or will be below it: eight deep and 256 in all,
 * beyond which nothing is seen.  Negative errno where `path` itself cannot be watched. */
int folders_watch(struct folders *folders, const char *path);

void folders_close(struct folders *folders);
