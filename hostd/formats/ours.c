#include "formats/ours.h"

#include <string.h>

static const char header_start[] = "# made by gasthof for ";
static const char header_end[] = "; changes here are overwritten";

void ours_header(struct text *text, const char *path)
{
	text_addf(text, "%s%s%s\n", header_start, path, header_end);
}

const char *ours_handle(struct arena *arena, const char *file, const char *kind)
{
	size_t kind_size = strlen(kind);
	const char *line = line_take(arena, &file);

	if (!line || !string_starts(line, header_start) || !string_ends(line, header_end))
		return NULL;
	const char *path = line + strlen(header_start);
	const char *end = line + strlen(line) - strlen(header_end);
	if (strncmp(path, kind, kind_size) != 0 || path[kind_size] != '.')
		return NULL;
	path += kind_size + 1;
	return arena_strndup(arena, path, (size_t)(end - path));
}

const char *line_take(struct arena *arena, const char **next)
{
	const char *line = *next;

	if (!line || !*line)
		return NULL;
	size_t size = strcspn(line, "\n");
	*next = line + size + (line[size] == '\n');
	return arena_strndup(arena, line, size);
}

struct lines {
	ARRAY(const char *) list;
};

static struct lines lines_of(struct arena *arena, const char *text)
{
	struct lines lines = {};

	LINES_EACH(line, arena, text)
	ARRAY_PUSH(arena, &lines.list, line);
	return lines;
}

/* Lines of `a` without a partner in `b`. */
static void lines_without(struct arena *arena, const struct lines *a, const struct lines *b,
			  const char *sign, struct lines *ret)
{
	bool *taken = arena_alloc(arena, b->list.count * sizeof(bool));

	EACH(line, &a->list) {
		size_t i = 0;
		while (i < b->list.count && (taken[i] || strcmp(b->list.at[i], *line) != 0))
			i++;
		if (i < b->list.count)
			taken[i] = true;
		else
			ARRAY_PUSH(arena, &ret->list, arena_printf(arena, "%s%s", sign, *line));
	}
}

struct text_list file_apart(struct arena *arena, const char *is, const char *should)
{
	struct lines have = lines_of(arena, is), want = lines_of(arena, should), apart = {};

	lines_without(arena, &have, &want, "+", &apart);
	lines_without(arena, &want, &have, "-", &apart);
	if (!apart.list.count && strcmp(is, should) != 0)
		ARRAY_PUSH(arena, &apart.list, "~");
	return (struct text_list){ apart.list.at, apart.list.count };
}
