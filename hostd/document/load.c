#include <string.h>

#include "document/files.h"
#include "document/reading.h"

struct file {
	struct place place;
	struct node *root;   /* with all it includes; NULL: nothing came out */
	bool open;           /* still being read: including it now would be a cycle */
	struct mark include; /* while open: what it includes at the moment */
	struct file *next;
};

struct loading {
	struct sources *sources;
	document_prepare *prepare;
	const void *context;
	struct faults *faults;
	struct tree tree;
	struct file *files;
	unsigned includes;
};

static void load_file(struct loading *loading, struct file *file, int fd);

static struct file *file_find(const struct loading *loading, const struct place *place)
{
	struct file *file = loading->files;

	while (file && (file->place.device != place->device || file->place.inode != place->inode))
		file = file->next;
	return file;
}

static struct file *file_add(struct loading *loading, struct place place)
{
	struct file *file = ARENA_NEW(loading->sources->arena, struct file);

	*file = (struct file){ .place = place, .next = loading->files };
	loading->files = file;
	return file;
}

static void fault_cycle(struct loading *loading, const struct file *file, const struct file *into,
			struct mark mark)
{
	fault_at(loading->faults, mark, "\"%s\" includes itself", into->place.name);
	if (file != into)
		fault_also(loading->faults, into->include, "the way from it leads through here");
}

/* What one include names, loaded before or now; NULL: nothing came out. */
static struct node *include_one(struct loading *loading, struct file *file,
				const struct node *entry)
{
	struct arena *arena = loading->sources->arena;
	struct place place = {};

	if (entry->kind != NODE_SCALAR) {
		if (!entry->broken)
			fault_at(loading->faults, entry->mark,
				 "the name of a file to include is a scalar, not %s",
				 node_kind_name(entry->kind));
		return NULL;
	}
	if (++loading->includes >= DOCUMENT_FILES_MAX) {
		if (loading->includes == DOCUMENT_FILES_MAX)
			fault_at(loading->faults, entry->mark, "more than %d files are included",
				 DOCUMENT_FILES_MAX - 1);
		return NULL;
	}
	FD_AUTO int fd = source_open_include(arena, &loading->tree, &file->place, entry->text,
					     entry->mark, &place, loading->faults);
	if (fd < 0)
		return NULL;
	file->include = entry->mark;
	struct file *other = file_find(loading, &place);
	if (other && other->open) {
		fault_cycle(loading, file, other, entry->mark);
		return NULL;
	}
	if (!other) {
		other = file_add(loading, place);
		load_file(loading, other, fd);
	}
	return other->root;
}

/* Everything the file includes, merged in order; NULL: nothing.  *ret_whole becomes false
 * where some of it could not be had. */
static struct node *include_all(struct loading *loading, struct file *file,
				const struct node *include, bool *ret_whole)
{
	struct arena *arena = loading->sources->arena;
	const struct node *entry = include->kind == NODE_LIST ? include->first : include;
	struct node *merged = NULL;

	if (include->kind == NODE_NULL)
		return NULL;
	if (loading->tree.fd < 0) {
		fault_at(loading->faults, include->mark,
			 "\"%s\" is no regular file and can include nothing", file->place.name);
		*ret_whole = false;
		return NULL;
	}
	for (; entry; entry = include->kind == NODE_LIST ? entry->next : NULL) {
		struct node *root = include_one(loading, file, entry);
		if (root)
			merged = merged ? node_merge(arena, merged, root) : root;
		*ret_whole &= root != NULL;
	}
	return merged;
}

/* The tree of the file alone; NULL: none came out. */
static struct node *read_alone(struct loading *loading, const struct file *file, int fd)
{
	struct sources *sources = loading->sources;
	const char *text = NULL;
	struct node *root = NULL;
	size_t size = 0;

	if (source_read(sources->arena, fd, file->place.name, DOCUMENT_BYTES_MAX, &text, &size,
			loading->faults) < 0)
		return NULL;
	if (reading_parse(sources, file->place.name, text, size, &root, loading->faults) < 0)
		return root;
	if (root->kind == NODE_NULL)
		root->kind = NODE_MAP;
	return root;
}

/* One scalar's text from the file it names; without it there is nothing to judge. */
static void text_fill(struct loading *loading, const struct file *file, struct node *node)
{
	struct arena *arena = loading->sources->arena;
	struct place place = {};
	size_t size = 0;

	node->broken = true;
	if (loading->tree.fd < 0) {
		fault_at(loading->faults, node->mark,
			 "\"%s\" is no regular file and can name no other", file->place.name);
		return;
	}
	FD_AUTO int fd = source_open_include(arena, &loading->tree, &file->place, node->file,
					     node->mark, &place, loading->faults);
	if (fd >= 0 && source_read(arena, fd, place.name, DOCUMENT_TEXT_MAX, &node->text, &size,
				   loading->faults) < 0)
		fault_last(loading->faults)->mark = node->mark;
	else if (fd >= 0 && size > DOCUMENT_TEXT_MAX)
		fault_at(loading->faults, node->mark, "\"%s\" is larger than %d MiB", place.name,
			 DOCUMENT_TEXT_MAX >> 20);
	else
		node->broken = fd < 0;
}

static void texts_fill(struct loading *loading, const struct file *file, struct node *node)
{
	if (node->kind == NODE_SCALAR && node->file)
		text_fill(loading, file, node);
	for (struct node *child = node->first; child; child = child->next)
		texts_fill(loading, file, child);
}

static void load_file(struct loading *loading, struct file *file, int fd)
{
	struct arena *arena = loading->sources->arena;
	struct node *under = NULL;
	bool whole = true;

	file->open = true;
	struct node *root = read_alone(loading, file, fd);
	if (root && root->kind != NODE_MAP) {
		if (!root->broken)
			fault_at(loading->faults, root->mark, "a description is a mapping, not %s",
				 node_kind_name(root->kind));
		root = NULL;
	}
	const struct node *include = node_get(root, "include");
	if (include)
		under = include_all(loading, file, include, &whole);
	if (root) {
		root->broken |= !whole;
		while (node_remove(root, "include"))
			;
		if (loading->prepare)
			loading->prepare(arena, root, loading->context, loading->faults);
		texts_fill(loading, file, root);
	}
	file->root = under && root ? node_merge(arena, under, root) : root ? root : under;
	file->open = false;
}

int document_load(struct sources *sources, const char *path, document_prepare *prepare,
		  const void *context, struct node **ret_root, struct faults *faults)
{
	unsigned count = faults->count;
	struct loading loading = { sources, prepare, context, faults };
	struct place place = {};

	*ret_root = NULL;
	FD_AUTO int fd = source_open_first(sources->arena, path, &loading.tree, &place, faults);
	if (fd < 0)
		return -1;
	struct file *file = file_add(&loading, place);
	load_file(&loading, file, fd);
	source_close(&loading.tree.fd);
	*ret_root = file->root;
	return faults->count == count ? 0 : -1;
}
