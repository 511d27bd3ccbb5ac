/* captured_files.c - the captured machine's files: those below fs/, and what files.json adds. */
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "host/read/captured.h"
#include "host/read/files.h"

int captured_read(struct host *host, const char *path, const char **ret_text, size_t *ret_size,
		  struct faults *faults)
{
	struct captured *captured = captured_of(host);
	const struct node *extra = node_get(captured->files, path);
	const char *text = captured_text(extra, "text", NULL);

	if (captured_failing(captured, path, faults) < 0)
		return -1;
	if (text) {
		*ret_text = text;
		*ret_size = strlen(text);
		return 1;
	}
	return captured->root < 0
		       ? 0
		       : files_read(host->arena, captured->root, path, ret_text, ret_size, faults);
}

/* Name of the entry of folder `path` that leads to `file`, or NULL. */
static const char *entry_of(struct arena *arena, const char *path, const char *file)
{
	size_t size = strlen(path);

	while (size && path[size - 1] == '/')
		size--;
	if (strncmp(file, path, size) != 0 || file[size] != '/')
		return NULL;
	return arena_strndup(arena, file + size + 1, strcspn(file + size + 1, "/"));
}

int captured_list(struct host *host, const char *path, struct host_names *ret,
		  struct faults *faults)
{
	struct captured *captured = captured_of(host);
	struct host_names names = {};
	int there = captured_failing(captured, path, faults);

	if (there == 0 && captured->root >= 0)
		there = files_list(host->arena, captured->root, path, &names, faults);
	if (there < 0)
		return -1;
	if (captured->files)
		NODE_EACH(file, captured->files) {
			const char *name = entry_of(host->arena, path, file->key);
			there |= name != NULL;
			if (name && *name && !captured_has_name(&names, name))
				ARRAY_PUSH(host->arena, &names.list, name);
		}
	if (there != 1)
		return there;
	files_sort(&names);
	*ret = names;
	return 1;
}

int captured_link(struct host *host, const char *path, const char **ret_target,
		  struct faults *faults)
{
	struct captured *captured = captured_of(host);
	const char *target = captured_text(node_get(captured->files, path), "link", NULL);

	if (captured_failing(captured, path, faults) < 0)
		return -1;
	if (target) {
		*ret_target = target;
		return 1;
	}
	return captured->root < 0
		       ? 0
		       : files_link(host->arena, captured->root, path, ret_target, faults);
}

static enum host_file_kind kind_of(const struct node *extra)
{
	static const char *const names[] = {
		[FILE_REGULAR] = "regular", [FILE_DIRECTORY] = "directory", [FILE_LINK] = "link",
		[FILE_DEVICE] = "device",   [FILE_OTHER] = "other",
	};
	const char *name =
		captured_text(extra, "kind", node_get(extra, "link") ? "link" : "regular");

	for (unsigned i = 0; i < COUNT_OF(names); i++)
		if (string_equal(names[i], name))
			return (enum host_file_kind)i;
	return FILE_OTHER;
}

static uint64_t device_of(const struct node *extra)
{
	const char *text = captured_text(extra, "device", "0:0");

	return makedev((unsigned)strtoul(text, NULL, 10),
		       (unsigned)strtoul(text + strcspn(text, ":") + 1, NULL, 10));
}

/* A work tree keeps neither owners nor modes; what files.json does not say is as Debian has it. */
int captured_stat(struct host *host, const char *path, struct host_file *ret, struct faults *faults)
{
	struct captured *captured = captured_of(host);
	const struct node *extra = node_get(captured->files, path);
	struct host_file file = {};
	int there = captured_failing(captured, path, faults);

	if (there == 0 && captured->root >= 0)
		there = files_stat(captured->root, path, &file, faults);
	if (there < 0 || (there == 0 && !extra))
		return there;
	if (there == 0 || node_get(extra, "kind"))
		file.kind = kind_of(extra);
	bool open = file.kind == FILE_DIRECTORY || (there && file.mode & 0100);
	file.mode = (uint32_t)captured_number(extra, "mode", 8, open ? 0755 : 0644);
	file.uid = (uint32_t)captured_number(extra, "uid", 10, 0);
	file.gid = (uint32_t)captured_number(extra, "gid", 10, 0);
	file.size = captured_number(extra, "size", 10,
				    there ? file.size : strlen(captured_text(extra, "text", "")));
	file.device_number = device_of(extra);
	*ret = file;
	return 1;
}

int captured_xattr(struct host *host, const char *path, const char *name, const char **ret_value,
		   struct faults *faults)
{
	struct captured *captured = captured_of(host);
	const struct node *extra = node_get(captured->files, path);
	const char *value = captured_text(node_get(extra, "xattr"), name, NULL);

	if (captured_failing(captured, path, faults) < 0)
		return -1;
	if (value)
		*ret_value = value;
	return value != NULL;
}

/* The longest path above (or at) `path` that says how much is free. */
int captured_space(struct host *host, const char *path, uint64_t *ret_free, struct faults *faults)
{
	struct captured *captured = captured_of(host);
	struct host_file file = {};
	size_t longest = 0;
	int there = captured_stat(host, path, &file, faults);

	if (there != 1)
		return there;
	*ret_free = 0;
	if (captured->files)
		NODE_EACH(extra, captured->files) {
			size_t size = strlen(extra->key);
			bool above = string_equal(extra->key, path) ||
				     entry_of(host->arena, extra->key, path);
			if (!above || size < longest || !node_get(extra, "free"))
				continue;
			longest = size;
			*ret_free = captured_number(extra, "free", 10, 0);
		}
	return longest > 0; /* a capture that does not say is not a full disk */
}

int captured_image(struct host *host, const char *path, struct host_image *ret,
		   struct faults *faults)
{
	struct captured *captured = captured_of(host);
	const struct node *extra = node_get(captured->files, path);
	const struct node *image = node_get(extra, "image");

	if (captured_failing(captured, path, faults) < 0)
		return -1;
	if (image) {
		*ret = (struct host_image){
			.format = captured_text(image, "format", "raw"),
			.virtual_size = captured_number(image, "size", 10, 0),
			.backing = captured_text(image, "backing", NULL),
			.backing_format = captured_text(image, "backing_format", NULL),
			.data_file = captured_flag(image, "data_file", false),
		};
		return 1;
	}
	if (extra && node_get(extra, "size")) {
		*ret = (struct host_image){ "raw", captured_number(extra, "size", 10, 0) };
		return 1;
	}
	return captured->root < 0 ? 0 : files_image(host->arena, captured->root, path, ret, faults);
}

int captured_archive(struct host *host, const char *path, struct host_archive *ret,
		     struct faults *faults)
{
	struct captured *captured = captured_of(host);
	const struct node *extra = node_get(captured->files, path);
	const struct node *said = node_get(extra, "archive"), *files = node_get(said, "files");
	struct host_archive archive = { .label = captured_text(said, "label", "") };
	struct host_file file = {};

	int there = captured_stat(host, path, &file, faults);
	if (there != 1)
		return there;
	if (!said)
		return fault(faults, FAULT_HOST, "\"%s\" is not an archive in this capture", path);
	if (files)
		NODE_EACH(entry, files)
			ARRAY_PUSH(host->arena, &archive.list,
				   ((struct host_archive_file){
					   .name = entry->key,
					   .text = entry->text,
					   .size = strlen(entry->text),
				   }));
	*ret = archive;
	return 1;
}
